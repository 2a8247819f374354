"""Data errors that people found: fix-it tasks of a feed's owner, open ones and those mended lately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_core import clock
from crm_core.access import Capability, Viewer, may
from crm_core.ledger import triage
from crm_core.views.reading import current, reading, told
from crm_core.views.verdicts import Case, Feed, Subject, cases, feeds, gathered, subjects

MENDED_DAYS = 30


@dataclass(frozen=True)
class Task:
    """One data error. Whom it is about and the words are empty where the viewer may not see the disagreement."""

    disagreement_id: str = told("Id of the disagreement it comes from.")
    feed: str = told("Code of the source.")
    title: str = told("Name of the source.")
    owner_name: str | None = told("Who looks after the source; empty if nobody does.")
    since: datetime = told("Since when it is a task (UTC).")
    about: str | None = told("Customer or lead it is about.", None)
    question: str | None = told("churn for a customer, lead for a lead.", None)
    entity_id: str | None = told("Key of the customer or lead.", None)
    said_by: str = told("Who found it.", "")
    said_words: str = told("What the person wrote, if you may read it.", "")
    steward_name: str = told("Who sorted it.", "")
    steward_words: str = told("What the steward wrote, if you may read it.", "")
    mended_at: datetime | None = told("When it was mended (UTC); empty while it is open.", None)
    mended_by: str | None = told("Who mended it.", None)
    mended_words: str = told("What was done, if you may read it.", "")
    may_mend: bool = told("Whether you may mark it as mended: the owner of the source, steward and admin.", False)
    is_own: bool = told("Whether you look after the source today: as its owner or acting for him.", False)


@dataclass(frozen=True)
class OpenAt:
    """How many tasks are open at one source."""

    feed: str = told("Code of the source.")
    title: str = told("Name of the source.")
    is_own: bool = told("Whether you look after it today.")
    n: int = told("Open tasks.")


@dataclass(frozen=True)
class FixTasks:
    """What people found to be wrong in the data, and how many still wait for an answer."""

    rows: tuple[Task, ...] = told(
        "Open ones, those of your own sources first, each part oldest first; then those mended lately, newest first."
    )
    n_open: int = told("How many are not mended yet.")
    n_ownerless: int = told("Of them: on a source that nobody looks after.")
    n_waiting: int = told("Disagreements you may see that wait for an answer.")
    n_overdue: int = told("Of them: for longer than the set time.")

    @property
    def by_source(self) -> tuple[OpenAt, ...]:
        """Open tasks counted by source: your own first, then the most."""
        waiting = [task for task in self.rows if task.mended_at is None]
        n = Counter(task.feed for task in waiting)
        one = {task.feed: OpenAt(task.feed, task.title, task.is_own, n[task.feed]) for task in waiting}
        return tuple(sorted(one.values(), key=lambda at: (not at.is_own, -at.n, at.title)))

    @property
    def is_empty(self) -> bool:
        """Nothing to mend."""
        return not self.rows

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        return "Nobody has found an error in the data, as far as you may see. Who does says so by disagreeing."


def fix_tasks(viewer: Viewer) -> FixTasks:
    """Tasks on what this viewer may see or on sources he looks after."""
    with reading(current()[0]) as con:
        known = feeds(con, viewer)
        seen = cases(con, viewer)
        about = subjects(con, viewer, [(c.opinion.question, c.opinion.entity_id) for c in seen])
    found = [_task(viewer, case, known, about) for case in seen if case.feed]
    found += _out_of_sight(viewer, {task.disagreement_id for task in found}, known)
    waiting = sorted((task for task in found if task.mended_at is None), key=lambda task: (not task.is_own, task.since))
    limit = clock.utc_now() - timedelta(days=MENDED_DAYS)
    dated = [(task.mended_at, task) for task in found if task.mended_at and task.mended_at >= limit]
    done = [task for _, task in sorted(dated, key=lambda pair: pair[0], reverse=True)]
    return FixTasks(
        rows=(*waiting, *done),
        n_open=len(waiting),
        n_ownerless=sum(task.owner_name is None for task in waiting),
        n_waiting=sum(case.is_waiting for case in seen),
        n_overdue=sum(case.is_overdue for case in seen),
    )


def task_of(viewer: Viewer, disagreement_id: str) -> Task | None:
    """The task of one disagreement, or nothing: no such task, out of sight and of a source of somebody else."""
    return next((task for task in fix_tasks(viewer).rows if task.disagreement_id == disagreement_id), None)


def _may_mend(viewer: Viewer, feed: Feed | None) -> bool:
    is_owner = feed is not None and viewer.who in feed.looked_after_by
    return may(viewer, Capability.FIX) and (is_owner or may(viewer, Capability.TRIAGE))


def _task(viewer: Viewer, case: Case, known: Mapping[str, Feed], about: Mapping[tuple[str, str], Subject]) -> Task:
    said, verdict, code = case.opinion, case.verdict, case.feed or ""
    feed = known.get(code)
    subject = about.get((said.question, said.entity_id))
    return Task(
        disagreement_id=said.entry_id,
        feed=code,
        title=feed.title if feed else code,
        owner_name=feed.owner_name if feed else None,
        since=verdict.at if verdict else said.recorded_at,
        about=subject.name if subject else None,
        question=said.question if subject else None,
        entity_id=said.entity_id if subject else None,
        said_by=said.who_name,
        said_words=said.words,
        steward_name=verdict.steward_name if verdict else "",
        steward_words=verdict.words if verdict else "",
        mended_at=case.mended_at,
        mended_by=case.mended_by,
        mended_words=case.mended_words,
        may_mend=case.mended_at is None and _may_mend(viewer, feed),
        is_own=feed is not None and viewer.who in feed.looked_after_by,
    )


def _out_of_sight(viewer: Viewer, listed: set[str], known: Mapping[str, Feed]) -> list[Task]:
    """Tasks on the viewer's own sources about what he may not see: that there is one, and whom to ask."""
    own = {code: feed for code, feed in known.items() if viewer.who in feed.looked_after_by}
    found = []
    for one in gathered()[0] if own and may(viewer, Capability.FIX) else ():
        verdict = one.verdict
        if one.sort != triage.DATA_ERROR or verdict is None or one.said.id in listed or one.detail not in own:
            continue
        feed = own[one.detail]
        found.append(
            Task(
                disagreement_id=one.said.id,
                feed=one.detail,
                title=feed.title,
                owner_name=feed.owner_name,
                since=verdict.recorded_at,
                steward_name=verdict.who_name,
                mended_at=one.fixed.recorded_at if one.fixed else None,
                may_mend=one.fixed is None,
                is_own=True,
            )
        )
    return found
