"""The Risk page: who may leave, why, what is at stake, and what people say about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from crm_core.access import Viewer, person_column, row_filter
from crm_core.views.first_view import YOURS, scores
from crm_core.views.opinions import in_force, opinions
from crm_core.views.reading import current, reading, rows, told
from crm_core.views.sell import listing
from crm_core.views.sell.listing import LIST_LENGTH, ScoredPage, ScoredRow


@dataclass(frozen=True)
class RiskFilter:
    """What the viewer wants to see; empty means all."""

    teams: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    renewal_within_days: int | None = None
    disagreed_only: bool = False
    worth_asking: bool = False
    name_part: str = ""
    order: str = "chance"
    limit: int = LIST_LENGTH


@dataclass(frozen=True, kw_only=True)
class RiskRow(ScoredRow):
    """One customer on the list."""

    customer_id: str = told("Key of the customer.")
    segment: str | None = told("Segment.")
    yearly_value: float | None = told("What the customer pays in a year.")
    n_foreign_lines: int = told("Running lines in a currency without a rate: not in the yearly value.")
    foreign_currency: str | None = told("Their currency, where it is one.")
    renewal_on: date | None = told("When the contract ends.")
    last_contact_at: datetime | None = told("Last contact that was logged.")


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
    n_withheld: int = told(
        "Customers without a number: not enough evidence, or no model; not those that wait for your view."
    )
    value_withheld: float = told("What they pay in a year.")
    n_disagreed: int = told("Customers about whom somebody disagrees with the model.")
    value_disagreed: float = told("What they pay in a year.")


@dataclass(frozen=True, kw_only=True)
class RiskPage(ScoredPage):
    """Everything the Risk page shows."""

    rows: tuple[RiskRow, ...] = told("Customers, highest chance first.")
    points: tuple[RiskPoint, ...] = told("Customers with a score that match the filters; of many, a fair sample.")
    totals: RiskTotals | None = told("The four figures on top.")

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
        standing = in_force(opinions(con, viewer, "churn"))
        params: dict[str, Any] = {**seen.params, "disagreed": sorted(standing), "as_of": info.as_of.isoformat()}
        population = f"{_POPULATION.format(scores=scores(viewer))} and {seen.sql}"
        totals = _totals(con, population, params)
        where, more = _conditions(chosen)
        params |= more
        order = _ORDERS.get("value" if chosen.worth_asking else chosen.order, _ORDERS["chance"])
        owner = person_column(viewer, "owner_name", key="owner_id")
        found = rows(
            con,
            f"select p.* exclude (owner_name), {owner} as owner_name, {listing.COUNTED} "
            f"from ({population}) as p where {where} order by {order} limit {int(chosen.limit)}",
            listing.used(params, population + where),
        )
        keys = [row["customer_id"] for row in found]
        said = listing.said_of(con, viewer, "churn", (keys, info.as_of), standing)
        return RiskPage(
            rows=tuple(listing.row_of(RiskRow, row, row["customer_id"], said) for row in found),
            points=listing.points(con, RiskPoint, f"from ({population}) as p where {where}", params),
            n_matching=found[0]["n_matching"] if found else 0,
            n_unknown=found[0]["n_unknown"] if found else 0,
            n_yours=found[0]["n_yours"] if found else 0,
            n_in_scope=totals.pop("n_in_scope"),
            base_rate=totals.pop("base_rate"),
            totals=RiskTotals(**totals),
            model_version=info.models.get("churn"),
            no_model_reason="" if "churn" in info.models else listing.no_model(con, "churn"),
            choices=listing.choices(con, population, params, _CHOICES),
        )


_POPULATION = """
    select m.*, s.probability, s.raw, s.low, s.high, s.tier as model_tier, s.doubts, s.base_rate,
        coalesce(s.tier, 'none') as tier, coalesce(s.is_worth_asking, false) as is_worth_asking,
        date_diff('day', $as_of::date, m.renewal_on) as days_to_renewal,
        m.customer_id in (select unnest($disagreed)) as is_disagreed
    from marts.mart_customer as m
    left join {scores} as s on s.question = 'churn' and s.entity_id = m.customer_id
    where (m.is_in_population or s.entity_id is not null) and m.left_on is null
"""

_CHOICES = {"teams": "team", "regions": "region", "segments": "segment"}

_YOURS = listing.YOURS_FIRST.format(money="yearly_value")
_ORDERS = {
    "chance": f"{_YOURS}, probability desc nulls last, raw desc, rule_points desc, yearly_value desc nulls last, "
    "customer_id",
    "money": f"{_YOURS}, coalesce(yearly_value, 0) * coalesce(probability, rule_points / 100.0) desc, customer_id",
    "value": "yearly_value desc nulls last, customer_id",
    "renewal": "renewal_on asc nulls last, probability desc nulls last, customer_id",
}


def _conditions(chosen: RiskFilter) -> tuple[str, dict[str, Any]]:
    parts, params = listing.conditions(chosen, {**_CHOICES, "tiers": "tier"})
    if chosen.renewal_within_days is not None:
        parts.append("days_to_renewal between 0 and $renewal_days")
        params["renewal_days"] = chosen.renewal_within_days
    return " and ".join(parts), params


def _totals(con: duckdb.DuckDBPyConnection, population: str, params: dict[str, Any]) -> dict[str, Any]:
    without = f"probability is null and tier <> '{YOURS}'"
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
            count(*) filter (where {without}) as n_withheld,
            coalesce(sum(yearly_value) filter (where {without}), 0) as value_withheld,
            count(*) filter (where is_disagreed) as n_disagreed,
            coalesce(sum(yearly_value) filter (where is_disagreed), 0) as value_disagreed
        from ({population})
        """,
        params,
    )[0]
