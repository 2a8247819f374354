"""What is peculiar to the ledger on SQLite: its file, its triggers, its log."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import event, text

from crm_core.errors import LedgerError
from crm_core.ledger import Ledger, StoredEntry, open_ledger
from crm_core.ledger.engine import _engine, connect
from crm_core.settings import Settings
from tests.ledger.examples import entry


@pytest.fixture
def installation(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def database(installation: Settings) -> Path:
    return installation.data_dir / "ledger" / "ledger.db"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET words = 'changed'",
        "DELETE FROM entries",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries",
        (
            "INSERT OR REPLACE INTO entries (id, recorded_at, kind, who, who_name, who_role, who_team, question,"
            " entity_kind, entity_key, words, idempotency_key, shown_json)"
            " SELECT 'new', recorded_at, kind, who, who_name, who_role, who_team, question,"
            " entity_kind, entity_key, 'changed', idempotency_key, shown_json FROM entries"
        ),
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_a_row(
    ledger: Ledger, installation: Settings, statement: str
) -> None:
    stored = ledger.append(entry())
    raw = sqlite3.connect(database(installation))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement)
    raw.close()
    assert ledger.entries() == (stored,)


def test_a_current_ledger_opens_in_milliseconds_and_writes_in_wal_with_full_sync(installation: Settings) -> None:
    open_ledger(installation).close()
    took = []
    for _ in range(5):
        start = time.perf_counter()
        open_ledger(installation).close()
        took.append(time.perf_counter() - start)
    assert min(took) < 0.020
    engine = connect(installation.ledger_dsn)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
    engine.dispose()


@pytest.mark.parametrize("damage", [b"this is not a database at all" * 400, b"SQLite format 3\x00" + b"\xff" * 8_000])
def test_a_damaged_file_is_named_with_a_remedy_and_left_alone(installation: Settings, damage: bytes) -> None:
    path = database(installation)
    path.parent.mkdir(parents=True)
    path.write_bytes(damage)
    with pytest.raises(LedgerError, match="backup") as caught:
        open_ledger(installation)
    assert str(path) in caught.value.where
    assert path.read_bytes() == damage


def test_pages_damaged_in_the_middle_are_an_error_and_not_an_empty_ledger(installation: Settings) -> None:
    with open_ledger(installation) as ledger:
        for n in range(50):
            ledger.append(entry(n, words="x" * 500))
    path = database(installation)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    with pytest.raises(LedgerError, match="backup"), open_ledger(installation) as ledger:
        ledger.entries()


def test_a_read_only_ledger_can_be_read_and_says_why_it_cannot_be_written(installation: Settings) -> None:
    with open_ledger(installation) as ledger:
        stored = ledger.append(entry())
    url = f"sqlite:///file:{database(installation)}?mode=ro&uri=true"
    with open_ledger(Settings(data_dir=installation.data_dir, ledger_url=url)) as ledger:
        assert ledger.entries() == (stored,)
        with pytest.raises(LedgerError, match="writable"):
            ledger.append(entry(2))


def test_a_full_disk_is_an_error_with_a_remedy_and_nothing_is_half_stored(installation: Settings) -> None:
    open_ledger(installation).close()
    engine = _engine(installation.ledger_dsn)
    event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA max_page_count = 14").close())
    stored: list[StoredEntry] = []
    with Ledger(engine) as ledger:
        with pytest.raises(LedgerError, match="free some space"):
            stored.extend(ledger.append(entry(n, words="x" * 3_000)) for n in range(100))
        n_stored = ledger.newest()
    with open_ledger(installation) as ledger:
        assert [e.idempotency_key for e in ledger.entries()] == [f"key-{n}" for n in range(n_stored)]
        ledger.append(entry(1_000))


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LedgerError, match="CRM_DATA_DIR"):
        open_ledger(Settings(data_dir=tmp_path / "file"))


def test_a_ledger_kept_busy_by_another_process_says_so(
    ledger: Ledger, installation: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_core.ledger.engine.WAIT_SECONDS", 0)
    other = sqlite3.connect(database(installation), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with open_ledger(installation) as impatient, pytest.raises(LedgerError, match="busy"):
        impatient.append(entry())
    other.execute("ROLLBACK")
    other.close()
    assert ledger.append(entry()).id
