"""The ledger itself: append and read; nothing else exists.

Ledger-internal: what is read here has not passed the policy. `access.visible_entries` and `views` are the exit.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, Select, func, select

from crm_core import clock
from crm_core.errors import LedgerError, RejectedEntryError
from crm_core.ledger.engine import connect, guarded, place, writing
from crm_core.ledger.entries import Entry, Shown, StoredEntry
from crm_core.ledger.schema import entries as table
from crm_core.ledger.state import merge
from crm_core.settings import Settings

KEYS_PER_QUERY = 500
MAX_KEY = 600
CLOCK_SLACK = timedelta(minutes=5)
PLAIN = tuple(f.name for f in fields(StoredEntry) if f.name != "shown")


def open_ledger(settings: Settings) -> Ledger:
    """The installation's ledger, created or brought up to date if need be; close it or use it in a `with`.

    Raises
    ------
    LedgerError
        It cannot be opened: damaged, not writable, unreachable, or written by a newer program.
    """
    return Ledger(connect(settings.ledger_dsn))


class Ledger:
    """What people said, append-only. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()

    def append(self, entry: Entry) -> StoredEntry:
        """Store one entry; it is durable when this returns.

        The same idempotency key with the same words returns what is stored already.

        Raises
        ------
        LedgerError
            Nothing was stored; the error says what to do.
        RejectedEntryError
            The idempotency key was used before for something else.
        """
        return self.append_all((entry,))[0]

    def append_all(self, entries: Iterable[Entry]) -> tuple[StoredEntry, ...]:
        """Store several entries, all of them or none; they are durable when this returns. Otherwise as `append`."""
        with guarded("The entry was not stored", self._engine), writing(self._engine) as connection:
            return tuple(self._append(connection, entry) for entry in entries)

    def _append(self, connection: Connection, entry: Entry) -> StoredEntry:
        _refuse_unstorable(entry)
        known = connection.execute(select(table).where(table.c.idempotency_key == entry.idempotency_key)).first()
        if known is not None:
            return self._same(entry, _from_row(known._asdict()))
        plain = {f.name: getattr(entry, f.name) for f in fields(Entry)}
        stored = StoredEntry(id=str(uuid.uuid4()), recorded_at=_next_moment(connection), **plain)
        connection.execute(table.insert().values(_to_row(stored)))
        return stored

    def restore(self, entries: Iterable[StoredEntry]) -> int:
        """Bring in entries of another copy of this ledger, as they were stored there; returns how many were new.

        All of them or none. An entry that is here already, by its id or by its idempotency key, stays as it is.
        """
        with guarded("The entries were not restored", self._engine), writing(self._engine) as connection:
            found = connection.execute(select(table.c.id, table.c.idempotency_key)).all()
            known = {key for row in found for key in row}
            n = 0
            for entry in merge(entries, ()):
                if known.isdisjoint((entry.id, entry.idempotency_key)):
                    _refuse_unstorable(entry)
                    connection.execute(table.insert().values(_to_row(entry)))
                    known |= {entry.id, entry.idempotency_key}
                    n += 1
        return n

    def entries(
        self,
        *,
        question: str | None = None,
        entity_keys: Collection[str] | None = None,
        who: str | None = None,
        kinds: Collection[str] = (),
        since: datetime | None = None,
    ) -> tuple[StoredEntry, ...]:
        """Entries of all kinds, oldest first. Ledger-internal: not yet filtered by the policy.

        Parameters
        ----------
        question, who : str, optional
        kinds : collection of str, optional
            Only of these; default: all.
        entity_keys : collection of str, optional
            Only about these; an empty collection finds nothing.
        since : datetime, optional
            Only recorded then (UTC) or later.
        """
        query = select(table)
        if question is not None:
            query = query.where(table.c.question == question)
        if who is not None:
            query = query.where(table.c.who == who)
        if kinds:
            query = query.where(table.c.kind.in_([str(kind) for kind in kinds]))
        if since is not None:
            query = query.where(table.c.recorded_at >= since)
        found = [entry for part in _by_keys(query, entity_keys) for entry in self._read(part)]
        return merge(found, ())

    def entry(self, entry_id: str) -> StoredEntry | None:
        """The entry with this id. Ledger-internal: not yet filtered by the policy."""
        found = self._read(select(table).where(table.c.id == entry_id))
        return found[0] if found else None

    def withdrawal_of(self, entry_id: str) -> StoredEntry | None:
        """The first entry that withdraws this one. Ledger-internal: not yet filtered by the policy."""
        found = self._read(select(table).where(table.c.withdraws_id == entry_id))
        return min(found, key=lambda entry: entry.order, default=None)

    def newest(self, kinds: Collection[str] = (), who: str | None = None) -> int:
        """Number of the newest entry, 0 if there is none: changes with every entry, so it belongs into cache keys.

        Parameters
        ----------
        kinds : collection of str, optional
            Only of these kinds, so that what one person puts away does not make everybody's pages anew.
        who : str, optional
            Only said by this person.
        """
        query = select(func.max(table.c.seq))
        if kinds:
            query = query.where(table.c.kind.in_([str(kind) for kind in kinds]))
        if who is not None:
            query = query.where(table.c.who == who)
        with guarded("The ledger cannot be read", self._engine), self._engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    def snapshot(self, folder: Path) -> Path:
        """Write `ledger/disagreements.parquet` under `folder` for a build and return its path; see `snapshot.py`."""
        from crm_core.ledger.snapshot import write_snapshot

        return write_snapshot(self.entries(), folder)

    def _read(self, query: Select[Any]) -> list[StoredEntry]:
        with guarded("The ledger cannot be read", self._engine), self._engine.connect() as connection:
            return [_from_row(row._asdict()) for row in connection.execute(query)]

    def _same(self, entry: Entry, stored: StoredEntry) -> StoredEntry:
        if entry.said() == stored.said():
            return stored
        raise RejectedEntryError(
            "The entry was not stored",
            where=place(self._engine),
            why="its idempotency key was used before for something else",
            remedy="reload the page and say it again",
        )


def _next_moment(connection: Connection) -> datetime:
    """Now, or just after the newest entry where the machine's clock was set back a little."""
    now = clock.utc_now()
    newest = select(table.c.recorded_at).order_by(table.c.seq.desc()).limit(1)
    last: datetime | None = connection.execute(newest).scalar()
    if last is None or now > last or last - now > CLOCK_SLACK:
        return now
    return last + timedelta(microseconds=1)


def _refuse_unstorable(entry: Entry) -> None:
    """The same in every database, or a ledger could not move from one to another."""
    said = {f.name: getattr(entry, f.name) for f in fields(Entry)} | {"shown": entry.shown.to_json()}
    texts = {name: value for name, value in said.items() if isinstance(value, str)}
    unwritable = [name for name, text in texts.items() if "\0" in text or not _is_unicode(text)]
    keys = ("who", "entity_key", "idempotency_key")
    faults = [f"{name} holds characters that are none" for name in unwritable]
    faults += [f"{name} is longer than {MAX_KEY} characters" for name in keys if len(texts[name]) > MAX_KEY]
    if faults:
        remedy = "leave out what is not text, or shorten it"
        raise RejectedEntryError("The entry was not stored", why="; ".join(faults), remedy=remedy)


def _is_unicode(text: str) -> bool:
    """False where half of a pair stands alone, which no database can write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _by_keys(query: Select[Any], keys: Collection[str] | None) -> Iterator[Select[Any]]:
    if keys is None:
        yield query
        return
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), KEYS_PER_QUERY):
        yield query.where(table.c.entity_key.in_(wanted[start : start + KEYS_PER_QUERY]))


def _to_row(entry: StoredEntry) -> dict[str, Any]:
    row = {name: getattr(entry, name) for name in PLAIN}
    return row | {"kind": str(entry.kind), "shown_json": entry.shown.to_json()}


def _from_row(row: Mapping[str, Any]) -> StoredEntry:
    try:
        shown = Shown.from_json(row["shown_json"])
    except (ValueError, TypeError) as error:
        remedy = "keep the damaged file, put the last backup in its place"
        raise LedgerError("An entry cannot be read", where=str(row["id"]), why=str(error), remedy=remedy) from error
    return StoredEntry(shown=shown, **{name: row[name] for name in PLAIN})
