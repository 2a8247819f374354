"""What happens with customers: calls, mails, meetings, logins and invoices, emitted from the states of `process`.

Every group of rows becomes one Arrow table with the lake's columns of `interactions`; groups are concatenated without
copying.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from crm_core.clock import BUCKET_DAYS
from crm_core.demo.columns import DAY_SECONDS, at_hour, constant, ids, money, pick, reals, times
from crm_core.demo.customers import Contracts, Customers
from crm_core.demo.notes import notes
from crm_core.demo.parameters import Chunk
from crm_core.demo.people import BLIND_REPS, DEAD_DAYS, OWNER_IDS
from crm_core.demo.process import Life, States
from crm_core.lake import TABLES

KINDS = ("call", "email", "meeting")
KIND_FEEDS = ("calls", "emails", "meetings")
OUTCOMES = ("reached", "no answer", "next step agreed", "waiting for them", "done")
DIRECTIONS = ("outbound", "inbound")
LATE_SHARE = 0.03
_SLOTS = 3
_ROWS_OF_SLICE = 100_000_000
_WORDS = pa.dictionary(pa.int32(), pa.string())
_SCHEMA = pa.schema([(c.name, _WORDS if c.type == pa.string() else c.type) for c in TABLES["interactions"].columns])


@dataclass(frozen=True)
class Book:
    """How places in the slice become ids: `records` maps a company to its record, `keys` are the ids of the records.

    `split` gives the duplicate record of a company, or -1; `since` the day number from which that record exists.
    """

    records: np.ndarray
    keys: pa.Array
    split: np.ndarray
    since: np.ndarray


@dataclass(frozen=True)
class Touches:
    """Contacts with customers or leads, one array per trait, before they become words."""

    place: np.ndarray
    day: np.ndarray
    kind: np.ndarray
    owner: np.ndarray
    inbound: np.ndarray
    sentiment: np.ndarray

    def only(self, keep: np.ndarray) -> Touches:
        """The touches where `keep` is true."""
        parts = (self.place, self.day, self.kind, self.owner, self.inbound, self.sentiment)
        return Touches(*(part[keep] for part in parts))


def reported(chunk: Chunk, touches: Touches) -> np.ndarray:
    """Which touches ever reach a system: some reps never log a call, and the calendar sync died three weeks ago."""
    if chunk.company.is_all_logged:
        return np.ones(len(touches.kind), dtype=bool)
    unlogged = (touches.kind == 0) & np.isin(touches.owner, BLIND_REPS)
    unsynced = (touches.kind == 2) & (touches.day > chunk.company.last_day - DEAD_DAYS)
    return np.asarray(~(unlogged | unsynced))


def customer_touches(chunk: Chunk, customers: Customers, states: States, life: Life) -> Touches:
    """Calls, mails and meetings while the customer is under contract."""
    rng, company = chunk.rng("touches"), chunk.company
    cell = np.repeat(np.arange(states.touches.size, dtype=np.int32), states.touches.ravel())
    place, period = np.divmod(cell, np.int32(company.periods))
    day = company.first_day + 1 + BUCKET_DAYS * period + rng.integers(0, BUCKET_DAYS, len(cell), dtype=np.int32)
    keep = (day >= customers.first_start[place]) & (day <= life.left_on[place])
    cell, place, day = cell[keep], place[keep], day[keep]
    owner = customers.owner[place]
    likes_calls = np.isin(owner, BLIND_REPS)
    draw = rng.random(len(cell), dtype=np.float32)
    kind = (draw > np.where(likes_calls, 0.6, 0.36)).astype(np.int32) + (draw > np.where(likes_calls, 0.85, 0.8))
    felt = 0.12 + 0.4 * states.mood.ravel()[cell] + 0.2 * rng.standard_normal(len(cell), dtype=np.float32)
    felt[rng.random(len(cell), dtype=np.float32) < 0.3] = np.nan
    inbound = rng.random(len(cell), dtype=np.float32) < 0.42
    touches = Touches(place, day, kind, owner, inbound, np.clip(felt, -1, 1))
    return touches.only(reported(chunk, touches))


def touch_tables(
    chunk: Chunk, touches: Touches, step: str, entity: dict[str, pa.Array], first_number: int
) -> tuple[list[pa.Table], int]:
    """Lake rows of the touches, one table per kind; returns them and the next free row number."""
    rng, tables = chunk.rng(step), []
    for kind in range(len(KINDS)):
        chosen = np.flatnonzero(touches.kind == kind)
        part, n = touches.only(chosen), len(chosen)
        happened = at_hour(part.day, rng)
        minutes = np.round(np.exp(np.array([2.2, 0, 3.7])[kind] + 0.5 * rng.standard_normal(n)))
        blank = rng.random(n, dtype=np.float32) < 0.45
        tables.append(
            _table(
                n,
                source_id=_row_ids(chunk, first_number, n),
                happened_at=times(happened),
                known_at=times(_logged(chunk, happened, rng)),
                kind=constant(KINDS[kind], n),
                feed=constant(KIND_FEEDS[kind], n),
                direction=pick(part.inbound, DIRECTIONS),
                owner_id=pick(part.owner, OWNER_IDS),
                duration_minutes=None if kind == 1 else reals(minutes, 0),
                outcome=pick(rng.integers(0, len(OUTCOMES), n, dtype=np.int32), OUTCOMES, blank),
                sentiment=reals(part.sentiment),
                note=notes(rng, part.sentiment),
                visibility=pick(rng.random(n, dtype=np.float32) < 0.04, ("team", "private")),
                **{name: column.take(pa.array(chosen)) for name, column in entity.items()},
            )
        )
        first_number += n
    return tables, first_number


def login_table(chunk: Chunk, life: Life, states: States, customers: Customers, book: Book, number: int) -> pa.Table:
    """Product use, three rows a period: `quantity` is the number of logins in ten days, reported at their end."""
    rng, company = chunk.rng("usage"), chunk.company
    periods = states.logins.shape[1]
    first_day = company.first_day + 10 * (1 + np.arange(periods * _SLOTS, dtype=np.int32))
    inside = (first_day > customers.first_start[:, None] + 9) & (first_day <= life.left_on[:, None])
    place, slot = np.nonzero(inside)
    rate = states.logins[place, slot // _SLOTS] / _SLOTS
    # a rounded normal is five times faster than a Poisson draw and as good at these rates
    count = np.rint(rate + np.sqrt(rate) * rng.standard_normal(len(rate), dtype=np.float32))
    used = count > 0
    place, slot, count = place[used], slot[used], count[used]
    seconds = first_day[slot].astype(np.int64) * DAY_SECONDS + 5 * 3600 + (place % 3600)
    return _table(
        len(place),
        source_id=_row_ids(chunk, number, len(place)),
        happened_at=times(seconds),
        known_at=times(seconds + 3600),
        customer_id=pick(book.records[place], book.keys),
        kind=constant("login", len(place)),
        feed=constant("product_usage", len(place)),
        quantity=pa.array(count.astype(np.float64)),
    )


def invoice_table(
    chunk: Chunk, customers: Customers, contracts: Contracts, life: Life, book: Book, number: int
) -> pa.Table:
    """An invoice every 90 days of contract."""
    rng, company = chunk.rng("billing"), chunk.company
    quarter = np.arange(company.periods // 3 + 6)
    days = (
        np.maximum(customers.first_start, company.first_day + rng.integers(1, 90, len(customers)))[:, None]
        + 90 * quarter
    )
    place, index = np.nonzero((days <= life.left_on[:, None]) & (days <= company.last_day))
    day = days[place, index]
    price = customers.seat_cents[place] * customers.seats[place] * 3
    step = np.cumprod(1 + contracts.uplift, axis=1)
    line = contracts.line[place, np.clip((day - company.first_day) // BUCKET_DAYS, 0, company.periods)]
    cents = np.round(price * step[place, line]).astype(np.int64)
    seconds = day.astype(np.int64) * DAY_SECONDS + 6 * 3600
    return _table(
        len(place),
        source_id=_row_ids(chunk, number, len(place)),
        happened_at=times(seconds),
        known_at=times(seconds + 7200),
        customer_id=pick(book.records[place], book.keys),
        kind=constant("invoice", len(place)),
        feed=constant("billing", len(place)),
        amount=money(cents),
        outcome=pick(rng.random(len(place)) < 0.11, ("paid in time", "paid late")),
    )


def _table(rows: int, **columns: pa.Array | None) -> pa.Table:
    given = {name: column for name, column in columns.items() if column is not None}
    head = {name: given.pop(name) for name in ("source_id", "happened_at", "known_at")}
    body = {field.name: given.get(field.name, pa.nulls(rows, field.type)) for field in _SCHEMA}
    return pa.table(head | body)


def _row_ids(chunk: Chunk, first: int, count: int) -> pa.Array:
    return ids("A-", chunk.index * _ROWS_OF_SLICE + first + np.arange(count, dtype=np.int64), 11)


def _logged(chunk: Chunk, happened: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """When a touch was written down: the same day, or for 3 % days to weeks later."""
    delay = rng.integers(60, 4 * 3600, len(happened))
    late = np.flatnonzero(rng.random(len(happened), dtype=np.float32) < LATE_SHARE)
    delay[late] = (86_400 * np.exp(1.8 + 0.8 * rng.standard_normal(len(late)))).astype(np.int64)
    return np.minimum(happened + delay, (chunk.company.last_day + 1) * DAY_SECONDS - 1)
