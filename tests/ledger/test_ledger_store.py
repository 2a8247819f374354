"""The ledger on SQLite: durable, append-only, typed, and clear when it cannot."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import create_engine, event, inspect, make_url, text
from sqlalchemy.schema import CreateTable

from crm_core.errors import LedgerError, RejectedEntryError
from crm_core.ledger import Entry, Kind, Ledger, Shown, StoredEntry, open_ledger
from crm_core.ledger.engine import MIGRATIONS, _engine, connect
from crm_core.ledger.schema import HEAD, entries, metadata
from crm_core.settings import Settings

SHOWN = Shown(
    probability=0.31, low=0.22, high=0.4, base_rate=0.1, tier="high", reasons=("No order for 60 days", "Größe → €"),
    evidence=0.8, money_at_stake=1200.5, model_version="churn-3", build_id="b-17", as_of=date(2026, 6, 30),
)  # fmt: skip


def entry(n: int = 0, **changes: Any) -> Entry:
    plain = Entry(
        kind=Kind.DISAGREEMENT, who="demo:E-07", who_name="Ann", who_role="rep", who_team="north", question="churn",
        entity_kind="customer", entity_key=f"demo:C-{n:05}", idempotency_key=f"key-{n}", belief="will_stay",
        probability=0.05, reason_code="knows_personally", words="We had lunch 🍜", expires_on=date(2026, 8, 29),
        shown=SHOWN,
    )  # fmt: skip
    return replace(plain, **changes)


def database(installation: Settings) -> Path:
    return installation.data_dir / "ledger" / "ledger.db"


def test_what_was_said_and_what_was_shown_comes_back_as_it_went_in(ledger: Ledger, installation: Settings) -> None:
    stored = ledger.append(entry())
    with open_ledger(installation) as again:
        assert again.entries() == (stored,)
        assert again.entry(stored.id) == stored
    assert stored.shown == SHOWN
    assert stored.teams == {"north"}
    assert {name: getattr(stored, name) for name in ("words", "expires_on", "probability")} == {
        "words": "We had lunch 🍜", "expires_on": date(2026, 8, 29), "probability": 0.05,
    }  # fmt: skip


def test_the_same_key_with_the_same_words_is_stored_once(ledger: Ledger) -> None:
    first = ledger.append(entry())
    assert ledger.append(replace(entry(), shown=Shown(), expires_on=None)) == first
    assert ledger.newest() == 1


def test_the_same_key_for_something_else_is_refused_and_not_swallowed(ledger: Ledger) -> None:
    ledger.append(entry())
    with pytest.raises(RejectedEntryError, match="used before"):
        ledger.append(replace(entry(), words="now something else"))
    assert ledger.newest() == 1


def test_entries_are_found_by_question_entity_person_and_time(ledger: Ledger) -> None:
    stored = [ledger.append(entry(n, who=f"demo:E-{n % 2}", question=("churn", "lead")[n % 2])) for n in range(6)]
    assert ledger.entries() == tuple(stored)
    assert ledger.entries(question="lead") == tuple(stored[1::2])
    assert ledger.entries(who="demo:E-0") == tuple(stored[0::2])
    assert ledger.entries(since=stored[4].recorded_at) == tuple(stored[4:])
    assert ledger.entries(entity_keys=[]) == ()
    many = [f"demo:C-{n:05}" for n in range(3, 2_000)]
    assert ledger.entries(entity_keys=many) == tuple(stored[3:])
    assert ledger.entry("no such id") is None


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


def test_no_statement_of_the_room_changes_or_removes() -> None:
    for path in MIGRATIONS.parent.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert not any(word in source for word in (".update(", ".delete(", "UPDATE ", "DELETE FROM"))


def test_moments_grow_even_if_the_clock_is_set_back_a_little(ledger: Ledger) -> None:
    with time_machine.travel(datetime(2026, 6, 30, 12, 0, 1, tzinfo=UTC), tick=False):
        first = ledger.append(entry(1))
        second = ledger.append(entry(2))
    with time_machine.travel(datetime(2026, 6, 30, 12, 0, 0, tzinfo=UTC), tick=False):
        third = ledger.append(entry(3))
    assert first.recorded_at < second.recorded_at < third.recorded_at
    assert ledger.entries() == (first, second, third)


def test_one_moment_in_a_wrong_far_future_does_not_drag_all_later_ones_along(ledger: Ledger) -> None:
    with time_machine.travel(datetime(2040, 1, 1, tzinfo=UTC)):
        ledger.append(entry(1))
    with time_machine.travel(datetime(2026, 6, 30, tzinfo=UTC)):
        assert ledger.append(entry(2)).recorded_at.year == 2026


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


def test_the_code_expects_exactly_the_newest_migration_and_its_table(installation: Settings) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]
    engine = connect(installation.ledger_dsn)
    with engine.connect() as connection:
        columns = {(c["name"], c["nullable"]) for c in inspect(connection).get_columns("entries")}
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert columns == {(c.name, c.nullable) for c in entries.columns}
    assert [d for d in differences if d[0] not in {"remove_index"}] == []


def test_the_table_can_be_made_on_postgresql_too() -> None:
    ddl = str(CreateTable(entries).compile(dialect=make_url("postgresql+psycopg://host/db").get_dialect()()))
    assert "seq BIGSERIAL NOT NULL" in ddl


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


def test_a_ledger_of_a_newer_program_is_not_touched(installation: Settings) -> None:
    open_ledger(installation).close()
    raw = create_engine(installation.ledger_dsn)
    with raw.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    raw.dispose()
    with pytest.raises(LedgerError, match="newer than this program"):
        open_ledger(installation)


@pytest.mark.parametrize("url", ["nonsense", "oracle9://x", "postgresql+nodriver://u:secret@h/db"])
def test_an_unusable_address_is_a_clear_error_without_the_password(installation: Settings, url: str) -> None:
    with pytest.raises(LedgerError, match="CRM_LEDGER_URL") as caught:
        open_ledger(Settings(data_dir=installation.data_dir, ledger_url=url))
    assert "secret" not in str(caught.value)


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


def test_several_entries_are_stored_all_or_none(ledger: Ledger) -> None:
    stored = ledger.append_all([entry(1), entry(2)])
    assert ledger.entries() == stored
    assert ledger.append_all([entry(1), entry(2)]) == stored
    with pytest.raises(RejectedEntryError):
        ledger.append_all([entry(3), entry(2, words="something else")])
    assert ledger.entries() == stored


def test_entries_of_another_copy_come_back_as_they_were_and_only_once(ledger: Ledger, tmp_path: Path) -> None:
    mine = ledger.append(entry(1))
    with open_ledger(Settings(data_dir=tmp_path / "other")) as other:
        theirs = other.append_all([entry(2), entry(1, words="the same key, said elsewhere")])
    assert ledger.restore([*theirs, mine]) == 1
    assert ledger.restore(theirs) == 0
    assert set(ledger.entries()) == {mine, theirs[0]}
    assert ledger.append(entry(3)).recorded_at > mine.recorded_at
