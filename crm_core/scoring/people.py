"""What people told us as features: when there is enough of it, and whether a model with it is better beyond noise.

The ordinary model never sees these features. Where enough rows carry a fact or a view, a second model is trained with
them on the same parts and compared on the same test rows. An opinion is never a label: nothing here touches outcomes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from crm_core.scoring.lift_by_people import MIN_TEST, MIN_TRAIN, PeopleLift
from crm_core.scoring.matrix import Matrix, people_features
from crm_core.scoring.model import Model
from crm_core.scoring.split import TimeSplit

RESAMPLES = 400


def told(matrix: Matrix, split: TimeSplit) -> PeopleLift | None:
    """How many rows people told anything about; None where nobody has said anything."""
    labelled = matrix.labelled
    spoken = labelled[(labelled[list(people_features())] != 0).any(axis=1)]
    n_train, n_test = (int(spoken["as_of"].isin(days).sum()) for days in (split.train, split.test))
    if not len(spoken):
        return None
    found = PeopleLift(n_train, n_test)
    return found if found.is_enough else replace(found, reason=f"too few to try: {MIN_TRAIN} and {MIN_TEST} are needed")


def widened(matrix: Matrix) -> Matrix:
    """The same rows with what people told us among the features."""
    return replace(matrix, features=(*matrix.features, *people_features()))


def compared(found: PeopleLift, without: Model, wider: Model, test: pd.DataFrame) -> PeopleLift:
    """The lift on the test rows, with intervals from resampling whole entities, both models on the same draws."""
    y = test["is_positive"].to_numpy(dtype=int)
    old_raw, old = without.probabilities(test)
    new_raw, new = wider.probabilities(test)
    gain = (old.probability - y) ** 2 - (new.probability - y) ** 2
    codes, keys = pd.factorize(test["entity_id"])
    rng = np.random.default_rng(7)
    brier, auc = np.empty(RESAMPLES), np.zeros(RESAMPLES)
    for i in range(RESAMPLES):
        weight = np.bincount(rng.integers(0, len(keys), len(keys)), minlength=len(keys))[codes]
        brier[i] = np.average(gain, weights=weight)
        if len(np.unique(y[weight > 0])) == 2:
            auc[i] = _auc(y, new_raw, weight) - _auc(y, old_raw, weight)
    lift = replace(
        found,
        auc_gain=_auc(y, new_raw) - _auc(y, old_raw),
        auc_low=float(np.quantile(auc, 0.025)),
        auc_high=float(np.quantile(auc, 0.975)),
        brier_gain=float(gain.mean()),
        brier_low=float(np.quantile(brier, 0.025)),
        brier_high=float(np.quantile(brier, 0.975)),
    )
    return lift if lift.is_better else replace(lift, reason="not better beyond chance")


def _auc(y: np.ndarray, raw: np.ndarray, weight: np.ndarray | None = None) -> float:
    return float(roc_auc_score(y, raw, sample_weight=weight))
