"""What a person does with a suggestion: done, later, not useful, kept. Private to him; a row of the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
    own_key,
    person,
    reject_if,
    said_day,
    score_in_scope,
)
from crm_core.errors import AccessDeniedError
from crm_core.ledger import Entry, Kind, Ledger, StoredEntry

AWAY_DAYS: Mapping[str, int | None] = {"done": 14, "later": 1, "not_useful": 60, "kept": None}
"""What can be done with a suggestion -> days it stays away; None: for good."""

ABOUT: Mapping[str, str] = {"churn": "customer", "lead": "lead", "promise": "promise"}
"""Question -> kind of entity a suggestion is about."""

SAID: Mapping[str, str] = {
    "done": "Done. It comes back on {day} at the earliest.",
    "later": "Put off until {day}.",
    "not_useful": "Noted as not useful. It stays away until {day}; what is not useful is how suggestions get better.",
    "kept": "Noted as kept.",
}
BACK = "It is back on your list."


@dataclass(frozen=True)
class Nudge:
    """What a person does with one suggestion.

    Parameters
    ----------
    question, entity_key : str
        What was suggested, e.g. 'churn' of 'demo:C-00001', or a promise by its id.
    belief : str
        Code out of `AWAY_DAYS`.
    idempotency_key : str
        One per click: sent twice, it is stored once.
    until : date or None
        Only with 'later': the day it comes back; today puts it back at once. None: tomorrow.
    """

    question: str
    entity_key: str
    belief: str
    idempotency_key: str
    until: date | None = None


def nudge(
    viewer: Viewer, request: Nudge, *, shown: ShownScoreOf | None = None, ledger: Ledger | None = None
) -> Receipt:
    """Store what became of one suggestion together with the score that was shown; durable when this returns.

    Parameters
    ----------
    viewer : Viewer
    request : Nudge
    shown : callable, optional
        (viewer, question, entity_key) -> what is shown to this viewer now. Default: `crm_core.views.shown_score`.
    ledger : Ledger, optional
        An open ledger; default: the installation's, opened for this call.

    Raises
    ------
    AccessDeniedError
        The role only reads, or the thing is not in scope or does not exist (not told apart).
    RejectedEntryError
        Something about it is not acceptable; names every fault at once.
    """
    if not may(viewer, Capability.NUDGE):
        raise AccessDeniedError("Your role only reads", remedy="ask the owner of the customer to note it")
    faults = list(_faults(request))
    if request.question not in ABOUT:
        reject_if(faults)
    score = score_in_scope(viewer, request.question, request.entity_key, shown)
    reject_if(faults)
    with opened(ledger) as book:
        stored = book.append(_entry(viewer, request, score))
    return Receipt(stored.id, stored.recorded_at, _said(stored), stored.expires_on)


def _faults(request: Nudge) -> Iterator[str]:
    if request.question not in ABOUT:
        yield f"unknown question '{request.question}'; known are {', '.join(ABOUT)}"
    if request.belief not in AWAY_DAYS:
        yield f"unknown answer '{request.belief}'; choose {', '.join(AWAY_DAYS)}"
    elif request.belief == ("done" if request.question == "promise" else "kept"):
        yield "a promise is kept, a call is done; both can be put off or be not useful"
    if request.until is not None and request.belief != "later":
        yield "only what is put off has a day to come back that can be chosen"
    yield from chain(checks.expiry_faults(request.until, clock.today()), checks.key_faults(request.idempotency_key))


def _entry(viewer: Viewer, request: Nudge, score: ShownScore) -> Entry:
    away = AWAY_DAYS[request.belief]
    back = request.until or (None if away is None else clock.today() + timedelta(days=away))
    return Entry(
        kind=Kind.NUDGE,
        **person(viewer),
        question=request.question,
        entity_kind=ABOUT[request.question],
        entity_key=request.entity_key,
        idempotency_key=own_key(viewer, Kind.NUDGE, request.idempotency_key),
        belief=request.belief,
        expires_on=back,
        shown=kept(score),
    )


def _said(stored: StoredEntry) -> str:
    if stored.belief == "later" and stored.expires_on is not None and stored.expires_on <= clock.today():
        return BACK
    day = said_day(stored.expires_on) if stored.expires_on is not None else ""
    return SAID[stored.belief or ""].format(day=day)
