"""The policy for rows of the ledger: who sees whose disagreement, and how much of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from crm_core.access.policy import sees_all_rows, sees_free_text, sees_persons
from crm_core.access.pseudonyms import pseudonym
from crm_core.access.viewer import Role, Viewer, known_role
from crm_core.ledger import Kind, StoredEntry


@dataclass(frozen=True)
class Custody:
    """Who holds a customer or a lead now."""

    owner_id: str | None
    team: str | None


SHARED = frozenset({Kind.DISAGREEMENT, Kind.WITHDRAWAL, Kind.RELEASE})
"""Kinds of entries that others than who said them may see; what is not named here is private."""

ANSWERING = frozenset({Kind.TRIAGE, Kind.FIXED})
"""Kinds that answer a disagreement: seen by those who see it."""

OPEN = frozenset({Kind.MODEL_CHOICE, Kind.ASSIGNMENT})
"""Kinds that decide about the product rather than about a customer: everybody sees them."""

CustodyOf = Callable[[str, str], Custody | None]
"""(entity_kind, entity_key) -> who holds it, None if nobody or unknown."""


def visible_entries(viewer: Viewer, rows: Iterable[StoredEntry], custody_of: CustodyOf) -> tuple[StoredEntry, ...]:
    """Entries this viewer may see, in the order given, with what he may not read blanked.

    A rep sees his own and those on what he owns; a manager also those of his teams' people and on what his teams
    hold; executives all without the words; analysts all without the words and with pseudonyms; steward and admin all.
    Everybody reads his own in full. A withdrawal is seen by those who see what it withdraws, what answers a
    disagreement by those who see that; both need it among the `rows`. Every other kind, such as
    a nudge, is private: nobody but who said it ever sees it.

    Work out `state_at` on all entries first and filter its result, or a superseded view may look as if in force.

    Parameters
    ----------
    viewer : Viewer
    rows : iterable of StoredEntry
    custody_of : callable
        (entity_kind, entity_key) -> Custody or None.
    """
    if known_role(viewer) is None:
        return ()
    entries = tuple(rows)
    seen = {entry.id for entry in entries if _in_sight(viewer, entry, custody_of)}
    return tuple(_blanked(viewer, entry) for entry in entries if entry.id in seen or _follows(entry, seen))


def _in_sight(viewer: Viewer, entry: StoredEntry, custody_of: CustodyOf) -> bool:
    if entry.who == viewer.who or entry.kind in OPEN:
        return True
    if entry.kind not in SHARED:
        return False
    if sees_all_rows(viewer):
        return True
    held = custody_of(entry.entity_kind, entry.entity_key) or Custody(None, None)
    if held.owner_id == viewer.who:
        return True
    if viewer.role is not Role.MANAGER:
        return False
    return held.team in viewer.teams or not viewer.teams.isdisjoint(entry.teams)


def _follows(entry: StoredEntry, seen: Collection[str]) -> bool:
    """Whether it takes back or answers something that is seen."""
    if entry.kind == Kind.WITHDRAWAL:
        return entry.withdraws_id in seen
    return entry.kind in ANSWERING and entry.entity_key in seen


def _blanked(viewer: Viewer, entry: StoredEntry) -> StoredEntry:
    if entry.who == viewer.who:
        return entry
    entry = replace(entry, idempotency_key="")
    if not sees_free_text(viewer):
        entry = replace(entry, words="")
    if not sees_persons(viewer):
        alias = pseudonym(entry.who)
        entry = replace(entry, who=alias, who_name=alias)
    return entry
