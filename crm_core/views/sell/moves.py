"""What moved among the deals since a day, and which contracts end soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from crm_core.access import Viewer, person_column, row_filter
from crm_core.views.evidence import NOTHING_KNOWN, Evidence, evidence_of
from crm_core.views.first_view import scores
from crm_core.views.reading import rows, told
from crm_core.views.sell.deals import PipelineFilter, Scoped, conditions
from crm_core.views.shown import lead_name

KINDS = ("won", "lost", "new", "forward", "back", "slipped")
BIGGEST = 3
RENEWAL_DAYS = 90
RENEWALS = 100


@dataclass(frozen=True)
class MovedDeal:
    """One deal that moved."""

    deal_id: str = told("Key of the deal.")
    name: str | None = told("Name of the deal.")
    who: str | None = told("Customer, or the company or person of the lead.")
    amount: float | None = told("Value, if known.")
    stage_then: str | None = told("Stage on the day to compare with.")
    stage: str | None = told("Stage now.")
    expected_close_on: date | None = told("Day somebody expects it to close.")


@dataclass(frozen=True)
class Move:
    """Deals that moved in one way since the day; a deal is counted once, and once more if it slipped."""

    kind: str = told("won, lost (or closed without an outcome), new, forward, back, slipped (due by now, still open).")
    n: int = told("Deals.")
    amount: float = told("Their value, as far as known.")
    n_unknown: int = told("Of these, deals whose value is not known.")
    biggest: tuple[MovedDeal, ...] = told("The biggest of them.")


@dataclass(frozen=True)
class Renewal:
    """One contract that ends within 90 days."""

    customer_id: str = told("Key of the customer.")
    name: str = told("Customer.")
    owner_name: str | None = told("Who looks after the customer.")
    renewal_on: date = told("Day the contract ends.")
    yearly_value: float | None = told("What the customer pays in a year.")
    n_foreign_lines: int = told("Running lines in a currency without a rate: not in the value.")
    foreign_currency: str | None = told("Their currency, where it is one.")
    probability: float | None = told("Of 100 customers like this, so many leave within 90 days.")
    tier: str = told("high: at least 3 times the usual odds; medium: 1.5 times; low: below.")
    evidence: Evidence = told("What the score rests on, and what is missing.")
    has_signed_renewal: bool = told("The next contract is signed.")


def moves(deals: Scoped, since: date) -> tuple[Move, ...]:
    """Deals that moved since the end of that day, by how they moved."""
    sql = f"""
        , known as (
            select deal_id, arg_max(stage, place) as stage_then from marts.mart_deal_stage
            where entered_at::date <= $since::date group by deal_id
        ),
        moved as (
            select d.*, k.stage_then, case
                when d.closed_at::date > $since::date then if(d.is_won, 'won', 'lost')
                when d.closed_at is not null then null
                when d.created_at::date > $since::date then 'new'
                when n.stage_rank > b.stage_rank then 'forward'
                when n.stage_rank < b.stage_rank then 'back' end as kind
            from d left join known as k on d.deal_id = k.deal_id
            left join marts.mart_stage as b on k.stage_then = b.stage
            left join marts.mart_stage as n on d.stage = n.stage
        ),
        told as (
            from moved where kind is not null
            union all by name
            select * replace ('slipped' as kind) from moved
            where closed_at is null and expected_close_on >= $since::date and expected_close_on < as_of
        ),
        ranked as (
            select *, count(*) over w as n, sum(amount) over w as total, count(amount) over w as n_known,
                row_number() over (partition by kind order by amount desc nulls last, deal_id) as place
            from told window w as (partition by kind)
        )
        select r.*, coalesce(r.customer_name, {lead_name(deals.viewer)}) as who
        from ranked as r left join marts.mart_lead as m on r.lead_id = m.lead_id
        where r.place <= {BIGGEST} order by r.kind, r.place
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for row in deals.rows(sql, since=since.isoformat()):
        found.setdefault(row["kind"], []).append(row)
    return tuple(_move(kind, found.get(kind, [])) for kind in KINDS)


def _move(kind: str, biggest: list[dict[str, Any]]) -> Move:
    first = biggest[0] if biggest else {"n": 0, "total": 0.0, "n_known": 0}
    shown = tuple(MovedDeal(**{name: row[name] for name in MovedDeal.__dataclass_fields__}) for row in biggest)
    return Move(kind, first["n"], first["total"] or 0.0, first["n"] - first["n_known"], shown)


def renewals(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, chosen: PipelineFilter, as_of: date
) -> tuple[tuple[Renewal, ...], int, float]:
    """Contracts that end within 90 days, the next first; how many are not signed again, and their yearly value."""
    seen = row_filter(viewer)
    where, params = conditions(chosen)
    sql = f"""
        with m as (
            select * from marts.mart_customer
            where {seen.sql} and {where} and left_on is null
                and renewal_on between $as_of::date and $as_of::date + {RENEWAL_DAYS}
        )
        select m.customer_id, m.name, {person_column(viewer, "m.owner_name", key="m.owner_id")} as owner_name,
            m.renewal_on, m.yearly_value, m.n_foreign_lines, m.foreign_currency, s.probability,
            coalesce(s.tier, 'none') as tier, m.has_signed_renewal,
            count(*) filter (where not m.has_signed_renewal) over () as n,
            sum(m.yearly_value) filter (where not m.has_signed_renewal) over () as total
        from m left join {scores(viewer)} as s on s.question = 'churn' and s.entity_id = m.customer_id
        order by m.has_signed_renewal, m.renewal_on, m.yearly_value desc nulls last, m.customer_id limit {RENEWALS}
    """
    found = rows(con, sql, {**seen.params, **params, "as_of": as_of.isoformat()})
    n, total = (found[0]["n"], found[0]["total"] or 0.0) if found else (0, 0.0)
    weighed = evidence_of(con, viewer, "customer", [row["customer_id"] for row in found], as_of)
    listed = tuple(
        Renewal(
            **{k: v for k, v in row.items() if k not in {"n", "total"}},
            evidence=weighed.get(row["customer_id"], NOTHING_KNOWN),
        )
        for row in found
    )
    return listed, n, total
