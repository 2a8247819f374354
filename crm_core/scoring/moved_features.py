"""Which features moved a score most between two looks at the same entity, as sentences before and after."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crm_core.scoring.explain import contributions
from crm_core.scoring.model import Model
from crm_core.scoring.wording import sentences
from crm_core.warehouse import FeatureMeaning

MOST = 3
NOTABLE = 0.005
COLUMNS = ("row", "feature", "label", "said_before", "said_after", "contribution", "rank")


def moved_features(
    model: Model,
    meanings: Mapping[str, FeatureMeaning],
    before: pd.DataFrame,
    after: pd.DataFrame,
    moved: np.ndarray,
    currency: str,
) -> pd.DataFrame:
    """Up to three features a row that pushed its score the way it has moved, strongest first.

    Parameters
    ----------
    before, after : DataFrame, shape (n_rows, …)
        The same entities twice, row by row.
    moved : ndarray, shape (n_rows,)
        By how much the probability moved; less than half a point is not explained.

    Returns
    -------
    DataFrame
        `row` is the position in `before`; `contribution` the change of the SHAP value in log-odds.
    """
    rows = np.flatnonzero(np.abs(np.nan_to_num(moved)) >= NOTABLE)
    before, after = (frame.iloc[rows].reset_index(drop=True) for frame in (before, after))
    change = _shap(model, after) - _shap(model, before)
    pushes = change * np.sign(moved[rows])[:, None]
    order = np.argsort(-pushes, axis=1, kind="stable")[:, :MOST]
    parts = []
    for j, (name, meaning) in enumerate(meanings.items()):
        at, rank = np.nonzero(order == j)
        at, rank = at[pushes[at, j] > 0.01], rank[pushes[at, j] > 0.01]
        if not len(at):
            continue
        part = pd.DataFrame({"row": rows[at], "feature": name, "label": meaning.label})
        for column, frame in (("said_before", before), ("said_after", after)):
            values = frame[name].iloc[at] if name in frame else pd.Series(np.nan, index=at)
            part[column] = sentences(meaning, values, currency).to_numpy()
        part["contribution"], part["rank"] = change[at, j], rank + 1
        parts.append(part[part["said_before"] != part["said_after"]])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))


def _shap(model: Model, frame: pd.DataFrame) -> np.ndarray:
    fold, x = model.fold_of(frame["entity_id"]), model.contract.encode(frame)
    values = np.zeros((len(frame), len(model.contract.features)))
    for key in np.unique(fold):
        values[fold == key] = contributions(model.boosters[key], model.contract, x[fold == key])[0]
    return values
