"""What the viewer himself did with suggestions. Nobody else's is ever read here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from crm_core.access import Viewer
from crm_core.clock import today, utc_now
from crm_core.ledger import Kind, StoredEntry
from crm_core.views.reading import book

REMEMBERED_DAYS = 370
"""Longer than anything can be put off, and than promises are kept on the list."""

DONE = frozenset({"done", "kept"})


@dataclass(frozen=True)
class OwnNudges:
    """What the viewer put away, and how much he did."""

    away: Mapping[str, frozenset[str]]
    """Question -> customers, leads or promises that are away today."""
    n_done_this_week: int


def nudge_key(viewer: Viewer) -> int:
    """Number of the viewer's newest nudge: part of the cache key of what hides what he put away."""
    return book().newest((Kind.NUDGE,), viewer.who)


def own_nudges(viewer: Viewer, link: Mapping[str, str]) -> OwnNudges:
    """The newest word of the viewer on each suggestion decides.

    Parameters
    ----------
    viewer : Viewer
    link : mapping
        Source key -> customer it belongs to in this build.
    """
    since = utc_now() - timedelta(days=REMEMBERED_DAYS)
    newest: dict[tuple[str, str], StoredEntry] = {}
    for entry in book().entries(who=viewer.who, kinds=(Kind.NUDGE,), since=since):
        newest[entry.question, link.get(entry.entity_key, entry.entity_key)] = entry
    away: dict[str, set[str]] = {}
    for (question, key), entry in newest.items():
        if entry.expires_on is None or entry.expires_on > today():
            away.setdefault(question, set()).add(key)
    monday = _monday(today())
    n_done = sum(e.belief in DONE and e.recorded_at.date() >= monday for e in newest.values())
    return OwnNudges({question: frozenset(keys) for question, keys in away.items()}, n_done)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
