"""From raw margin to a probability with an honest interval.

The probability is Venn-Abers' (Vovk, Petej, Fedorova 2015), fitted on ten random halves of the cases and merged by
geometric means as in their cross Venn-Abers, g(p1) / (g(1 - p0) + g(p1)): a single fit gives hundreds of customers the
very same number. Its own [p0, p1] is far too narrow to be honest, so the interval is the Wilson interval (Wilson 1927)
of the outcome rate among the calibration cases around the score, widened to hold [p0, p1] and the probability.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from venn_abers import VennAbers

Z95 = 1.959964
NEIGHBOURS = (60, 400)
NEAR = 0.3
HALVES = 10
SEED = 7
TINY = 1e-9


@dataclass(frozen=True)
class Calibrated:
    """Probabilities with their interval, each shape (n_rows,)."""

    probability: np.ndarray
    low: np.ndarray
    high: np.ndarray


class Calibrator:
    """Venn-Abers calibrator of raw margins.

    Parameters
    ----------
    overlap : float
        How many label windows overlap at a moment (horizon / spacing of the dates); the same departure is then
        counted so often, and the interval is widened accordingly.
    """

    def __init__(self, overlap: float = 1.0) -> None:
        self.overlap = max(1.0, overlap)

    def fit(self, raw: np.ndarray, y: np.ndarray) -> Calibrator:
        """Learn from calibration cases.

        Parameters
        ----------
        raw, y : ndarray, shape (n_cases,)
            Margin and outcome (0 or 1).
        """
        order = np.argsort(raw, kind="stable")
        self.raw_, self.y_ = raw[order], y[order].astype(int)
        self.sum_ = np.concatenate([[0], np.cumsum(self.y_)])
        rng = np.random.default_rng(SEED)
        halves = [rng.random(len(self.raw_)) < 0.5 for _ in range(HALVES)]
        self._venns = [_fitted(self.raw_[half], self.y_[half]) for half in halves if _has_both(self.y_[half])]
        self._venns = self._venns or [_fitted(self.raw_, self.y_)]
        return self

    def predict(self, raw: np.ndarray) -> Calibrated:
        """Probability and interval of each margin."""
        if not len(raw):
            empty = np.empty(0)
            return Calibrated(empty, empty, empty)
        p0, p1 = self.venn_abers(raw)
        probability = np.clip(p1 / (1 - p0 + p1), 1e-4, 1 - 1e-4)
        low, high = self._interval(raw)
        low = np.minimum.reduce([low, p0, p1, probability])
        high = np.maximum.reduce([high, p0, p1, probability])
        return Calibrated(probability, np.clip(low, 0, 1), np.clip(high, 0, 1))

    def venn_abers(self, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper Venn-Abers probability of each margin, over all halves."""
        pairs = [np.clip(venn.predict_proba(_two_columns(raw))[1], TINY, 1 - TINY) for venn in self._venns]
        p0 = 1 - np.exp(np.mean([np.log(1 - pair[:, 0]) for pair in pairs], axis=0))
        p1 = np.exp(np.mean([np.log(pair[:, 1]) for pair in pairs], axis=0))
        return p0, p1

    def _interval(self, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        first, last = self._neighbourhood(raw)
        width = last - first
        rate = (self.sum_[last] - self.sum_[first]) / width
        n = np.maximum(1.0, width / self.overlap)
        centre = (rate + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
        half = Z95 * np.sqrt(rate * (1 - rate) / n + Z95**2 / (4 * n**2)) / (1 + Z95**2 / n)
        return centre - half, centre + half

    def _neighbourhood(self, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """First and one past the last calibration case around each margin: within 0.3 log-odds, 60 to 400 of them."""
        size = len(self.raw_)
        least, most = min(size, NEIGHBOURS[0]), min(size, NEIGHBOURS[1])
        first, last = np.searchsorted(self.raw_, raw - NEAR), np.searchsorted(self.raw_, raw + NEAR, side="right")
        width = np.clip(last - first, least, most)
        start = np.clip(np.searchsorted(self.raw_, raw) - width // 2, 0, size - width)
        fits = (last - first >= least) & (last - first <= most)
        return np.where(fits, first, start), np.where(fits, last, start + width)


def _has_both(y: np.ndarray) -> bool:
    return len(y) > 1 and 0 < y.sum() < len(y)


def _fitted(raw: np.ndarray, y: np.ndarray) -> VennAbers:
    with warnings.catch_warnings():
        # Tied scores make venn-abers take the minimum of an empty slice; its result is right all the same.
        warnings.simplefilter("ignore", RuntimeWarning)
        return VennAbers().fit(_two_columns(raw), y)


def _two_columns(raw: np.ndarray) -> np.ndarray:
    p = 1.0 / (1.0 + np.exp(-raw))
    return np.column_stack([1 - p, p])
