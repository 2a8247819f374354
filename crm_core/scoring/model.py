"""A trained model: booster, calibrator and feature contract, with one door to score rows.

With folds there is one booster per fold beside the final one: an entity whose outcome trained the final booster is
scored by the booster of its fold, which has never seen it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xgboost as xgb

from crm_core.scoring.booster import margin
from crm_core.scoring.calibration import Calibrated, Calibrator
from crm_core.scoring.card import Card
from crm_core.scoring.encoding import FeatureContract
from crm_core.scoring.explain import contributions

FINAL = -1


@dataclass(frozen=True)
class Scored:
    """Scores of rows, in their order. `typical` is the probability at the average training row's margin."""

    raw: np.ndarray
    calibrated: Calibrated
    contributions: np.ndarray
    typical: np.ndarray


@dataclass(frozen=True)
class CalibrationCases:
    """Cases a calibrator learned from: margin, outcome, fold (-1 without folds)."""

    raw: np.ndarray
    y: np.ndarray
    fold: np.ndarray
    overlap: float


@dataclass(frozen=True)
class Model:
    """Everything needed to score. `boosters` and `calibrators` are keyed by fold; -1 is the final one."""

    contract: FeatureContract
    boosters: dict[int, xgb.Booster]
    cases: CalibrationCases
    folds: pd.Series
    card: Card
    calibrators: dict[int, Calibrator] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for fold in self.boosters:
            used = np.ones(len(self.cases.raw), dtype=bool) if fold == FINAL else self.cases.fold != fold
            fitted = Calibrator(self.cases.overlap).fit(self.cases.raw[used], self.cases.y[used])
            self.calibrators[fold] = fitted

    def fold_of(self, entity: pd.Series) -> np.ndarray:
        """Which booster scores each entity, shape (n_rows,)."""
        if not len(self.folds):
            return np.full(len(entity), FINAL)
        return np.asarray(entity.map(self.folds).fillna(FINAL), dtype=int)

    def probabilities(self, frame: pd.DataFrame) -> tuple[np.ndarray, Calibrated]:
        """Margin and calibrated probability of each row, without reasons."""
        fold, x = self.fold_of(frame["entity_id"]), self.contract.encode(frame)
        raw, p, low, high = (np.zeros(len(frame)) for _ in range(4))
        for key in np.unique(fold):
            rows = fold == key
            raw[rows] = margin(self.boosters[key], x[rows])
            part = self.calibrators[key].predict(raw[rows])
            p[rows], low[rows], high[rows] = part.probability, part.low, part.high
        return raw, Calibrated(p, low, high)

    def score(self, frame: pd.DataFrame) -> Scored:
        """Score rows with their reasons."""
        raw, calibrated = self.probabilities(frame)
        fold, x = self.fold_of(frame["entity_id"]), self.contract.encode(frame)
        values = np.zeros((len(frame), len(self.contract.features)))
        typical = np.zeros(len(frame))
        for key in np.unique(fold):
            rows = fold == key
            values[rows], start = contributions(self.boosters[key], self.contract, x[rows])
            typical[rows] = self.calibrators[key].predict(np.array([start])).probability[0]
        return Scored(raw, calibrated, values, typical)
