"""Who is looking."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is to the product; decides how much of it he sees."""

    REP = "rep"
    MANAGER = "manager"
    EXECUTIVE = "executive"
    ANALYST = "analyst"
    STEWARD = "steward"
    ADMIN = "admin"


@dataclass(frozen=True)
class Viewer:
    """One person with the scope he has now; the first argument of every read and every write.

    Parameters
    ----------
    who : str
        Key of the employee, e.g. 'demo:E-07'.
    name : str
        Name as colleagues know it.
    role : Role
        Anything that is not a `Role` sees nothing.
    teams : frozenset of str
        Teams he belongs to (rep) or leads (manager).
    regions : frozenset of str
        Regions he works in.
    purposes : frozenset of str
        Purposes for which he may use personal data.
    """

    who: str
    name: str
    role: Role
    teams: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()


COMMAND_LINE = "system:command-line"


def system_viewer() -> Viewer:
    """The person at the command line of his own machine: an admin, because the files are his anyway.

    Never for a page or anything else that answers over a network.
    """
    return Viewer(who=COMMAND_LINE, name="Command line", role=Role.ADMIN)


def known_role(viewer: Viewer) -> Role | None:
    """Role of the viewer, or None for anybody the policy does not know; the policy then denies."""
    if not isinstance(viewer, Viewer) or not isinstance(viewer.role, Role):
        return None
    return viewer.role if viewer.who.strip() else None


def scope_key(viewer: Viewer) -> tuple[str, ...]:
    """What decides how much this viewer sees, for cache keys: two viewers with equal keys see the same."""
    role = known_role(viewer)
    if role is None:
        return ("nobody",)
    groups = (viewer.teams, viewer.regions, viewer.purposes)
    return (role.value, viewer.who, *(repr(sorted(group)) for group in groups))
