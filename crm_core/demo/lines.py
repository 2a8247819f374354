"""Contract lines as the CRM holds them: renewals, seats that change, lines replaced in mid-term, cancellations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from crm_core.clock import BUCKET_DAYS
from crm_core.demo.activity import Book
from crm_core.demo.columns import DAY_SECONDS, days, flags, money, pick, row_ids, times
from crm_core.demo.customers import PRODUCTS, Contracts, Customers
from crm_core.demo.parameters import Chunk
from crm_core.demo.process import Life

_REPLACED = 1 / 12
_SEAT_STEPS, _SEAT_SHARES = (0.9, 1.0, 1.1, 1.25), (0.1, 0.6, 0.2, 0.1)


@dataclass(frozen=True)
class Lines:
    """One place per contract line. Days are day numbers, `stop` is 0 if the line ran to its end."""

    place: np.ndarray
    begin: np.ndarray
    end: np.ndarray
    stop: np.ndarray
    signed: np.ndarray
    seats: np.ndarray
    seat_cents: np.ndarray

    def only(self, chosen: np.ndarray, **changed: np.ndarray) -> Lines:
        """The chosen lines, some of their traits changed."""
        return Lines(**{name: changed.get(name, getattr(self, name)[chosen]) for name in self.__dataclass_fields__})


def draw_lines(chunk: Chunk, customers: Customers, contracts: Contracts, life: Life) -> Lines:
    """The lines signed up to the as-of day.

    A renewal is signed within the grid period in which it begins: on no grid day does anybody know yet.
    """
    rng, company, (n, width) = chunk.rng("lines"), chunk.company, contracts.starts.shape
    place, line = np.nonzero(contracts.starts[:, :-1] <= np.minimum(life.left_on, company.last_day)[:, None])
    begin, end = contracts.starts[place, line], contracts.starts[place, line + 1] - 1
    period_start = company.first_day + (begin - company.first_day - 1) // BUCKET_DAYS * BUCKET_DAYS
    ahead = np.floor(rng.random(len(place)) * (begin - period_start - 1)).astype(np.int64)
    drift = np.cumprod(rng.choice(_SEAT_STEPS, (n, width), p=_SEAT_SHARES), axis=1)
    seats = np.round(customers.seats[place] * drift[place, line] / drift[place, 0])
    is_cancelled = life.cancelled[place] & (life.left_on[place] < end)
    return Lines(
        place=place,
        begin=begin,
        end=end,
        stop=np.where(is_cancelled, life.left_on[place], 0),
        signed=np.where(line > 0, begin - ahead, begin),
        seats=np.maximum(1, seats),
        seat_cents=customers.seat_cents[place] * np.cumprod(1 + contracts.uplift, axis=1)[place, line],
    )


def replace_some(chunk: Chunk, lines: Lines) -> Lines:
    """Stop one line in twelve in mid-term; another with more or fewer seats follows on the same day."""
    rng, n = chunk.rng("replacements"), len(lines.place)
    change = lines.begin + 40 + rng.integers(0, 200, n)
    last = np.minimum(np.where(lines.stop > 0, lines.stop, lines.end) - 20, chunk.company.last_day)
    late = np.flatnonzero((rng.random(n) < _REPLACED) & (change < last))
    seats = np.maximum(1, np.round(lines.seats[late] * rng.choice([0.8, 1.2, 1.4], len(late), p=(0.3, 0.4, 0.3))))
    stop = lines.stop.copy()
    stop[late] = change[late]
    first = lines.only(np.arange(n), stop=stop)
    second = lines.only(late, begin=change[late], signed=change[late] - 1, seats=seats)
    pairs = {name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in Lines.__dataclass_fields__}
    return Lines(**pairs)


def subscription_table(chunk: Chunk, customers: Customers, lines: Lines, book: Book) -> pa.Table:
    """Lake columns of `subscriptions`; a line happens, and is known, when it is signed."""
    lines = lines.only(np.lexsort((lines.begin, book.records[lines.place])))
    n = len(lines.place)
    signed = times(lines.signed * DAY_SECONDS + 12 * 3600)
    return pa.table(
        {
            "source_id": row_ids(chunk, "K-", n, 20),
            "happened_at": signed,
            "known_at": signed,
            "customer_id": pick(book.records[lines.place], book.keys),
            "product": pick(customers.product[lines.place], PRODUCTS),
            "started_on": days(lines.begin),
            "ends_on": days(lines.end),
            "mrr": money(np.round(lines.seat_cents * lines.seats).astype(np.int64)),
            "currency": pick(np.zeros(n), ("EUR",)),
            "seats": pa.array(lines.seats.astype(np.int64)),
            "auto_renew": flags(customers.auto_renew[lines.place]),
            "cancelled_on": days(lines.stop, (lines.stop == 0) | (lines.stop > chunk.company.last_day)),
        }
    )
