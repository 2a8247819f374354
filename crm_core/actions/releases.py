"""Releasing a model that the fairness check has stopped: one named person, with a reason, for one version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from crm_core.access import Capability, Viewer, may
from crm_core.actions import checks
from crm_core.actions.storing import Receipt, opened, own_key, person, reject_if
from crm_core.errors import AccessDeniedError
from crm_core.ledger import Entry, Kind, Ledger, Shown

MIN_WORDS = 10
ABOUT = "model"


class Stop(Protocol):
    """What `crm_core.views.trust.fairness.fairness_page` returns, as far as it is needed."""

    @property
    def version(self) -> int: ...
    @property
    def is_stopped(self) -> bool: ...
    @property
    def is_owner(self) -> bool: ...
    @property
    def found(self) -> tuple[str, ...]: ...
    @property
    def build_id(self) -> str: ...


StopOf = Callable[[Viewer, str], Stop]


@dataclass(frozen=True)
class Release:
    """What the owner of a stop wants to release.

    Parameters
    ----------
    question, version : str, int
        The model and its version that was stopped.
    words : str
        Why it may be published all the same.
    idempotency_key : str
        One per opened form: sent twice, it is stored once.
    """

    question: str
    version: int
    words: str
    idempotency_key: str


def release_stop(
    viewer: Viewer, request: Release, *, stop: StopOf | None = None, ledger: Ledger | None = None
) -> Receipt:
    """Release one stopped version; it serves from the next build on. Durable when this returns.

    Parameters
    ----------
    stop : callable, optional
        (viewer, question) -> the check with who owns the stop. Default: that of `crm_core.views.trust`.
    ledger : Ledger, optional
        An open ledger; default: the installation's, opened for this call.

    Raises
    ------
    AccessDeniedError
        The viewer does not own the stop.
    RejectedEntryError
        Nothing waits for a release under this version, or the reason is missing.
    """
    waits = (stop or _views_stop)(viewer, request.question) if may(viewer, Capability.RELEASE_STOP) else None
    if waits is None or not waits.is_owner:
        raise AccessDeniedError("This stop is not yours to release", remedy="ask its owner, named on the page Model")
    words = checks.cleaned(request.words)
    reject_if(list(chain(_faults(request, words, waits), checks.key_faults(request.idempotency_key))))
    entry = Entry(
        kind=Kind.RELEASE,
        **person(viewer),
        question=request.question,
        entity_kind=ABOUT,
        entity_key=str(request.version),
        idempotency_key=own_key(viewer, Kind.RELEASE, request.idempotency_key),
        words=words,
        shown=Shown(reasons=waits.found, model_version=str(waits.version), build_id=waits.build_id),
    )
    with opened(ledger) as book:
        stored = book.append(entry)
    message = f"Released. Version {request.version} serves from the next build on; your name and reason are on record."
    return Receipt(stored.id, stored.recorded_at, message)


def _faults(request: Release, words: str, waits: Stop) -> Iterator[str]:
    if not waits.is_stopped or waits.version != request.version:
        yield f"version {request.version} does not wait for a release; reload the page"
    if len(words) < MIN_WORDS:
        yield "say in a sentence why it may be published all the same"
    if len(words) > checks.MAX_WORDS:
        yield f"{len(words):,} characters are too many; say it in {checks.MAX_WORDS:,}"


def _views_stop(viewer: Viewer, question: str) -> Stop:
    from crm_core.views import trust

    return trust.fairness.fairness_page(viewer, question)
