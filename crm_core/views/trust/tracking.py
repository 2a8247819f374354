"""Every past month as it was known then: what was published, and what came of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from crm_core.views.reading import rows, told
from crm_core.views.trust.card import Z95, wilson

ENOUGH = 10


@dataclass(frozen=True)
class Month:
    """The scores of one day by one version, and what came of them."""

    as_of: date = told("Day the scores were of.")
    version: str = told("Version of the model that gave them.")
    is_backcast: bool = told("Computed later, for a day on which nothing was published.")
    computed_on: date = told("Day on which they were computed.")
    due_on: date = told("Day on which the outcome is known for everybody.")
    n_scored: int = told("Customers or leads whose score was shown.")
    n_withheld: int = told("Customers or leads whose score was withheld: not enough evidence.")
    n: int = told("Those of them whose outcome is known.")
    positives: int = told("Those for which it came true.")
    said: float | None = told("Mean chance given to those whose outcome is known.")
    came: float | None = told("Share of them for which it came true.")
    low: float | None = told("Lower end of the 95 % interval (Wilson) of the share.")
    high: float | None = told("Upper end of the 95 % interval (Wilson) of the share.")
    auc: float | None = told("How often one who left (bought) was ranked above one who did not; empty if few.")
    auc_low: float | None = told("Lower end of its 95 % interval (Hanley and McNeil 1982).")
    auc_high: float | None = told("Upper end of its 95 % interval.")

    @property
    def is_known(self) -> bool:
        """Its outcome is known."""
        return self.n > 0

    @property
    def is_off(self) -> bool:
        """What was said lies outside of what chance alone explains."""
        return self.said is not None and not (self.low or 0.0) <= self.said <= (self.high or 0.0)


def months(con: duckdb.DuckDBPyConnection, question: str) -> tuple[Month, ...]:
    """All months of a question, oldest first; figures over everybody, so nobody's scope narrows them."""
    sql = "select * from marts.mart_track where question = $question order by as_of, model_version"
    return tuple(_month(row) for row in rows(con, sql, {"question": question}))


def _month(row: dict[str, Any]) -> Month:
    n, positives, came, auc = row["n"], row["positives"], row["came"], row["auc"]
    low, high = (None, None) if came is None else wilson(came, n)
    if min(positives, n - positives) < ENOUGH:
        auc = None
    auc_low, auc_high = (None, None) if auc is None else auc_interval(auc, positives, n - positives)
    same = ("as_of", "is_backcast", "due_on", "n_scored", "n_withheld", "n", "positives", "said", "came")
    return Month(
        **{name: row[name] for name in same},
        version=row["model_version"],
        computed_on=row["scored_at"].date(),
        low=low,
        high=high,
        auc=auc,
        auc_low=auc_low,
        auc_high=auc_high,
    )


def auc_interval(auc: float, n_positive: int, n_negative: int) -> tuple[float, float]:
    """95 % interval of an AUC from the two counts (Hanley and McNeil 1982, Radiology 143)."""
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (n_positive - 1) * (q1 - auc**2) + (n_negative - 1) * (q2 - auc**2)
    half = Z95 * math.sqrt(max(0.0, spread) / (n_positive * n_negative))
    return max(0.0, auc - half), min(1.0, auc + half)
