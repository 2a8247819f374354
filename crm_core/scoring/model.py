"""A trained model: booster, calibrator and feature contract, with one door to score rows.

With folds there is one booster per fold beside the final one: an entity whose outcome trained the final booster is
scored by the booster of its fold, which has never seen it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import xgboost as xgb

from crm_core.scoring.booster import margin
from crm_core.scoring.calibration import Calibrated, Calibrator
from crm_core.scoring.card import Card
from crm_core.scoring.encoding import FeatureContract
from crm_core.scoring.explain import contributions
from crm_core.scoring.gaps import Sight, evidence
from crm_core.warehouse import feature_meanings

FINAL = -1
ENOUGH_OF_A_LEVEL = 100
LEVELS = ("full", "partial", "thin")
FULL, FLOOR = 0.9, 0.6


@dataclass(frozen=True)
class Scored:
    """Scores of rows, in their order. `typical` is the probability at the average training row's margin."""

    raw: np.ndarray
    calibrated: Calibrated
    contributions: np.ndarray
    typical: np.ndarray
    evidence: np.ndarray


@dataclass(frozen=True)
class CalibrationCases:
    """Cases a calibrator learned from: margin, outcome, fold (-1 without folds), and the evidence level of each."""

    raw: np.ndarray
    y: np.ndarray
    fold: np.ndarray
    overlap: float
    level: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))

    def used(self, fold: int, level: str) -> np.ndarray:
        """Which cases calibrate a fold's scores of a level: its own where enough, else all, shape (n_cases,)."""
        in_fold = np.ones(len(self.raw), dtype=bool) if fold == FINAL else self.fold != fold
        if len(self.level) != len(self.raw):
            return in_fold
        own = in_fold & (self.level == level)
        positives = int(self.y[own].sum())
        return own if min(positives, int(own.sum()) - positives) >= ENOUGH_OF_A_LEVEL else in_fold


@dataclass(frozen=True)
class Model:
    """Everything needed to score. `boosters` are keyed by fold; -1 is the final one.

    Calibrators are kept per fold and evidence level. `donors` are rows of the training part whose feeds could see best:
    they lend values to rows that miss some.
    """

    contract: FeatureContract
    boosters: dict[int, xgb.Booster]
    cases: CalibrationCases
    folds: pd.Series
    card: Card
    donors: pd.DataFrame = field(default_factory=pd.DataFrame)
    calibrators: dict[tuple[int, str], Calibrator] = field(default_factory=dict)

    @cached_property
    def sight(self) -> Sight:
        """Which features are unknown when which feeds are blind."""
        entity = "feat_customer" if self.card.question == "churn" else "feat_lead"
        return Sight(
            tuple(f.name for f in self.contract.features), feature_meanings(entity) | feature_meanings("feat_people")
        )

    @cached_property
    def attention(self) -> np.ndarray:
        """Mean |SHAP| per feature of the contract on rows that could be seen, zeros where it was never measured."""
        return np.array([self.card.attention.get(f.name, 0.0) for f in self.contract.features])

    def evidence(self, frame: pd.DataFrame) -> np.ndarray:
        """Share of the attention that rests on what could be observed, shape (n_rows,)."""
        return evidence(frame, self.sight, self.attention)

    def calibrator(self, fold: int, level: str) -> Calibrator:
        """The calibrator of a fold's scores of an evidence level."""
        used = self.cases.used(fold, level)
        key = (fold, level if not used.all() else "")
        if key not in self.calibrators:
            self.calibrators[key] = Calibrator(self.cases.overlap).fit(self.cases.raw[used], self.cases.y[used])
        return self.calibrators[key]

    def margins(self, frame: pd.DataFrame) -> np.ndarray:
        """Margin of each row by the final booster, shape (n_rows,)."""
        return margin(self.boosters[FINAL], self.contract.encode(frame))

    def fold_of(self, entity: pd.Series) -> np.ndarray:
        """Which booster scores each entity, shape (n_rows,)."""
        if not len(self.folds):
            return np.full(len(entity), FINAL)
        return np.asarray(entity.map(self.folds).fillna(FINAL), dtype=int)

    def probabilities(self, frame: pd.DataFrame) -> tuple[np.ndarray, Calibrated]:
        """Margin and calibrated probability of each row, without reasons."""
        fold, x = self.fold_of(frame["entity_id"]), self.contract.encode(frame)
        level = levels(self.evidence(frame))
        raw, p, low, high = (np.zeros(len(frame)) for _ in range(4))
        for key in np.unique(fold):
            raw[fold == key] = margin(self.boosters[key], x[fold == key])
            for name in LEVELS:
                rows = (fold == key) & (level == name)
                if rows.any():
                    part = self.calibrator(int(key), name).predict(raw[rows])
                    p[rows], low[rows], high[rows] = part.probability, part.low, part.high
        return raw, Calibrated(p, low, high)

    def score(self, frame: pd.DataFrame) -> Scored:
        """Score rows with their reasons."""
        raw, calibrated = self.probabilities(frame)
        fold, x = self.fold_of(frame["entity_id"]), self.contract.encode(frame)
        seen = self.evidence(frame)
        level = levels(seen)
        values = np.zeros((len(frame), len(self.contract.features)))
        typical = np.zeros(len(frame))
        for key in np.unique(fold):
            rows = fold == key
            values[rows], start = contributions(self.boosters[key], self.contract, x[rows])
            for name in LEVELS:
                here = rows & (level == name)
                if here.any():
                    typical[here] = self.calibrator(int(key), name).predict(np.array([start])).probability[0]
        return Scored(raw, calibrated, values, typical, seen)


def levels(evidence: np.ndarray) -> np.ndarray:
    """Evidence level of each share: full from 0.9, partial from 0.6, thin below."""
    return np.where(evidence >= FULL, "full", np.where(evidence >= FLOOR, "partial", "thin"))
