"""What an entry of the ledger is: one thing that one person said at one moment."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

TEAM_SEPARATOR = "|"


class Kind(StrEnum):
    """What a person did."""

    DISAGREEMENT = "disagreement"
    WITHDRAWAL = "withdrawal"
    NUDGE = "nudge"
    TOUR = "tour"
    RELEASE = "release"
    MODEL_CHOICE = "model_choice"
    ANSWER = "answer"
    TRIAGE = "triage"
    FIXED = "fixed"
    ASSIGNMENT = "assignment"
    FIRST_VIEW = "first_view"


@dataclass(frozen=True)
class Shown:
    """What the person saw at the moment he spoke; probabilities 0..1, money in the installation's currency."""

    probability: float | None = None
    low: float | None = None
    high: float | None = None
    base_rate: float | None = None
    tier: str | None = None
    reasons: tuple[str, ...] = ()
    evidence: float | None = None
    money_at_stake: float | None = None
    model_version: str | None = None
    build_id: str | None = None
    as_of: date | None = None

    def to_json(self) -> str:
        """The same as JSON text, keys sorted."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, default=date.isoformat)

    @classmethod
    def from_json(cls, text: str) -> Shown:
        """Read what `to_json` wrote, also by another version: unknown keys are passed over."""
        said = json.loads(text)
        known = {name: said[name] for name in SHOWN_NAMES if name in said}
        known["reasons"] = tuple(known.get("reasons") or ())
        known["as_of"] = date.fromisoformat(known["as_of"]) if known.get("as_of") else None
        return cls(**known)


SHOWN_NAMES = tuple(f.name for f in fields(Shown))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing said, before it is stored.

    Parameters
    ----------
    kind : Kind or str
    who, who_name, who_role, who_team : str
        Key of the employee and what he was at that moment; several teams are joined with '|'.
    question, entity_kind, entity_key : str
        What it is about. The key is the source's own ('demo:C-00001'), so it survives re-clustering.
    idempotency_key : str
        The same key never makes a second entry.
    belief, probability, reason_code, words, expires_on
        What was said; the probability (0..1) is that of the question's event. In force up to and with `expires_on`;
        of a nudge: the day on which what was put away comes back. Of a triage: the sort (`words.SORTS`), its detail
        (a code of `words.FACTS`, a feed, a wish in a few words) and why; of something fixed: what was done.
    withdraws_id : str, optional
        Entry that a withdrawal takes back.
    shown : Shown
        What the person saw.
    """

    kind: str
    who: str
    who_name: str
    who_role: str
    who_team: str
    question: str
    entity_kind: str
    entity_key: str
    idempotency_key: str
    belief: str | None = None
    probability: float | None = None
    reason_code: str | None = None
    words: str = ""
    expires_on: date | None = None
    withdraws_id: str | None = None
    shown: Shown = Shown()

    @staticmethod
    def joined(teams: Iterable[str]) -> str:
        """Several teams as one text, the form of `who_team`."""
        return TEAM_SEPARATOR.join(sorted(teams))

    @property
    def teams(self) -> frozenset[str]:
        """Teams of the person at that moment."""
        return frozenset(team for team in self.who_team.split(TEAM_SEPARATOR) if team)

    def said(self) -> tuple[Any, ...]:
        """What the person said, without what surrounded it: equal for a repeated click."""
        about = (self.kind, self.who, self.question, self.entity_kind, self.entity_key, self.withdraws_id)
        return (*about, self.belief, self.probability, self.reason_code, self.words)


@dataclass(frozen=True, kw_only=True)
class StoredEntry(Entry):
    """An entry as it stands in the ledger; `recorded_at` is UTC and grows with the order of storing."""

    id: str
    recorded_at: datetime

    @property
    def order(self) -> tuple[datetime, str]:
        """Place in the history, the same in every copy of the ledger."""
        return self.recorded_at, self.id
