"""Disagreeing with a score, and taking it back. Scores are never touched: an opinion is a row of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Protocol, TypedDict

from crm_core import clock
from crm_core.access import Capability, Viewer, may
from crm_core.actions import checks
from crm_core.errors import AccessDeniedError, RejectedEntryError
from crm_core.ledger import ENTITY_KINDS, Entry, Kind, Ledger, Shown, StoredEntry, open_ledger
from crm_core.settings import settings

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


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


@dataclass(frozen=True)
class Receipt:
    """Proof that something was stored, with a sentence for the person."""

    entry_id: str
    recorded_at: datetime
    message: str
    expires_on: date | None = None


class ShownScore(Protocol):
    """What `crm_core.views.shown_score` returns, as far as it is kept."""

    @property
    def probability(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def base_rate(self) -> float | None: ...
    @property
    def tier(self) -> str | None: ...
    @property
    def reasons(self) -> tuple[str, ...]: ...
    @property
    def evidence(self) -> float | None: ...
    @property
    def money_at_stake(self) -> float | None: ...
    @property
    def model_version(self) -> str | None: ...
    @property
    def build_id(self) -> str | None: ...
    @property
    def as_of(self) -> date | None: ...


ShownScoreOf = Callable[[Viewer, str, str], ShownScore]


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
    if not may(viewer, Capability.DISAGREE):
        raise AccessDeniedError("Your role only reads", remedy="ask the owner of the customer to say it")
    words = checks.cleaned(request.words)
    if request.question not in ENTITY_KINDS:
        _reject_if(_faults(request, words, None))
    score = _score_in_scope(viewer, request, shown or _views_shown_score)
    _reject_if(_faults(request, words, score.probability))
    with _opened(ledger) as book:
        stored = book.append(_entry(viewer, request, words, score))
    return Receipt(stored.id, stored.recorded_at, _noted(stored), stored.expires_on)


def withdraw(viewer: Viewer, entry_id: str, idempotency_key: str, *, ledger: Ledger | None = None) -> Receipt:
    """Take a disagreement back by a new row: one's own; steward and admin anybody's. Twice is the same as once.

    Raises
    ------
    AccessDeniedError
        It is somebody else's or does not exist (not told apart).
    RejectedEntryError
        It is no disagreement, or the idempotency key is unusable.
    """
    with _opened(ledger) as book:
        target = book.entry(entry_id) if may(viewer, Capability.WITHDRAW_OWN) else None
        if target is None or (target.who != viewer.who and not may(viewer, Capability.WITHDRAW_ANY)):
            raise _out_of_scope()
        not_one = () if target.kind == Kind.DISAGREEMENT else ("only a disagreement can be withdrawn",)
        _reject_if([*not_one, *checks.key_faults(idempotency_key)])
        stored = book.withdrawal_of(entry_id) or book.append(_withdrawal(viewer, target, idempotency_key))
    message = "Withdrawn. It stays in the history, but no longer stands beside the score."
    return Receipt(stored.id, stored.recorded_at, message)


def _faults(request: Disagree, words: str, machine: float | None) -> list[str]:
    return list(
        chain(
            checks.question_faults(request.question),
            checks.belief_faults(request.question, request.belief, request.reason_code, words),
            checks.probability_faults(request.question, request.belief, request.probability, machine),
            checks.expiry_faults(request.expires_on, clock.today()),
            checks.key_faults(request.idempotency_key),
        )
    )


def _reject_if(faults: list[str]) -> None:
    if faults:
        raise RejectedEntryError("Nothing was stored", why="; ".join(faults), remedy="correct this and send it again")


def _out_of_scope() -> AccessDeniedError:
    return AccessDeniedError("Not in your scope", remedy="ask its owner, or a data steward if it should be yours")


def _score_in_scope(viewer: Viewer, request: Disagree, shown: ShownScoreOf) -> ShownScore:
    try:
        return shown(viewer, request.question, request.entity_key)
    except AccessDeniedError:
        denied = _out_of_scope()
    # Raised outside the handler: the original, which may say more, is not even attached.
    raise denied


def _views_shown_score(viewer: Viewer, question: str, entity_key: str) -> ShownScore:
    from crm_core.views import shown_score

    return shown_score(viewer, question, entity_key)


@contextmanager
def _opened(ledger: Ledger | None) -> Iterator[Ledger]:
    if ledger is not None:
        yield ledger
        return
    with open_ledger(settings()) as own:
        yield own


def _entry(viewer: Viewer, request: Disagree, words: str, score: ShownScore) -> Entry:
    return Entry(
        kind=Kind.DISAGREEMENT,
        **_person(viewer),
        question=request.question,
        entity_kind=ENTITY_KINDS[request.question],
        entity_key=request.entity_key,
        idempotency_key=_own_key(viewer, Kind.DISAGREEMENT, request.idempotency_key),
        belief=request.belief,
        probability=request.probability,
        reason_code=request.reason_code,
        words=words,
        expires_on=request.expires_on or clock.today() + timedelta(days=settings().override_days),
        shown=Shown(**{f.name: getattr(score, f.name) for f in fields(Shown)}),
    )


def _withdrawal(viewer: Viewer, target: StoredEntry, idempotency_key: str) -> Entry:
    return Entry(
        kind=Kind.WITHDRAWAL,
        **_person(viewer),
        question=target.question,
        entity_kind=target.entity_kind,
        entity_key=target.entity_key,
        idempotency_key=_own_key(viewer, Kind.WITHDRAWAL, idempotency_key),
        withdraws_id=target.id,
    )


class _Person(TypedDict):
    who: str
    who_name: str
    who_role: str
    who_team: str


def _person(viewer: Viewer) -> _Person:
    teams = Entry.joined(viewer.teams)
    return _Person(who=viewer.who, who_name=viewer.name, who_role=viewer.role.value, who_team=teams)


def _own_key(viewer: Viewer, kind: Kind, idempotency_key: str) -> str:
    """Key that nobody else's form and no other action can collide with."""
    return f"{kind.value}:{viewer.who}:{idempotency_key.strip()}"


def _noted(stored: StoredEntry) -> str:
    until = ""
    if stored.expires_on is not None:
        year = "" if stored.expires_on.year == clock.today().year else f" {stored.expires_on.year}"
        until = f" until {stored.expires_on.day} {MONTHS[stored.expires_on.month - 1]}{year}"
    return f"Noted. The model is not changed by this; your view stands beside it{until}."
