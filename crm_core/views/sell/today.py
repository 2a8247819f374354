"""The Today page: whom to call, why now, what is at stake; promises that are due; own views that end soon.

What comes first
----------------
``value = money × chance × urgency``, highest first.

money
    What the customer pays in a year; the worth of the lead's deal, without one what deals from its source usually
    bring. Unknown money counts as the median of the others.
chance
    The model's chance that the customer leaves or the lead buys; without a model a tenth per point of the rules.
urgency
    Customers: 2 on the day the contract ends, falling to 1 at 90 days before (1 if renewed already); × ¼ more when the
    last contact is twice as long ago as usual for them; × ½ when it is less than 3 days ago. Leads: 2 while nobody of
    ours has touched it, else 1.

On the list: customers with a high or medium chance of leaving, or an unsigned end of contract within 30 days; leads
with a high chance of buying, untouched ones also with a medium one. At most two customers about whom there is not
enough evidence, as a question to ask: their chance counts as the usual one. Not on it, for its time: what the
viewer put away, and what he himself believes will stay, is not ready, or is dead. Where the viewer's own view comes
first, no chance puts it on the list: only a contract that ends within 30 days does, with the usual chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from crm_core.access import Capability, Viewer, may, person_column, row_filter
from crm_core.clock import today as current_day
from crm_core.views.evidence import NOTHING_KNOWN, Evidence, evidence_of
from crm_core.views.first_view import NUMBERLESS, UNKNOWN, scores, waiting
from crm_core.views.nudges import own_nudges
from crm_core.views.opinions import Opinion, in_force, links, opinions
from crm_core.views.reading import current, reading, rows, told
from crm_core.views.sell.promises import PromiseRow, due
from crm_core.views.sell.views_first import ViewFirst, listed
from crm_core.views.sell.your_words import n_new_answers
from crm_core.views.shown import ENTITY, EVERYTHING_ELSE, lead_name

CALLS = 10
ASKED = 2
PROMISES = 6
REASONS = 2
EXPIRING_DAYS = 7
RESTS = {"churn": frozenset({"will stay"}), "lead": frozenset({"not ready", "dead: will not buy"})}


@dataclass(frozen=True)
class Call:
    """One suggestion: whom to call and why now."""

    question: str = told("churn for a customer, lead for a lead.")
    entity_id: str = told("Customer or lead.")
    name: str = told("Name people use.")
    owner_name: str | None = told("Who looks after it.")
    money: float | None = told("What the customer pays in a year, or what the lead's deal is worth.")
    is_usual_money: bool = told("The lead has no deal yet: the money is what such deals usually bring.")
    probability: float | None = told("Of 100 like this, so many leave (customers) or buy (leads) within 90 days.")
    low: float | None = told("Lower end of the 95 % interval.")
    high: float | None = told("Upper end of the 95 % interval.")
    base_rate: float | None = told("Of 100, so many usually leave (customers) or buy (leads) within 90 days.")
    tier: str = told(
        "high: at least 3 times the usual odds; medium: 1.5 times; low: below; unknown: too little known; "
        "yours: the number waits for your own view."
    )
    days_to_renewal: int | None = told("Days until the contract ends, if that is within 90 days and nothing is signed.")
    is_untouched: bool = told("A lead to which no touch of ours was logged.")
    n_touches: int = told("How often the lead got in touch; 0 for customers.")
    last_contact_at: datetime | None = told("Last contact that was logged.")
    value: float = told("Money × chance × urgency; decides the order.")
    reasons: tuple[str, ...] = told("The one or two strongest reasons, those first that can change from week to week.")
    opinions: tuple[Opinion, ...] = told("What people say, as long as it counts.")
    evidence: Evidence = told("What the score rests on, and what is missing.")


@dataclass(frozen=True)
class Expiring:
    """One view of the viewer's own that ends soon."""

    opinion: Opinion = told("What you said.")
    name: str = told("Customer or lead it is about.")


@dataclass(frozen=True)
class TodayPage:
    """Everything the Today page shows."""

    calls: tuple[Call, ...] = told("Whom to call, the most at stake first.")
    n_waiting: int = told("How many more would be suggested after these.")
    promises: tuple[PromiseRow, ...] = told("Promises that are due, the longest overdue first.")
    n_promises: int = told("How many promises are due.")
    expiring: tuple[Expiring, ...] = told("Your own views that end within a week.")
    n_answers: int = told("Answers to your disagreements of the last 7 days that you have not looked at.")
    views_first: tuple[ViewFirst, ...] = told("Whose number waits for your own view, the most money first.")
    n_views_first: int = told("How many wait for your own view.")
    n_done: int = told("Suggestions done and promises kept since Monday.")
    may_nudge: bool = told("Whether you may put suggestions away.")

    @property
    def is_empty(self) -> bool:
        """Nobody to call."""
        return not self.calls

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        if self.n_done:
            return "Nobody is left to call today. What you put away comes back by itself."
        waiting = " What waits for your view is not counted." if self.n_views_first else ""
        why = "no high chance of leaving, no contract that ends, no ready lead"
        return f"Nobody in your scope needs a call today: {why}.{waiting}"


def today(viewer: Viewer) -> TodayPage:
    """The Today page of this viewer."""
    folder, info = current()
    with reading(folder) as con:
        own = own_nudges(viewer, links(con))
        said = {question: opinions(con, viewer, question) for question in RESTS}
        away = {
            question: own.away.get(question, frozenset())
            | {o.entity_id for o in spoken if o.is_own and o.state == "in force" and o.belief in RESTS[question]}
            for question, spoken in said.items()
        }
        found = _calls(con, viewer, info.as_of, away)
        why = _reasons(con, [row["entity_id"] for row in found])
        standing = {question: in_force(spoken) for question, spoken in said.items()}
        weighed = _weighed(con, viewer, found, info.as_of)
        calls = tuple(_call(row, why, standing[row["question"]], weighed) for row in found)
        first = waiting(viewer)
        promised = due(con, viewer, info.as_of, own.away.get("promise", frozenset()))
        return TodayPage(
            calls=calls,
            n_waiting=found[0]["n_found"] - len(calls) if found else 0,
            promises=promised[:PROMISES],
            n_promises=len(promised),
            expiring=_expiring(con, viewer, [o for spoken in said.values() for o in spoken]),
            n_answers=n_new_answers(con, viewer),
            views_first=listed(con, viewer, first),
            n_views_first=sum(len(keys) for keys in first.values()),
            n_done=own.n_done_this_week,
            may_nudge=may(viewer, Capability.NUDGE),
        )


def _calls(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, as_of: date, away: Mapping[str, frozenset[str]]
) -> list[dict[str, Any]]:
    seen = row_filter(viewer, "m")
    owner = person_column(viewer, "m.owner_name", key="m.owner_id")
    sql = f"""
        with found as (
            {_CUSTOMERS.format(owner=owner, seen=seen.sql, scores=scores(viewer))}
            union all
            {_LEADS.format(owner=owner, seen=seen.sql, name=lead_name(viewer), scores=scores(viewer))}
        ),
        valued as (
            select *, coalesce(money, median(money) over (), 1) * chance * urgency as value from found
        ),
        asked as (
            select * from valued where tier <> '{UNKNOWN}' or is_due
            union all
            (select * from valued where tier = '{UNKNOWN}' and not is_due order by value desc, entity_id limit {ASKED})
        )
        select *, count(*) over () as n_found
        from asked
        order by value desc, chance desc, entity_id limit {CALLS}
    """
    lists = {f"away_{question}": sorted(keys) for question, keys in away.items()}
    return rows(con, sql, {**seen.params, **lists, "as_of": as_of.isoformat()})


_CUSTOMERS = """
    select 'churn' as question, m.customer_id as entity_id, m.name, {owner} as owner_name, m.yearly_value as money,
        false as is_usual_money, s.probability, s.low, s.high, s.base_rate, coalesce(s.tier, 'none') as tier,
        case when d.days between 0 and 90 and not m.has_signed_renewal then d.days end as days_to_renewal,
        false as is_untouched, 0 as n_touches, m.last_contact_at, m.rule_reasons,
        coalesce(s.probability, case when s.tier in ('unknown', 'yours') then s.base_rate end,
            least(m.rule_points, 10) / 10.0) as chance,
        case when d.days between 0 and 90 and not m.has_signed_renewal then 2 - d.days / 90.0 else 1 end
            * case when m.last_contact_at::date > $as_of::date - 3 then 0.5
                when m.days_since_contact > 2 * m.usual_contact_gap_days then 1.25 else 1 end as urgency,
        coalesce(d.days between 0 and 30 and not m.has_signed_renewal, false) as is_due
    from marts.mart_customer as m
    cross join lateral (select date_diff('day', $as_of::date, m.renewal_on) as days) as d
    left join {scores} as s on s.question = 'churn' and s.entity_id = m.customer_id
    where (m.is_in_population or s.entity_id is not null) and m.left_on is null and {seen}
        and m.customer_id not in (select unnest($away_churn))
        and (s.tier in ('high', 'medium', 'unknown') or (s.tier is null and m.rule_points >= 2)
            or (d.days between 0 and 30 and not m.has_signed_renewal))
"""

_LEADS = """
    select 'lead', m.lead_id, {name}, {owner}, coalesce(m.deal_amount, m.usual_amount), m.deal_amount is null,
        s.probability, s.low, s.high, s.base_rate, coalesce(s.tier, 'none'), null, m.hours_to_first_touch is null,
        coalesce(m.n_touches, 0), m.last_touch_at, m.rule_reasons,
        coalesce(s.probability, least(m.rule_points, 10) / 10.0),
        case when m.hours_to_first_touch is null then 2 else 1 end, false
    from marts.mart_lead as m
    left join {scores} as s on s.question = 'lead' and s.entity_id = m.lead_id
    where (m.is_in_population or s.entity_id is not null) and {seen}
        and (m.converted_at is null or m.converted_at >= $as_of::date + 1)
        and (m.disqualified_at is null or m.disqualified_at >= $as_of::date + 1)
        and m.lead_id not in (select unnest($away_lead))
        and (s.tier = 'high' or (s.tier is null and m.rule_points >= 3)
            or (s.tier = 'medium' and m.hours_to_first_touch is null))
"""

# What hardly changes explains a score, but is no reason to call today; when the contract ends is said anyway.
_STANDING = (
    "(feature like 'custom:%' or feature in ('term_days', 'days_since_start', 'mrr', 'segment', 'industry', 'region', "
    "'country', 'product_line', 'source_channel', 'campaign', 'usual_contact_gap_days'))"
)


def _reasons(con: duckdb.DuckDBPyConnection, keys: list[str]) -> dict[str, list[str]]:
    found = rows(
        con,
        f"""
        select entity_id, sentence, {_STANDING} as is_standing from marts.mart_reason
        where entity_id in (select unnest($keys)) and points > 0
            and feature not in ('{EVERYTHING_ELSE}', 'days_to_renewal')
        order by entity_id, is_standing, rank
        """,
        {"keys": keys},
    )
    why: dict[str, list[str]] = {}
    for row in found:
        said = why.setdefault(row["entity_id"], [])
        if len(said) < (1 if row["is_standing"] else REASONS):
            said.append(row["sentence"])
    return why


def _weighed(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, found: list[dict[str, Any]], as_of: date
) -> dict[str, Evidence]:
    weighed: dict[str, Evidence] = {}
    for question, entity in ENTITY.items():
        keys = [row["entity_id"] for row in found if row["question"] == question]
        weighed |= evidence_of(con, viewer, entity, keys, as_of)
    return weighed


def _call(
    row: dict[str, Any],
    why: Mapping[str, list[str]],
    standing: Mapping[str, list[Opinion]],
    weighed: Mapping[str, Evidence],
) -> Call:
    key = row["entity_id"]
    signs = [sign for sign in (row["rule_reasons"] or "").split("; ") if sign][:REASONS]
    reasons = tuple(why.get(key, ())) or tuple(sign[:1].upper() + sign[1:] for sign in signs)
    if row["tier"] in NUMBERLESS:
        reasons = ()
    plain = {name: row[name] for name in Call.__dataclass_fields__ if name in row}
    opinions = tuple(standing.get(key, ()))
    return Call(**plain, reasons=reasons, opinions=opinions, evidence=weighed.get(key, NOTHING_KNOWN))


def _expiring(con: duckdb.DuckDBPyConnection, viewer: Viewer, said: list[Opinion]) -> tuple[Expiring, ...]:
    last = current_day() + timedelta(days=EXPIRING_DAYS)
    ending = [o for o in said if o.is_own and o.state == "in force" and o.expires_on and o.expires_on <= last]
    seen = row_filter(viewer, "m")
    names: dict[str, str] = {}
    for question, entity, name in (("churn", "customer", "m.name"), ("lead", "lead", lead_name(viewer))):
        keys = sorted({o.entity_id for o in ending if o.question == question})
        if keys:
            sql = f"select m.{entity}_id as id, {name} as name from marts.mart_{entity} as m"
            where = f"where m.{entity}_id in (select unnest($keys)) and {seen.sql}"
            names |= {row["id"]: row["name"] for row in rows(con, f"{sql} {where}", {"keys": keys, **seen.params})}
    known = [Expiring(o, names[o.entity_id]) for o in ending if o.entity_id in names]
    return tuple(sorted(known, key=lambda e: (e.opinion.expires_on or last, e.name)))
