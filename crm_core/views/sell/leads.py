"""The Leads page: who is ready to buy, why, what it may bring, and whom nobody has touched yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from crm_core.access import Viewer, person_column, row_filter
from crm_core.views.first_view import UNKNOWN, scores
from crm_core.views.opinions import in_force, opinions
from crm_core.views.reading import current, reading, rows, told
from crm_core.views.sell import listing
from crm_core.views.sell.listing import LIST_LENGTH, ScoredPage, ScoredRow
from crm_core.views.shown import lead_name, not_in_scope


@dataclass(frozen=True)
class LeadFilter:
    """What the viewer wants to see; empty means all."""

    teams: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    untouched_only: bool = False
    disagreed_only: bool = False
    worth_asking: bool = False
    name_part: str = ""
    order: str = "chance"
    limit: int = LIST_LENGTH


@dataclass(frozen=True, kw_only=True)
class LeadRow(ScoredRow):
    """One lead on the list."""

    lead_id: str = told("Key of the lead.")
    person_name: str | None = told("Whom to talk to.")
    email: str | None = told("Address of that person.")
    source_channel: str | None = told("Where the lead came from.")
    campaign: str | None = told("Campaign that brought it.")
    amount: float | None = told("Worth of its deal; without one, what a deal from this source usually brings.")
    is_usual_amount: bool = told("The amount is the usual one: the lead has no deal with an amount yet.")
    created_at: datetime | None = told("When it came in (UTC).")
    age_days: int | None = told("Days since it came in.")
    n_touches: int = told("Contacts in either direction.")
    hours_to_first_touch: int | None = told("Hours until one of us got in touch; empty: none was logged yet.")
    last_touch_at: datetime | None = told("Last contact in either direction that was logged.")
    state: str = told("open, converted, closed without a sale, or too old to ask.")

    @property
    def is_untouched(self) -> bool:
        """No touch of ours was logged yet."""
        return self.hours_to_first_touch is None


@dataclass(frozen=True)
class LeadPoint:
    """One lead in the picture."""

    lead_id: str = told("Key of the lead.")
    name: str = told("Lead.")
    probability: float = told("Of 100 leads like this, so many buy within 90 days.")
    deal_amount: float | None = told("Worth of its deal, if it has one.")
    source_channel: str | None = told("Where the lead came from.")
    tier: str = told("high: at least 3 times the usual odds; medium: 1.5 times; low: below.")
    is_untouched: bool = told("Nobody of ours has got in touch yet.")
    is_disagreed: bool = told("Somebody disagrees with the model.")


@dataclass(frozen=True)
class LeadTotals:
    """The four figures on top; money is the worth of deals, usual ones where a lead has none yet."""

    n_ready: int = told("Leads with a high chance of buying.")
    value_ready: float = told("What their deals are worth.")
    n_ready_expected: float = told("How many of them buy, going by the model.")
    n_untouched: int = told("Leads that nobody of ours has contacted.")
    value_untouched: float = told("What their deals are worth.")
    n_untouched_ready: int = told("Of these, leads with a high chance of buying.")
    hours_typical: float | None = told("Half of the leads touched had their first touch within so many hours.")
    share_in_time: float | None = told("Of the leads whose next working day is over, the share touched by its end.")
    n_unknown: int = told("Leads about which there is not enough evidence.")
    value_unknown: float = told("What their deals are worth.")
    n_disagreed: int = told("Leads about which somebody disagrees with the model.")
    value_disagreed: float = told("What their deals are worth.")


@dataclass(frozen=True, kw_only=True)
class LeadsPage(ScoredPage):
    """Everything the Leads page shows."""

    rows: tuple[LeadRow, ...] = told("Leads, highest chance first.")
    points: tuple[LeadPoint, ...] = told("Leads with a score that match the filters; of many, a fair sample.")
    totals: LeadTotals = told("The four figures on top.")

    @property
    def is_empty(self) -> bool:
        """Nothing to show."""
        return not self.rows

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        if not self.n_in_scope:
            return "There is no open lead in your scope. Import leads, or ask a data steward if some should be yours."
        return "No lead matches these filters. Remove one of them."


def leads(viewer: Viewer, chosen: LeadFilter = LeadFilter()) -> LeadsPage:
    """The Leads page for this viewer and these filters."""
    folder, info = current()
    with reading(folder) as con:
        standing = in_force(opinions(con, viewer, "lead"))
        everyone, params = _everyone(viewer, info.as_of.isoformat(), sorted(standing))
        population = f"select * from ({everyone}) where state = 'open'"
        totals = _totals(con, population, params)
        parts, more = listing.conditions(chosen, {**_CHOICES, "tiers": "tier"})
        where = " and ".join([*parts, *(["is_untouched"] if chosen.untouched_only else [])])
        params |= more
        order = _ORDERS.get("value" if chosen.worth_asking else chosen.order, _ORDERS["chance"])
        found = rows(
            con,
            f"select *, {listing.COUNTED} from ({population}) as p where {where} "
            f"order by {order} limit {int(chosen.limit)}",
            listing.used(params, population + where),
        )
        keys = [row["lead_id"] for row in found]
        said = listing.said_of(con, viewer, "lead", (keys, info.as_of), standing)
        return LeadsPage(
            rows=tuple(listing.row_of(LeadRow, row, row["lead_id"], said) for row in found),
            points=listing.points(con, LeadPoint, f"from ({population}) as p where {where}", params),
            n_matching=found[0]["n_matching"] if found else 0,
            n_unknown=found[0]["n_unknown"] if found else 0,
            n_yours=found[0]["n_yours"] if found else 0,
            n_in_scope=totals.pop("n_in_scope"),
            base_rate=totals.pop("base_rate"),
            totals=LeadTotals(**totals),
            model_version=info.models.get("lead"),
            no_model_reason="" if "lead" in info.models else listing.no_model(con, "lead"),
            choices=listing.choices(con, population, params, _CHOICES),
        )


def lead(viewer: Viewer, lead_id: str) -> LeadRow:
    """One lead as it stands on the list, also if it is closed.

    Raises
    ------
    AccessDeniedError
        Not in scope, or no such lead (not told apart).
    """
    folder, info = current()
    with reading(folder) as con:
        standing = in_force(opinions(con, viewer, "lead", [lead_id]))
        everyone, params = _everyone(viewer, info.as_of.isoformat(), sorted(standing))
        found = rows(con, f"select * from ({everyone}) where lead_id = $key", params | {"key": lead_id})
        if not found:
            raise not_in_scope()
        said = listing.said_of(con, viewer, "lead", ([lead_id], info.as_of), standing)
        row: LeadRow = listing.row_of(LeadRow, found[0], lead_id, said)
        return row


def _everyone(viewer: Viewer, as_of: str, disagreed: list[str]) -> tuple[str, dict[str, Any]]:
    """Leads in the viewer's scope with their scores, as SQL with its parameters; people as far as he may see them."""
    seen = row_filter(viewer, "m")
    people = {
        "owner_name": person_column(viewer, "m.owner_name", key="m.owner_id"),
        "person_name": person_column(viewer, "m.name", key="m.lead_id"),
        "email": person_column(viewer, "m.email", key="m.lead_id"),
    }
    columns = ", ".join(f"{sql} as {name}" for name, sql in people.items())
    sql = f"""
        select m.* exclude (name, email, owner_name), {lead_name(viewer)} as name, {columns},
            s.probability, s.raw, s.low, s.high, s.doubts, s.base_rate, coalesce(s.tier, 'none') as tier,
            coalesce(s.is_worth_asking, false) as is_worth_asking,
            {_DERIVED}
        from marts.mart_lead as m
        left join {scores(viewer)} as s on s.question = 'lead' and s.entity_id = m.lead_id
        where {seen.sql}
    """
    return sql, {**seen.params, "as_of": as_of, "disagreed": disagreed}


_DERIVED = """
    coalesce(m.deal_amount, m.usual_amount) as amount, m.deal_amount is null as is_usual_amount,
    m.hours_to_first_touch is null as is_untouched, m.lead_id in (select unnest($disagreed)) as is_disagreed,
    case when m.converted_at < $as_of::date + 1 then 'converted'
        when m.disqualified_at < $as_of::date + 1 then 'closed without a sale'
        when m.is_in_population or s.entity_id is not null then 'open' else 'too old to ask' end as state,
    m.created_at::date + case isodow(m.created_at) when 5 then 3 when 6 then 2 else 1 end as touch_by,
    case when m.hours_to_first_touch < 0 then 0 else m.hours_to_first_touch end as hours_waited,
    (m.created_at + to_hours(hours_waited))::date as touched_on
"""

_CHOICES = {"teams": "team", "regions": "region", "sources": "source_channel"}

_YOURS = listing.YOURS_FIRST.format(money="amount")
_ORDERS = {
    "chance": f"{_YOURS}, probability desc nulls last, raw desc, rule_points desc, amount desc nulls last, lead_id",
    "money": f"{_YOURS}, coalesce(amount, 0) * coalesce(probability, rule_points / 100.0) desc, lead_id",
    "value": "amount desc nulls last, lead_id",
    "newest": "created_at desc nulls last, lead_id",
    "waiting": "is_untouched desc, case when is_untouched then created_at end, probability desc nulls last, lead_id",
}


def _totals(con: duckdb.DuckDBPyConnection, population: str, params: dict[str, Any]) -> dict[str, Any]:
    return rows(
        con,
        f"""
        select count(*) as n_in_scope, max(base_rate) as base_rate,
            count(*) filter (where tier = 'high') as n_ready,
            coalesce(sum(amount) filter (where tier = 'high'), 0) as value_ready,
            coalesce(sum(probability) filter (where tier = 'high'), 0) as n_ready_expected,
            count(*) filter (where is_untouched) as n_untouched,
            coalesce(sum(amount) filter (where is_untouched), 0) as value_untouched,
            count(*) filter (where is_untouched and tier = 'high') as n_untouched_ready,
            median(hours_waited) as hours_typical,
            (count(*) filter (where touched_on <= touch_by and touch_by < $as_of::date + 1)
                / nullif(count(*) filter (where touch_by < $as_of::date + 1), 0)) as share_in_time,
            count(*) filter (where tier = '{UNKNOWN}') as n_unknown,
            coalesce(sum(amount) filter (where tier = '{UNKNOWN}'), 0) as value_unknown,
            count(*) filter (where is_disagreed) as n_disagreed,
            coalesce(sum(amount) filter (where is_disagreed), 0) as value_disagreed
        from ({population})
        """,
        params,
    )[0]
