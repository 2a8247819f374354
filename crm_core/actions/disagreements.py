"""Disagreeing with a score, and taking it back. Scores are never touched: an opinion is a row of the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
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
    out_of_scope,
    own_key,
    person,
    reject_if,
    said_day,
    score_in_scope,
)
from crm_core.errors import AccessDeniedError
from crm_core.ledger import ENTITY_KINDS, Entry, Kind, Ledger, StoredEntry, fates
from crm_core.settings import settings

MOST_AT_ONCE = 50
NOT_CHANGED = "The model is not changed by this; your view stands"


@dataclass(frozen=True)
class Disagree:
    """What a person wants to say about one score.

    Parameters
    ----------
    question, entity_key : str
        The score, e.g. 'churn' of 'demo:C-00001'.
    belief : str
        Code out of `ledger.BELIEFS[question]`.
    probability : float or None
        The person's own chance (0..1) that the question's event happens: that they leave, that they buy.
    reason_code : str
        Code out of `ledger.REASONS`.
    words : str
        Free text, may be empty unless the reason is 'other'.
    expires_on : date or None
        Last day in force; None: the installation's default.
    idempotency_key : str
        One per opened form: sent twice, it is stored once.
    """

    question: str
    entity_key: str
    belief: str
    probability: float | None
    reason_code: str
    words: str
    expires_on: date | None
    idempotency_key: str


def disagree(
    viewer: Viewer, request: Disagree, *, shown: ShownScoreOf | None = None, ledger: Ledger | None = None
) -> Receipt:
    """Store one disagreement together with what was shown; durable when this returns.

    Parameters
    ----------
    viewer : Viewer
    request : Disagree
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
    _allow(viewer)
    words = checks.cleaned(request.words)
    if request.question not in ENTITY_KINDS:
        reject_if(_faults(request, words, None))
    score = score_in_scope(viewer, request.question, request.entity_key, shown)
    # Without a number of the machine the usual rate is what one differs from.
    usual = score.base_rate if score.probability is None else score.probability
    reject_if([*_waits(score), *_faults(request, words, usual)])
    with opened(ledger) as book:
        stored = _stored(book, [_entry(viewer, request, words, score)])[0]
    return Receipt(stored.id, stored.recorded_at, _noted(stored), stored.expires_on)


def disagree_all(
    viewer: Viewer,
    requests: Sequence[Disagree],
    *,
    named: Mapping[str, str] | None = None,
    shown: ShownScoreOf | None = None,
    ledger: Ledger | None = None,
) -> Receipt:
    """Store one and the same view of several customers or leads, all of them or none; durable when this returns.

    A number of one's own is refused: fifty customers do not have one chance, and each word is judged by what comes.

    Parameters
    ----------
    viewer : Viewer
    requests : sequence of Disagree
        At most `MOST_AT_ONCE`, of one question, that differ only in whom they are about and in their keys.
    named : mapping, optional
        Entity key -> name by which the person knows it, for what is said about its faults.
    shown, ledger
        As of `disagree`.

    Raises
    ------
    AccessDeniedError
        The role only reads.
    RejectedEntryError
        Something about it is not acceptable, or some are not in scope; names every fault and every row at once.
    """
    _allow(viewer)
    reject_if(list(_faults_of_many(requests)))
    first, words = requests[0], checks.cleaned(requests[0].words)
    scores, faults = _scores(viewer, requests, named or {}, shown)
    reject_if([*_faults(first, words, None), *faults])
    entries = [_entry(viewer, request, words, score) for request, score in zip(requests, scores, strict=True)]
    with opened(ledger) as book:
        stored = _stored(book, entries)[0]
    about = f"{len(requests)} {ENTITY_KINDS[first.question]}s"
    message = f"Noted for {about}. {NOT_CHANGED} beside each{_until(stored)}. {_answered()}"
    return Receipt(stored.id, stored.recorded_at, message, stored.expires_on)


def _scores(
    viewer: Viewer, requests: Sequence[Disagree], named: Mapping[str, str], shown: ShownScoreOf | None
) -> tuple[list[ShownScore], list[str]]:
    """What is shown of each, and whom of them the viewer may not speak of."""
    scores: list[ShownScore] = []
    faults: list[str] = []
    for request in requests:
        if request.question not in ENTITY_KINDS:
            continue
        name = named.get(request.entity_key, request.entity_key)
        try:
            scores.append(score_in_scope(viewer, request.question, request.entity_key, shown))
            faults += [f"{name}: {fault}" for fault in _waits(scores[-1])]
        except AccessDeniedError as error:
            faults.append(f"{name}: {error.what.lower()}")
    return scores, faults


def _waits(score: ShownScore) -> Iterator[str]:
    """Nobody can contradict a number he is to say his own view before seeing."""
    if score.is_waiting:
        yield "its number waits for your own view: say first what you think, or skip it"


def _stored(book: Ledger, entries: Sequence[Entry]) -> tuple[StoredEntry, ...]:
    """Store all or none; where the very same view of the person stands already, that one: two tabs are one word."""
    first = entries[0]
    keys = [entry.entity_key for entry in entries]
    spoken = book.entries(question=first.question, entity_keys=keys, kinds=(Kind.DISAGREEMENT, Kind.WITHDRAWAL))
    standing = (fate.entry for fate in fates(spoken) if fate.in_force(clock.today()))
    stands = {(*entry.said(), entry.expires_on): entry for entry in standing}
    new = [entry for entry in entries if (*entry.said(), entry.expires_on) not in stands]
    added = iter(book.append_all(new))
    return tuple(stands.get((*entry.said(), entry.expires_on)) or next(added) for entry in entries)


def _allow(viewer: Viewer) -> None:
    if not may(viewer, Capability.DISAGREE):
        raise AccessDeniedError("Your role only reads", remedy="ask the owner of the customer to say it")


def _faults_of_many(requests: Sequence[Disagree]) -> Iterator[str]:
    if not requests:
        yield "nobody is chosen; choose at least one"
    if len(requests) > MOST_AT_ONCE:
        yield f"{len(requests)} at once are too many; choose {MOST_AT_ONCE} at most"
    if any(request.probability is not None for request in requests):
        yield "a number of your own is about one of them; say it there"
    if len({replace(request, entity_key="", idempotency_key="", probability=None) for request in requests}) > 1:
        yield "these are different views; send them one by one"
    if len({request.entity_key for request in requests}) < len(requests):
        yield "somebody is chosen twice"


def withdraw(viewer: Viewer, entry_id: str, idempotency_key: str, *, ledger: Ledger | None = None) -> Receipt:
    """Take a disagreement back by a new row: one's own; steward and admin anybody's. Twice is the same as once.

    Raises
    ------
    AccessDeniedError
        It is somebody else's or does not exist (not told apart).
    RejectedEntryError
        It is no disagreement, or the idempotency key is unusable.
    """
    with opened(ledger) as book:
        target = book.entry(entry_id) if may(viewer, Capability.WITHDRAW_OWN) else None
        if target is None or not _may_withdraw(viewer, target):
            raise out_of_scope()
        not_one = () if target.kind == Kind.DISAGREEMENT else ("only a disagreement can be withdrawn",)
        reject_if([*not_one, *checks.key_faults(idempotency_key)])
        stored = book.withdrawal_of(entry_id) or book.append(_withdrawal(viewer, target, idempotency_key))
    message = "Withdrawn. It stays in the history, but no longer stands beside the score."
    return Receipt(stored.id, stored.recorded_at, message)


def _may_withdraw(viewer: Viewer, target: StoredEntry) -> bool:
    """One's own; of others only disagreements, because everything else is private to who said it."""
    return target.who == viewer.who or (target.kind == Kind.DISAGREEMENT and may(viewer, Capability.WITHDRAW_ANY))


def _faults(request: Disagree, words: str, usual: float | None) -> list[str]:
    return list(
        chain(
            checks.question_faults(request.question),
            checks.belief_faults(request.question, request.belief, request.reason_code, words),
            checks.probability_faults(request.question, request.belief, request.probability, usual),
            checks.expiry_faults(request.expires_on, clock.today()),
            checks.key_faults(request.idempotency_key),
        )
    )


def _entry(viewer: Viewer, request: Disagree, words: str, score: ShownScore) -> Entry:
    return Entry(
        kind=Kind.DISAGREEMENT,
        **person(viewer),
        question=request.question,
        entity_kind=ENTITY_KINDS[request.question],
        entity_key=request.entity_key,
        idempotency_key=own_key(viewer, Kind.DISAGREEMENT, request.idempotency_key),
        belief=request.belief,
        probability=request.probability,
        reason_code=request.reason_code,
        words=words,
        expires_on=request.expires_on or clock.today() + timedelta(days=settings().override_days),
        shown=kept(score),
    )


def _withdrawal(viewer: Viewer, target: StoredEntry, idempotency_key: str) -> Entry:
    return Entry(
        kind=Kind.WITHDRAWAL,
        **person(viewer),
        question=target.question,
        entity_kind=target.entity_kind,
        entity_key=target.entity_key,
        idempotency_key=own_key(viewer, Kind.WITHDRAWAL, idempotency_key),
        withdraws_id=target.id,
    )


def _noted(stored: StoredEntry) -> str:
    if stored.shown.probability is None:
        return f"Noted. The model has no number here; your view stands in its place{_until(stored)}. {_answered()}"
    return f"Noted. {NOT_CHANGED} beside it{_until(stored)}. {_answered()}"


def _answered() -> str:
    days = settings().answer_days
    return f"The steward answers within {days} day{'' if days == 1 else 's'}."


def _until(stored: StoredEntry) -> str:
    return f" until {said_day(stored.expires_on)}" if stored.expires_on is not None else ""
