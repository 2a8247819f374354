"""Choosing which version of a model scores: a row of the ledger, which the next build reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from crm_core.access import Capability, Viewer, may
from crm_core.actions import checks
from crm_core.actions.storing import Receipt, opened, own_key, person, reject_if
from crm_core.errors import AccessDeniedError
from crm_core.ledger import Entry, Kind, Ledger

AUTOMATIC = "automatic"
MIN_REASON = 3
ChoosableOf = Callable[[Viewer, str], Collection[int]]
"""(viewer, question) -> versions that may be chosen: those that were in use before and are stored."""


@dataclass(frozen=True)
class ModelChoice:
    """Which version a person wants to score.

    Parameters
    ----------
    question : str
        churn or lead.
    version : int or None
        Version that was in use before; None: the publication gate decides again.
    reason : str
        Why, in the person's words; required.
    idempotency_key : str
        One per opened form: sent twice, it is stored once.
    """

    question: str
    version: int | None
    reason: str
    idempotency_key: str


def choose_model(
    viewer: Viewer, request: ModelChoice, *, choosable: ChoosableOf | None = None, ledger: Ledger | None = None
) -> Receipt:
    """Let an older version score from the next build on, or give the choice back; durable when this returns.

    Parameters
    ----------
    viewer : Viewer
    request : ModelChoice
    choosable : callable, optional
        Default: what `crm_core.views.trust.proof` lists.
    ledger : Ledger, optional
        An open ledger; default: the installation's, opened for this call.

    Raises
    ------
    AccessDeniedError
        The role may not decide which model serves.
    RejectedEntryError
        Something about it is not acceptable; names every fault at once.
    """
    if not may(viewer, Capability.CHOOSE_MODEL):
        raise AccessDeniedError(
            "Your role does not decide which model serves", remedy="ask an analyst or a data steward"
        )
    words = checks.cleaned(request.reason)
    reject_if(list(_faults(viewer, request, words, choosable or _listed)))
    entry = Entry(
        kind=Kind.MODEL_CHOICE,
        **person(viewer),
        question=request.question,
        entity_kind="model",
        entity_key=request.question,
        idempotency_key=own_key(viewer, Kind.MODEL_CHOICE, request.idempotency_key),
        belief=AUTOMATIC if request.version is None else str(request.version),
        words=words,
    )
    with opened(ledger) as book:
        stored = book.append(entry)
    return Receipt(stored.id, stored.recorded_at, _said(request.version))


def _faults(viewer: Viewer, request: ModelChoice, words: str, choosable: ChoosableOf) -> Iterator[str]:
    yield from checks.question_faults(request.question)
    yield from checks.key_faults(request.idempotency_key)
    if len(words) < MIN_REASON:
        yield "say in a few words why: others will read it beside the model"
    if len(words) > checks.MAX_WORDS:
        yield f"{len(words):,} characters are too many; say it in {checks.MAX_WORDS:,}"
    if request.version is not None and request.version not in choosable(viewer, request.question):
        yield f"version {request.version} cannot be chosen: only a stored version that was in use before can"


def _listed(viewer: Viewer, question: str) -> Collection[int]:
    from crm_core.views import trust

    return {v.version for v in trust.proof(viewer, question).versions if v.is_choosable}


def _said(version: int | None) -> str:
    if version is None:
        return "Noted. From the next build on, the gate decides again which version scores."
    return f"Noted. Version {version} scores from the next build on, until somebody chooses again."
