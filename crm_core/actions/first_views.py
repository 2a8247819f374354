"""Saying what one thinks before the model's number is shown, or skipping it. A row of the ledger, for oneself alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from crm_core.access import Capability, Viewer, may
from crm_core.actions import checks
from crm_core.actions.storing import (
    Receipt,
    ShownScore,
    kept,
    opened,
    own_key,
    person,
    reject_if,
    score_in_scope,
)
from crm_core.errors import AccessDeniedError
from crm_core.ledger import BELIEFS, ENTITY_KINDS, Entry, Kind, Ledger, StoredEntry

SKIPPED = "skipped"
WAITS = "yours"
"""Tier under which a score is shown whose number waits for the viewer's own view."""

HAPPENS = {"churn": "customers like this leave", "lead": "leads like this buy"}


@dataclass(frozen=True)
class FirstView:
    """What a person thinks of one score that he has not seen.

    Parameters
    ----------
    question, entity_key : str
        The score, e.g. 'churn' of 'demo:C-00001'.
    belief : str
        Code out of `ledger.BELIEFS[question]`, or 'skipped'.
    probability : float or None
        The person's own chance (0..1) that the question's event happens.
    idempotency_key : str
        One per opened form: sent twice, it is stored once.
    """

    question: str
    entity_key: str
    belief: str
    probability: float | None
    idempotency_key: str


def first_view(viewer: Viewer, request: FirstView, *, ledger: Ledger | None = None) -> Receipt:
    """Store one view with the number it was given before; durable when this returns. Seen by nobody else.

    Raises
    ------
    AccessDeniedError
        The role only reads, or the entity is not in scope or does not exist (not told apart).
    RejectedEntryError
        Something about it is not acceptable, also that nothing waits for this view; names every fault at once.
    """
    if not may(viewer, Capability.DISAGREE):
        raise AccessDeniedError("Your role only reads", remedy="ask the owner of the customer to say it")
    if request.question not in ENTITY_KINDS:
        reject_if(list(_faults(request, None)))
    now = score_in_scope(viewer, request.question, request.entity_key, None)
    with opened(ledger) as book:
        entry = _entry(viewer, request, score_in_scope(viewer, request.question, request.entity_key, _said))
        stored = _known(book, entry)
        if stored is None:
            is_late = "nothing waits for your view of it: its number is shown already"
            reject_if([*_faults(request, now.base_rate), *([] if now.tier == WAITS else [is_late])])
            stored = book.append(entry)
    return Receipt(stored.id, stored.recorded_at, _noted(stored))


def _said(viewer: Viewer, question: str, entity_key: str) -> ShownScore:
    from crm_core.views import shown_score

    return shown_score(viewer, question, entity_key, is_said=True)


def _known(book: Ledger, entry: Entry) -> StoredEntry | None:
    """The same click, stored before: by then nothing waits any more."""
    own = book.entries(who=entry.who, kinds=(Kind.FIRST_VIEW,), entity_keys=[entry.entity_key])
    known = (e for e in own if e.idempotency_key == entry.idempotency_key and e.said() == entry.said())
    return next(known, None)


def _faults(request: FirstView, usual: float | None) -> Iterator[str]:
    yield from checks.question_faults(request.question)
    known = BELIEFS.get(request.question, {})
    if request.belief == SKIPPED:
        if request.probability is not None:
            yield "who skips says no number"
    elif known and request.belief not in known:
        yield f"unknown belief '{request.belief}'; for this question choose {', '.join([*known, SKIPPED])}"
    # Against what is usual: the machine's own number must not show through a fault.
    more = checks.probability_faults(request.question, request.belief, request.probability, usual)
    yield from chain(more, checks.key_faults(request.idempotency_key))


def _entry(viewer: Viewer, request: FirstView, score: ShownScore) -> Entry:
    return Entry(
        kind=Kind.FIRST_VIEW,
        **person(viewer),
        question=request.question,
        entity_kind=ENTITY_KINDS[request.question],
        entity_key=request.entity_key,
        idempotency_key=own_key(viewer, Kind.FIRST_VIEW, request.idempotency_key),
        belief=request.belief,
        probability=request.probability,
        shown=kept(score),
    )


def _noted(stored: StoredEntry) -> str:
    number = "The model's number is shown now."
    if stored.shown.probability is not None:
        of_100 = min(max(round(stored.shown.probability * 100), 1), 99)
        number = f"The model says: {of_100} of 100 {HAPPENS[stored.question]} within 90 days."
    return number if stored.belief == SKIPPED else f"Noted, for you alone. {number}"
