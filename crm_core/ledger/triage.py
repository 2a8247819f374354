"""What stewards made of each disagreement, worked out from the entries alone: pure functions without a database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from crm_core.ledger.entries import Kind, StoredEntry
from crm_core.ledger.state import Fate, fates, merge
from crm_core.ledger.words import ABOUT_DISAGREEMENT

DATA_ERROR, NEW_FACT, MISSING_FEATURE, OPINION = "data_error", "new_fact", "missing_feature", "opinion"
"""Codes of `words.SORTS`."""

ONE_GO = timedelta(minutes=1)
"""Within this time the same words of the same person about several customers or leads were said in one go."""

DETAILED = frozenset({DATA_ERROR, NEW_FACT, MISSING_FEATURE})
"""Sorts that name something: a feed, a fact, a wish."""


class Stage(StrEnum):
    """How far the answer to a disagreement is."""

    OPEN = "open"
    PENDING = "pending"
    SETTLED = "settled"


@dataclass(frozen=True)
class Triage:
    """One disagreement with what stewards made of it.

    Parameters
    ----------
    fate : Fate
        The disagreement and what became of it.
    sortings : tuple of StoredEntry
        The newest sorting of each steward, oldest first; earlier ones of the same steward do not count.
    fixed : StoredEntry or None
        That the data error was mended; empty while it is not, and again where it was found once more since.
    """

    fate: Fate
    sortings: tuple[StoredEntry, ...] = ()
    fixed: StoredEntry | None = None

    @property
    def said(self) -> StoredEntry:
        """The disagreement."""
        return self.fate.entry

    @property
    def stage(self) -> Stage:
        """Open without a sorting, settled if all stewards who sorted it name the same sort, pending otherwise."""
        sorts = {entry.belief for entry in self.sortings}
        if not sorts:
            return Stage.OPEN
        return Stage.SETTLED if len(sorts) == 1 else Stage.PENDING

    @property
    def verdict(self) -> StoredEntry | None:
        """The sorting that counts: the newest, once they agree. Its `reason_code` is the detail."""
        return self.sortings[-1] if self.stage is Stage.SETTLED else None

    @property
    def sort(self) -> str | None:
        """What it was sorted into; empty until settled."""
        return self.verdict.belief if self.verdict else None

    @property
    def detail(self) -> str | None:
        """Code of the fact, the feed, or the wish; empty until settled."""
        return self.verdict.reason_code if self.verdict else None

    @property
    def fact_from(self) -> datetime | None:
        """Since when the model may count the fact (UTC): the later of said and sorted; empty while facts differ.

        The same as `known_at` of the warehouse's `int_told_fact`.
        """
        if self.sort != NEW_FACT or len({entry.reason_code for entry in self.sortings}) > 1:
            return None
        return max(self.said.recorded_at, min(entry.recorded_at for entry in self.sortings))

    @property
    def is_waiting(self) -> bool:
        """Whether somebody waits for an answer: neither taken back nor replaced; an expired one still waits."""
        return self.stage is not Stage.SETTLED and not self.is_over

    @property
    def is_over(self) -> bool:
        """Taken back or replaced by who said it."""
        return self.fate.withdrawn_at is not None or self.fate.superseded_at is not None

    @property
    def is_task(self) -> bool:
        """A data error that is not mended yet; it stays one if the view itself was taken back."""
        return self.sort == DATA_ERROR and self.fixed is None


def triages(entries: Iterable[StoredEntry]) -> tuple[Triage, ...]:
    """The triage of each disagreement, oldest first; order and repetition of `entries` do not matter.

    Parameters
    ----------
    entries : iterable of StoredEntry
        Disagreements, withdrawals, sortings and what was fixed; other kinds are passed over.
    """
    history = merge(entries, ())
    sortings: dict[str, dict[str, StoredEntry]] = {}
    mended: dict[str, list[StoredEntry]] = {}
    for entry in history:
        if entry.entity_kind != ABOUT_DISAGREEMENT:
            continue
        if entry.kind == Kind.TRIAGE:
            # Taken out first, so that a steward's newest word also stands last.
            own = sortings.setdefault(entry.entity_key, {})
            own.pop(entry.who, None)
            own[entry.who] = entry
        elif entry.kind == Kind.FIXED:
            mended.setdefault(entry.entity_key, []).append(entry)
    return tuple(
        _triage(fate, sortings.get(fate.entry.id, {}), mended.get(fate.entry.id, [])) for fate in fates(history)
    )


def in_one_go(said: Iterable[StoredEntry]) -> Mapping[str, str]:
    """Id of a disagreement -> id of the first one said in the same go: its own, if it was said alone.

    One go is the same person, question, belief, own number, reason, words and last day within `ONE_GO` of the first.
    """
    first: dict[tuple[object, ...], StoredEntry] = {}
    found: dict[str, str] = {}
    for entry in merge(said, ()):
        form = (entry.who, entry.question, entry.belief, entry.probability, entry.reason_code, entry.words)
        start = first.get((*form, entry.expires_on))
        if start is None or entry.recorded_at - start.recorded_at > ONE_GO:
            start = first[(*form, entry.expires_on)] = entry
        found[entry.id] = start.id
    return found


def _triage(fate: Fate, newest: dict[str, StoredEntry], mended: list[StoredEntry]) -> Triage:
    found = Triage(fate, tuple(newest.values()))
    same = [s for s in found.sortings if (s.belief, s.reason_code) == (found.sort, found.detail)]
    if found.sort != DATA_ERROR:
        return found
    # A second steward who agrees afterwards does not undo what was mended; one who finds it again does.
    return Triage(fate, found.sortings, next((entry for entry in mended if entry.order > same[0].order), None))
