"""How good a model is, each figure with its definition; intervals by resampling whole entities."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

RESAMPLES = 300
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Quality:
    """Quality of probabilities on rows that no part of the training has seen.

    auc with its 95 % interval (entities resampled); average_precision; brier and brier_base (always the base rate);
    log_loss; ece over 10 bins of equal count.
    """

    auc: float
    auc_low: float
    auc_high: float
    average_precision: float
    brier: float
    brier_base: float
    log_loss: float
    ece: float


@dataclass(frozen=True)
class CalibrationBin:
    """Cases with a similar chance: what was said, what came, how many."""

    said: float
    came: float
    n: int


@dataclass(frozen=True)
class LiftBin:
    """The share of cases ranked highest, and what is found among them."""

    share: float
    found: float
    rate: float
    lift: float


def quality(y: np.ndarray, p: np.ndarray, raw: np.ndarray, entity: np.ndarray) -> Quality:
    """All figures at once.

    Parameters
    ----------
    y, p, raw : ndarray, shape (n_rows,)
        Outcome, calibrated probability, and the margin that ranks.
    entity : ndarray, shape (n_rows,)
        Key of the entity of each row: entities, not rows, are resampled.
    """
    low, high = auc_interval(y, raw, entity)
    return Quality(
        auc=float(roc_auc_score(y, raw)),
        auc_low=low,
        auc_high=high,
        average_precision=float(average_precision_score(y, raw)),
        brier=float(brier_score_loss(y, p)),
        brier_base=float(y.mean() * (1 - y.mean())),
        log_loss=float(log_loss(y, p, labels=[0, 1])),
        ece=ece(y, p),
    )


def auc_interval(y: np.ndarray, raw: np.ndarray, entity: np.ndarray, seed: int = 7) -> tuple[float, float]:
    """95 % interval of the AUC by a bootstrap over entities (percentiles)."""
    rng = np.random.default_rng(seed)
    codes, keys = pd.factorize(entity)
    values = np.empty(RESAMPLES)
    for i in range(RESAMPLES):
        weight = np.bincount(rng.integers(0, len(keys), len(keys)), minlength=len(keys))[codes]
        drawn = weight > 0
        if len(np.unique(y[drawn])) < 2:
            values[i] = 0.5
        else:
            values[i] = roc_auc_score(y[drawn], raw[drawn], sample_weight=weight[drawn])
    return float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975))


def calibration_bins(y: np.ndarray, p: np.ndarray, n_bins: int = 10) -> list[CalibrationBin]:
    """Bins of equal count along the probability; equal probabilities stay together, whatever the order of the rows."""
    order = np.argsort(p, kind="stable")
    bin_at = np.repeat(np.arange(n_bins), [len(part) for part in np.array_split(order, n_bins)])
    ranked = p[order]
    first, last = np.searchsorted(ranked, ranked, side="left"), np.searchsorted(ranked, ranked, side="right")
    own = bin_at[(first + last - 1) // 2]
    parts = [order[own == i] for i in np.unique(own)]
    return [CalibrationBin(float(p[part].mean()), float(y[part].mean()), len(part)) for part in parts]


def ece(y: np.ndarray, p: np.ndarray) -> float:
    """Expected calibration error: mean |said - came| over 10 bins of equal count, weighted by count."""
    bins = calibration_bins(y, p)
    return float(sum(b.n * abs(b.said - b.came) for b in bins) / len(y))


def lift(y: np.ndarray, raw: np.ndarray) -> list[LiftBin]:
    """What is found among the highest ranked 5, 10, 20 and 50 %."""
    order = np.argsort(-raw, kind="stable")
    rows = []
    for share in (0.05, 0.1, 0.2, 0.5):
        top = order[: max(1, round(share * len(y)))]
        rate = float(y[top].mean())
        rows.append(LiftBin(share, float(y[top].sum() / max(1, y.sum())), rate, rate / max(1e-9, float(y.mean()))))
    return rows


def wilson(rate: float, n: float) -> tuple[float, float]:
    """95 % interval of a share among `n` independent cases (Wilson 1927)."""
    n = max(1.0, n)
    centre = (rate + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 * math.sqrt(rate * (1 - rate) / n + Z95**2 / (4 * n**2)) / (1 + Z95**2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def is_worse(y: np.ndarray, new: np.ndarray, old: np.ndarray, entity: np.ndarray) -> bool:
    """True if the new probabilities have a higher log loss beyond noise (95 %, entities resampled)."""
    difference = _losses(y, new) - _losses(y, old)
    codes, keys = pd.factorize(entity)
    per_entity = np.bincount(codes, weights=difference)
    rng = np.random.default_rng(7)
    draws = [per_entity[rng.integers(0, len(keys), len(keys))].sum() for _ in range(RESAMPLES)]
    return bool(np.quantile(draws, 0.025) > 0)


def _losses(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    clipped: np.ndarray = np.clip(p, 1e-6, 1 - 1e-6)
    return np.asarray(-(y * np.log(clipped) + (1 - y) * np.log(1 - clipped)))
