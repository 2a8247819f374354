"""Who looks after something: what was assigned goes before what holds by default; deputies act during absence.

Pure functions about keys of employees, shared by the build (may anybody release a stop?), the pages and the actions.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

STEWARD, FAIRNESS, MODEL, FEED = "steward", "fairness", "model:", "feed:"


@dataclass(frozen=True)
class Assigned:
    """One decision of who looks after something.

    Parameters
    ----------
    owner : str, optional
        Key of an employee; None: whoever it is by default.
    deputy : str, optional
        Who acts while the owner is away.
    """

    owner: str | None = None
    deputy: str | None = None

    def to_words(self) -> str:
        """As it stands in the ledger: JSON text."""
        return json.dumps({"owner": self.owner, "deputy": self.deputy}, sort_keys=True)

    @classmethod
    def from_words(cls, words: str) -> Assigned:
        """Read what `to_words` wrote, also by another version; what cannot be read decides nothing."""
        try:
            said = dict(json.loads(words))
        except (ValueError, TypeError):
            return cls()
        owner, deputy = (said.get(name) for name in ("owner", "deputy"))
        return cls(*(key if isinstance(key, str) and key else None for key in (owner, deputy)))


@dataclass(frozen=True)
class Absence:
    """When somebody is out of office, both days included; an open end has no limit, two open ends are no absence."""

    from_on: date | None = None
    to_on: date | None = None

    def covers(self, day: date) -> bool:
        """Whether he is away on this day."""
        if self.from_on is None and self.to_on is None:
            return False
        return (self.from_on is None or self.from_on <= day) and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True)
class Duty:
    """Who looks after something.

    Parameters
    ----------
    owner, deputy : str, optional
        Keys of employees; None: nobody.
    is_by_default : bool
        Nobody was assigned, so the default holds.
    lost : tuple of str
        Assigned people whom the data do not know any more: they count as nobody.
    """

    owner: str | None
    deputy: str | None
    is_by_default: bool
    lost: tuple[str, ...] = ()


def duty(assigned: Assigned | None, default: str | None, known: Collection[str]) -> Duty:
    """Who looks after it: the newest assignment, else the default.

    An assignment to somebody the data no longer know counts as nobody, and the default does not step in: whoever
    decided must decide again, and until then it is a red line.

    Parameters
    ----------
    assigned : Assigned or None
        The newest assignment of the role.
    default : str or None
        Who it is where nobody was assigned.
    known : collection of str
        Keys of the employees in the data.
    """
    said = assigned or Assigned()
    lost = tuple(key for key in (said.owner, said.deputy) if key and key not in known)
    owner = default if said.owner is None else said.owner
    deputy = said.deputy if said.deputy != owner else None
    return Duty(
        owner=None if owner in lost else owner,
        deputy=None if deputy in lost else deputy,
        is_by_default=said.owner is None,
        lost=lost,
    )


def acting(held: Duty, absences: Mapping[str, Absence], day: date) -> str | None:
    """Who acts on this day: the owner, the deputy while the owner is away or nobody, or nobody if neither is there."""
    present = Absence()
    for key in (held.owner, held.deputy):
        if key and not absences.get(key, present).covers(day):
            return key
    return None


def fairness_default(named: str, people: Iterable[tuple[str, str]]) -> str | None:
    """Who owns the fairness stop where nobody was assigned: the named one, else the first admin, else steward.

    Parameters
    ----------
    named : str
        CRM_FAIRNESS_OWNER; may name somebody the data do not know.
    people : iterable of (employee_id, role)
    """
    return named or first(people, "admin") or first(people, "steward")


def first(people: Iterable[tuple[str, str]], role: str) -> str | None:
    """The employee of this role whose key comes first; None if there is nobody."""
    return min((key for key, has in people if has == role), default=None)
