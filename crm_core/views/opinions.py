"""What people say about a score, as far as the viewer may see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from crm_core.access import Custody, CustodyOf, Viewer, visible_entries
from crm_core.clock import today
from crm_core.ledger import Fate, Kind, StoredEntry, fates, label
from crm_core.ledger import words as vocabulary
from crm_core.views.reading import book, rows, told

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
    probability: float | None = told("The person's own chance, if given.")
    stands_for: float = told("Chance (0..1) the person stands for: the own number, else what the belief stands for.")
    reason: str = told("Why, as a reason code in words.")
    words: str = told("The person's own words, if you may read them.")
    recorded_at: datetime = told("When it was said (UTC).")
    expires_on: date | None = told("Last day it counts.")
    state: str = told("in force, expired, withdrawn or replaced.")
    shown_probability: float | None = told("What the model said when the person disagreed.")
    shown_low: float | None = told("Lower end of the model's interval then.")
    shown_high: float | None = told("Upper end of the model's interval then.")
    shown_version: str | None = told("Model version then.")


def ledger_key() -> int:
    """Number of the newest word in the ledger that others see: part of the cache key of everything that shows any."""
    return book().newest(PUBLIC)


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
    became = {fate.entry.id: fate for fate in fates(book().entries(question=question, kinds=SPOKEN))}
    wanted = None if entity_ids is None else set(entity_ids)
    about = [
        fate.entry
        for fate in became.values()
        if wanted is None or link.get(fate.entry.entity_key, fate.entry.entity_key) in wanted
    ]
    holders = _custody(con, {(e.entity_kind, link.get(e.entity_key, e.entity_key)) for e in about})
    seen = visible_entries(viewer, about, lambda kind, key: holders.get((kind, link.get(key, key))))
    found = [_opinion(viewer, entry, became[entry.id], link.get(entry.entity_key, entry.entity_key)) for entry in seen]
    return tuple(sorted(found, key=lambda o: o.recorded_at, reverse=True))


def in_force(said: Iterable[Opinion]) -> dict[str, list[Opinion]]:
    """Views that stand today, by entity."""
    standing: dict[str, list[Opinion]] = {}
    for opinion in said:
        if opinion.state == "in force":
            standing.setdefault(opinion.entity_id, []).append(opinion)
    return standing


def _opinion(viewer: Viewer, entry: StoredEntry, fate: Fate, entity_id: str) -> Opinion:
    return Opinion(
        entry_id=entry.id,
        entity_id=entity_id,
        question=entry.question,
        who_name=entry.who_name,
        is_own=fate.entry.who == viewer.who,
        belief=label(entry.belief or ""),
        probability=entry.probability,
        stands_for=vocabulary.meant(entry.belief or "", entry.probability),
        reason=label(entry.reason_code or ""),
        words=entry.words,
        recorded_at=entry.recorded_at,
        expires_on=entry.expires_on,
        state=_state(fate),
        shown_probability=entry.shown.probability,
        shown_low=entry.shown.low,
        shown_high=entry.shown.high,
        shown_version=entry.shown.model_version,
    )


def _state(fate: Fate) -> str:
    if fate.withdrawn_at:
        return "withdrawn"
    if fate.superseded_at:
        return "replaced"
    return "in force" if fate.in_force(today()) else "expired"


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
