"""What is peculiar to the ledger on PostgreSQL: a server that is stopped, unreachable, read-only, or another's."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from crm_core.errors import LedgerError
from crm_core.ledger import Ledger, StoredEntry, open_ledger
from crm_core.ledger.engine import connect, place, writing
from crm_core.settings import Settings
from tests.ledger.examples import entry
from tests.ledger.postgresql import Server


@pytest.fixture
def home(postgresql: Server) -> str:
    """Schema of this test's ledger."""
    return postgresql.new_place()


@pytest.fixture
def installation(postgresql: Server, home: str, tmp_path: Path) -> Iterator[Settings]:
    yield Settings(data_dir=tmp_path / "data", ledger_url=postgresql.url(search_path=home))
    if not postgresql.is_running:
        postgresql.start()


@pytest.mark.parametrize("statement", ["UPDATE entries SET words = ''", "DELETE FROM entries", "TRUNCATE entries"])
def test_the_database_itself_refuses_to_change_or_remove_a_row(
    ledger: Ledger, postgresql: Server, installation: Settings, statement: str
) -> None:
    stored = ledger.append(entry())
    with pytest.raises(DBAPIError, match="append-only"):
        postgresql.execute(statement, url=installation.ledger_dsn)
    assert ledger.entries() == (stored,)


@pytest.mark.parametrize("ending", ["fast", "immediate", "kill"])
def test_a_server_that_ends_in_the_middle_loses_nothing_acknowledged_and_is_written_again_after_its_start(
    ledger: Ledger, postgresql: Server, ending: str
) -> None:
    """What a client does: the same request again with the same key until there is an answer."""
    acknowledged: list[StoredEntry] = []
    errors: list[LedgerError] = []
    enough = threading.Event()

    def say_on() -> None:
        while not enough.is_set():
            try:
                acknowledged.append(ledger.append(entry(len(acknowledged))))
            except LedgerError as error:
                errors.append(error)
                time.sleep(0.02)

    writer = threading.Thread(target=say_on)
    writer.start()
    try:
        wait_for(lambda: len(acknowledged) >= 50)
        postgresql.stop(ending)
        wait_for(lambda: len(errors) >= 3)
        n_before = len(acknowledged)
        postgresql.start()
        wait_for(lambda: len(acknowledged) >= n_before + 50)
    finally:
        enough.set()
        writer.join()
    assert ledger.entries() == tuple(acknowledged)
    assert all("not stored twice" in str(e) or "that the server runs" in str(e) for e in errors), errors
    assert all("\n" not in str(e) for e in errors)


def test_a_server_that_is_not_there_is_a_clear_error(postgresql: Server, installation: Settings) -> None:
    postgresql.stop()
    with pytest.raises(LedgerError, match=r"CRM_LEDGER_URL.*that the server runs"):
        open_ledger(installation)
    postgresql.start()
    with open_ledger(installation) as ledger:
        assert ledger.append(entry()).id


def test_a_server_that_accepts_and_never_answers_is_given_up(
    installation: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_core.ledger.engine.CONNECT_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql+psycopg://ann:secret@127.0.0.1:{silent.getsockname()[1]}/ledger?password=secret"
        began = time.monotonic()
        with pytest.raises(LedgerError, match="CRM_LEDGER_URL") as caught:
            open_ledger(Settings(data_dir=installation.data_dir, ledger_url=url))
    assert time.monotonic() - began < 10
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("database", "user"), [("no_such_database", "owner"), ("postgres", "nobody_known")])
def test_a_wrong_name_is_told_from_tables_that_are_gone(
    postgresql: Server, tmp_path: Path, database: str, user: str
) -> None:
    with pytest.raises(LedgerError, match="the database, the user") as caught:
        open_ledger(Settings(data_dir=tmp_path, ledger_url=postgresql.url(database, user)))
    assert "backup" not in str(caught.value)


def test_the_table_that_was_dropped_is_an_error_and_not_an_empty_ledger(
    ledger: Ledger, postgresql: Server, installation: Settings
) -> None:
    postgresql.execute("DROP TABLE entries", url=installation.ledger_dsn)
    with pytest.raises(LedgerError, match="backup"):
        ledger.entries()
    with pytest.raises(LedgerError, match="backup"):
        ledger.append(entry())


def test_a_database_that_only_reads_says_so(ledger: Ledger, postgresql: Server, home: str, tmp_path: Path) -> None:
    stored = ledger.append(entry(1))
    url = postgresql.url(search_path=home, default_transaction_read_only="on")
    with open_ledger(Settings(data_dir=tmp_path, ledger_url=url)) as reading:
        assert reading.entries() == (stored,)
        with pytest.raises(LedgerError, match="standby"):
            reading.append(entry(2))


def test_a_user_who_may_only_read_and_add_is_enough_and_cannot_touch_the_triggers(
    ledger: Ledger, postgresql: Server, home: str, tmp_path: Path
) -> None:
    before, user = ledger.append(entry(1)), f"app_of_{home}"
    postgresql.execute(
        f"CREATE ROLE {user} LOGIN",
        f"GRANT USAGE ON SCHEMA {home} TO {user}",
        f"GRANT SELECT ON {home}.entries, {home}.alembic_version TO {user}",
    )
    url = postgresql.url(user=user, search_path=home)
    with open_ledger(Settings(data_dir=tmp_path, ledger_url=url)) as small:
        with pytest.raises(LedgerError, match="SELECT and INSERT"):
            small.append(entry(2))
        postgresql.execute(
            f"GRANT INSERT ON {home}.entries TO {user}",
            f"GRANT USAGE ON SEQUENCE {home}.entries_seq_seq TO {user}",
        )
        added = small.append(entry(2))
        assert small.entries() == (before, added)
    with pytest.raises(DBAPIError, match="must be owner"):
        postgresql.execute("ALTER TABLE entries DISABLE TRIGGER ALL", url=url)


def test_what_a_server_is_set_to_weakens_neither_the_order_nor_what_is_durable(postgresql: Server, home: str) -> None:
    weak = {"synchronous_commit": "off", "default_transaction_isolation": "serializable"}
    engine = connect(postgresql.url(search_path=home, **weak))
    with writing(engine) as connection:
        shown = [
            connection.execute(text(f"SHOW {name}")).scalar() for name in (*weak, "transaction_isolation", "fsync")
        ]
    engine.dispose()
    assert shown == ["on", "serializable", "read committed", "on"]


def test_a_vacuum_goes_on_beside_a_writer(postgresql: Server, installation: Settings) -> None:
    engine = connect(installation.ledger_dsn)
    with writing(engine):
        statements = ("SET lock_timeout = '5s'", "VACUUM ANALYZE entries", "SELECT count(*) FROM entries")
        postgresql.execute(*statements, url=installation.ledger_dsn)
    engine.dispose()


def test_a_password_is_named_nowhere() -> None:
    engine = create_engine("postgresql+psycopg://ann:secret@h/ledger?password=secret&sslmode=require")
    assert place(engine) == "postgresql+psycopg://ann:***@h/ledger?sslmode=require"


def wait_for(is_so: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it does not get on"
        time.sleep(0.01)
