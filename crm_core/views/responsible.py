"""Who looks after what, today: the ledger's assignments over the defaults, deputies during absence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from crm_core import assigning
from crm_core.access import Custody, Viewer, person_column, visible_entries
from crm_core.clock import today
from crm_core.ledger import Kind, StoredEntry, words
from crm_core.settings import settings
from crm_core.views.reading import book, rows, told

QUESTIONS = {"churn": "who may leave", "lead": "who is ready to buy"}
FEED_ASKS = {
    "calls": "Calls are missing, or stand with the wrong customer.",
    "meetings": "Meetings are missing, or stand with the wrong customer.",
    "emails": "E-mails are missing, or stand with the wrong customer.",
    "product_usage": "They use it and the number says no, or the other way round.",
    "billing": "An amount, a contract or a renewal date is wrong.",
    "tickets": "A case is missing, long closed, or not theirs.",
    "surveys": "An answer is missing, or is not theirs.",
}


@dataclass(frozen=True)
class Responsible:
    """One thing that is looked after, and by whom."""

    role: str = told("What is looked after: steward, fairness, model:…, feed:….")
    title: str = told("The same in words.")
    asks: str = told("With what one comes here.")
    owner: str | None = told("Who looks after it; empty: nobody.")
    deputy: str | None = told("Who acts while the owner is away.")
    acting: str | None = told("Who acts today; empty: neither is there, or nobody looks after it.")
    is_owner_away: bool = told("The owner is away today.")
    away_until: date | None = told("Last day the owner is away, if that is known.")
    is_by_default: bool = told("Nobody was assigned, so the first one in line looks after it.")
    is_lost: bool = told("Somebody assigned is no longer among the employees, and counts as nobody.")
    since: datetime | None = told("When it was assigned (UTC).")
    assigned_by: str = told("Who assigned it.")
    owner_id: str = told("Employee who looks after it; never shown.")
    acting_id: str = told("Employee who acts today; never shown.")
    deputy_id: str = told("Employee who is the deputy; never shown.")
    email: str = told("Address of whom to ask today; empty where none is known.", "")
    default_name: str = told("Who it is by default; empty: nobody.", "")

    @property
    def is_vacant(self) -> bool:
        """Nobody looks after it."""
        return not self.owner_id

    @property
    def ask(self) -> str | None:
        """Whom to ask today: who acts, else the owner, who is away."""
        return self.acting or self.owner


def responsibles(con: duckdb.DuckDBPyConnection, viewer: Viewer) -> dict[str, Responsible]:
    """Everything that is looked after, by role: steward, fairness stop, models, feeds."""
    people = _people(con, viewer)
    defaults, titles = _defaults(con, people)
    said = {entry.entity_key: entry for entry in assignments()}
    return {role: _responsible(viewer, titles[role], people, (role, defaults[role], said.get(role))) for role in titles}


def feed_asks(con: duckdb.DuckDBPyConnection, viewer: Viewer) -> dict[str, str | None]:
    """Feed -> whom to ask about it today."""
    found = responsibles(con, viewer)
    return {r.removeprefix(assigning.FEED): who.ask for r, who in found.items() if r.startswith(assigning.FEED)}


def assignments() -> tuple[StoredEntry, ...]:
    """Every assignment ever made, oldest first; has not passed the policy."""
    found = [e for e in book().entries(kinds=(Kind.ASSIGNMENT,)) if e.entity_kind == words.ROLE]
    return tuple(sorted(found, key=lambda entry: entry.order))


def _people(con: duckdb.DuckDBPyConnection, viewer: Viewer) -> dict[str, dict[str, Any]]:
    """Employees by key; for those who hold an office only, who are named to everybody."""
    name, email = (person_column(viewer, c, key="employee_id", is_office=True) for c in ("name", "email"))
    away = "out_of_office_from, out_of_office_to"
    sql = f"select employee_id, role, {name} as name, {email} as email, {away} from marts.mart_employee"
    return {row["employee_id"]: row for row in rows(con, sql)}


def _defaults(
    con: duckdb.DuckDBPyConnection, people: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, str | None], dict[str, tuple[str, str]]]:
    """Role -> who it is by default, and role -> its title and what one asks there."""
    roles = [(key, row["role"]) for key, row in people.items()]
    who: dict[str, str | None] = {
        assigning.STEWARD: assigning.first(roles, "steward"),
        assigning.FAIRNESS: assigning.fairness_default(settings().fairness_owner, roles),
        # From the first day somebody can be asked about a number; the page says that nobody decided it.
        **{f"{assigning.MODEL}{question}": assigning.first(roles, "analyst") for question in QUESTIONS},
    }
    titles = dict(_TITLES) | {
        f"{assigning.MODEL}{question}": (f"Model: {named}", "A chance looks odd although the data are fine.")
        for question, named in QUESTIONS.items()
    }
    for row in rows(con, "select feed, title, owner_id from marts.mart_feed order by title"):
        role = f"{assigning.FEED}{row['feed']}"
        who[role] = row["owner_id"] if row["owner_id"] in people else None
        titles[role] = (row["title"], FEED_ASKS.get(row["feed"], "Its rows are missing, late or wrong."))
    return who, titles


_TITLES = {
    assigning.STEWARD: (
        "Data steward",
        "The data look wrong and you do not know why, or your disagreement has no answer.",
    ),
    assigning.FAIRNESS: ("Fairness stop", "A group seems to be treated differently, or a stopped model should serve."),
}


def _responsible(
    viewer: Viewer,
    named: tuple[str, str],
    people: Mapping[str, Mapping[str, Any]],
    about: tuple[str, str | None, StoredEntry | None],
) -> Responsible:
    role, default, entry = about
    held = assigning.duty(assigning.Assigned.from_words(entry.words) if entry else None, default, people)
    away = {key: assigning.Absence(row["out_of_office_from"], row["out_of_office_to"]) for key, row in people.items()}
    day = today()
    acts = assigning.acting(held, away, day)
    absence = away.get(held.owner or "", assigning.Absence())
    # That it was assigned concerns everybody; by whom is shown as far as the viewer sees people.
    seen = visible_entries(viewer, [entry] if entry else [], lambda kind, key: Custody(None, None))
    name = {key: row["name"] for key, row in people.items()}
    return Responsible(
        role,
        *named,
        owner=name.get(held.owner or ""),
        deputy=name.get(held.deputy or ""),
        acting=name.get(acts or ""),
        is_owner_away=absence.covers(day),
        away_until=absence.to_on if absence.covers(day) else None,
        is_by_default=held.is_by_default,
        is_lost=bool(held.lost),
        since=entry.recorded_at if entry else None,
        assigned_by=seen[0].who_name if seen else "",
        owner_id=held.owner or "",
        acting_id=acts or "",
        deputy_id=held.deputy or "",
        email=(people[asked]["email"] or "") if (asked := acts or held.owner or "") in people else "",
        default_name=name.get(default or "") or "",
    )
