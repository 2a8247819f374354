"""Deals: what the viewer asks for, one deal as it is listed, and one deal with all its stages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import duckdb

from crm_core.access import Viewer, person_column, row_filter
from crm_core.views.reading import current, reading, rows, told
from crm_core.views.shown import lead_name, not_in_scope

CLOSING = {
    "overdue": "expected_close_on < $as_of::date",
    "30": "expected_close_on between $as_of::date and $as_of::date + 30",
    "90": "expected_close_on between $as_of::date and $as_of::date + 90",
    "later": "expected_close_on > $as_of::date + 90",
    "unknown": "expected_close_on is null",
}


@dataclass(frozen=True)
class PipelineFilter:
    """What the viewer wants to see; empty means all. Stage and closing narrow down open deals only."""

    teams: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    closing: str = ""
    since: date | None = None


@dataclass(frozen=True)
class DealRow:
    """One deal on a list."""

    deal_id: str = told("Key of the deal.")
    name: str | None = told("Name of the deal.")
    who: str | None = told("Customer, or the company or person of the lead.")
    customer_id: str | None = told("Key of the customer, if you may open the account.")
    lead_id: str | None = told("Key of the lead it came from, if you may see the lead.")
    owner_name: str | None = told("Who works on the deal.")
    team: str | None = told("Team of the owner.")
    stage: str | None = told("Stage the deal stands in.")
    amount: float | None = told("Value; empty if nobody said it, or in a currency without a rate.")
    amount_given: float | None = told("Value as the source has it.")
    currency: str | None = told("Currency of the value in the source.")
    win_chance: float | None = told("Of 100 deals that were in this stage and closed, so many were won.")
    weighted_amount: float | None = told("Value times the chance of its stage.")
    days_in_stage: int | None = told("Days since the deal entered its stage.")
    usual_days: float | None = told("Median stay of all deals in this stage, in days.")
    expected_close_on: date | None = told("Day somebody expects it to close.")
    days_overdue: int | None = told("Days since that day; below zero while it is still to come.")
    is_stalled: bool = told(
        "In its stage for more than 14 days, and for twice the usual stay or more than 30 days past its expected close."
    )
    created_at: datetime = told("When the deal began (UTC).")
    closed_at: datetime | None = told("When it was closed (UTC).")
    is_won: bool | None = told("Won, once closed.")


@dataclass(frozen=True)
class Stay:
    """One stay of a deal in a stage."""

    stage: str = told("Stage.")
    entered_at: datetime = told("When it came there (UTC).")
    left_at: datetime | None = told("When it went on, back or was closed (UTC).")
    days: int | None = told("Days it stayed; empty while it stays.")


@dataclass(frozen=True)
class DealCard:
    """One deal and its way through the stages."""

    row: DealRow = told("The deal.")
    stays: tuple[Stay, ...] = told("Its stays in stages, first to last.")


@dataclass(frozen=True)
class Scoped:
    """Questions about the deals of one viewer and one filter: `d` all of them, `o` those open and asked for."""

    con: duckdb.DuckDBPyConnection
    viewer: Viewer
    sql: str
    params: dict[str, Any] = field(default_factory=dict)

    def rows(self, sql: str, **more: Any) -> list[dict[str, Any]]:
        """Answer of a query about `d` and `o`."""
        return rows(self.con, self.sql + sql, self.params | more)

    def listed(self, deals: str, order: str, limit: int) -> tuple[DealRow, ...]:
        """Deals as rows of a list."""
        sql = f"{listing(self.viewer, deals)} order by {order}, d.deal_id limit {int(limit)}"
        return tuple(DealRow(**row) for row in self.rows(sql))


def scoped(con: duckdb.DuckDBPyConnection, viewer: Viewer, chosen: PipelineFilter, as_of: date) -> Scoped:
    """The viewer's deals under a filter."""
    seen = row_filter(viewer)
    where, params = conditions(chosen)
    stages = "stage in (select unnest($stages))" if chosen.stages else "true"
    params |= {"stages": list(chosen.stages)} if chosen.stages else {}
    sql = f"""
        with d as (select *, $as_of::date as as_of from marts.mart_deal where {seen.sql} and {where}),
        o as (select * from d where closed_at is null and {stages} and {CLOSING.get(chosen.closing, "true")})
    """
    return Scoped(con, viewer, sql, {**seen.params, **params, "as_of": as_of.isoformat()})


def conditions(chosen: PipelineFilter) -> tuple[str, dict[str, Any]]:
    """What of the filter deals and customers share, in SQL, with its parameters."""
    parts, params = ["true"], {}
    for name, column in (("teams", "team"), ("regions", "region"), ("products", "product_line")):
        values = getattr(chosen, name)
        if values:
            parts.append(f"{column} in (select unnest(${name}))")
            params[name] = list(values)
    return " and ".join(parts), params


def listing(viewer: Viewer, deals: str) -> str:
    """SELECT of the columns of `DealRow` from a relation of deals; an account out of scope has no key."""
    return f"""
        select d.deal_id, d.name, coalesce(d.customer_name, {lead_name(viewer)}) as who, c.customer_id,
            case when {row_filter(viewer, "m").sql} then m.lead_id end as lead_id,
            {person_column(viewer, "d.owner_name", key="d.owner_id")} as owner_name, d.team, d.stage, d.amount,
            d.amount_given, d.currency, d.win_chance, d.weighted_amount, d.days_in_stage, t.median_days as usual_days,
            d.expected_close_on, d.days_overdue, d.is_stalled, d.created_at, d.closed_at, d.is_won
        from {deals} as d
        left join marts.mart_customer as c on d.customer_id = c.customer_id and {row_filter(viewer, "c").sql}
        left join marts.mart_lead as m on d.lead_id = m.lead_id
        left join marts.mart_stage as t on d.stage = t.stage
    """


def deal(viewer: Viewer, deal_id: str) -> DealCard:
    """One deal.

    Raises
    ------
    AccessDeniedError
        Not in scope, or no such deal (not told apart).
    """
    folder, _ = current()
    seen = row_filter(viewer, "d")
    with reading(folder) as con:
        sql = f"{listing(viewer, 'marts.mart_deal')} where d.deal_id = $key and {seen.sql}"
        found = rows(con, sql, {"key": deal_id, **seen.params})
        if not found:
            raise not_in_scope()
        sql = "select stage, entered_at, left_at, days from marts.mart_deal_stage where deal_id = $key order by place"
        return DealCard(DealRow(**found[0]), tuple(Stay(**row) for row in rows(con, sql, {"key": deal_id})))
