"""Whose word counts how much, by reason and situation, and whether that has proven itself; never by person."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from crm_core.ledger import label
from crm_core.views.both import ANY, has_policy
from crm_core.views.reading import rows, told


@dataclass(frozen=True)
class WordCell:
    """Judged words of one reason and situation."""

    reason: str = told("Reason of the words, as people chose it; empty: all of them.")
    direction: str = told("raises: people expected it more than the model; lowers: less; any: both.")
    evidence_level: str = told("How much the model could see: full, partial, thin, unknown, or any.")
    n: int = told("Judged words.")
    n_people: int = told("People who said them.")
    nearer: float = told("Share of the words that were nearer to what came than the model.")
    low: float = told("Lower end of its 95 % interval.")
    high: float = told("Upper end of its 95 % interval.")
    weight: float = told("How far such a word pulls the model's number towards it: 0 not at all, 1 all the way.")


@dataclass(frozen=True)
class WhoseWord:
    """What was learned from people about one question."""

    question: str = told("churn or lead.")
    version: int = told("Version of what was learned; 0 where nothing was kept yet.")
    is_proven: bool = told("Whether both together beat model and people on history not learned from.")
    why: str = told("proven, few, no_gain, unsure or faded.")
    n: int = told("Judged cases: a customer or lead on a day.")
    n_people: int = told("People who spoke.")
    n_wanted: int | None = told("About so many judged cases would prove it; empty: there is no gain to be proven.")
    gain: float | None = told("How much smaller the error of both together is than that of the better one.")
    low: float | None = told("Lower end of its 95 % interval.")
    high: float | None = told("Upper end of its 95 % interval.")
    cells: tuple[WordCell, ...] = told("Reason by situation, all together first; small ones only in those above.")

    @property
    def is_empty(self) -> bool:
        """No word was judged yet."""
        return not self.n

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        return (
            "No word of anybody about these scores was judged yet. Disagree where you know better: 90 days later it is "
            "known what came."
        )


NOTHING = WhoseWord("", 0, False, "few", 0, 0, 100, None, None, None, ())


def whose_word(con: duckdb.DuckDBPyConnection, question: str) -> WhoseWord:
    """What a build has learned from people about one question."""
    asked = {"question": question}
    if not has_policy(con):
        return NOTHING
    found = rows(con, "select * from marts.mart_trust_proof where question = $question", asked)
    if not found:
        return NOTHING
    proof = found[0]
    cells = rows(
        con,
        f"""
        select reason_code, direction, evidence_level, n, n_people, nearer, nearer_low as low, nearer_high as high,
            learned_weight as weight
        from marts.mart_trust_policy where question = $question and is_shown
        order by reason_code <> '{ANY}', reason_code, direction <> '{ANY}', direction, evidence_level <> '{ANY}',
            evidence_level
        """,
        asked,
    )
    return WhoseWord(
        **{name: proof[name] for name in ("question", "version", "is_proven", "why", "n", "n_people", "n_wanted")},
        gain=proof["over_best_mean"],
        low=proof["over_best_low"],
        high=proof["over_best_high"],
        cells=tuple(WordCell(_reason(row.pop("reason_code")), **row) for row in cells),
    )


def _reason(code: str) -> str:
    return "" if code == ANY else label(code)
