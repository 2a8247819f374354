"""Read a model card from its JSON: whatever an older build left out, or somebody damaged, is simply not known."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from crm_core.clock import BUCKET_DAYS
from crm_core.views.reading import told

Z95 = 1.959963984540054
HIGH_ODDS, MEDIUM_ODDS = 3.0, 1.5


@dataclass(frozen=True)
class Level:
    """Cases of which the model said about the same chance."""

    said: float = told("Mean chance the model gave them.")
    came: float = told("Share for which it came true.")
    n: int = told("Cases: one customer or lead on one day.")
    low: float = told("Lower end of the 95 % interval (Wilson) of the share that came true.")
    high: float = told("Upper end of the 95 % interval (Wilson) of the share that came true.")


@dataclass(frozen=True)
class Top:
    """The cases that the model ranks highest."""

    share: float = told("Share of all cases, ranked highest first.")
    found: float = told("Share of all outcomes that is found among them.")
    rate: float = told("Share of them for which it came true.")
    lift: float = told("How many times as many as among the same number drawn by chance.")
    n: int = told("Cases: one customer or lead on one day.")
    low: float = told("Lower end of the 95 % interval (Wilson) of the rate.")
    high: float = told("Upper end of the 95 % interval (Wilson) of the rate.")


@dataclass(frozen=True)
class PeopleTold:
    """What using what people told us would add to the model, measured on cases it had not seen."""

    n_train: int = told("Cases to learn from about which anybody had told a fact or had a view in force.")
    n_test: int = told("Such cases it was tested on.")
    auc_gain: float | None = told("AUC with it minus without; empty where there was too little to try.")
    auc_low: float | None = told("Lower end of the 95 % interval.")
    auc_high: float | None = told("Upper end of the 95 % interval.")
    brier_gain: float | None = told("Brier without it minus with it: above zero it is better.")
    brier_low: float | None = told("Lower end of the 95 % interval.")
    brier_high: float | None = told("Upper end of the 95 % interval.")
    is_used: bool = told("The model that scores uses it.")
    reason: str = told("Why it is not used.")


class CardFacts:
    """A card's facts by name; what cannot be read is missing.

    Parameters
    ----------
    text : str
        JSON of `crm_core/scoring/card.py`, of this version or an earlier one.
    """

    def __init__(self, text: str) -> None:
        try:
            facts = json.loads(text)
        except ValueError:
            facts = None
        self.is_readable = isinstance(facts, dict)
        self._facts: dict[str, Any] = facts if isinstance(facts, dict) else {}

    def people(self) -> PeopleTold | None:
        """What people told us, as far as the card says it."""
        found = self._facts.get("people")
        if not isinstance(found, dict) or not set(PeopleTold.__dataclass_fields__) <= set(found):
            return None
        return PeopleTold(**{name: found[name] for name in PeopleTold.__dataclass_fields__})

    def text(self, name: str) -> str:
        value = self._facts.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> float | None:
        return _number(self._facts.get(name))

    def count(self, name: str) -> int:
        return max(0, round(self.number(name) or 0))

    def day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            return None

    def names(self, name: str) -> tuple[str, ...]:
        found = self._facts.get(name)
        return tuple(str(v) for v in found) if isinstance(found, list) else ()

    def rows(self, name: str) -> list[Mapping[str, Any]]:
        found = self._facts.get(name)
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    def overlap(self) -> float:
        """How many test cases one entity stands for: their outcomes are one and the same, not so many proofs."""
        entities, first, last = self.count("entities_test"), self.day("test_from"), self.day("test_to")
        if entities:
            return max(1.0, self.count("n_test") / entities)
        if self.text("split") == "time" and first and last:
            return max(1.0, (last - first).days / BUCKET_DAYS + 1)
        return 1.0

    def levels(self) -> tuple[Level, ...]:
        """The calibration bins, lowest chance first."""
        found = []
        for row in self.rows("calibration"):
            said, came, n = (_number(row.get(name)) for name in ("said", "came", "n"))
            if said is not None and came is not None and n:
                found.append(Level(said, came, round(n), *wilson(came, n / self.overlap())))
        return tuple(sorted(found, key=lambda level: level.said))

    def tops(self) -> tuple[Top, ...]:
        """What is found at the top of the ranking, smallest share first."""
        found = []
        for row in self.rows("lift"):
            share, got, rate, lift = (_number(row.get(name)) for name in ("share", "found", "rate", "lift"))
            if share is None or got is None or rate is None or lift is None:
                continue
            n = max(1, round(share * self.count("n_test")))
            found.append(Top(share, got, rate, lift, n, *wilson(rate, n / self.overlap())))
        return tuple(sorted(found, key=lambda top: top.share))


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_number else None  # type: ignore[arg-type]


def wilson(rate: float, n: float) -> tuple[float, float]:
    """95 % interval of a share among `n` independent cases (Wilson 1927)."""
    n = max(1.0, n)
    rate = min(1.0, max(0.0, rate))
    centre = (rate + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 * math.sqrt(rate * (1 - rate) / n + Z95**2 / (4 * n**2)) / (1 + Z95**2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def telling(levels: Iterable[Level], base_rate: float | None) -> Level | None:
    """The level worth telling: where the product begins to call a chance high, or the highest one that exists."""
    known = list(levels)
    if not known:
        return None
    top = max(known, key=lambda level: level.said)
    if base_rate is None or not 0 < base_rate < 1:
        return top
    odds = base_rate / (1 - base_rate)
    high, medium = (times * odds / (1 + times * odds) for times in (HIGH_ODDS, MEDIUM_ODDS))
    worth = [level for level in known if level.said >= medium]
    return min(worth, key=lambda level: abs(level.said - high)) if worth else top
