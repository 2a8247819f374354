"""Whether a model keeps its word everywhere, and whether today's data still look like what it learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import NoneType
from typing import Any, TypeVar

import duckdb

from crm_core.views.reading import rows, told
from crm_core.views.trust.card import CardFacts

SCORE = "(score)"
LEVELS = ("strong", "some", "none")
TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    "float": (float, int),
    "float | None": (float, int, NoneType),
}
Row = TypeVar("Row")


@dataclass(frozen=True)
class Part:
    """Test cases of one part of the customers or leads: what was said of them, what came."""

    kind: str = told("segment, region or evidence_level.")
    value: str = told("Which one; empty where several small ones were put together.")
    n: int = told("Cases: one customer or lead on one day.")
    entities: int = told("Customers or leads they are of.")
    positives: int = told("Cases for which it came true.")
    said: float = told("Mean chance the model gave them.")
    came: float = told("Share for which it came true.")
    low: float = told("Lower end of the 95 % interval (Wilson) of the share that came true.")
    high: float = told("Upper end of the 95 % interval (Wilson) of the share that came true.")
    ece: float | None = told("Mean distance of said and came over ten groups; empty below 200 cases.")
    is_few: bool = told("Too few cases to judge.")
    n_values: int = told("How many were put together.")

    @property
    def is_off(self) -> bool:
        """What was said lies outside of what chance alone explains."""
        return not self.is_few and not self.low <= self.said <= self.high


@dataclass(frozen=True)
class Moved:
    """How far a sign, or the score itself, has moved from what the model learned from."""

    label: str = told("What it is, in business words; empty for the score.")
    is_score: bool = told("The score itself.")
    level: str = told("strong, some or none.")
    psi: float = told("Population stability index.")
    expected: float = told("What chance alone makes of it.")
    n_then: int = told("Customers or leads the model learned from.")
    n_now: int = told("Customers or leads that are scored now.")
    missing_then: float = told("Share without a value when it learned.")
    missing_now: float = told("Share without a value now.")
    then: str = told("The typical value when it learned, as a sentence.")
    now: str = told("The typical value now.")


def parts(card: CardFacts) -> tuple[Part, ...]:
    """The parts of the card, in its order; what cannot be read is left out."""
    return tuple(found for row in card.rows("slices") if (found := _read(Part, row)) is not None)


def levels_today(con: duckdb.DuckDBPyConnection, question: str) -> tuple[tuple[str, int], ...]:
    """Scores published today per evidence level, most first; of the whole company, as the card is."""
    sql = """
        select evidence_level, count(*)::integer as n from marts.mart_score
        where question = $question and evidence_level <> '' and not coalesce(is_withheld, false)
        group by evidence_level order by n desc, evidence_level
    """
    return tuple((row["evidence_level"], row["n"]) for row in rows(con, sql, {"question": question}))


def moved(card: CardFacts) -> tuple[Moved, ...]:
    """What has moved, furthest first."""
    found = []
    for row in card.rows("drift"):
        is_score = row.get("feature") == SCORE
        one = _read(Moved, {**row, "is_score": is_score})
        if one is not None and one.level in LEVELS and (one.label or is_score):
            found.append(one)
    return tuple(sorted(found, key=lambda m: (LEVELS.index(m.level), m.expected - m.psi)))


def _read(kind: type[Row], row: Mapping[str, Any]) -> Row | None:
    """A row of the card as what it should be; None where something is missing or of another type."""
    known = {f.name: row.get(f.name) for f in fields(kind)}  # type: ignore[arg-type]
    if not all(isinstance(known[f.name], TYPES[str(f.type)]) for f in fields(kind)):  # type: ignore[arg-type]
        return None
    return kind(**known)
