"""What people say about a score, as far as the viewer may see it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import duckdb

from crm_core.access import Custody, CustodyOf, Viewer, visible_entries
from crm_core.clock import today
from crm_core.ledger import Fate, Kind, StoredEntry, fates, label
from crm_core.ledger import words as vocabulary
from crm_core.views.first_view import waiting
from crm_core.views.reading import book, current, reading, rows, told

SPOKEN = (Kind.DISAGREEMENT, Kind.WITHDRAWAL)
PUBLIC = tuple(kind for kind in Kind if kind not in (Kind.NUDGE, Kind.TOUR, Kind.FIRST_VIEW))
"""Kinds whose newest entry decides whether a page must be made anew; the others only concern who said them."""


@dataclass(frozen=True)
class Opinion:
    """One person's view of one score, beside what the model said then."""

    entry_id: str = told("Id of the entry, for withdrawing it.")
    entity_id: str = told("Customer or lead it is about.")
    question: str = told("Question it is about.")
    who_name: str = told("Who said it.")
    is_own: bool = told("Said by you.")
    belief: str = told("What the person believes.")
    belief_code: str = told("The same as a code of the ledger.")
    probability: float | None = told("The person's own chance, if given.")
    stands_for: float = told("Chance (0..1) the person stands for: the own number, else what the belief stands for.")
    reason: str = told("Why, as a reason code in words: the person's reason, never the model's.")
    reason_code: str = told("The same as a code of the ledger.")
    words: str = told("The person's own words, if you may read them.")
    recorded_at: datetime = told("When it was said (UTC).")
    expires_on: date | None = told("Last day it counts.")
    ended_on: date | None = told("Day it ended: expired, withdrawn or replaced; empty as long as it counts.")
    state: str = told("in force, expired, withdrawn or replaced.")
    is_contested: bool = told("It counts today, and so does somebody else's view that expects the opposite.")
    shown_probability: float | None = told("What the model said when the person disagreed.")
    shown_low: float | None = told("Lower end of the model's interval then.")
    shown_high: float | None = told("Upper end of the model's interval then.")
    shown_version: str | None = told("Model version then.")
    shown_evidence: float | None = told("Share of the model's attention that rested on what was observed then.", None)


def ledger_key(viewer: Viewer | None = None) -> int:
    """Number of the newest word in the ledger that others see: part of the cache key of everything that shows any.

    Parameters
    ----------
    viewer : Viewer, optional
        Also his own first views, which decide what numbers he is shown.
    """
    others = book().newest(PUBLIC)
    return others if viewer is None else max(others, book().newest((Kind.FIRST_VIEW,), viewer.who))


def opinions(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, question: str, entity_ids: Iterable[str] | None = None
) -> tuple[Opinion, ...]:
    """Disagreements this viewer may see, newest first, whatever became of them.

    Parameters
    ----------
    con : DuckDBPyConnection
        Cursor on the current build: it knows which source keys are one customer.
    entity_ids : iterable of str, optional
        Only these customers or leads.
    """
    link = links(con)
    wanted = None if entity_ids is None else set(entity_ids)
    keys = None if wanted is None else wanted | {key for key, entity in link.items() if entity in wanted}
    said = book().entries(question=question, entity_keys=keys, kinds=SPOKEN)
    # Of what was said about two customers who have become one since, a person's latest word counts.
    became = {
        fate.entry.id: fate for fate in fates(replace(e, entity_key=link.get(e.entity_key, e.entity_key)) for e in said)
    }
    about = [fate.entry for fate in became.values()]
    seen = visible_entries(viewer, about, custody_of(con, about, link))
    contested = _contested([became[entry.id] for entry in seen])
    found = [opinion_of(viewer, e, became[e.id], e.entity_key, is_contested=e.id in contested) for e in seen]
    hidden = waiting(viewer).get(question, frozenset())
    found = [_without_number(o) if o.entity_id in hidden else o for o in found]
    return tuple(sorted(found, key=lambda o: o.recorded_at, reverse=True))


def standing(viewer: Viewer, question: str, entity_key: str) -> tuple[Opinion, ...]:
    """Views of one customer or lead that stand today, newest first; a source key of a merged customer is understood."""
    with reading(current()[0]) as con:
        entity = links(con).get(entity_key, entity_key)
        return tuple(in_force(opinions(con, viewer, question, [entity])).get(entity, ()))


def _contested(seen: Iterable[Fate]) -> Collection[str]:
    """Ids of the views that stand today and that somebody else's view contradicts: one expects the event, one does not.

    The one place that decides when people disagree with each other. Judged on what the viewer sees, so that it does
    not give away that somebody else has spoken; who believes the same with another number does not disagree.
    """
    by_entity: dict[str, list[StoredEntry]] = {}
    for fate in seen:
        if fate.in_force(today()):
            by_entity.setdefault(fate.entry.entity_key, []).append(fate.entry)
    return {
        one.id
        for stand in by_entity.values()
        for one in stand
        if any(other.who != one.who and _expects(other) != _expects(one) for other in stand)
    }


def _expects(entry: StoredEntry) -> bool:
    return entry.belief in vocabulary.EXPECTS_EVENT


def in_force(said: Iterable[Opinion]) -> dict[str, list[Opinion]]:
    """Views that stand today, by entity."""
    standing: dict[str, list[Opinion]] = {}
    for opinion in said:
        if opinion.state == "in force":
            standing.setdefault(opinion.entity_id, []).append(opinion)
    return standing


def opinion_of(
    viewer: Viewer, entry: StoredEntry, fate: Fate, entity_id: str, *, is_contested: bool = False
) -> Opinion:
    """A disagreement as the viewer may read it (`entry`), with what became of it."""
    belief, reason = entry.belief or "", entry.reason_code or ""
    return Opinion(
        entry_id=entry.id,
        entity_id=entity_id,
        question=entry.question,
        who_name=entry.who_name,
        is_own=fate.entry.who == viewer.who,
        belief=label(belief),
        belief_code=belief,
        probability=entry.probability,
        stands_for=vocabulary.meant(belief, entry.probability, entry.shown.probability),
        reason=label(reason),
        reason_code=reason,
        words=entry.words,
        recorded_at=entry.recorded_at,
        expires_on=entry.expires_on,
        ended_on=_ended_on(fate),
        state=_state(fate),
        is_contested=is_contested,
        shown_probability=entry.shown.probability,
        shown_low=entry.shown.low,
        shown_high=entry.shown.high,
        shown_version=entry.shown.model_version,
        shown_evidence=entry.shown.evidence,
    )


def _without_number(opinion: Opinion) -> Opinion:
    """What the model said beside a word would give its number away."""
    meant = vocabulary.meant(opinion.belief_code, opinion.probability, None)
    unshown = replace(opinion, shown_probability=None, shown_low=None, shown_high=None, shown_evidence=None)
    return replace(unshown, stands_for=meant)


def _state(fate: Fate) -> str:
    if fate.withdrawn_at:
        return "withdrawn"
    if fate.superseded_at:
        return "replaced"
    return "in force" if fate.in_force(today()) else "expired"


def _ended_on(fate: Fate) -> date | None:
    ended = [at.date() for at in (fate.withdrawn_at, fate.superseded_at) if at is not None]
    if fate.entry.expires_on is not None and fate.entry.expires_on < today():
        ended.append(fate.entry.expires_on)
    return min(ended, default=None)


def links(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Source keys that belong to a customer of another key; all others stand for themselves."""
    found = rows(con, "select customer_key, customer_id from identity.customer_links where customer_key <> customer_id")
    return {row["customer_key"]: row["customer_id"] for row in found}


def custody_of(con: duckdb.DuckDBPyConnection, about: Iterable[StoredEntry], link: Mapping[str, str]) -> CustodyOf:
    """Who holds the customers and leads these entries are about, for `visible_entries`."""
    holders = _custody(con, {(e.entity_kind, link.get(e.entity_key, e.entity_key)) for e in about})
    return lambda kind, key: holders.get((kind, link.get(key, key)))


def _custody(con: duckdb.DuckDBPyConnection, subjects: set[tuple[str, str]]) -> dict[tuple[str, str], Custody]:
    holders: dict[tuple[str, str], Custody] = {}
    for kind in ("customer", "lead"):
        keys = sorted(key for k, key in subjects if k == kind)
        if not keys:
            continue
        sql = f"select {kind}_id as id, owner_id, team from marts.mart_{kind} where {kind}_id in (select unnest($keys))"
        holders |= {(kind, r["id"]): Custody(r["owner_id"], r["team"]) for r in rows(con, sql, {"keys": keys})}
    return holders
