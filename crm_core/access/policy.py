"""The policy, in SQL, at one place: which rows, which columns, which writes.

Everything denies by default: a viewer, a role or a visibility that is not known here gets nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from crm_core.access.pseudonyms import pseudonym_sql
from crm_core.access.viewer import Role, Viewer, known_role

SEES_ALL_ROWS = frozenset({Role.EXECUTIVE, Role.ANALYST, Role.STEWARD, Role.ADMIN})
SEES_WORDS = frozenset({Role.REP, Role.MANAGER, Role.STEWARD, Role.ADMIN})
SEES_PRIVATE_WORDS = frozenset({Role.STEWARD, Role.ADMIN})
SEES_PERSONS = frozenset(Role) - {Role.ANALYST}
NOTHING = "CAST(NULL AS VARCHAR)"


class Capability(StrEnum):
    """Something a person may write."""

    DISAGREE = "disagree"
    WITHDRAW_OWN = "withdraw_own"
    WITHDRAW_ANY = "withdraw_any"
    NUDGE = "nudge"
    RELEASE_STOP = "release_stop"
    CHOOSE_MODEL = "choose_model"
    TRIAGE = "triage"
    FIX = "fix"
    ASSIGN = "assign"


GRANTS: Mapping[Capability, frozenset[Role]] = {
    Capability.DISAGREE: frozenset(Role) - {Role.ANALYST},
    Capability.WITHDRAW_OWN: frozenset(Role),
    Capability.WITHDRAW_ANY: frozenset({Role.STEWARD, Role.ADMIN}),
    Capability.NUDGE: frozenset(Role) - {Role.ANALYST},
    Capability.RELEASE_STOP: frozenset({Role.MANAGER, Role.EXECUTIVE, Role.STEWARD, Role.ADMIN}),
    Capability.CHOOSE_MODEL: frozenset({Role.ANALYST, Role.STEWARD, Role.ADMIN}),
    Capability.TRIAGE: frozenset({Role.STEWARD, Role.ADMIN}),
    # Whose data it is decides the action: any role may own a feed.
    Capability.FIX: frozenset(Role),
    Capability.ASSIGN: frozenset({Role.ADMIN}),
}


@dataclass(frozen=True)
class SqlFilter:
    """A condition with its named parameters (`$name` in DuckDB; pass all of `params`, add your own).

    Parameters
    ----------
    sql : str
        Condition in brackets; may be used several times in one query.
    params : mapping
        Values of the `$viewer_…` names in `sql`; empty if it has none.
    """

    sql: str
    params: Mapping[str, str] = field(default_factory=dict)


def row_filter(viewer: Viewer, alias: str = "") -> SqlFilter:
    """Rows this viewer may see, for any relation with the columns `owner_id` and `team`.

    A rep sees what he owns, a manager also what belongs to his teams, the other roles everything.
    """
    role = known_role(viewer)
    if role in SEES_ALL_ROWS:
        return SqlFilter("(TRUE)")
    if role not in (Role.REP, Role.MANAGER):
        return SqlFilter("(FALSE)")
    prefix = f"{_identifier(alias)}." if alias else ""
    conditions = [f"{prefix}owner_id = $viewer_who"]
    params = {"viewer_who": viewer.who}
    teams = sorted(viewer.teams) if role is Role.MANAGER else []
    if teams:
        names = [f"viewer_team_{n}" for n in range(len(teams))]
        conditions.append(f"{prefix}team IN ({', '.join('$' + name for name in names)})")
        params |= dict(zip(names, teams, strict=True))
    # NULL becomes FALSE, so that a caller's NOT cannot turn "unknown" into "seen".
    return SqlFilter(f"(COALESCE({' OR '.join(conditions)}, FALSE))", params)


def sees_all_rows(viewer: Viewer) -> bool:
    """Whether the viewer's rows are not limited to his own or his teams'."""
    return known_role(viewer) in SEES_ALL_ROWS


def sees_free_text(viewer: Viewer) -> bool:
    """Whether the viewer may read words that people wrote, because words may name people."""
    return known_role(viewer) in SEES_WORDS


def sees_persons(viewer: Viewer) -> bool:
    """Whether the viewer sees people under their names instead of pseudonyms."""
    return known_role(viewer) in SEES_PERSONS


def text_column(viewer: Viewer, expr: str, *, visibility: str | None, owner: str | None) -> str:
    """SQL expression for free text: NULL where this viewer may not read it.

    Parameters
    ----------
    viewer : Viewer
    expr : str
        SQL expression of the text.
    visibility, owner : str or None
        SQL expressions of who may read the row and who wrote it. None where the relation has no such column;
        given explicitly, so that it cannot be forgotten. A private text is for its author, steward and admin;
        a visibility that is neither NULL nor 'team' counts as private.
    """
    if not sees_free_text(viewer):
        return NOTHING
    if visibility is None or known_role(viewer) in SEES_PRIVATE_WORDS:
        return f"({expr})"
    readable = f"COALESCE({visibility}, 'team') = 'team'"
    if owner is not None:
        readable += f" OR {owner} = {_literal(viewer.who)}"
    return f"(CASE WHEN {readable} THEN {expr} END)"


def person_column(viewer: Viewer, expr: str, *, key: str | None = None, is_office: bool = False) -> str:
    """SQL expression for a person: `expr` (a name, an address), or a pseudonym such as 'Person 3FA9C01B'.

    Parameters
    ----------
    viewer : Viewer
    expr : str
        SQL expression of what is shown to those who see people.
    key : str, optional
        SQL expression of the person's key, from which the pseudonym is made: the same key gives the same pseudonym
        on every page. Default: `expr` itself.
    is_office : bool
        Where the person stands for an office that others must be able to ask (who looks after a source, a model, the
        fairness stop): that is no statistic about people, and everybody whom the policy knows reads the name.
    """
    if known_role(viewer) is None:
        return NOTHING
    return f"({expr})" if is_office or sees_persons(viewer) else pseudonym_sql(key or expr)


def may(viewer: Viewer, capability: Capability) -> bool:
    """Whether the viewer's role grants this write; the rows it may touch are decided by `row_filter`."""
    return known_role(viewer) in GRANTS.get(capability, frozenset())


def _identifier(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError(f"not the alias of a table: {name!r}")
    return name


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
