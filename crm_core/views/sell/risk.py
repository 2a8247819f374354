"""The Risk page: who may leave, why, what is at stake, and what people say about it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import duckdb

from crm_core.access import Viewer, person_column, row_filter
from crm_core.views.opinions import Opinion, in_force, opinions
from crm_core.views.reading import current, reading, rows, told
from crm_core.views.shown import EVERYTHING_ELSE

LIST_LENGTH = 200
PICTURE_POINTS = 2_000
TIERS = ("high", "medium", "low")


@dataclass(frozen=True)
class RiskFilter:
    """What the viewer wants to see; empty means all."""

    teams: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    renewal_within_days: int | None = None
    disagreed_only: bool = False
    name_part: str = ""
    order: str = "chance"
    limit: int = LIST_LENGTH


@dataclass(frozen=True)
class Reason:
    """One reason of a score."""

    sentence: str = told("What is so, in words.")
    points: float = told("Probability points it adds (+) or takes (−); approximate, they add up to the score.")


@dataclass(frozen=True)
class RiskRow:
    """One customer on the list."""

    customer_id: str = told("Key of the customer.")
    name: str = told("Customer.")
    segment: str | None = told("Segment.")
    region: str | None = told("Sales region.")
    team: str | None = told("Team of the owner.")
    owner_name: str | None = told("Who looks after the customer.")
    probability: float | None = told("Of 100 customers like this, so many leave within 90 days.")
    low: float | None = told("Lower end of the 95 % interval.")
    high: float | None = told("Upper end of the 95 % interval.")
    tier: str = told("high: at least 3 times the usual odds; medium: 1.5 times; low: below.")
    yearly_value: float | None = told("What the customer pays in a year.")
    renewal_on: date | None = told("When the contract ends.")
    last_contact_at: datetime | None = told("Last contact that was logged.")
    reasons: tuple[Reason, ...] = told("The three strongest reasons.")
    doubts: tuple[str, ...] = told("Why to trust the number less.")
    rule_reasons: str = told("Signs a person can check; used where there is no model.")
    opinions: tuple[Opinion, ...] = told("What people say, as long as it counts.", ())


@dataclass(frozen=True)
class RiskPoint:
    """One customer in the picture."""

    customer_id: str = told("Key of the customer.")
    name: str = told("Customer.")
    probability: float = told("Of 100 customers like this, so many leave within 90 days.")
    yearly_value: float | None = told("What the customer pays in a year.")
    tier: str = told("high: at least 3 times the usual odds; medium: 1.5 times; low: below.")
    is_disagreed: bool = told("Somebody disagrees with the model.")


@dataclass(frozen=True)
class RiskTotals:
    """The four figures on top; money is a year's revenue."""

    n_high: int = told("Customers with a high chance of leaving.")
    value_high: float = told("What customers with a high chance of leaving pay in a year.")
    n_renewals: int = told("Contracts that end within 90 days and have no signed renewal.")
    value_renewals: float = told("What they pay in a year.")
    n_renewals_high: int = told("Of these, customers with a high chance of leaving.")
    n_withheld: int = told("Customers without a score, because there is no model.")
    value_withheld: float = told("What they pay in a year.")
    n_disagreed: int = told("Customers about whom somebody disagrees with the model.")
    value_disagreed: float = told("What they pay in a year.")


@dataclass(frozen=True)
class RiskPage:
    """Everything the Risk page shows."""

    rows: tuple[RiskRow, ...] = told("Customers, highest chance first.")
    points: tuple[RiskPoint, ...] = told("Customers with a score that match the filters; of many, a fair sample.")
    n_matching: int = told("Customers that match the filters.")
    n_in_scope: int = told("Customers you may see that can leave.")
    totals: RiskTotals | None = told("The four figures on top.")
    base_rate: float | None = told("Of 100 customers, so many usually leave within 90 days.")
    model_version: str | None = told("Version of the churn model.")
    no_model_reason: str = told("Why there is no model, if there is none.")
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict, metadata={"help": "Values to filter by."})

    @property
    def is_empty(self) -> bool:
        """Nothing to show."""
        return not self.rows

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        if not self.n_in_scope:
            return "No customer in your scope can leave: none with a running contract belongs to you or your team."
        return "No customer matches these filters. Remove one of them."


def risk(viewer: Viewer, chosen: RiskFilter = RiskFilter()) -> RiskPage:
    """The Risk page for this viewer and these filters."""
    folder, info = current()
    seen = row_filter(viewer, "m")
    with reading(folder) as con:
        said = opinions(con, viewer, "churn")
        standing = in_force(said)
        params: dict[str, Any] = {**seen.params, "disagreed": sorted(standing), "as_of": info.as_of.isoformat()}
        population = f"{_POPULATION} and {seen.sql}"
        totals = _totals(con, population, params)
        where, more = _conditions(chosen)
        params |= more
        limit = int(chosen.limit)
        order = _ORDERS.get(chosen.order, _ORDERS["chance"])
        owner = person_column(viewer, "owner_name", key="owner_id")
        found = rows(
            con,
            f"select p.* exclude (owner_name), {owner} as owner_name, count(*) over () as n_matching "
            f"from ({population}) as p where {where} order by {order} limit {limit}",
            _used(params, population + where),
        )
        why = _reasons(con, [row["customer_id"] for row in found])
        listed = tuple(_row(row, why, standing) for row in found)
        return RiskPage(
            rows=listed,
            points=_points(con, f"from ({population}) as p where {where}", params),
            n_matching=found[0]["n_matching"] if found else 0,
            n_in_scope=totals.pop("n_in_scope"),
            base_rate=totals.pop("base_rate"),
            totals=RiskTotals(**totals),
            model_version=info.models.get("churn"),
            no_model_reason="" if "churn" in info.models else _no_model(con, "churn"),
            choices=_choices(con, population, params),
        )


_POPULATION = """
    select m.*, s.probability, s.raw, s.low, s.high, s.tier as model_tier, s.doubts, s.base_rate,
        coalesce(s.tier, 'none') as tier, date_diff('day', $as_of::date, m.renewal_on) as days_to_renewal,
        m.customer_id in (select unnest($disagreed)) as is_disagreed
    from marts.mart_customer as m
    left join marts.mart_score as s on s.question = 'churn' and s.entity_id = m.customer_id
    where (m.is_in_population or s.entity_id is not null) and m.left_on is null
"""

_ORDERS = {
    "chance": "probability desc nulls last, raw desc, rule_points desc, yearly_value desc nulls last, customer_id",
    "money": "coalesce(yearly_value, 0) * coalesce(probability, rule_points / 100.0) desc, customer_id",
    "renewal": "renewal_on asc nulls last, probability desc nulls last, customer_id",
}


def _conditions(chosen: RiskFilter) -> tuple[str, dict[str, Any]]:
    parts: list[str] = ["true"]
    params: dict[str, Any] = {}
    for name, column in (("teams", "team"), ("regions", "region"), ("segments", "segment"), ("tiers", "tier")):
        values = getattr(chosen, name)
        if values:
            parts.append(f"{column} in (select unnest(${name}))")
            params[name] = list(values)
    if chosen.renewal_within_days is not None:
        parts.append("days_to_renewal between 0 and $renewal_days")
        params["renewal_days"] = chosen.renewal_within_days
    if chosen.disagreed_only:
        parts.append("is_disagreed")
    if chosen.name_part.strip():
        parts.append("contains(lower(name), lower($name_part))")
        params["name_part"] = chosen.name_part.strip()
    return " and ".join(parts), params


def _used(params: dict[str, Any], sql: str) -> dict[str, Any]:
    return {k: v for k, v in params.items() if f"${k}" in sql}


def _points(con: duckdb.DuckDBPyConnection, source: str, params: dict[str, Any]) -> tuple[RiskPoint, ...]:
    columns = ", ".join(RiskPoint.__dataclass_fields__)
    sql = f"""
        select {columns} {source} and probability is not null
        order by is_disagreed desc, hash(customer_id), customer_id limit {PICTURE_POINTS}
    """
    return tuple(RiskPoint(**row) for row in rows(con, sql, _used(params, source)))


def _totals(con: duckdb.DuckDBPyConnection, population: str, params: dict[str, Any]) -> dict[str, Any]:
    renewing = "days_to_renewal between 0 and 90 and not has_signed_renewal"
    return rows(
        con,
        f"""
        select count(*) as n_in_scope, max(base_rate) as base_rate,
            count(*) filter (where tier = 'high') as n_high,
            coalesce(sum(yearly_value) filter (where tier = 'high'), 0) as value_high,
            count(*) filter (where {renewing}) as n_renewals,
            coalesce(sum(yearly_value) filter (where {renewing}), 0) as value_renewals,
            count(*) filter (where {renewing} and tier = 'high') as n_renewals_high,
            count(*) filter (where probability is null) as n_withheld,
            coalesce(sum(yearly_value) filter (where probability is null), 0) as value_withheld,
            count(*) filter (where is_disagreed) as n_disagreed,
            coalesce(sum(yearly_value) filter (where is_disagreed), 0) as value_disagreed
        from ({population})
        """,
        params,
    )[0]


def _choices(con: duckdb.DuckDBPyConnection, population: str, params: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    found = rows(
        con,
        f"select list(distinct team order by team) as teams, list(distinct region order by region) as regions, "
        f"list(distinct segment order by segment) as segments from ({population})",
        _used(params, population),
    )[0]
    return {name: tuple(v for v in values or () if v) for name, values in found.items()}


def _reasons(con: duckdb.DuckDBPyConnection, keys: list[str]) -> dict[str, list[Reason]]:
    found = rows(
        con,
        f"select entity_id, sentence, points from marts.mart_reason where question = 'churn' and rank <= 3 "
        f"and feature <> '{EVERYTHING_ELSE}' and entity_id in (select unnest($keys)) order by entity_id, rank",
        {"keys": keys},
    )
    why: dict[str, list[Reason]] = {}
    for row in found:
        why.setdefault(row["entity_id"], []).append(Reason(row["sentence"], row["points"]))
    return why


def _no_model(con: duckdb.DuckDBPyConnection, question: str) -> str:
    found = rows(con, "select card from meta.cards where question = $question", {"question": question})
    return str(json.loads(found[0]["card"]).get("reason", "")) if found else "nothing was trained"


def _row(row: dict[str, Any], why: dict[str, list[Reason]], standing: dict[str, list[Opinion]]) -> RiskRow:
    key = row["customer_id"]
    return RiskRow(
        **{name: row[name] for name in _PLAIN},
        reasons=tuple(why.get(key, ())),
        doubts=tuple(json.loads(row["doubts"])) if row["doubts"] else (),
        opinions=tuple(standing.get(key, ())),
    )


_PLAIN = (
    "customer_id", "name", "segment", "region", "team", "owner_name", "probability", "low", "high", "tier",
    "yearly_value", "renewal_on", "last_contact_at", "rule_reasons",
)  # fmt: skip
