"""What is on record about one customer: events, contracts, support cases, people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from crm_core.access import Viewer, person_column, text_column
from crm_core.views.reading import rows, told

TIMELINE = 200
PEOPLE = 50


@dataclass(frozen=True)
class Event:
    """One thing that happened with the customer."""

    happened_at: datetime = told("When (UTC).")
    kind: str = told("What kind.")
    direction: str | None = told("Who started it.")
    owner_name: str | None = told("Colleague who took part.")
    outcome: str | None = told("How it ended.")
    quantity: float | None = told("How much: uses, score, seats.")
    amount: float | None = told("Money.")
    duration_minutes: float | None = told("Length in minutes.")
    words: str | None = told("Notes, if you may read them.")


@dataclass(frozen=True)
class Contract:
    """One contract line."""

    product: str | None = told("Product.")
    started_on: date = told("First day.")
    ends_on: date | None = told("Last day as agreed.")
    cancelled_on: date | None = told("Day it was ended early.")
    mrr: float | None = told("Monthly revenue.")
    currency: str | None = told("Currency of the revenue.")
    seats: int | None = told("Seats.")
    is_auto_renew: bool | None = told("Renews by itself.")


@dataclass(frozen=True)
class Ticket:
    """One support case."""

    opened_at: datetime = told("Opened.")
    first_response_at: datetime | None = told("First answer.")
    reopened_at: datetime | None = told("Opened again.")
    closed_at: datetime | None = told("Closed.")
    priority: str | None = told("Priority.")
    csat: float | None = told("Satisfaction, 1 to 5.")
    is_open: bool = told("Still open.")
    words: str | None = told("Subject, if you may read it.")


@dataclass(frozen=True)
class Contact:
    """One person at the customer."""

    full_name: str = told("Name.")
    title: str | None = told("Job title.")
    role: str | None = told("Part in the deal.")
    email: str | None = told("E-mail address.")
    phone: str | None = told("Phone.")
    verified_on: date | None = told("Last check of the data.")
    left_on: date | None = told("Day the person left.")


def timeline(con: duckdb.DuckDBPyConnection, viewer: Viewer, key: str) -> tuple[tuple[Event, ...], int]:
    """The newest events, and how many there are; a customer may have a hundred thousand."""
    owner = person_column(viewer, "owner_name", key="owner_id")
    words = text_column(viewer, "words", visibility="visibility", owner="owner_id")
    sql = f"""
        select happened_at, kind, direction, {owner} as owner_name, outcome, quantity, amount, duration_minutes,
            {words} as words
        from marts.mart_timeline
        where entity = 'customer' and entity_id = $key
        order by happened_at desc limit {TIMELINE}
    """
    count = "select count(*) as n from marts.mart_timeline where entity = 'customer' and entity_id = $key"
    found = tuple(Event(**row) for row in rows(con, sql, {"key": key}))
    return found, len(found) if len(found) < TIMELINE else rows(con, count, {"key": key})[0]["n"]


def tickets(con: duckdb.DuckDBPyConnection, viewer: Viewer, key: str) -> tuple[Ticket, ...]:
    """Support cases, newest first."""
    sql = f"""
        select opened_at, first_response_at, reopened_at, closed_at, priority, csat, is_open,
            {text_column(viewer, "words", visibility=None, owner=None)} as words
        from marts.mart_ticket where customer_id = $key order by opened_at desc limit {TIMELINE}
    """
    return tuple(Ticket(**row) for row in rows(con, sql, {"key": key}))


def people(con: duckdb.DuckDBPyConnection, viewer: Viewer, key: str) -> tuple[Contact, ...]:
    """People at the customer; who has left stands last."""
    shown = {c: person_column(viewer, c, key="contact_key") for c in ("full_name", "email", "phone")}
    sql = f"""
        select {shown["full_name"]} as full_name, title, role, {shown["email"]} as email, {shown["phone"]} as phone,
            verified_on, left_on
        from marts.mart_contact where customer_id = $key order by left_on is not null, full_name limit {PEOPLE}
    """
    return tuple(Contact(**row) for row in rows(con, sql, {"key": key}))


def contracts(con: duckdb.DuckDBPyConnection, key: str) -> tuple[Contract, ...]:
    """Contract lines, newest first."""
    columns = ", ".join(Contract.__dataclass_fields__)
    sql = (
        f"select {columns} from marts.mart_contract where customer_id = $key order by started_on desc limit {TIMELINE}"
    )
    return tuple(Contract(**row) for row in rows(con, sql, {"key": key}))
