"""What disagreements led to: how stewards sorted them, what was mended, who still waits; as far as a viewer may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from crm_core import assigning
from crm_core.access import Viewer
from crm_core.ledger import triage
from crm_core.views.opinions import Opinion
from crm_core.views.reading import told
from crm_core.views.responsible import Responsible
from crm_core.views.verdicts import Case, Subject, cases, subjects

DATA_ERROR, PENDING, OPEN = triage.DATA_ERROR, "pending", ""


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
    is_mine: bool = told("You look after the source whose data are wrong.", False)

    @property
    def is_open_error(self) -> bool:
        """A data error that nobody has mended yet."""
        return self.sort == DATA_ERROR and self.fixed_at is None

    @property
    def is_over(self) -> bool:
        """Taken back or replaced by who said it: nobody waits for an answer."""
        return self.opinion.state in ("withdrawn", "replaced")


def outcomes(
    con: duckdb.DuckDBPyConnection,
    viewer: Viewer,
    said: Sequence[Opinion],
    held: Mapping[str, Responsible],
    until: date | None = None,
) -> tuple[Outcome, ...]:
    """What each of these disagreements led to, in the order given.

    Parameters
    ----------
    said : sequence of Opinion
        What `opinions` returned for this viewer.
    held : mapping
        What `responsibles` returned.
    until : date, optional
        As it stood at the end of this day (UTC).
    """
    became = {case.opinion.entry_id: case for case in cases(con, viewer, until=until)}
    about = subjects(con, viewer, [(o.question, o.entity_id) for o in said])
    return tuple(
        _outcome(viewer, (o, became[o.entry_id]), about.get((o.question, o.entity_id)), held)
        for o in said
        if o.entry_id in became
    )


def _outcome(
    viewer: Viewer, one: tuple[Opinion, Case], subject: Subject | None, held: Mapping[str, Responsible]
) -> Outcome:
    said, case = one
    verdict, feed = case.verdict, case.feed or ""
    source = held.get(f"{assigning.FEED}{feed}")
    return Outcome(
        opinion=said,
        name=subject.name if subject else "",
        money=subject.money if subject else None,
        sort=verdict.sort if verdict else PENDING if case.verdicts else OPEN,
        detail=verdict.detail if verdict else "",
        feed=feed,
        ask=source.ask if source else None,
        steward_name=verdict.steward_name if verdict else "",
        steward_words=verdict.words if verdict else "",
        answered_at=verdict.at if verdict else None,
        fixed_at=case.mended_at,
        due_on=case.due_on,
        is_mine=source is not None and viewer.who in (source.owner_id, source.acting_id),
    )
