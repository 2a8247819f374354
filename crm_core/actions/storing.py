"""What every write has in common: who may, what was shown, where it is stored, and the receipt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Protocol, TypedDict

from crm_core import clock
from crm_core.access import Viewer
from crm_core.errors import AccessDeniedError, RejectedEntryError
from crm_core.ledger import Entry, Kind, Ledger, Shown, open_ledger
from crm_core.settings import settings

GONE = "it was never yours, or it was removed or given to somebody else meanwhile; nothing was stored"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


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
    def is_waiting(self) -> bool: ...
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


def reject_if(faults: list[str]) -> None:
    """Refuse to store what has faults; names all of them."""
    if faults:
        raise RejectedEntryError("Nothing was stored", why="; ".join(faults), remedy="correct this and send it again")


def out_of_scope() -> AccessDeniedError:
    """The same answer for what does not exist and for what somebody may not touch."""
    return AccessDeniedError("Not in your scope", why=GONE, remedy="ask its owner, or a data steward")


def score_in_scope(viewer: Viewer, question: str, entity_key: str, shown: ShownScoreOf | None) -> ShownScore:
    """What the viewer is shown now; default of `shown`: `crm_core.views.shown_score`."""
    try:
        return (shown or _views_shown_score)(viewer, question, entity_key)
    except AccessDeniedError:
        denied = out_of_scope()
    # Raised outside the handler: the original, which may say more, is not even attached.
    raise denied


def _views_shown_score(viewer: Viewer, question: str, entity_key: str) -> ShownScore:
    from crm_core.views import shown_score

    return shown_score(viewer, question, entity_key)


def kept(score: ShownScore) -> Shown:
    """What of a shown score is stored with what was said about it."""
    return Shown(**{f.name: getattr(score, f.name) for f in fields(Shown)})


@contextmanager
def opened(ledger: Ledger | None) -> Iterator[Ledger]:
    """The given ledger, or the installation's, opened for this call."""
    if ledger is not None:
        yield ledger
        return
    with open_ledger(settings()) as own:
        yield own


class Person(TypedDict):
    """Who says it, as it is stored."""

    who: str
    who_name: str
    who_role: str
    who_team: str


def person(viewer: Viewer) -> Person:
    """The viewer as he is now."""
    teams = Entry.joined(viewer.teams)
    return Person(who=viewer.who, who_name=viewer.name, who_role=viewer.role.value, who_team=teams)


def own_key(viewer: Viewer, kind: Kind, idempotency_key: str) -> str:
    """Key that nobody else's form and no other action can collide with."""
    return f"{kind.value}:{viewer.who}:{idempotency_key.strip()}"


def said_day(day: date) -> str:
    """A day as a receipt names it: '29 Aug', with the year where it is not this one."""
    year = "" if day.year == clock.today().year else f" {day.year}"
    return f"{day.day} {MONTHS[day.month - 1]}{year}"
