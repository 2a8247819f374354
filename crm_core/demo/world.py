"""One slice of the company, whole: every table of the lake for it, and the truth behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crm_core.clock import BUCKET_DAYS
from crm_core.demo import accounts, activity, contacts, deals, lines, prospects, readiness
from crm_core.demo.columns import DAY_SECONDS, days, flags, pick
from crm_core.demo.customers import Contracts, Customers, draw_contracts, draw_customers
from crm_core.demo.parameters import CHUNK, Chunk
from crm_core.demo.people import BLIND_REPS, OWNER_IDS
from crm_core.demo.process import Life, States, draw_states, live, risk
from crm_core.demo.tickets import Tickets, draw_tickets, ticket_table

HAPPY_BELOW = 0.03
_FIRST_LEAD_ROW = 60_000_000


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


@dataclass(frozen=True)
class _Actors:
    """The customers of a slice with all that happened to them."""

    customers: Customers
    contracts: Contracts
    states: States
    tickets: Tickets
    life: Life
    book: activity.Book


def generate(chunk: Chunk) -> Slice:
    """Generate one slice; depends on nothing but the company's parameters and the number of the slice."""
    customers = draw_customers(chunk)
    contracts, states = draw_contracts(chunk, customers), draw_states(chunk, customers)
    tickets = draw_tickets(chunk, customers)
    life = live(chunk, customers, contracts, risk(chunk, customers, contracts, states, tickets))
    book, doubled = accounts.draw_book(chunk, customers, life)
    tables, attributes = _customer_tables(chunk, _Actors(customers, contracts, states, tickets, life, book), doubled)
    lead_tables, lead_attributes, lead_truth = _lead_tables(chunk, customers, life, book)
    rows = pa.concat_tables([tables.pop("interactions"), lead_tables.pop("interactions")])
    truth = {
        "churn": _churn_truth(chunk, life, book),
        "lead": lead_truth,
        "duplicates": _duplicates(book, doubled),
        "happy": _happy(chunk, customers, life, book),
    }
    everything = tables | lead_tables | {"interactions": rows}
    return Slice(everything, {"customer": attributes, "lead": lead_attributes}, truth)


def _customer_tables(chunk: Chunk, who: _Actors, doubled: np.ndarray) -> tuple[dict[str, pa.Table], pa.Table]:
    table, attributes = accounts.account_tables(chunk, who.customers, who.life, who.book, doubled)
    persons = contacts.draw_contacts(chunk, who.customers, who.states, who.life, who.book)
    signed = lines.replace_some(chunk, lines.draw_lines(chunk, who.customers, who.contracts, who.life))
    lived = _lived(chunk, who.customers, who.life, who.tickets)
    tables = {
        "customers": table,
        "contacts": contacts.contact_table(chunk, persons, who.book),
        "subscriptions": lines.subscription_table(chunk, who.customers, signed, who.book),
        "tickets": ticket_table(chunk, who.tickets, lived, who.book.keys, who.book.records),
        "surveys": accounts.survey_table(chunk, who.customers, who.states, who.life, who.book),
        "interactions": _customer_rows(chunk, who, persons),
    }
    return tables, attributes


def _customer_rows(chunk: Chunk, who: _Actors, persons: contacts.Contacts) -> pa.Table:
    touches, book = activity.customer_touches(chunk, who.customers, who.states, who.life), who.book
    split = book.split[touches.place]
    strays = (split >= 0) & (touches.day > book.since[touches.place]) & (touches.day % 4 == 0)
    entity = {
        "customer_id": pick(np.where(strays, split, book.records[touches.place]), book.keys),
        "contact_id": contacts.who_took_part(chunk, persons, touches),
    }
    rows, number = activity.touch_tables(chunk, touches, "notes", entity, 1)
    rows.append(activity.login_table(chunk, who.life, who.states, who.customers, book, number))
    number += rows[-1].num_rows
    rows.append(activity.invoice_table(chunk, who.customers, who.contracts, who.life, book, number))
    return pa.concat_tables(rows)


def _lead_tables(
    chunk: Chunk, customers: Customers, life: Life, book: activity.Book
) -> tuple[dict[str, pa.Table], pa.Table, pa.Table]:
    leads, keys = readiness.draw_leads(chunk), prospects.lead_ids(chunk)
    lead_life = readiness.live_leads(chunk, leads)
    drawn, became = deals.draw_deals(chunk, customers, life, lead_life.converted, leads.owner)
    won = np.flatnonzero(became >= 0)
    who = prospects.identities(chunk, won, 1 + chunk.index * CHUNK + became[won])
    account = pick(book.records[np.maximum(became, 0)], book.keys, became < 0)
    opportunities, stages = deals.deal_tables(chunk, drawn, book.keys, book.records, keys)
    touches = prospects.lead_touches(chunk, leads, lead_life)
    entity = {"lead_id": pick(touches.place, keys)}
    tables = {
        "leads": prospects.lead_table(chunk, leads, lead_life, who, account),
        "opportunities": opportunities,
        "opportunity_stages": stages,
        "interactions": pa.concat_tables(
            activity.touch_tables(chunk, touches, "lead_rows", entity, _FIRST_LEAD_ROW)[0]
        ),
    }
    return tables, prospects.lead_attributes(chunk, leads, lead_life), _lead_truth(chunk, lead_life, keys)


def _lived(chunk: Chunk, customers: Customers, life: Life, tickets: Tickets) -> np.ndarray:
    day = tickets.opened // DAY_SECONDS
    who = tickets.customer
    begun, last = customers.first_start[who], np.minimum(life.left_on[who], chunk.company.last_day)
    return np.asarray((day >= begun) & (day <= last))


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
