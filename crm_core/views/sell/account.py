"""The Account page: one customer, the model's view, people's views, and what both rest on."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from crm_core.access import Capability, Viewer, may, person_column, row_filter
from crm_core.views.both import Both, together
from crm_core.views.evidence import NOTHING_KNOWN, Evidence, evidence_of
from crm_core.views.first_view import NUMBERLESS, UNKNOWN, YOURS, quarter_of, scores
from crm_core.views.known import KnownFact, known_facts
from crm_core.views.movements import Movement, movement
from crm_core.views.opinions import Opinion, in_force, opinions
from crm_core.views.reading import current, reading, rows, told
from crm_core.views.sell import record
from crm_core.views.sell.listing import Reason
from crm_core.views.shown import EVERYTHING_ELSE, not_in_scope
from crm_core.views.verdicts import Answer, answers

TOLD = 0.005
"""Least points of a reason that is told by name: below it would be drawn as nothing."""
REST = "Everything else together"


@dataclass(frozen=True)
class ScorePoint:
    """One score of the past."""

    as_of: date = told("Day the score looks from.")
    probability: float = told("Chance of leaving within 90 days.")
    low: float = told("Lower end of the 95 % interval.")
    high: float = told("Upper end of the 95 % interval.")
    model_version: str = told("Version that computed it.")
    is_backcast: bool = told("Computed later, by a model that had not seen this day's outcome.")


@dataclass(frozen=True)
class AccountPage:
    """Everything the Account page shows."""

    customer_id: str = told("Key of the customer.")
    name: str = told("Customer.")
    segment: str | None = told("Segment.")
    industry: str | None = told("Industry.")
    country: str | None = told("Country.")
    region: str | None = told("Sales region.")
    website: str | None = told("Web address.")
    owner_name: str | None = told("Who looks after the customer.")
    team: str | None = told("Team of the owner.")
    customer_since: date | None = told("Customer since.")
    yearly_value: float | None = told("What the customer pays in a year, as far as it can be added up.")
    n_foreign_lines: int = told("Running lines in a currency without a rate: not in the yearly value.")
    foreign_currency: str | None = told("Their currency, where it is one.")
    seats: int | None = told("Seats.")
    renewal_on: date | None = told("When the contract ends.")
    is_auto_renew: bool | None = told("Whether the contract renews by itself.")
    has_signed_renewal: bool = told("Whether the renewal is signed already.")
    left_on: date | None = told("Last day as a customer, if the customer left.")
    is_in_population: bool = told("Whether the question can be asked: a contract is running.")
    last_contact_at: datetime | None = told("Last contact that was logged.")
    n_tickets_open: int | None = told("Open tickets; empty where no source of tickets could see the customer.")
    nps_latest: float | None = told("Latest NPS answer, 0 to 10.")
    probability: float | None = told("Of 100 customers like this, so many leave within 90 days.")
    low: float | None = told("Lower end of the 95 % interval.")
    high: float | None = told("Upper end of the 95 % interval.")
    base_rate: float | None = told("Of 100 customers, so many usually leave within 90 days.")
    typical: float | None = told("Where the reasons start: the chance of an average customer.")
    tier: str = told(
        "high: at least 3 times the usual odds; medium: 1.5 times; low: below; yours: waits for your own view."
    )
    doubts: tuple[str, ...] = told("Why to trust the number less.")
    model_version: str | None = told("Version of the model.")
    rule_reasons: str = told("Signs a person can check; used where there is no model.")
    reasons: tuple[Reason, ...] = told(
        "Reasons of half a point of 100 or more, strongest first, then the rest; they add up."
    )
    history: tuple[ScorePoint, ...] = told(
        "Scores so far, oldest first; none of this quarter while your own view comes first."
    )
    moved: Movement | None = told("How the chance has moved since an earlier build, and why.")
    opinions: tuple[Opinion, ...] = told("What people said, newest first.")
    both: Both | None = told("Model and people together, where that has proven itself.")
    contracts: tuple[record.Contract, ...] = told("Contract lines, newest first.")
    tickets: tuple[record.Ticket, ...] = told("Support cases, newest first.")
    people: tuple[record.Contact, ...] = told("People at the customer.")
    timeline: tuple[record.Event, ...] = told("What happened, newest first.")
    facts: tuple[KnownFact, ...] = told("What people knew and no source said, newest first.")
    answers: Mapping[str, Answer] = told("What became of each disagreement, by its id.")
    n_events: int = told("How many things happened in all; the page shows the newest.")
    attributes: tuple[tuple[str, str], ...] = told("Fields of the source system.")
    evidence: Evidence = told("What the score rests on, and what is missing.")
    may_disagree: bool = told("Whether you may disagree with the score.")


def account(viewer: Viewer, customer_id: str) -> AccountPage:
    """The Account page of one customer.

    Raises
    ------
    AccessDeniedError
        Not in scope, or no such customer (not told apart).
    """
    folder, info = current()
    with reading(folder) as con:
        row = _identity(con, viewer, customer_id)
        key, is_yours, quarter = row["customer_id"], row["tier"] == YOURS, quarter_of(info.as_of)
        said = opinions(con, viewer, "churn", [key])
        events, n_events = record.timeline(con, viewer, key)
        return AccountPage(
            **row,
            reasons=() if row["tier"] in NUMBERLESS else _reasons(con, key),
            history=tuple(p for p in _history(con, key) if not is_yours or quarter_of(p.as_of) != quarter),
            moved=None if is_yours else movement(con, "churn", key),
            opinions=said,
            both=together(con, viewer, "churn", in_force(said)).get(key),
            contracts=record.contracts(con, key),
            tickets=record.tickets(con, viewer, key),
            people=record.people(con, viewer, key),
            timeline=events,
            facts=known_facts(con, viewer, "churn", [key]).get(key, ()),
            answers=answers(con, viewer, [key]),
            n_events=n_events,
            attributes=_attributes(con, key),
            evidence=evidence_of(con, viewer, "customer", [key], info.as_of).get(key, NOTHING_KNOWN),
            may_disagree=may(viewer, Capability.DISAGREE),
        )


def _identity(con: duckdb.DuckDBPyConnection, viewer: Viewer, customer_id: str) -> dict[str, Any]:
    seen, owner = row_filter(viewer, "m"), person_column(viewer, "m.owner_name", key="m.owner_id")
    sql = _IDENTITY.format(owner=owner, seen=seen.sql, scores=scores(viewer))
    found = rows(con, sql, {"key": customer_id, **seen.params})
    if not found:
        raise not_in_scope()
    row = found[0]
    row["doubts"] = tuple(json.loads(row["doubts"])) if row["doubts"] else ()
    row["rule_reasons"] = "" if row["tier"] == YOURS else row["rule_reasons"]
    return row


_IDENTITY = """
select m.customer_id, m.name, m.segment, m.industry, m.country, m.region, m.website, {owner} as owner_name, m.team,
    m.customer_since, m.yearly_value, m.n_foreign_lines, m.foreign_currency,
    m.seats, m.renewal_on, m.is_auto_renew, m.has_signed_renewal, m.left_on,
    m.is_in_population, m.last_contact_at, m.n_tickets_open, m.nps_latest, m.rule_reasons, s.probability, s.low, s.high,
    s.base_rate, s.typical, coalesce(s.tier, 'none') as tier, s.doubts, s.model_version
from marts.mart_customer as m
left join {scores} as s on s.question = 'churn' and s.entity_id = m.customer_id
where m.customer_id = coalesce((select min(customer_id) from identity.customer_links where customer_key = $key), $key)
    and {seen}
"""


def _reasons(con: duckdb.DuckDBPyConnection, key: str) -> tuple[Reason, ...]:
    sql = (
        "select sentence, points, feature from marts.mart_reason "
        "where question = 'churn' and entity_id = $key order by rank"
    )
    found = rows(con, sql, {"key": key})
    told = [row for row in found if row["feature"] != EVERYTHING_ELSE and abs(row["points"]) >= TOLD]
    folded = [row for row in found if row not in told]
    named = tuple(Reason(row["sentence"], row["points"]) for row in told)
    if not folded:
        return named
    return (*named, Reason(REST, math.fsum(row["points"] for row in folded)))


def _history(con: duckdb.DuckDBPyConnection, key: str) -> tuple[ScorePoint, ...]:
    # The newest word about a day counts: a number that a later build of the same day withheld is not drawn.
    sql = f"""
        select * exclude (tier) from (
            select as_of, probability, low, high, model_version, is_backcast, tier
            from marts.mart_score_history
            where question = 'churn' and entity_id = $key
            qualify row_number() over (partition by as_of order by is_backcast, scored_at desc) = 1
        )
        where probability is not null and tier is distinct from '{UNKNOWN}'
        order by as_of
    """
    return tuple(ScorePoint(**row) for row in rows(con, sql, {"key": key}))


def _attributes(con: duckdb.DuckDBPyConnection, key: str) -> tuple[tuple[str, str], ...]:
    sql = """
        select name, value from marts.mart_attribute
        where entity = 'customer' and entity_id = $key and purpose = 'feature' order by name limit 100
    """
    return tuple((row["name"], row["value"]) for row in rows(con, sql, {"key": key}))
