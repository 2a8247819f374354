"""One slice of the company, whole: every table of the lake for it, and the truth behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crm_core.clock import BUCKET_DAYS
from crm_core.demo import accounts, activity, deals, prospects, readiness
from crm_core.demo.columns import DAY_SECONDS, days, flags, pick
from crm_core.demo.customers import Contracts, Customers, draw_contracts, draw_customers
from crm_core.demo.parameters import CHUNK, Chunk
from crm_core.demo.people import BLIND_REPS, OWNER_IDS
from crm_core.demo.process import Life, States, draw_states, live, risk
from crm_core.demo.tickets import Tickets, draw_tickets, ticket_table

HAPPY_BELOW = 0.03


@dataclass(frozen=True)
class Slice:
    """Tables of one slice, with the raw ids of the demo company, and its truth.

    `tables` has the columns of the lake's tables, with `source_id`, `happened_at`, `known_at` of the common ones;
    `attributes` one column per custom attribute, rows as in `customers` and `leads`.
    """

    tables: dict[str, pa.Table]
    attributes: dict[str, pa.Table]
    truth: dict[str, pa.Table]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.num_rows for table in self.tables.values())


def generate(chunk: Chunk) -> Slice:
    """Generate one slice; depends on nothing but the company's parameters and the number of the slice."""
    customers = draw_customers(chunk)
    contracts, states = draw_contracts(chunk, customers), draw_states(chunk, customers)
    tickets = draw_tickets(chunk, customers)
    life = live(chunk, customers, contracts, risk(chunk, customers, contracts, states, tickets))
    book, doubled = accounts.draw_book(chunk, customers, life)
    leads = readiness.draw_leads(chunk)
    lead_life = readiness.live_leads(chunk, leads)
    drawn, became = deals.draw_deals(chunk, customers, life, lead_life.converted, leads.owner)
    who = prospects.identities(chunk, np.flatnonzero(became >= 0), 1 + chunk.index * CHUNK + became[became >= 0])
    account = pick(book.records[np.maximum(became, 0)], book.keys, became < 0)
    lead_keys = prospects.lead_ids(chunk)
    tables, attributes = {}, {}
    tables["customers"], attributes["customer"] = accounts.account_tables(chunk, customers, life, book, doubled)
    tables["contacts"] = accounts.contact_table(chunk, customers, states, life, book)
    tables["leads"] = prospects.lead_table(chunk, leads, lead_life, who, account)
    attributes["lead"] = prospects.lead_attributes(chunk, leads, lead_life)
    both = deals.deal_tables(chunk, drawn, book.keys, book.records, lead_keys)
    tables["opportunities"], tables["opportunity_stages"] = both
    tables["subscriptions"] = accounts.subscription_table(chunk, customers, contracts, life, book)
    touches = prospects.lead_touches(chunk, leads, lead_life)
    tables["interactions"] = pa.concat_tables(
        [
            *_customer_rows(chunk, customers, contracts, states, life, book),
            *activity.touch_tables(chunk, touches, "stages", {"lead_id": pick(touches.place, lead_keys)}, 6_000_000)[0],
        ]
    )
    tables["tickets"] = ticket_table(chunk, tickets, _lived(chunk, customers, life, tickets), book.keys, book.records)
    tables["surveys"] = accounts.survey_table(chunk, customers, states, life, book)
    truth = {
        "churn": _churn_truth(chunk, life, book),
        "lead": _lead_truth(chunk, lead_life, lead_keys),
        "duplicates": _duplicates(book, doubled),
        "happy": _happy(chunk, customers, life, book),
    }
    return Slice(tables, attributes, truth)


def _customer_rows(
    chunk: Chunk, customers: Customers, contracts: Contracts, states: States, life: Life, book: activity.Book
) -> list[pa.Table]:
    touches = activity.customer_touches(chunk, customers, states, life)
    split = book.split[touches.place]
    strays = (split >= 0) & (touches.day > book.since[touches.place]) & (touches.day % 4 == 0)
    entity = {"customer_id": pick(np.where(strays, split, book.records[touches.place]), book.keys)}
    rows, number = activity.touch_tables(chunk, touches, "notes", entity, 1)
    rows.append(activity.login_table(chunk, life, states, customers, book, number))
    number += rows[-1].num_rows
    rows.append(activity.invoice_table(chunk, customers, contracts, life, book, number))
    return rows


def _lived(chunk: Chunk, customers: Customers, life: Life, tickets: Tickets) -> np.ndarray:
    day = tickets.opened // DAY_SECONDS
    who = tickets.customer
    return (day >= customers.first_start[who]) & (day <= life.left_on[who]) & (day <= chunk.company.last_day)


def _grid(chunk: Chunk) -> np.ndarray:
    return chunk.company.first_day + BUCKET_DAYS * np.arange(chunk.company.periods + 1)


def _churn_truth(chunk: Chunk, life: Life, book: activity.Book) -> pa.Table:
    place, at = np.nonzero(life.active)
    as_of = _grid(chunk)[at]
    left = life.left_on[place] < as_of + 90
    return pa.table(
        {
            "customer_id": pick(book.records[place], book.keys),
            "as_of": days(as_of),
            "probability": life.probability[place, at],
            "outcome": flags(left, as_of + 90 > chunk.company.last_day),
        }
    )


def _lead_truth(chunk: Chunk, life: readiness.LeadLife, keys: pa.Array) -> pa.Table:
    place, at = np.nonzero(life.is_open)
    as_of = _grid(chunk)[at]
    return pa.table(
        {
            "lead_id": pick(place, keys),
            "as_of": days(as_of),
            "probability": life.probability[place, at],
            "outcome": flags(life.converted[place] <= as_of + 90, as_of + 90 > chunk.company.last_day),
        }
    )


def _duplicates(book: activity.Book, doubled: np.ndarray) -> pa.Table:
    original, copy = book.records[doubled], book.split[doubled]
    return pa.table({"customer_id": book.keys.take(pa.array(original)), "duplicate_id": book.keys.take(pa.array(copy))})


def _happy(chunk: Chunk, customers: Customers, life: Life, book: activity.Book) -> pa.Table:
    happy = np.flatnonzero(
        life.active[:, -1] & (life.probability[:, -1] < HAPPY_BELOW) & (life.left_on > chunk.company.last_day)
    )
    owner = customers.owner[happy]
    return pa.table(
        {
            "customer_id": book.keys.take(pa.array(book.records[happy])),
            "owner_id": OWNER_IDS.take(pa.array(owner)),
            "is_owner_blind": pc.is_in(pa.array(owner), pa.array(BLIND_REPS, pa.array(owner).type)),
            "probability": life.probability[happy, -1],
        }
    )
