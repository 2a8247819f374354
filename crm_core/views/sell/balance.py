"""One's own balance: how often one was nearer than the model. For oneself alone, whatever one's role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import duckdb

from crm_core.access import Viewer, row_filter
from crm_core.ledger import Kind, StoredEntry, label
from crm_core.views.reading import book, current, reading, rows, told
from crm_core.views.shown import lead_name

TOO_FEW = 5


@dataclass(frozen=True)
class OwnCase:
    """One of your views whose outcome is known."""

    entry_id: str = told("Entry of the ledger.")
    question: str = told("churn or lead.")
    entity_id: str = told("Customer or lead it is about.")
    entity_name: str = told("Its name, if it is still in your scope.")
    said_on: date = told("When you said it.")
    belief: str = told("What you believed.")
    probability: float | None = told("Your own chance, if you gave one.")
    p_person: float = told("The chance you stood for: your own, else what the word stands for by convention.")
    p_machine: float = told("What the model said then.")
    happened: bool = told("Whether it came: they left, they bought.")
    reason: str = told("Why you said it.")
    off_person: float = told("How far off you were: squared distance, 0 right, 1 wrong.")
    off_machine: float = told("How far off the model was.")

    @property
    def nearer(self) -> float:
        """1: you were nearer; 0: the model; 0.5: equally near."""
        if self.off_person == self.off_machine:
            return 0.5
        return float(self.off_person < self.off_machine)


@dataclass(frozen=True)
class OwnFigures:
    """Your judged views together, or those of one reason."""

    reason: str = told("Reason in words; empty for all together.")
    n: int = told("Views of yours whose outcome is known.")
    n_nearer: float = told("In how many of them you were nearer than the model; equally near counts half.")
    off_person: float = told("How far off you were on average.")
    off_machine: float = told("How far off the model was on average.")

    @property
    def is_few(self) -> bool:
        """Too few to tell."""
        return self.n < TOO_FEW


@dataclass(frozen=True)
class OwnBalance:
    """Your own balance; nobody else ever sees it."""

    total: OwnFigures | None = told("All your judged views together; empty while there is none.")
    by_reason: tuple[OwnFigures, ...] = told("The same by reason, most frequent first.")
    cases: tuple[OwnCase, ...] = told("Your judged views one by one, newest first.")
    n_waiting: int = told("Views of yours whose outcome is not known yet.")
    next_due: date | None = told("Day on which the first of them is known.")
    n_left_out: int = told(
        "Views of yours that are not compared: late, taken back, replaced, the same as the model, or without a number."
    )

    @property
    def is_empty(self) -> bool:
        """None of your views has been judged yet."""
        return not self.cases

    @property
    def why_empty(self) -> str:
        """Why, and when there will be one."""
        if self.n_waiting:
            return "None of your views can be judged yet: the outcome is not known."
        return "None of your views has been judged. A view is judged 90 days after the day of the score it is about."


def own_balance(viewer: Viewer) -> OwnBalance:
    """The viewer's own balance: only what he said himself, whatever his role."""
    own = {entry.id: entry for entry in book().entries(who=viewer.who, kinds=(Kind.DISAGREEMENT,))}
    folder, _ = current()
    with reading(folder) as con:
        found = rows(con, _JUDGEMENTS, {"own": list(own)}) if own else []
        names = _names(con, viewer, found)
    waiting = [row["due_on"] for row in found if row["state"] == "waiting"]
    judged = [_case(row, own[row["entry_id"]], names) for row in found if row["state"] == "judged"]
    cases = sorted(judged, key=lambda case: (case.said_on, case.entry_id), reverse=True)
    by_reason = [_figures(reason, list(of)) for reason, of in groupby(sorted(cases, key=_reason), _reason)]
    return OwnBalance(
        total=_figures("", cases) if cases else None,
        by_reason=tuple(sorted(by_reason, key=lambda figures: (-figures.n, figures.reason))),
        cases=tuple(cases),
        n_waiting=len(waiting),
        next_due=min(waiting, default=None),
        n_left_out=len(found) - len(waiting) - len(cases),
    )


_JUDGEMENTS = """
    select entry_id, question, entity_id, state, due_on, p_machine, p_person, is_positive, brier_machine, brier_person
    from marts.mart_judgement
    where entry_id in (select unnest($own))
"""


def _reason(case: OwnCase) -> str:
    return case.reason


def _case(row: dict[str, Any], entry: StoredEntry, names: dict[tuple[str, str], str]) -> OwnCase:
    return OwnCase(
        entry_id=entry.id,
        question=row["question"],
        entity_id=row["entity_id"],
        entity_name=names.get((row["question"], row["entity_id"])) or "no longer in your scope",
        said_on=entry.recorded_at.date(),
        belief=label(entry.belief or ""),
        probability=entry.probability,
        p_person=row["p_person"],
        p_machine=row["p_machine"],
        happened=bool(row["is_positive"]),
        reason=label(entry.reason_code or ""),
        off_person=row["brier_person"],
        off_machine=row["brier_machine"],
    )


def _figures(reason: str, cases: list[OwnCase]) -> OwnFigures:
    n = len(cases)
    return OwnFigures(
        reason=reason,
        n=n,
        n_nearer=sum(case.nearer for case in cases),
        off_person=sum(case.off_person for case in cases) / n,
        off_machine=sum(case.off_machine for case in cases) / n,
    )


def _names(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, found: Iterable[dict[str, Any]]
) -> dict[tuple[str, str], str]:
    """Names of those that are still in scope, by question and entity."""
    seen = row_filter(viewer, "m")
    names: dict[tuple[str, str], str] = {}
    for question, entity, name in (("churn", "customer", "m.name"), ("lead", "lead", lead_name(viewer))):
        keys = sorted({row["entity_id"] for row in found if row["question"] == question})
        if keys:
            sql = f"select m.{entity}_id as id, {name} as name from marts.mart_{entity} as m "
            sql += f"where m.{entity}_id in (select unnest($keys)) and {seen.sql}"
            names |= {(question, row["id"]): row["name"] for row in rows(con, sql, {"keys": keys, **seen.params})}
    return names
