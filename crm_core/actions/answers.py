"""Answering what a source could not see: how often they spoke, whether they use it less. A row of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from crm_core import clock
from crm_core.access import Capability, Viewer, may
from crm_core.actions import checks
from crm_core.actions.storing import (
    Receipt,
    ShownScore,
    ShownScoreOf,
    kept,
    opened,
    own_key,
    person,
    reject_if,
    said_day,
    score_in_scope,
)
from crm_core.errors import AccessDeniedError
from crm_core.ledger import ENTITY_KINDS, Entry, Kind, Ledger, answers

MAX_COUNT, WINDOW_DAYS = 500, 90
OF_LEADS = ("calls", "emails", "meetings")


@dataclass(frozen=True)
class Answer:
    """What a person answers to the question of one source.

    Parameters
    ----------
    question, entity_key : str
        The score, e.g. 'churn' of 'demo:C-00001'.
    feed : str
        Source that could not see, out of `ledger.answers.ASKED`.
    idempotency_key : str
        One per opened form: sent twice, it is stored once.
    n_in_90d, last_on, direction, n_open, recommends
        The answer, see `ledger.answers.Answered`: what `ledger.answers.ASKED` names for the feed and nothing else.
    """

    question: str
    entity_key: str
    feed: str
    idempotency_key: str
    n_in_90d: int | None = None
    last_on: date | None = None
    direction: str | None = None
    n_open: int | None = None
    recommends: int | None = None

    @property
    def told(self) -> answers.Answered:
        """The answer as the ledger keeps it."""
        return answers.Answered(self.n_in_90d, self.last_on, self.direction, self.n_open, self.recommends)


def answer(
    viewer: Viewer, request: Answer, *, shown: ShownScoreOf | None = None, ledger: Ledger | None = None
) -> Receipt:
    """Store one answer together with what was shown; durable when this returns. One's newest answer counts.

    Parameters
    ----------
    viewer : Viewer
    request : Answer
    shown : callable, optional
        (viewer, question, entity_key) -> what is shown to this viewer now. Default: `crm_core.views.shown_score`.
    ledger : Ledger, optional
        An open ledger; default: the installation's, opened for this call.

    Raises
    ------
    AccessDeniedError
        The role only reads, or the entity is not in scope or does not exist (not told apart).
    RejectedEntryError
        Something about it is not acceptable; names every fault at once.
    """
    if not may(viewer, Capability.DISAGREE):
        raise AccessDeniedError("Your role only reads", remedy="ask the owner of the customer to answer")
    faults = list(
        chain(checks.question_faults(request.question), _faults(request), checks.key_faults(request.idempotency_key))
    )
    if request.question not in ENTITY_KINDS:
        reject_if(faults)
    score = score_in_scope(viewer, request.question, request.entity_key, shown)
    reject_if(faults)
    with opened(ledger) as book:
        stored = book.append(_entry(viewer, request, score))
    until = f", until {said_day(stored.expires_on)}" if stored.expires_on else ""
    return Receipt(stored.id, stored.recorded_at, f"Noted. It counts from the next build on{until}.", stored.expires_on)


def _faults(request: Answer) -> Iterator[str]:
    wanted = answers.ASKED.get(request.feed)
    if wanted is None or (request.question == "lead" and request.feed not in OF_LEADS):
        known = OF_LEADS if request.question == "lead" else answers.ASKED
        yield f"nothing can be asked about '{request.feed}'; choose {', '.join(known)}"
        return
    told = request.told
    if any(value is not None for name, value in asdict(told).items() if name not in wanted):
        yield f"this question asks for {' and '.join(wanted)} only"
    if "direction" in wanted and told.direction not in answers.DIRECTIONS:
        yield "say whether they use it less, the same or more"
    if "n_open" in wanted:
        yield from _count_faults(told.n_open, MAX_COUNT, "the number of open problems")
    if "recommends" in wanted:
        yield from _count_faults(told.recommends, 10, "how likely they would recommend us")
    if "n_in_90d" in wanted:
        yield from _count_faults(told.n_in_90d, MAX_COUNT, "how often")
        yield from _day_faults(told)


def _count_faults(n: object, most: int, what: str) -> Iterator[str]:
    if isinstance(n, bool) or not isinstance(n, int) or not 0 <= n <= most:
        yield f"say {what}: a whole number from 0 to {most}"


def _day_faults(told: answers.Answered) -> Iterator[str]:
    today, day, n = clock.today(), told.last_on, told.n_in_90d
    if day is None:
        if n:
            yield "say when the last time was"
        return
    if isinstance(day, datetime) or not isinstance(day, date):
        yield "the last time is not a day"
    elif day > today:
        yield f"the last time {day} is in the future"
    elif day < today - timedelta(days=checks.MAX_DAYS):
        yield f"the last time {day} is more than a year ago; leave it empty"
    elif n == 0 and day > today - timedelta(days=WINDOW_DAYS):
        yield f"the last time was on {day}, so it was not never in the last {WINDOW_DAYS} days"
    elif n and day < today - timedelta(days=WINDOW_DAYS):
        yield f"the last time was on {day}, so it was never in the last {WINDOW_DAYS} days"


def _entry(viewer: Viewer, request: Answer, score: ShownScore) -> Entry:
    return Entry(
        kind=Kind.ANSWER,
        **person(viewer),
        question=request.question,
        entity_kind=ENTITY_KINDS[request.question],
        entity_key=request.entity_key,
        idempotency_key=own_key(viewer, Kind.ANSWER, request.idempotency_key),
        belief=request.feed,
        words=request.told.to_words(),
        expires_on=clock.today() + timedelta(days=answers.COUNTS_DAYS),
        shown=kept(score),
    )
