"""Train one gradient-boosted model with early stopping, on plain numbers with missing values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xgboost as xgb

from crm_core.scoring.encoding import FeatureContract

SEED = 7
MAX_ROUNDS = 600
PATIENCE = 40


@dataclass(frozen=True)
class Rows:
    """Encoded rows with outcome, entity and weight (all alike if not given), of the same length."""

    x: pd.DataFrame
    y: np.ndarray
    entity: pd.Series
    weight: np.ndarray | None = None

    def take(self, mask: np.ndarray) -> Rows:
        """The rows where `mask` is true."""
        weight = None if self.weight is None else self.weight[mask]
        return Rows(self.x[mask], self.y[mask], self.entity[mask], weight)

    def data(self) -> xgb.DMatrix:
        """The rows as XGBoost takes them."""
        return xgb.DMatrix(self.x, label=self.y, weight=self.weight)


def _parameters(contract: FeatureContract, threads: int) -> dict[str, object]:
    return {
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "tree_method": "hist",
        "max_depth": 3,
        "eta": 0.05,
        "min_child_weight": 5,
        "subsample": 0.8,
        "colsample_bytree": 0.5,
        "lambda": 5.0,
        "monotone_constraints": contract.monotone,
        "seed": SEED,
        "nthread": threads,
    }


def _threads(rows: Rows, threads: int) -> int:
    """One thread for small data: on busy cores XGBoost's threads spend their time waiting for each other."""
    return threads if rows.x.size > 20_000_000 else 1


def train_booster(rows: Rows, contract: FeatureContract, threads: int, rounds: int | None = None) -> xgb.Booster:
    """Train on `rows`.

    Parameters
    ----------
    rounds : int, optional
        Number of trees. If not given, it is found by early stopping on a fifth of the entities and the model is then
        trained again on all rows.
    """
    data = rows.data()
    parameters = _parameters(contract, _threads(rows, threads))
    return xgb.train(parameters, data, rounds or best_rounds(rows, contract, threads))


def best_rounds(rows: Rows, contract: FeatureContract, threads: int) -> int:
    """Number of trees by early stopping on a fifth of the entities (by the hash of their key)."""
    keys = pd.util.hash_pandas_object(rows.entity, index=False).to_numpy()
    held = keys % 5 == 0
    if rows.y[held].min(initial=1) == rows.y[held].max(initial=0) or held.all():
        return 100
    fit, watch = rows.take(~held), rows.take(held)
    found = xgb.train(
        _parameters(contract, _threads(rows, threads)),
        fit.data(),
        MAX_ROUNDS,
        evals=[(watch.data(), "held")],
        early_stopping_rounds=PATIENCE,
        verbose_eval=False,
    )
    return max(10, int(found.best_iteration) + 1)


def margin(model: xgb.Booster, x: pd.DataFrame) -> np.ndarray:
    """Raw margin (log-odds before calibration), shape (n_rows,)."""
    return model.predict(xgb.DMatrix(x), output_margin=True).astype(np.float64)
