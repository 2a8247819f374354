"""What is in force on a day, worked out from the entries alone: pure functions without a database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from crm_core.clock import cutoff
from crm_core.ledger.entries import Kind, StoredEntry

Subject = tuple[str, str, str, str]


@dataclass(frozen=True)
class Fate:
    """What became of a disagreement: when it was taken back or replaced, if ever."""

    entry: StoredEntry
    withdrawn_at: datetime | None
    superseded_at: datetime | None

    def in_force(self, day: date) -> bool:
        """Whether it stood at the end of `day`: said, not expired, not withdrawn, not superseded."""
        end = cutoff(day)
        ended = (self.withdrawn_at, self.superseded_at)
        expired = self.entry.expires_on is not None and self.entry.expires_on < day
        return self.entry.recorded_at < end and not expired and all(at is None or at >= end for at in ended)


def merge(ours: Iterable[StoredEntry], theirs: Iterable[StoredEntry]) -> tuple[StoredEntry, ...]:
    """Union of two copies of the ledger by id, oldest first: commutative, associative, idempotent."""
    union: dict[str, StoredEntry] = {}
    for entry in (*ours, *theirs):
        known = union.get(entry.id)
        # An id with two contents is damage; the choice must not depend on who merges with whom.
        union[entry.id] = entry if known is None or known == entry else min(known, entry, key=repr)
    return tuple(sorted(union.values(), key=lambda entry: entry.order))


def fates(entries: Iterable[StoredEntry]) -> tuple[Fate, ...]:
    """What became of each disagreement, oldest first; order and repetition of `entries` do not matter.

    A later disagreement of the same person on the same entity and question supersedes the earlier one for good:
    withdrawing the later one does not revive the earlier. Two persons never supersede each other.
    """
    history = merge(entries, ())
    withdrawn: dict[str, datetime] = {}
    superseded: dict[str, datetime] = {}
    latest: dict[Subject, str] = {}
    for entry in history:
        if entry.kind == Kind.WITHDRAWAL and entry.withdraws_id is not None:
            withdrawn.setdefault(entry.withdraws_id, entry.recorded_at)
        if entry.kind == Kind.DISAGREEMENT:
            subject = (entry.who, entry.question, entry.entity_kind, entry.entity_key)
            if subject in latest:
                superseded[latest[subject]] = entry.recorded_at
            latest[subject] = entry.id
    said = (entry for entry in history if entry.kind == Kind.DISAGREEMENT)
    return tuple(Fate(entry, withdrawn.get(entry.id), superseded.get(entry.id)) for entry in said)


def state_at(entries: Iterable[StoredEntry], day: date) -> tuple[StoredEntry, ...]:
    """Disagreements in force at the end of `day`, oldest first; two persons stand side by side.

    Parameters
    ----------
    entries : iterable of StoredEntry
        Disagreements and withdrawals, in any order, repeated or not.
    day : date
        In force means: recorded by the end of this day, `expires_on` not before it, not withdrawn, not superseded.
    """
    return tuple(fate.entry for fate in fates(entries) if fate.in_force(day))
