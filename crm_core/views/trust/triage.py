"""The Triage page: what people said against the model and nobody has answered yet; and the wishes for analysts.

What comes first
----------------
``weight = money × distance × novelty``, highest first.

money
    What the customer pays in a year now, or the worth of the lead's deal; of who is gone, what was shown then.
    Unknown money counts as the median of the others that wait.
distance
    |chance the person stands for − chance the model showed then|, 0..1. Without a number of his own, the person's word
    stands for the convention of `ledger.words.MEANT`. Where the model's number was withheld, its usual rate takes its
    place; without that one half.
novelty
    1 for the first view on a customer or lead with this reason within 90 days, 1/2 for the second, 1/3 for the third:
    the tenth person who says the same tells the steward little. What was taken back or replaced is no view before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from crm_core import clock
from crm_core.access import Capability, Viewer, may, person_column
from crm_core.ledger import triage
from crm_core.views.reading import current, reading, rows, told
from crm_core.views.verdicts import Case, Feed, Subject, cases, feeds, subjects, wish_key

LIKE_DAYS = 90
GONE = "no longer in the data"
UNKNOWN_CHANCE = 0.5
SORTED_DAYS = 30
MOST_TOGETHER = 50
"""So many are sorted at once; `actions.triaging.MOST_AT_ONCE`, which this room may not read."""


@dataclass(frozen=True)
class QueueRow:
    """One disagreement that waits, or that was sorted lately."""

    case: Case = told("What the person said, and what stewards made of it so far.")
    name: str = told("Customer or lead it is about.")
    money: float | None = told("What the customer pays in a year, or what the deal is worth.")
    distance: float = told("How far the person's chance is from what the model showed then, 0 to 1.")
    novelty: float = told("1 for the first such view in 90 days, less for each further one.")
    weight: float = told("Money × distance × novelty: decides the order.")


@dataclass(frozen=True)
class Together:
    """What was said in one go and is answered in one go: one disagreement, or one and the same about several."""

    rows: tuple[QueueRow, ...] = told("The disagreements, the weightiest first.")

    @property
    def first(self) -> QueueRow:
        """The weightiest: where it stands in the queue, they all stand."""
        return self.rows[0]

    @property
    def money(self) -> float | None:
        """What all of them are worth, as far as it is known."""
        known = [row.money for row in self.rows if row.money is not None]
        return sum(known) if known else None

    @property
    def due_first(self) -> QueueRow:
        """The one whose answer is due first."""
        return min(self.rows, key=lambda row: row.case.due_on)


@dataclass(frozen=True)
class Wish:
    """Something the model should look at, as stewards wrote it down."""

    wish: str = told("What is missing.")
    n_times: int = told("Disagreements that led to it.")
    n_people: int = told("People who said them.")
    money: float = told("What the customers and deals concerned are worth.")
    newest_at: datetime = told("When it was last asked for (UTC).")


@dataclass(frozen=True)
class TriagePage:
    """Everything the Triage page shows."""

    may_sort: bool = told("Whether sorting is for you.")
    may_read_wishes: bool = told("Whether the wish list is for you: who works on the model.")
    stewards: tuple[str, ...] = told("Who sorts.")
    rows: tuple[QueueRow, ...] = told("What waits for an answer, the weightiest first.")
    sorted_lately: tuple[QueueRow, ...] = told("What was answered in the 30 days up to today, newest first.")
    wishes: tuple[Wish, ...] = told("Wish list, what was asked for most first.")
    feeds: Mapping[str, Feed] = told("Sources to choose from, with who looks after each.")
    n_overdue: int = told("How many wait for longer than the set time.")
    n_pending: int = told("About how many stewards differ.")

    @property
    def queue(self) -> tuple[Together, ...]:
        """What waits, with what was said in one go put together; what stewards differ about stands alone."""
        return _together(self.rows)

    @property
    def answered(self) -> tuple[Together, ...]:
        """What was answered lately, with what was said in one go and answered alike put together."""
        return _together(self.sorted_lately)

    @property
    def is_empty(self) -> bool:
        """Nothing waits."""
        return not self.rows

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        return "Nobody waits for an answer. New disagreements come here by themselves."


def triage_page(viewer: Viewer) -> TriagePage:
    """The Triage page for this viewer: the queue for those who sort, the wishes for those who work on the model."""
    may_sort, may_read = may(viewer, Capability.TRIAGE), may(viewer, Capability.CHOOSE_MODEL)
    with reading(current()[0]) as con:
        name = person_column(viewer, "name", key="employee_id")
        found = rows(con, f"select {name} as name from marts.mart_employee where role = 'steward' order by 1")
        stewards = tuple(row["name"] for row in found)
        if not (may_sort or may_read):
            return TriagePage(False, False, stewards, (), (), (), {}, 0, 0)
        seen = cases(con, viewer)
        about = subjects(con, viewer, [(case.opinion.question, case.opinion.entity_id) for case in seen])
        wishes = _wishes(seen, about)
        if not may_sort:
            return TriagePage(False, may_read, stewards, (), (), wishes, {}, 0, 0)
        listed = _weighed(seen, about)
        known = feeds(con, viewer)
    waiting = sorted((r for r in listed if r.case.is_waiting), key=lambda r: (-r.weight, r.case.opinion.recorded_at))
    n_pending = sum(row.case.stage == triage.Stage.PENDING for row in waiting)
    n_overdue = sum(row.case.is_overdue for row in waiting)
    return TriagePage(True, may_read, stewards, tuple(waiting), _lately(listed), wishes, known, n_overdue, n_pending)


def known_feeds(viewer: Viewer) -> Mapping[str, Feed]:
    """Sources by their code, with who looks after each."""
    with reading(current()[0]) as con:
        return feeds(con, viewer)


def distance(case: Case) -> float:
    """How far the person is from what the model showed then, 0..1."""
    return abs(case.meant - (UNKNOWN_CHANCE if case.shown_then is None else case.shown_then))


def novelty(case: Case, others: Sequence[Case]) -> float:
    """1 for the first view on a customer or lead with this reason within 90 days, falling with each further one."""
    said = case.opinion
    since = said.recorded_at - timedelta(days=LIKE_DAYS)
    before = [
        other
        for other in (o.opinion for o in others)
        if (other.question, other.entity_id, other.reason) == (said.question, said.entity_id, said.reason)
        and since <= other.recorded_at < said.recorded_at
        and other.state not in ("withdrawn", "replaced")
    ]
    return 1 / (1 + len(before))


def _weighed(seen: Sequence[Case], about: Mapping[tuple[str, str], Subject]) -> list[QueueRow]:
    alike: dict[tuple[str, str], list[Case]] = {}
    for case in seen:
        alike.setdefault((case.opinion.question, case.opinion.entity_id), []).append(case)
    worth = {case.opinion.entry_id: _money(case, about) for case in seen}
    waiting = [worth[case.opinion.entry_id] for case in seen if case.is_waiting]
    usual = median([money for money in waiting if money is not None] or [1.0])
    found = []
    for case in seen:
        key = (case.opinion.question, case.opinion.entity_id)
        money = worth[case.opinion.entry_id]
        far, new = distance(case), novelty(case, alike[key])
        name = about[key].name if key in about else GONE
        found.append(QueueRow(case, name, money, far, new, (usual if money is None else money) * far * new))
    return found


def _money(case: Case, about: Mapping[tuple[str, str], Subject]) -> float | None:
    subject = about.get((case.opinion.question, case.opinion.entity_id))
    return subject.money if subject else case.money_then


def _lately(listed: Sequence[QueueRow]) -> tuple[QueueRow, ...]:
    dated = [(row.case.verdict.at, row) for row in listed if row.case.verdict]
    newest = sorted(dated, key=lambda pair: pair[0], reverse=True)
    limit = clock.utc_now() - timedelta(days=SORTED_DAYS)
    return tuple(row for at, row in newest if at >= limit)


def _together(listed: Sequence[QueueRow]) -> tuple[Together, ...]:
    """Rows of one go that stand at the same point, in the order of the first of each."""
    found: dict[tuple[str, ...], list[QueueRow]] = {}
    for row in listed:
        case = row.case
        verdict = (case.verdict.steward_name, case.verdict.sort, case.verdict.detail) if case.verdict else ()
        alone = (case.opinion.entry_id,) if case.stage == triage.Stage.PENDING else ()
        found.setdefault((case.go, case.opinion.state, *verdict, *alone), []).append(row)
    return tuple(
        Together(tuple(rows[start : start + MOST_TOGETHER]))
        for rows in found.values()
        for start in range(0, len(rows), MOST_TOGETHER)
    )


def _wishes(seen: Sequence[Case], about: Mapping[tuple[str, str], Subject]) -> tuple[Wish, ...]:
    """Settled wishes, counted. A wish names no person; the newest way of writing it stands for all."""
    by_wish: dict[str, list[Case]] = {}
    for case in seen:
        if case.verdict and case.verdict.sort == triage.MISSING_FEATURE:
            by_wish.setdefault(wish_key(case.verdict.detail), []).append(case)
    found = []
    for asked in by_wish.values():
        latest = max((case.verdict for case in asked if case.verdict), key=lambda verdict: verdict.at)
        touched = {(c.opinion.question, c.opinion.entity_id): _money(c, about) or 0.0 for c in asked}
        found.append(Wish(latest.detail, len(asked), asked[0].n_asked, sum(touched.values()), latest.at))
    return tuple(sorted(found, key=lambda w: (-w.n_people, -w.n_times, -w.money, w.wish)))
