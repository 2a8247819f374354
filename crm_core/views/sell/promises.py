"""Promises that are due: what we said we would do, and by when, as far as the words tell."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from crm_core.access import Viewer, person_column, row_filter, text_column
from crm_core.views.reading import rows, told
from crm_core.views.shown import lead_name

LOOKED_BACK_DAYS = 45
OVERDUE_DAYS = 7
"""What is overdue for longer was kept or forgotten; a list of it helps nobody today."""
SOON_DAYS = 1
UNSAID_DAYS = 7
LATER_DAYS = 14

_WEEKDAYS = (
    ("monday", "montag"), ("tuesday", "dienstag"), ("wednesday", "mittwoch"), ("thursday", "donnerstag"),
    ("friday", "freitag"), ("saturday", "samstag"), ("sunday", "sonntag"),
)  # fmt: skip
_NUMBERS = {
    word: n
    for n, pair in enumerate(
        (
            ("one", "einem"), ("two", "zwei"), ("three", "drei"), ("four", "vier"), ("five", "fünf"), ("six", "sechs"),
            ("seven", "sieben"), ("eight", "acht"), ("nine", "neun"), ("ten", "zehn"),
        ),
        start=1,
    )
    for word in pair
}  # fmt: skip
_WITHIN = re.compile(r"\b(?:in|within|innerhalb von)\s+(\w+)\s+(day|week|tag|woche)")


@dataclass(frozen=True)
class PromiseRow:
    """One promise that is due."""

    promise_id: str = told("Key of the promise.")
    question: str = told("churn for a customer's, lead for a lead's.")
    entity_id: str = told("Customer or lead it was given to.")
    name: str = told("Customer or lead it was given to.")
    words: str = told("The clause of the note that speaks of it.")
    promised_at: datetime = told("When it was said (UTC).")
    owner_name: str | None = told("Who said it.")
    due_on: date = told(
        "Day by which it should be kept, read from the words; a week after it was said if they do not tell."
    )


def due_on(words: str, said_on: date) -> date:
    """Day by which a promise should be kept, going by its words (English and German).

    'by Friday' is the next Friday, 'next week' its Friday, 'within ten days' ten days on; words that put it off
    without a day ('after the holidays') mean two weeks, and words without a time one week.
    """
    text = words.casefold()
    for n, names in enumerate(_WEEKDAYS):
        if any(re.search(rf"\b{name}\b", text) for name in names):
            return said_on + timedelta(days=(n - said_on.weekday() - 1) % 7 + 1)
    within = _WITHIN.search(text)
    if within:
        n = int(within[1]) if within[1].isdecimal() else _NUMBERS.get(within[1], 0)
        days = n * (7 if within[2] in ("week", "woche") else 1)
        if 0 < days <= 366:
            return said_on + timedelta(days=days)
    if re.search(r"\b(?:tomorrow|morgen)\b", text):
        return said_on + timedelta(days=1)
    if re.search(r"\b(?:next week|nächste woche|nächster woche)\b", text):
        return said_on + timedelta(days=7 - said_on.weekday() + 4)
    if re.search(r"\b(?:end of the month|ende des monats|monatsende)\b", text):
        return said_on.replace(day=monthrange(said_on.year, said_on.month)[1])
    return said_on + timedelta(days=LATER_DAYS if re.search(r"\b(?:after|nach)\b", text) else UNSAID_DAYS)


def due(con: duckdb.DuckDBPyConnection, viewer: Viewer, as_of: date, away: Collection[str]) -> tuple[PromiseRow, ...]:
    """Promises to what the viewer may see that are due about now, the longest overdue first.

    Only with words he may read, and without those in `away`.
    """
    found = [
        PromiseRow(**row, due_on=due_on(row["words"], row["promised_at"].date())) for row in _said(con, viewer, as_of)
    ]
    first, last = as_of - timedelta(days=OVERDUE_DAYS), as_of + timedelta(days=SOON_DAYS)
    standing = [p for p in found if first <= p.due_on <= last and p.promise_id not in away]
    return tuple(sorted(standing, key=lambda p: (p.due_on, p.name, p.promise_id)))


def _said(con: duckdb.DuckDBPyConnection, viewer: Viewer, as_of: date) -> list[dict[str, Any]]:
    seen = row_filter(viewer, "m")
    words = text_column(viewer, "p.words", visibility="p.visibility", owner="p.owner_id")
    owner = person_column(viewer, "p.owner_name", key="p.owner_id")
    parts = [
        f"""
        select p.promise_id, '{question}' as question, p.entity_id, {name} as name, {words} as words, p.promised_at,
            {owner} as owner_name
        from marts.mart_promise as p
        inner join marts.mart_{entity} as m on p.entity_id = m.{entity}_id
        where p.entity = '{entity}' and p.promised_at >= $since and {gone} and {seen.sql} and {words} is not null
        """
        for question, entity, name, gone in (
            ("churn", "customer", "m.name", "m.left_on is null"),
            ("lead", "lead", lead_name(viewer), "m.converted_at is null and m.disqualified_at is null"),
        )
    ]
    since = datetime.combine(as_of - timedelta(days=LOOKED_BACK_DAYS), datetime.min.time())
    return rows(con, " union all ".join(parts), {**seen.params, "since": since})
