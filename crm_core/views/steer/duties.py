"""The Responsibilities page, and whom to ask about one score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from crm_core import assigning
from crm_core.access import Capability, Custody, Viewer, may, row_filter, visible_entries
from crm_core.views.first_view import UNKNOWN, YOURS, scores
from crm_core.views.reading import current, reading, rows, told
from crm_core.views.responsible import Responsible, assignments, responsibles
from crm_core.views.shown import ENTITY, EVERYTHING_ELSE, lead_name, not_in_scope

__all__ = ["Asking", "Decided", "DutiesPage", "Employee", "Responsible", "duties", "whom_to_ask"]

MODELS = {"churn": "feat_customer", "lead": "feat_lead"}


@dataclass(frozen=True)
class Employee:
    """Somebody who may be chosen."""

    employee_id: str = told("Key of the employee.")
    name: str = told("Name.")
    role: str = told("What he is to the product.")


@dataclass(frozen=True)
class Decided:
    """One assignment of the past."""

    at: datetime = told("When (UTC).")
    by: str = told("Who assigned it.")
    title: str = told("What is looked after.")
    owner: str = told("Who was to look after it; 'as by default' where nobody was named.")
    deputy: str = told("Who was to be the deputy; empty: nobody.")


@dataclass(frozen=True)
class DutiesPage:
    """Everything the Responsibilities page shows."""

    roles: tuple[Responsible, ...] = told("What is looked after: steward, fairness stop, models, then feeds.")
    may_assign: bool = told("You may decide who looks after what.")
    people: tuple[Employee, ...] = told("Who can be chosen; empty unless you may decide.")
    history: tuple[Decided, ...] = told("Every assignment, newest first; empty unless you may decide.")

    @property
    def vacant(self) -> tuple[Responsible, ...]:
        """What nobody looks after."""
        return tuple(role for role in self.roles if role.is_vacant)

    @property
    def unattended(self) -> tuple[Responsible, ...]:
        """What has an owner, but nobody who is there today."""
        return tuple(role for role in self.roles if not role.is_vacant and not role.acting_id)


@dataclass(frozen=True)
class Asking:
    """Whom to ask about one score."""

    name: str = told("Customer or lead.")
    reason: str = told("Its biggest reason, in words; empty where it has none to show.")
    is_withheld: bool = told("No number is shown, because too little is seen.")
    feeds: tuple[Responsible, ...] = told(
        "Who looks after the sources behind the biggest reason; without a number: after the one that is missing most."
    )
    others: tuple[Responsible, ...] = told("Data steward, owner of the model, owner of the fairness stop.")


def duties(viewer: Viewer) -> DutiesPage:
    """The Responsibilities page for this viewer."""
    folder, _ = current()
    with reading(folder) as con:
        found = responsibles(con, viewer)
        is_admin = may(viewer, Capability.ASSIGN)
        sql = "select employee_id, coalesce(name, employee_id) as name, role from marts.mart_employee order by 2, 1"
        people = tuple(Employee(**row) for row in rows(con, sql)) if is_admin else ()
    return DutiesPage(tuple(found.values()), is_admin, people, _history(viewer, found, people) if is_admin else ())


def whom_to_ask(viewer: Viewer, question: str, entity_id: str) -> Asking:
    """Whom to ask when this score looks weird.

    Raises
    ------
    AccessDeniedError
        Not in scope, or no such customer or lead (not told apart).
    """
    if question not in ENTITY:
        raise not_in_scope()
    folder, _ = current()
    entity, seen = ENTITY[question], row_filter(viewer, "m")
    name = "m.name" if entity == "customer" else lead_name(viewer)
    with reading(folder) as con:
        found = rows(
            con,
            f"select {name} as name, coalesce(s.tier = '{UNKNOWN}', false) as is_withheld, "
            f"coalesce(s.tier = '{YOURS}', false) as is_yours, "
            f"coalesce(s.ask_feed, '') as ask_feed from marts.mart_{entity} as m left join {scores(viewer)} as s "
            f"on s.question = $question and s.entity_id = m.{entity}_id where m.{entity}_id = $id and {seen.sql}",
            {"question": question, "id": entity_id, **seen.params},
        )
        if not found:
            raise not_in_scope()
        held, score = responsibles(con, viewer), found[0]
        # Whose own view comes first is not told the reason either.
        is_hidden = score["is_withheld"] or score["is_yours"]
        reason, feeds = ("", [score["ask_feed"]]) if is_hidden else _biggest(con, question, entity_id)
    others = (assigning.STEWARD, f"{assigning.MODEL}{question}", assigning.FAIRNESS)
    return Asking(
        name=score["name"],
        reason=reason,
        is_withheld=score["is_withheld"],
        feeds=tuple(held[f"{assigning.FEED}{feed}"] for feed in feeds if f"{assigning.FEED}{feed}" in held),
        others=tuple(held[role] for role in others),
    )


def _biggest(con: duckdb.DuckDBPyConnection, question: str, entity_id: str) -> tuple[str, list[str]]:
    """Sentence of the biggest reason and the feeds it rests on; a custom field rests on the CRM's own record."""
    found = rows(
        con,
        f"""
        select r.sentence, coalesce(f.feed, '') as feeds from marts.mart_reason as r
        left join meta.features as f on f.model = $model and f.name = r.feature
        where r.question = $question and r.entity_id = $id and r.feature <> '{EVERYTHING_ELSE}'
        order by r.rank limit 1
        """,
        {"question": question, "id": entity_id, "model": MODELS[question]},
    )
    return (found[0]["sentence"], found[0]["feeds"].split(", ")) if found else ("", [])


def _history(viewer: Viewer, held: Mapping[str, Responsible], people: tuple[Employee, ...]) -> tuple[Decided, ...]:
    seen = visible_entries(viewer, assignments(), lambda kind, key: Custody(None, None))
    names = {person.employee_id: person.name for person in people}
    gone = "somebody who has left"
    found = []
    for entry in reversed(seen):
        said = assigning.Assigned.from_words(entry.words)
        title = held[entry.entity_key].title if entry.entity_key in held else entry.entity_key
        owner = names.get(said.owner, gone) if said.owner else "as by default"
        deputy = names.get(said.deputy, gone) if said.deputy else ""
        found.append(Decided(entry.recorded_at, entry.who_name, title, owner, deputy))
    return tuple(found)
