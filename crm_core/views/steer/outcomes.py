"""What disagreements led to: how stewards sorted them, what was mended, who still waits; as far as a viewer may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from crm_core import assigning
from crm_core.access import Viewer, row_filter, visible_entries
from crm_core.ledger import Kind, StoredEntry, words
from crm_core.settings import settings
from crm_core.views.opinions import Opinion, custody_of, links
from crm_core.views.reading import book, rows, told
from crm_core.views.responsible import Responsible
from crm_core.views.shown import ENTITY, lead_name

DATA_ERROR, PENDING, OPEN = "data_error", "pending", ""


@dataclass(frozen=True)
class Outcome:
    """One disagreement and what it led to so far."""

    opinion: Opinion = told("What the person said.")
    name: str = told("Customer or lead it is about; empty if it is no longer there.")
    money: float | None = told("Yearly value of the customer, or value of the deal.")
    sort: str = told("data_error, new_fact, missing_feature, opinion; pending: stewards differ; empty: not sorted yet.")
    detail: str = told("The fact, the source or the wish, in words.")
    feed: str = told("Source whose data are wrong.")
    ask: str | None = told("Whom to ask about that source today.")
    steward_name: str = told("Who sorted it.")
    steward_words: str = told("Why, if you may read it.")
    answered_at: datetime | None = told("When it was sorted (UTC); empty while it is not.")
    fixed_at: datetime | None = told("When the data were mended (UTC).")
    due_on: date = told("Day by which an answer is due.")

    @property
    def is_open_error(self) -> bool:
        """A data error that nobody has mended yet."""
        return self.sort == DATA_ERROR and self.fixed_at is None

    @property
    def is_over(self) -> bool:
        """Taken back or replaced by who said it: nobody waits for an answer."""
        return self.opinion.state in ("withdrawn", "replaced")


def outcomes(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, said: Sequence[Opinion], held: Mapping[str, Responsible]
) -> tuple[Outcome, ...]:
    """What each of these disagreements led to, in the order given.

    Parameters
    ----------
    said : sequence of Opinion
        What `opinions` returned for this viewer.
    held : mapping
        What `responsibles` returned.
    """
    answers = _answers(con, viewer, said)
    facts = _subjects(con, viewer, said)
    return tuple(_outcome(o, facts.get((o.question, o.entity_id), {}), answers.get(o.entry_id, []), held) for o in said)


def _answers(con: duckdb.DuckDBPyConnection, viewer: Viewer, said: Sequence[Opinion]) -> dict[str, list[StoredEntry]]:
    """Sortings and mendings by disagreement, oldest first."""
    ids = {o.entry_id for o in said}
    about = [e for e in book().entries(kinds=(Kind.DISAGREEMENT,)) if e.id in ids]
    answering = [e for e in book().entries(kinds=(Kind.TRIAGE, Kind.FIXED)) if e.entity_key in ids]
    seen = visible_entries(viewer, [*about, *answering], custody_of(con, about, links(con)))
    found: dict[str, list[StoredEntry]] = {}
    for entry in sorted(seen, key=lambda e: e.order):
        if entry.kind != Kind.DISAGREEMENT:
            found.setdefault(entry.entity_key, []).append(entry)
    return found


def _outcome(
    said: Opinion, subject: Mapping[str, Any], answers: Sequence[StoredEntry], held: Mapping[str, Responsible]
) -> Outcome:
    newest = {e.who: e for e in answers if e.kind == Kind.TRIAGE}
    sorts = {e.belief for e in newest.values()}
    last = max(newest.values(), key=lambda e: e.order, default=None)
    verdict = last if last and len(sorts) == 1 else None
    mended = [e.recorded_at for e in answers if e.kind == Kind.FIXED and verdict and e.order > verdict.order]
    code = (verdict.reason_code or "") if verdict else ""
    source = held.get(f"{assigning.FEED}{code}") if verdict and verdict.belief == DATA_ERROR else None
    return Outcome(
        opinion=said,
        name=subject.get("name", ""),
        money=subject.get("money"),
        sort=(verdict.belief or "") if verdict else PENDING if sorts else OPEN,
        detail=_detail(said.question, verdict, source),
        feed=code if verdict and verdict.belief == DATA_ERROR else "",
        ask=source.ask if source else None,
        steward_name=verdict.who_name if verdict else "",
        steward_words=verdict.words if verdict else "",
        answered_at=verdict.recorded_at if verdict else None,
        fixed_at=mended[-1] if mended else None,
        due_on=said.recorded_at.date() + timedelta(days=settings().answer_days),
    )


def _detail(question: str, verdict: StoredEntry | None, source: Responsible | None) -> str:
    if verdict is None:
        return ""
    code = verdict.reason_code or ""
    if source is not None:
        return source.title
    fact = words.FACTS.get(question, {}).get(code)
    return fact.label if fact else code


def _subjects(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, said: Iterable[Opinion]
) -> dict[tuple[str, str], dict[str, Any]]:
    """(question, customer or lead) -> its name and money now; nothing of what is gone or out of scope."""
    wanted = {(o.question, o.entity_id) for o in said}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    seen = row_filter(viewer, "m")
    for question, entity in ENTITY.items():
        keys = sorted(key for q, key in wanted if q == question)
        name, money = ("m.name", "m.yearly_value") if entity == "customer" else (lead_name(viewer), "m.deal_amount")
        sql = (
            f"select m.{entity}_id as id, {name} as name, {money} as money from marts.mart_{entity} as m "
            f"where m.{entity}_id in (select unnest($keys)) and {seen.sql}"
        )
        if keys:
            found |= {(question, r.pop("id")): r for r in rows(con, sql, {"keys": keys, **seen.params})}
    return found
