"""The Your words page: what the viewer said against the model, and what it led to. Nobody else's is read here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from crm_core import clock
from crm_core.access import Viewer
from crm_core.ledger import Kind
from crm_core.views.reading import book, current, reading, told
from crm_core.views.verdicts import Case, Feed, cases, feeds, subjects

NEWS_DAYS = 7
ANSWERS = "answers"
"""Question of the private entry that says which answers a person has looked at."""

Spans = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True)
class OwnWord:
    """One disagreement of the viewer's own."""

    case: Case = told("What you said, and the answer or the day by which it is due.")
    name: str | None = told("Customer or lead it is about; empty where it is no longer in your scope.")
    feed: Feed | None = told("Source that is to be mended, with who looks after it.")
    is_new: bool = told("The answer has come since you last looked.")


@dataclass(frozen=True)
class YourWordsPage:
    """Everything the Your words page shows."""

    rows: tuple[OwnWord, ...] = told(
        "Your disagreements: first those with a new answer, the newest answer first; then the others, newest first."
    )
    n_in_force: int = told("How many count today.")
    n_waiting: int = told("How many wait for an answer.")
    n_new: int = told("Answers that have come since you last looked.")

    @property
    def is_empty(self) -> bool:
        """The viewer has not disagreed yet."""
        return not self.rows

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        return "You have not disagreed with a score yet. Where you know better, press Disagree on Risk or Leads."


def your_words(viewer: Viewer) -> YourWordsPage:
    """The viewer's own disagreements with their answers."""
    with reading(current()[0]) as con:
        own = cases(con, viewer, own_only=True)
        about = subjects(con, viewer, [(case.opinion.question, case.opinion.entity_id) for case in own])
        known = feeds(con, viewer)
    seen = _seen(viewer)
    listed = []
    for case in own:
        subject = about.get((case.opinion.question, case.opinion.entity_id))
        feed = known.get(case.feed, Feed(case.feed, frozenset(), None)) if case.feed else None
        listed.append(OwnWord(case, subject.name if subject else None, feed, _is_new(case, seen)))
    return YourWordsPage(
        rows=tuple(sorted(listed, key=_place)),
        n_in_force=sum(case.opinion.state == "in force" for case in own),
        n_waiting=sum(case.is_waiting for case in own),
        n_new=sum(row.is_new for row in listed),
    )


def n_new_answers(con: duckdb.DuckDBPyConnection, viewer: Viewer) -> int:
    """Answers of the last 7 days that the viewer has not looked at."""
    seen = (*_seen(viewer), (_LONG_AGO, clock.utc_now() - timedelta(days=NEWS_DAYS)))
    return sum(_is_new(case, seen) for case in cases(con, viewer, own_only=True))


def _is_new(case: Case, seen: Spans) -> bool:
    at = case.news_at
    return at is not None and not any(first <= at <= last for first, last in seen)


def _place(row: OwnWord) -> tuple[bool, float]:
    """New answers come first, the newest on top, so that none is below the fold; the others stay as they were."""
    return (False, -(row.case.news_at - _LONG_AGO).total_seconds()) if row.is_new and row.case.news_at else (True, 0.0)


def _seen(viewer: Viewer) -> Spans:
    """From when to when the answers came that the viewer has looked at."""
    looked = book().entries(who=viewer.who, kinds=(Kind.NUDGE,), question=ANSWERS)
    return tuple(_span(entry.entity_key) for entry in looked)


def _span(text: str) -> tuple[datetime, datetime]:
    """'first/last'; a single moment stands for all that came up to it, what cannot be read for nothing."""
    first, _, last = text.rpartition("/")
    try:
        return datetime.fromisoformat(first) if first else _LONG_AGO, datetime.fromisoformat(last)
    except ValueError:
        return _LONG_AGO, _LONG_AGO


_LONG_AGO = datetime(1970, 1, 1)  # noqa: DTZ001 - times inside the product are UTC without a zone
