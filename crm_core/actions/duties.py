"""Assigning who looks after something: a row of the ledger, in force at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from crm_core.access import Capability, Role, Viewer, may
from crm_core.actions import checks
from crm_core.actions.storing import Receipt, opened, own_key, person, reject_if
from crm_core.assigning import FAIRNESS, STEWARD, Assigned
from crm_core.errors import AccessDeniedError
from crm_core.ledger import Entry, Kind, Ledger
from crm_core.ledger import words as vocabulary

NEEDS = {
    STEWARD: (Capability.TRIAGE, "may not sort disagreements; choose a steward or an admin"),
    FAIRNESS: (Capability.RELEASE_STOP, "may not release a stop; choose a manager, executive, steward or admin"),
}
"""What an owner must be allowed to do, and what to say if he is not."""


class Person(Protocol):
    """An employee, as the view tells it."""

    @property
    def employee_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...


class Held(Protocol):
    """Something that is looked after, as the view tells it."""

    @property
    def role(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def owner_id(self) -> str: ...
    @property
    def is_by_default(self) -> bool: ...


class Duties(Protocol):
    """What `crm_core.views.steer.duties.duties` returns, as far as it is needed."""

    @property
    def roles(self) -> Sequence[Held]: ...
    @property
    def people(self) -> Sequence[Person]: ...


DutiesOf = Callable[[Viewer], Duties]


@dataclass(frozen=True)
class Assign:
    """Who is to look after something.

    Parameters
    ----------
    role : str
        'steward', 'fairness', 'model:churn', 'model:lead' or 'feed:<feed>'.
    owner : str or None
        Key of an employee; None: whoever it is by default.
    deputy : str or None
        Who acts while the owner is away.
    idempotency_key : str
        One per opened form: sent twice, it is stored once.
    """

    role: str
    owner: str | None
    deputy: str | None
    idempotency_key: str


def assign(viewer: Viewer, request: Assign, *, duties: DutiesOf | None = None, ledger: Ledger | None = None) -> Receipt:
    """Let somebody look after something from now on; durable when this returns.

    Parameters
    ----------
    duties : callable, optional
        viewer -> what is looked after and who can be chosen. Default: that of `crm_core.views.steer`.
    ledger : Ledger, optional
        An open ledger; default: the installation's, opened for this call.

    Raises
    ------
    AccessDeniedError
        The role may not decide who looks after what.
    RejectedEntryError
        Something about it is not acceptable; names every fault at once.
    """
    if not may(viewer, Capability.ASSIGN):
        raise AccessDeniedError("Your role does not decide who looks after what", remedy="ask an admin")
    known = (duties or _views_duties)(viewer)
    reject_if(list(_faults(request, known)))
    entry = Entry(
        kind=Kind.ASSIGNMENT,
        **person(viewer),
        question="",
        entity_kind=vocabulary.ROLE,
        entity_key=request.role,
        idempotency_key=own_key(viewer, Kind.ASSIGNMENT, request.idempotency_key),
        words=Assigned(request.owner or None, request.deputy or None).to_words(),
    )
    with opened(ledger) as book:
        stored = book.append(entry)
    return Receipt(stored.id, stored.recorded_at, _said(request, known))


def _faults(request: Assign, known: Duties) -> Iterator[str]:
    yield from checks.key_faults(request.idempotency_key)
    held = {role.role: role for role in known.roles}
    people = {one.employee_id: one for one in known.people}
    if request.role not in held:
        yield f"nothing is looked after under the name '{request.role[:60]}'; reload the page"
    for title, key in (("owner", request.owner), ("deputy", request.deputy)):
        if not key:
            continue
        if key not in people:
            yield f"the {title} is not among the employees; choose somebody who is"
        elif request.role in NEEDS:
            capability, complaint = NEEDS[request.role]
            if not _may(people[key], capability):
                yield f"{people[key].name} {complaint}"
    if request.deputy and request.deputy == (request.owner or _default(held.get(request.role))):
        yield "the deputy is the owner; choose somebody else, or nobody"


def _default(held: Held | None) -> str | None:
    """Who looks after it by default, as far as that is seen: only where nobody is assigned now."""
    return held.owner_id if held is not None and held.is_by_default else None


def _may(one: Person, capability: Capability) -> bool:
    return one.role in set(Role) and may(Viewer(one.employee_id, one.name, Role(one.role)), capability)


def _said(request: Assign, known: Duties) -> str:
    names = {one.employee_id: one.name for one in known.people}
    title = next(role.title for role in known.roles if role.role == request.role)
    owner = names[request.owner] if request.owner else "whoever it is by default"
    deputy = f", {names[request.deputy]} while he or she is away" if request.deputy else ""
    return f"Noted. {title}: {owner} looks after it from now on{deputy}."


def _views_duties(viewer: Viewer) -> Duties:
    from crm_core.views import steer

    return steer.duties.duties(viewer)
