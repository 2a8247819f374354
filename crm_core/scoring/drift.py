"""Whether what is scored today looks like what the model has learned from: PSI per feature and of the score.

PSI (population stability index; Siddiqi 2006, Credit Risk Scorecards, ch. 9): the sum over bins of
(now - then) * ln(now / then), then and now being shares. By custom below 0.1 nothing to speak of, from 0.25 strong.
PSI is never negative, so small samples alone make some: without any drift PSI / (1/n + 1/m) follows about a
chi-squared distribution with (bins - 1) degrees of freedom (Yurdakul 2018, Statistical Properties of Population
Stability Index, Western Michigan University). Its mean is taken off, and what is not beyond the 99.9 % point of that
distribution counts as no drift: among forty features one in twenty-five builds says so by chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2

from crm_core.scoring.encoding import FeatureContract
from crm_core.scoring.wording import sentences
from crm_core.warehouse import FeatureMeaning

N_BINS = 10
SOME, STRONG = 0.1, 0.25
BEYOND_CHANCE = 0.999
MAX_ROWS = 20_000
SCORE = "(score)"
"""The score takes part like a feature: its margin, on rows the model has not seen."""


@dataclass(frozen=True)
class Reference:
    """How a feature was spread when the model learned.

    edges: upper ends of all bins of numbers but the last; levels: of text, followed by a bin for all others. shares:
    of every bin, the last one for missing. n: entities. typical: median, or commonest level; None without any value.
    """

    feature: str
    edges: list[float]
    levels: list[str] | None
    shares: list[float]
    n: int
    typical: float | str | None


@dataclass(frozen=True)
class Drift:
    """How far a feature has moved since then.

    psi as measured; expected of it by chance; level: none, some or strong (module docstring). missing_*: share without
    a value. then, now: the typical value as a sentence; '' for the score, and where
    either is not known.
    """

    feature: str
    label: str
    psi: float
    expected: float
    level: str
    n_then: int
    n_now: int
    missing_then: float
    missing_now: float
    then: str = ""
    now: str = ""


def references(train: pd.DataFrame, contract: FeatureContract, test: pd.DataFrame, raw: np.ndarray) -> list[Reference]:
    """How every feature of the contract was spread among the training rows, and the score among the test rows.

    Parameters
    ----------
    train, test : DataFrame
        Rows with entity_id; of the test rows only the margins `raw` are used, because a booster is too sure of rows
        it has learned from.
    """
    n = int(train["entity_id"].nunique())
    known = [_reference(f.name, train[f.name], f.levels, n) for f in contract.features]
    return [*known, _reference(SCORE, pd.Series(raw), None, int(test["entity_id"].nunique()))]


def since(
    then: list[Reference], frame: pd.DataFrame, meanings: Mapping[str, FeatureMeaning], currency: str
) -> list[Drift]:
    """How far each has moved, furthest first.

    Parameters
    ----------
    frame : DataFrame
        Rows scored now, one per entity; with a column `(score)` for the margins. A column that is absent is missing
        everywhere.
    meanings : mapping
        Meaning of every feature, for its label and its sentences.
    """
    found = []
    for reference in then:
        values = frame.get(reference.feature, pd.Series(np.nan, index=frame.index))
        meaning = meanings.get(reference.feature)
        found.append(_moved(reference, values, meaning, currency))
    order = {"strong": 0, "some": 1, "none": 2}
    return sorted(found, key=lambda d: (order[d.level], -(d.psi - d.expected)))


def psi(then: np.ndarray, now: np.ndarray, n: int, m: int) -> tuple[float, float, str]:
    """PSI of two spreads, what chance alone makes of it, and the level.

    Parameters
    ----------
    then, now : ndarray, shape (n_bins,)
        Shares that add up to 1.
    n, m : int
        Independent cases behind them; half a case is added to every bin, so that an empty one has a logarithm.
    """
    used = (then > 0) | (now > 0)
    bins = int(used.sum())
    if bins < 2 or not n or not m:
        return 0.0, 0.0, "none"
    a, b = ((s[used] * size + 0.5) / (size + 0.5 * bins) for s, size in ((then, n), (now, m)))
    found = float(((b - a) * np.log(b / a)).sum())
    per_degree = 1 / n + 1 / m
    expected = (bins - 1) * per_degree
    is_beyond = found > float(chi2.ppf(BEYOND_CHANCE, bins - 1)) * per_degree
    excess = found - expected if is_beyond else 0.0
    return found, expected, "strong" if excess >= STRONG else "some" if excess >= SOME else "none"


def _reference(name: str, values: pd.Series, levels: tuple[str, ...] | None, n: int) -> Reference:
    edges: list[float] = []
    if levels is None:
        known = pd.to_numeric(values, errors="coerce").dropna().to_numpy(dtype=float)
        if len(known):
            edges = sorted({float(q) for q in np.quantile(known, np.arange(1, N_BINS) / N_BINS)})
    kept = None if levels is None else list(levels)
    return Reference(name, edges, kept, _shares(values, edges, kept).tolist(), n, _typical(values, kept))


def _shares(values: pd.Series, edges: list[float], levels: list[str] | None) -> np.ndarray:
    missing = values.isna().to_numpy()
    if levels is None:
        numbers = pd.to_numeric(values, errors="coerce")
        missing = numbers.isna().to_numpy()
        codes, width = np.searchsorted(edges, numbers.fillna(0).to_numpy(dtype=float), side="left"), len(edges) + 1
    else:
        codes = pd.Index(levels, dtype="object").get_indexer(pd.Index(values, dtype="object"))
        codes, width = np.where(codes < 0, len(levels), codes), len(levels) + 1
    codes = np.where(missing, width, codes)
    return np.bincount(codes, minlength=width + 1) / max(1, len(values))


def _typical(values: pd.Series, levels: list[str] | None) -> float | str | None:
    if levels is None:
        known = pd.to_numeric(values, errors="coerce").dropna()
        return float(known.median()) if len(known) else None
    text = values.dropna().astype(str)
    return str(text.value_counts().index[0]) if len(text) else None


def _moved(then: Reference, values: pd.Series, meaning: FeatureMeaning | None, currency: str) -> Drift:
    now = _shares(values, then.edges, then.levels)
    found, expected, level = psi(np.array(then.shares), now, then.n, len(values))
    said = ("", "")
    typical = (then.typical, _typical(values, then.levels))
    if meaning is not None and None not in typical:
        said = tuple(sentences(meaning, pd.Series(typical, dtype="object"), currency))
    label = meaning.label if meaning else ""
    return Drift(
        then.feature, label, found, expected, level, then.n, len(values), then.shares[-1], float(now[-1]), *said
    )
