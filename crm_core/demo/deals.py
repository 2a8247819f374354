"""Opportunities: one for every converted lead, more for customers who may buy more; each with its stage history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from crm_core.demo.columns import DAY_SECONDS, days, flags, joined, money, pick, row_ids, times
from crm_core.demo.customers import Customers
from crm_core.demo.parameters import Chunk
from crm_core.demo.people import OWNER_IDS
from crm_core.demo.process import Life

STAGES = ("Qualification", "Discovery", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
_TOPICS = ("New contract", "More seats", "Second site", "Add-on module", "Upgrade")
_NO_AMOUNT = 0.03
_EXPANSIONS = 0.75


@dataclass(frozen=True)
class Deals:
    """One array per trait; `lead` and `customer` are places in the slice or -1, `entered` is deal × open stage."""

    lead: np.ndarray
    customer: np.ndarray
    owner: np.ndarray
    cents: np.ndarray
    created: np.ndarray
    entered: np.ndarray
    reached: np.ndarray
    closed: np.ndarray
    won: np.ndarray


@dataclass(frozen=True)
class _Shown:
    """What the CRM shows of the deals on the as-of day; times are seconds since 1970."""

    keys: pa.Array
    seen: np.ndarray
    stage: np.ndarray
    created: np.ndarray
    closed: np.ndarray


def link(leads_converted: np.ndarray, customers: Customers, first_day: int) -> tuple[np.ndarray, np.ndarray]:
    """Match new customers with leads that converted 10 to 100 days before: places of leads, places of customers."""
    new = np.flatnonzero(customers.created > first_day + 40)
    new = new[np.argsort(customers.created[new], kind="stable")]
    order = np.argsort(leads_converted, kind="stable")
    wanted = np.searchsorted(leads_converted[order], customers.created[new] - 45)
    wanted = np.minimum(wanted, len(order) - 1)
    place, unique = np.unique(wanted, return_index=True)
    lead, customer = order[place], new[unique]
    gap = customers.created[customer] - leads_converted[lead]
    fits = (gap >= 10) & (gap <= 100)
    return lead[fits], customer[fits]


def draw_deals(
    chunk: Chunk, customers: Customers, life: Life, converted: np.ndarray, lead_owner: np.ndarray
) -> tuple[Deals, np.ndarray]:
    """Draw the deals; also the place of the customer each lead became (-1: none)."""
    rng, company = chunk.rng("deals"), chunk.company
    lead = np.flatnonzero(converted <= company.last_day)
    became = np.full(len(converted), -1)
    won_lead, won_customer = link(converted, customers, company.first_day)
    became[won_lead] = won_customer
    more = np.flatnonzero(rng.random(len(customers)) < _EXPANSIONS)
    start = np.maximum(customers.first_start[more] + 20, company.first_day + 1)
    end = np.minimum(life.left_on[more], company.last_day)
    more, start, end = more[end > start], start[end > start], end[end > start]
    created = np.concatenate([converted[lead], start + (rng.random(len(more)) * (end - start)).astype(np.int64)])
    customer = np.concatenate([became[lead], more])
    owner = np.concatenate([lead_owner[lead], customers.owner[more]])
    n = len(created)
    must_win = np.concatenate([became[lead] >= 0, np.zeros(len(more), dtype=bool)])
    won = must_win | (rng.random(n) < np.where(np.arange(n) < len(lead), 0.0, 0.45))
    size = np.exp(8.6 + 0.9 * rng.standard_normal(n))
    gaps = rng.gamma(1.3, 8.0, (n, 4)) + 1
    close = np.where(must_win, customers.created[customer], created + np.ceil(gaps.sum(axis=1)).astype(np.int64))
    share = np.pad(np.cumsum(gaps, axis=1)[:, :3], ((0, 0), (1, 0))) / gaps.sum(axis=1, keepdims=True)
    entered = created[:, None] + np.floor(share * (close - created)[:, None]).astype(np.int64)
    reached = np.where(won, 4, rng.integers(1, 5, n))
    stalled = ~must_win & (rng.random(n) < 0.06)
    closed = np.where(won, close, entered[np.arange(n), reached - 1] + 12 + rng.integers(0, 25, n))
    closed = np.where(stalled | (closed > company.last_day), 0, closed)
    source = np.concatenate([lead, np.full(len(more), -1)])
    deals = Deals(source, customer, owner, (size * 100).astype(np.int64), created, entered, reached, closed, won)
    return deals, became


def deal_tables(
    chunk: Chunk, deals: Deals, customer_keys: pa.Array, records: np.ndarray, lead_keys: pa.Array
) -> tuple[pa.Table, pa.Table]:
    """Lake columns of `opportunities` and of `opportunity_stages`."""
    rng, n, last = chunk.rng("deal_rows"), len(deals.created), chunk.company.last_day
    keys = row_ids(chunk, "O-", n, 5)
    is_open = deals.closed == 0
    seen = (deals.entered <= last) & (np.arange(4) < deals.reached[:, None])
    stage = np.where(is_open, seen.sum(axis=1) - 1, np.where(deals.won, 4, 5))
    created = deals.created * DAY_SECONDS + 9 * 3600 + rng.integers(0, 3600, n)
    closed = deals.closed * DAY_SECONDS + 16 * 3600 + rng.integers(0, 3600, n)
    topic = pick(np.where(deals.lead >= 0, 0, rng.integers(1, 5, n)), _TOPICS)
    table = pa.table(
        {
            "source_id": keys,
            "happened_at": times(created),
            "known_at": times(created),
            "customer_id": pick(records[deals.customer], customer_keys, deals.customer < 0),
            "lead_id": pick(np.maximum(deals.lead, 0), lead_keys, deals.lead < 0),
            "owner_id": pick(deals.owner, OWNER_IDS),
            "name": joined(topic, " ", keys),
            "amount": money(deals.cents, rng.random(n) < _NO_AMOUNT),
            "currency": pick(np.zeros(n), ("EUR",)),
            "stage": pick(stage, STAGES),
            "created_at": times(created),
            "expected_close_on": days(deals.created + 30 + rng.integers(0, 60, n)),
            "closed_at": times(closed, is_open),
            "is_won": flags(deals.won, is_open),
        }
    )
    return table, _stage_table(chunk, deals, _Shown(keys, seen, stage, created, closed))


def _stage_table(chunk: Chunk, deals: Deals, shown: _Shown) -> pa.Table:
    deal, step = np.nonzero(shown.seen)
    entered = np.maximum(deals.entered[deal, step] * DAY_SECONDS + 10 * 3600 + 600 * step, shown.created[deal])
    finished = np.flatnonzero(deals.closed > 0)
    deal = np.concatenate([deal, finished])
    step = np.concatenate([step, shown.stage[finished]])
    entered = np.concatenate([entered, shown.closed[finished]])
    order = np.lexsort((entered, deal))
    deal, step, entered = deal[order], step[order], entered[order]
    return pa.table(
        {
            "source_id": row_ids(chunk, "S-", len(deal), 25),
            "happened_at": times(entered),
            "known_at": times(entered),
            "opportunity_id": pick(deal, shown.keys),
            "stage": pick(step, STAGES),
            "entered_at": times(entered),
        }
    )
