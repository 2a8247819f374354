"""Support cases: drawn before the churn, because a case that stays open drives it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from crm_core.clock import BUCKET_DAYS
from crm_core.demo.columns import DAY_SECONDS, at_hour, pick, reals, row_ids, times
from crm_core.demo.customers import Customers
from crm_core.demo.parameters import Chunk

PRIORITIES = ("low", "normal", "high", "urgent")
_SUBJECTS = (
    "Export fails", "Login does not work", "Report is slow", "Invoice is wrong", "Question about roles",
    "Import stops halfway", "Interface returns an error", "Training wanted", "Data missing in the overview",
)  # fmt: skip


@dataclass(frozen=True)
class Tickets:
    """One array per trait; `customer` is the place in the slice, times are seconds since 1970."""

    customer: np.ndarray
    opened: np.ndarray
    answered: np.ndarray
    reopened: np.ndarray
    closed: np.ndarray
    priority: np.ndarray
    csat: np.ndarray


def draw_tickets(chunk: Chunk, customers: Customers) -> Tickets:
    """Draw the cases of every customer over the whole history; a quarter of them stay open for weeks."""
    rng, company, n = chunk.rng("tickets"), chunk.company, len(customers)
    trouble = np.repeat(rng.standard_normal((n, company.periods // 5 + 1), dtype=np.float32), 5, axis=1)
    counts = rng.poisson(0.2 * np.exp(0.7 * trouble[:, : company.periods].astype(np.float64) - 0.2))
    place = np.repeat(np.arange(counts.size), counts.ravel())
    customer, period = place // company.periods, place % company.periods
    opened = at_hour(company.first_day + BUCKET_DAYS * period + 1 + rng.integers(0, BUCKET_DAYS, len(place)), rng)
    is_stuck = rng.random(len(place)) < 0.27
    hours = np.exp(np.where(is_stuck, np.log(24 * 55), np.log(40)) + 0.6 * rng.standard_normal(len(place)))
    answer = np.minimum(np.exp(np.log(6) + 0.9 * rng.standard_normal(len(place))) * (1 + is_stuck), hours * 0.8)
    was_reopened = is_stuck & (rng.random(len(place)) < 0.35)
    closed = opened + (hours * 3600).astype(np.int64) + 60
    happy = 4.3 - 1.6 * is_stuck + 0.6 * rng.standard_normal(len(place))
    return Tickets(
        customer=customer,
        opened=opened,
        answered=opened + (answer * 3600).astype(np.int64) + 1,
        reopened=np.where(was_reopened, (opened + (closed - opened) * 0.4).astype(np.int64), 0),
        closed=closed,
        priority=np.clip(rng.integers(0, 3, len(place)) + is_stuck, 0, 3),
        csat=np.where(rng.random(len(place)) < 0.55, np.clip(np.round(happy), 1, 5), np.nan),
    )


def open_on_grid(chunk: Chunk, customers: Customers, tickets: Tickets) -> np.ndarray:
    """Number of cases open at the end of every grid day, per customer (cases before the contract count too)."""
    company, n = chunk.company, len(customers)
    zero, step = (company.first_day + 1) * DAY_SECONDS, BUCKET_DAYS * DAY_SECONDS
    is_theirs = tickets.opened >= customers.first_start[tickets.customer] * DAY_SECONDS
    first = np.clip(-((zero - tickets.opened) // step), 0, company.periods + 1)
    last = np.clip(-((zero - tickets.closed) // step), 0, company.periods + 1)
    change = np.zeros((n, company.periods + 2), dtype=np.int32)
    np.add.at(change, (tickets.customer[is_theirs], first[is_theirs]), 1)
    np.add.at(change, (tickets.customer[is_theirs], last[is_theirs]), -1)
    return np.cumsum(change, axis=1)[:, : company.periods + 1]


def ticket_table(chunk: Chunk, tickets: Tickets, keep: np.ndarray, keys: pa.Array, records: np.ndarray) -> pa.Table:
    """Lake columns of `tickets` for the cases to `keep`; what comes after the history is empty."""
    rng, end = chunk.rng("ticket_rows"), (chunk.company.last_day + 1) * DAY_SECONDS
    order = np.flatnonzero(keep)
    opened, closed = tickets.opened[order], tickets.closed[order]
    answered, reopened = tickets.answered[order], tickets.reopened[order]
    is_open = closed >= end
    return pa.table(
        {
            "source_id": row_ids(chunk, "T-", len(order), 50),
            "happened_at": times(opened),
            "known_at": times(opened),
            "customer_id": pick(records[tickets.customer[order]], keys),
            "opened_at": times(opened),
            "first_response_at": times(answered, answered >= end),
            "reopened_at": times(reopened, (reopened == 0) | (reopened >= end)),
            "closed_at": times(closed, is_open),
            "priority": pick(tickets.priority[order], PRIORITIES),
            "subject": pick(rng.integers(0, len(_SUBJECTS), len(order)), _SUBJECTS),
            "csat": reals(np.where(is_open, np.nan, tickets.csat[order]), 0),
        }
    )
