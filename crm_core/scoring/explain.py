"""Why a score is what it is: exact SHAP values of the margin, summed per feature, and said in words."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pandas as pd
import xgboost as xgb

from crm_core.errors import BuildError
from crm_core.scoring.encoding import FeatureContract

BULK_ROWS = 5_000
TOLERANCE = 1e-3


def contributions(model: xgb.Booster, contract: FeatureContract, x: pd.DataFrame) -> tuple[np.ndarray, float]:
    """SHAP values per feature and the margin they start from.

    Returns
    -------
    values : ndarray, shape (n_rows, n_features), log-odds
        ``start + values.sum(axis=1)`` equals the margin.
    start : float
        Margin of the average training row.

    Raises
    ------
    BuildError
        The values do not add up to the margin.
    """
    if not len(x):
        return np.empty((0, len(contract.features))), 0.0
    if len(x) < BULK_ROWS:
        raw = model.predict(xgb.DMatrix(x), pred_contribs=True).astype(np.float64)
        per_column, start = raw[:, :-1], float(raw[0, -1])
    else:
        per_column, start = _in_bulk(model, x)
    owners = contract.owners
    values = np.zeros((len(x), len(contract.features)))
    np.add.at(values.T, owners, per_column.T)
    _check_additivity(model, x, values, start)
    return values, start


def _in_bulk(model: xgb.Booster, x: pd.DataFrame) -> tuple[np.ndarray, float]:
    from woodelf import WoodelfExplainer

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        values = np.asarray(WoodelfExplainer(model).shap_values(x, verbose=False), dtype=np.float64)
    start = float(model.predict(xgb.DMatrix(x.iloc[:1]), pred_contribs=True)[0, -1])
    return values, start


def _check_additivity(model: xgb.Booster, x: pd.DataFrame, values: np.ndarray, start: float) -> None:
    margins = model.predict(xgb.DMatrix(x), output_margin=True)
    worst = float(np.abs(start + values.sum(axis=1) - margins).max())
    if worst > TOLERANCE:
        raise BuildError(
            "Reasons do not add up to the score",
            where="explain",
            why=f"largest difference {worst:.4f} in log-odds",
            remedy="this is a fault of the program: please report it; the build before still serves",
        )
