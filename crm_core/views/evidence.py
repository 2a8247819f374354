"""What a score rests on: which sources could see somebody, which not and why, and whom or what to ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from crm_core.access import Viewer, person_column
from crm_core.clock import today
from crm_core.ledger import Kind
from crm_core.views.first_view import UNKNOWN, scores
from crm_core.views.reading import book, rows, told
from crm_core.views.responsible import feed_asks

QUESTION = {"customer": "churn", "lead": "lead"}
ASKED_FIRST = ("calls", "meetings", "emails", "product_usage", "orders", "tickets", "surveys")
"""Feeds whose gap somebody who knows the customer can fill, what he knows best first."""

ANSWERED, OWNER = "answered", "owner"
ALWAYS_SEEN = 2
"""Records of the CRM and of billing: they stay true when their feed falls silent."""

THINGS = {"emails": "e-mails", "product_usage": "use of the product", "surveys": "survey answers"}
"""What a source sees, where its code does not say it."""

DOUBTS = {
    "thin_sample": "few {}s like this to compare with",
    "outside_training": "unlike the {}s the model has learned from",
    "wide_interval": "wide range: {}s like this went either way",
    "backcast": "worked out later, for a day in the past",
}


@dataclass(frozen=True)
class Gap:
    """One source that could not see a customer or lead, or that somebody's answer stands in for."""

    feed: str = told("Code of the source.")
    title: str = told("Name of the source.")
    reason: str = told("Why: dead_feed, owner, consent, not_connected_yet, never_seen, clock, bursts; or answered.")
    since: date | None = told("Since when, where that is known.")
    ask: str | None = told("Whom to ask about it.")


@dataclass(frozen=True)
class Evidence:
    """What one score rests on."""

    n_seen: int = told("Sources that could see it.")
    n_feeds: int = told("Sources there are.")
    newest_days: int | None = told("Age in days of the newest thing that any source saw; empty: nothing yet.")
    level: str = told("full, partial or thin; empty where nobody weighed it.")
    gaps: tuple[Gap, ...] = told("Sources that could not see it, and why.")
    answers: tuple[Gap, ...] = told("Sources that somebody's answer stands in for.")
    is_withheld: bool = told("There is too little to go by, so no number is shown.")
    is_fragile: bool = told("What is missing could change the answer.")
    low: float | None = told("The chance if what is missing were as good as it plausibly can be.")
    high: float | None = told("The chance if what is missing were as bad as it plausibly can be.")
    ask_feed: str = told("Source whose answer would settle it; empty: nothing to ask.")
    answered_on: date | None = told("When you answered for that source; it counts from the next build on.", None)


NOTHING_KNOWN = Evidence(0, 0, None, "", (), (), False, False, None, None, "")


def things_of(feed: str) -> str:
    """What a source sees: 'calls'."""
    return THINGS.get(feed, feed.replace("_", " "))


def doubts_in_words(codes: Sequence[str], of: str = "customer") -> str:
    """Why to trust a number less, as one sentence; empty without a reason. `of`: what the number is about."""
    said = "; ".join(DOUBTS.get(code, code.replace("_", " ")).format(of) for code in codes)
    return said[:1].upper() + said[1:]


def in_words(
    found: Evidence, day: Callable[[date], str] = str, plain: Callable[[str], str] = str, *, is_short: bool = False
) -> str:
    """'rests on 6 of 9 sources, newest 2 days old; Calendar sync silent since 10 Jun (ask Grace)'; empty: not weighed.

    Parameters
    ----------
    day, plain : callable
        How a day is written, and how names are kept from being read as markup.
    is_short : bool
        Without the age of the newest and without whom to ask.
    """
    if not found.n_feeds:
        return ""
    rests = f"rests on {found.n_seen} of {found.n_feeds} source{'' if found.n_feeds == 1 else 's'}"
    if not is_short:
        rests += f", {_newest(found.newest_days)}"
    gaps = [_gap(gap, day, plain, has_ask=not is_short) for gap in found.gaps]
    answered = [
        f"{things_of(gap.feed)} as somebody answered{f' on {day(gap.since)}' if gap.since else ''}"
        for gap in found.answers
    ]
    return "; ".join([rests, *gaps, *answered])


def _gap(gap: Gap, day: Callable[[date], str] = str, plain: Callable[[str], str] = str, *, has_ask: bool = True) -> str:
    """Why one source could not see, about the data and nobody's fault."""
    title, things = plain(gap.title), things_of(gap.feed)
    since = f" since {day(gap.since)}" if gap.since else ""
    said = {
        "dead_feed": f"{title} silent{since}",
        OWNER: f"{things} are not logged here{since}",
        "consent": f"{things} may not be looked at: profiling was refused",
        "not_connected_yet": f"{title} was not connected yet",
        "never_seen": f"{title} has never seen them: perhaps not connected",
        "clock": f"{title} has a wrong clock",
        "bursts": f"{title} comes in bursts: a month without any says nothing",
    }.get(gap.reason, f"{title} could not see them")
    return said + (f" (ask {plain(gap.ask)})" if gap.ask and has_ask else "")


def _newest(days: int | None) -> str:
    if days is None:
        return "nothing seen yet"
    return "newest from today" if days <= 0 else f"newest {days} day{'' if days == 1 else 's'} old"


def evidence_of(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, entity: str, keys: Sequence[str], as_of: date
) -> dict[str, Evidence]:
    """What the scores of these customers or leads rest on; `keys` must be in the viewer's scope.

    Parameters
    ----------
    entity : str
        'customer' or 'lead'.
    """
    if not keys:
        return {}
    asked = {"entity": entity, "keys": list(keys)}
    waiting = _waiting(viewer, entity, keys)
    day = {"as_of": as_of.isoformat()}
    gaps: dict[str, list[Gap]] = {}
    asks = feed_asks(con, viewer)
    for row in rows(con, _gaps(viewer, entity), asked):
        if row["reason"] != OWNER and row["feed"] in asks:
            row["ask"] = asks[row["feed"]]
        gaps.setdefault(row.pop("entity_id"), []).append(Gap(**row))
    found = rows(con, _sums(viewer, entity), asked | day)
    return {row["entity_id"]: _evidence(row, gaps.get(row["entity_id"], []), waiting) for row in found}


def _waiting(viewer: Viewer, entity: str, keys: Sequence[str]) -> dict[tuple[str, str], date]:
    """What the viewer answered himself and no build has taken up: other people's answers are private to them."""
    said = book().entries(question=QUESTION[entity], entity_keys=keys, who=viewer.who, kinds=(Kind.ANSWER,))
    counts = [entry for entry in said if entry.expires_on is None or entry.expires_on >= today()]
    return {(entry.entity_key, entry.belief or ""): entry.recorded_at.date() for entry in counts}


def _gaps(viewer: Viewer, entity: str) -> str:
    steward = person_column(viewer, "c.feed_owner_name", key="c.feed_owner_id", is_office=True)
    owner = person_column(viewer, "m.owner_name", key="m.owner_id")
    return f"""
        select c.entity_id, c.feed, c.title, c.reason, c.since,
            case when c.reason = '{OWNER}' then case when m.owner_id is not null then {owner} end
                when c.feed_owner_name is not null then {steward} end as ask
        from marts.mart_coverage as c
        inner join marts.mart_{entity} as m on c.entity_id = m.{entity}_id
        where c.entity = $entity and c.entity_id in (select unnest($keys)) and c.reason <> ''
        order by c.entity_id, c.title
    """


def _sums(viewer: Viewer, entity: str) -> str:
    return f"""
        with feeds as (
            select entity_id, count(*) as n, count(*) filter (where is_seen) as n_seen from marts.mart_coverage
            where entity = $entity and entity_id in (select unnest($keys)) group by entity_id
        ),
        newest as (
            select entity_id, max(happened_at)::date as day from marts.mart_timeline
            where entity = $entity and entity_id in (select unnest($keys)) and happened_at < $as_of::date + 1
            group by entity_id
        )
        select m.id as entity_id, coalesce(s.n_seen, {ALWAYS_SEEN} + f.n_seen, 0) as n_seen,
            coalesce(s.n_feeds, {ALWAYS_SEEN} + f.n, 0) as n_feeds,
            date_diff('day', n.day, $as_of::date) as newest_days,
            coalesce(s.evidence_level, '') as level, coalesce(s.tier = '{UNKNOWN}', false) as is_withheld,
            coalesce(s.is_fragile, false) as is_fragile, s.fragile_low as low, s.fragile_high as high,
            coalesce(s.ask_feed, '') as ask_feed
        from (select unnest($keys) as id) as m
        left join {scores(viewer)} as s on s.question = '{QUESTION[entity]}' and s.entity_id = m.id
        left join feeds as f on f.entity_id = m.id
        left join newest as n on n.entity_id = m.id
    """


def _evidence(row: Mapping[str, Any], found: Sequence[Gap], waiting: Mapping[tuple[str, str], date]) -> Evidence:
    gaps = tuple(gap for gap in found if gap.reason != ANSWERED)
    missing = {gap.feed for gap in gaps}
    plain = {name: row[name] for name in Evidence.__dataclass_fields__ if name in row}
    if plain["ask_feed"] not in missing:
        plain["ask_feed"] = next((feed for feed in ASKED_FIRST if feed in missing), "")
    said_on = waiting.get((row["entity_id"], plain["ask_feed"]))
    return Evidence(
        **plain, answered_on=said_on, gaps=gaps, answers=tuple(gap for gap in found if gap.reason == ANSWERED)
    )
