"""What may not be a feature: keys, constants, protected or later-known attributes, and suspected leaks.

Every exclusion carries its reason; it is printed on the model card.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from crm_core.scoring.matrix import Matrix, column_name

SOLE_AUC = 0.97
MIN_FILLED = 30
MIN_SHARE_FOR_LEAK = 0.05


@dataclass(frozen=True)
class Exclusion:
    """A feature that was left out, and why, in words."""

    name: str
    reason: str


def screen(matrix: Matrix, train: pd.DataFrame) -> tuple[list[str], list[Exclusion]]:
    """Features that may be used, and those that may not.

    Parameters
    ----------
    matrix : Matrix
        All rows.
    train : DataFrame
        The rows the model is trained on: leaks are judged on these alone.
    """
    excluded = [_declared(a.name, a.purpose) for a in matrix.attributes if a.purpose != "feature"]
    used = []
    y = train["is_positive"].to_numpy(dtype=int)
    for name in matrix.features:
        reason = _reason(train[name], y, train["entity_id"])
        if reason:
            excluded.append(Exclusion(name.removeprefix(column_name("")), reason))
        else:
            used.append(name)
    return used, excluded


def _declared(name: str, purpose: str) -> Exclusion:
    words = {
        "protected": "protected attribute: never enters a model",
        "protected_by_name": "protected attribute, recognised by its name: never enters a model",
        "after_outcome": "known only after the outcome (declared in the mapping)",
    }
    return Exclusion(name, words.get(purpose, purpose))


def _reason(values: pd.Series, y: np.ndarray, entity: pd.Series) -> str:
    filled = values.notna().to_numpy()
    if not filled.any():
        return "always empty"
    known = values[filled]
    if known.nunique() <= 1 and filled.all():
        return "constant"
    is_text = not pd.api.types.is_numeric_dtype(values)
    # An entity comes once per date: a key has as many values as there are entities, not rows.
    if is_text and known.nunique() > max(50, 0.5 * entity[filled].nunique()):
        return "a key: nearly every one has a value of its own"
    if _filled_for_one_outcome(filled, y):
        return "suspected leak: only filled for one outcome"
    auc = sole_auc(values, y, entity)
    if auc >= SOLE_AUC:
        return f"suspected leak: alone it tells the outcome almost perfectly (AUC {auc:.3f})"
    return ""


def _filled_for_one_outcome(filled: np.ndarray, y: np.ndarray) -> bool:
    n_filled, n_positive = int(filled.sum()), int(y.sum())
    if n_filled < MIN_FILLED or n_filled == len(y) or n_positive in (0, len(y)):
        return False
    in_positive, in_negative = filled[y == 1].mean(), filled[y == 0].mean()
    base = n_positive / len(y)
    if in_negative == 0 and in_positive >= MIN_SHARE_FOR_LEAK:
        return base**n_filled < 1e-6
    if in_positive == 0 and in_negative >= MIN_SHARE_FOR_LEAK:
        return (1 - base) ** n_filled < 1e-6
    return False


def sole_auc(values: pd.Series, y: np.ndarray, entity: pd.Series) -> float:
    """AUC of one feature alone, whichever direction is better.

    Text is ranked by its outcome rate, cross-fitted over halves of the entities.
    """
    if len(np.unique(y)) < 2:
        return 0.5
    if pd.api.types.is_numeric_dtype(values):
        numbers = values.astype(float)
        score = numbers.fillna(numbers.min() - 1).to_numpy()
    else:
        score = _cross_fitted_rate(values.fillna("(empty)").astype(str), y, entity)
    auc = float(roc_auc_score(y, score))
    return max(auc, 1 - auc)


def _cross_fitted_rate(text: pd.Series, y: np.ndarray, entity: pd.Series) -> np.ndarray:
    half = pd.util.hash_pandas_object(entity, index=False).to_numpy() % 2
    score = np.full(len(y), y.mean())
    for part in (0, 1):
        rate = pd.Series(y[half == part]).groupby(text.to_numpy()[half == part]).mean()
        score[half != part] = text[half != part].map(rate).fillna(y.mean()).to_numpy()
    return score
