"""Connections to the ledger's database: durable, one writer at a time, the schema brought up to date at open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from crm_core.errors import LedgerError
from crm_core.ledger.schema import HEAD

MIGRATIONS = Path(__file__).parent / "migrations"
WAIT_SECONDS = 30
CONNECT_SECONDS = 10
MIGRATION_LOCK, WRITE_LOCK = 5_301_907, 5_301_908

# The first that fits counts: what says most stands above what says less.
REMEDIES = (
    (
        (
            "shutting down",
            "starting up",
            "terminating connection",
            "server closed",
            "connection is lost",
            "been closed",
        ),
        "wait until the database answers again, then say it again; what got through all the same is not stored twice",
    ),
    (
        ("read-only transaction", "in recovery"),
        "this database only reads, it may be a standby; let CRM_LEDGER_URL name the one that writes",
    ),
    (("readonly", "read-only"), "make the file and its folder writable for this user, then say it again"),
    (("disk is full", "no space left", "disk full"), "free some space on the disk, then say it again"),
    (
        ("malformed", "not a database", "corrupt", "invalid page"),
        "keep the damaged file, put the last backup in its place, then start again",
    ),
    (("locked", "busy", "queuepool", "lock timeout", "too many"), "the ledger is busy; try again in a minute"),
    (
        ("connection failed", "connection to server", "connection is bad", "resolve host", "connection timeout"),
        "check in CRM_LEDGER_URL the address, the database, the user and the password, and that the server runs",
    ),
    (("unable to open", "could not connect", "connection refused"), "check the path or address and its permissions"),
    (("permission denied",), "give this user SELECT and INSERT on the tables and USAGE on the sequence of entries"),
    (("no such table", "does not exist"), "the tables are gone; put the last backup in its place"),
)


@contextmanager
def guarded(what: str, engine: Engine) -> Iterator[None]:
    """Turn a failure of the database into a LedgerError that says what to do."""
    try:
        yield
    except (DBAPIError, PoolTimeoutError) as error:
        why = " ".join(str(getattr(error, "orig", None) or error).split())
        known = (remedy for signs, remedy in REMEDIES if any(sign in why.lower() for sign in signs))
        remedy = next(known, "see the database's own log; nothing acknowledged before is lost")
        raise LedgerError(what, where=place(engine), why=why, remedy=remedy) from error


def place(engine: Engine) -> str:
    """Where the ledger is, without a password."""
    return engine.url.difference_update_query(("password",)).render_as_string(hide_password=True)


def connect(dsn: str) -> Engine:
    """Engine for a ledger whose tables are current; migrates only when they are not."""
    engine = _engine(dsn)
    try:
        with guarded("The ledger cannot be opened", engine):
            if _version(engine) != HEAD:
                _migrate(engine)
    except LedgerError:
        engine.dispose()
        raise
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that no other writer interrupts; durable when the block has ended."""
    with engine.connect().execution_options(ledger_write=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            # Not LOCK TABLE: that needs the right to change rows, and it breaks off every vacuum of the table.
            _lock_postgresql(connection, WRITE_LOCK)
        yield connection


def _lock_postgresql(connection: Connection, key: int) -> None:
    """Wait for the writers before; what this transaction commits is on the disk, whatever the server is set to."""
    connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))
    connection.execute(
        text("SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'")
    )
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _engine(dsn: str) -> Engine:
    try:
        url = make_url(dsn)
        if url.get_backend_name() == "sqlite" and url.database and not url.database.startswith("file:"):
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, **_options(url))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        remedy = "correct CRM_LEDGER_URL, e.g. postgresql+psycopg://user@host/ledger, and install its driver"
        raise LedgerError("The ledger's address is not usable", why=str(error), remedy=remedy) from error
    except OSError as error:
        remedy = "make the data folder writable or choose another one with CRM_DATA_DIR"
        raise LedgerError("The ledger's folder cannot be made", why=str(error), remedy=remedy) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() != "postgresql":
        return {}
    # Each statement must see what was committed while it waited for its turn, and a connection that died with the
    # server must not fail the next write. Times out instead of hanging where the server's machine is gone.
    timeouts = {"connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": WAIT_SECONDS * 1000}
    own = {name: value for name, value in timeouts.items() if name not in url.query}
    return {"isolation_level": "READ COMMITTED", "pool_pre_ping": True, "connect_args": own}


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own idea of when a transaction begins is switched off: a writer must lock before it reads.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("ledger_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return _version_on(connection)


def _version_on(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    if engine.dialect.name == "sqlite":
        _choose_wal(engine)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.connect().execution_options(ledger_write=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            _lock_postgresql(connection, MIGRATION_LOCK)
        if _version_on(connection) == HEAD:
            return
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            remedy = "update the program; an older one must not write into a newer ledger"
            raise LedgerError("The ledger is newer than this program", why=str(error), remedy=remedy) from error


def _choose_wal(engine: Engine) -> None:
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        if driver is not None:
            driver.execute("PRAGMA journal_mode = WAL").close()
