"""Is a model fair to every group? Figures per group on rows it has not seen, and the four-fifths screen.

Sources. Four-fifths: Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4 D (1978), which also asks that
a difference be statistically significant. Interval of a share: Wilson 1927. Test of two shares with continuity
correction: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, chapter 3; corrected for the number
of comparisons after Bonferroni. One entity stands in several months of the test part with one and the same fate, so
every count behind an interval or a test is one of entities.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import duckdb
import numpy as np
import pandas as pd

from crm_core.scoring.fair_groups import MIN_ENTITIES, MIN_OUTCOMES, groups_at, large_enough, protected_attributes
from crm_core.scoring.fairness import Checked, Fairness, Group, Screen, Share
from crm_core.scoring.judging import judge
from crm_core.scoring.model import Model
from crm_core.scoring.proxies import proxies
from crm_core.scoring.question import Question

FOUR_FIFTHS, ALPHA, Z95 = 0.8, 0.05, 1.959963984540054
MEASURES = ("flagged", "false_alarms")
TOO_SMALL = (
    f"fewer than two groups of at least {MIN_ENTITIES} with {MIN_OUTCOMES} of either outcome: too few to compare"
)


def check(con: duckdb.DuckDBPyConnection, question: Question, model: Model, test: pd.DataFrame) -> Fairness:
    """Figures of every protected attribute on the test part of a model, and whether groups differ too much.

    Parameters
    ----------
    test : DataFrame
        Rows the model has not seen: entity_id, as_of, is_positive and its features.
    """
    known = protected_attributes(con, question)
    if not known or not len(test):
        return Fairness(model.card.version)
    _, calibrated = model.probabilities(test)
    rows = test[["entity_id", "as_of", "is_positive"]].reset_index(drop=True)
    rows["said"] = calibrated.probability
    # As people see it: what is withheld for too little evidence is not flagged.
    rows["is_flagged"] = judge(model, test, calibrated.probability).tier == "high"
    rows["place"] = np.arange(len(rows))
    found = []
    for attribute in known:
        grouped = rows.merge(groups_at(con, question, attribute, rows["as_of"]), on=["entity_id", "as_of"], how="left")
        result = checked(attribute.name, grouped)
        shown = grouped.assign(group=large_enough(grouped)[0]).dropna(subset="group")
        seen = test.iloc[shown["place"].to_numpy()].assign(group=shown["group"].to_numpy())
        found.append(replace(result, proxies=[] if result.why_not else proxies(question, model, seen)))
    return screened(Fairness(model.card.version, found))


def checked(name: str, rows: pd.DataFrame) -> Checked:
    """Figures of one attribute; `rows` have entity_id, is_positive, said, is_flagged and group (None: not known)."""
    n_known = rows.loc[rows["group"].notna(), "entity_id"].nunique()
    n_unknown = rows["entity_id"].nunique() - n_known
    merged, n_small = large_enough(rows)
    groups = [figures(str(group), part) for group, part in rows.groupby(merged)]
    if len(groups) < 2:
        return Checked(name, n_known, n_unknown, n_small + len(groups), TOO_SMALL)
    return Checked(name, n_known, n_unknown, n_small, groups=sorted(groups, key=lambda g: -g.n))


def figures(name: str, rows: pd.DataFrame) -> Group:
    """Figures of one group of rows."""
    happened = rows["is_positive"] == 1
    return Group(
        name,
        rows["entity_id"].nunique(),
        flagged=share(rows["is_flagged"], rows["entity_id"]),
        false_alarms=share(rows.loc[~happened, "is_flagged"], rows.loc[~happened, "entity_id"]),
        misses=share(~rows.loc[happened, "is_flagged"], rows.loc[happened, "entity_id"]),
        said=float(rows["said"].mean()),
        came=share(happened, rows["entity_id"]),
    )


def share(hit: pd.Series, entity: pd.Series) -> Share:
    """Share of the rows that are hit; its interval counts entities."""
    n = int(entity.nunique())
    if not n:
        return Share(None, None, None, 0)
    rate = float(hit.mean())
    centre, half = (rate + Z95**2 / (2 * n)) / (1 + Z95**2 / n), Z95 / (1 + Z95**2 / n)
    half *= math.sqrt(rate * (1 - rate) / n + Z95**2 / (4 * n**2))
    return Share(rate, max(0.0, centre - half), min(1.0, centre + half), n)


def screened(fairness: Fairness) -> Fairness:
    """The same with the four-fifths screen of every attribute and measure, corrected for all comparisons made."""
    n = sum(math.comb(len(c.groups), 2) * len(MEASURES) for c in fairness.checked)
    found = [
        replace(
            c,
            screens=[s for m in MEASURES if (s := screen(m, {g.name: getattr(g, m) for g in c.groups}, n)) is not None],
        )
        for c in fairness.checked
    ]
    return replace(fairness, checked=found, n_comparisons=n)


def screen(measure: str, shares: dict[str, Share], n_comparisons: int) -> Screen | None:
    """The pair of groups that breaches the screen most surely, or else the pair that differs most; None without any."""
    pairs = []
    for (a, one), (b, two) in combinations(shares.items(), 2):
        if one.value is None or two.value is None:
            continue
        (low, lower), (high, higher) = sorted(((a, one), (b, two)), key=lambda pair: pair[1].value or 0.0)
        ratio = (lower.value or 0.0) / higher.value if higher.value else 1.0
        p = min(1.0, n_comparisons * two_shares(lower, higher))
        pairs.append(Screen(measure, low, high, float(ratio), p, ratio < FOUR_FIFTHS and p < ALPHA))
    return min(pairs, key=lambda s: (not s.is_breach, s.p if s.is_breach else s.ratio), default=None)


def two_shares(one: Share, two: Share) -> float:
    """Two-sided p of the hypothesis that two shares are the same, with continuity correction."""
    if one.value is None or two.value is None or not one.n or not two.n:
        return 1.0
    pooled = (one.value * one.n + two.value * two.n) / (one.n + two.n)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / one.n + 1 / two.n))
    apart = abs(one.value - two.value) - (1 / one.n + 1 / two.n) / 2
    return math.erfc(apart / spread / math.sqrt(2)) if spread > 0 and apart > 0 else 1.0
