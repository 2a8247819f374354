"""Proxies: how well the features a model uses tell the groups of a protected attribute apart: reported, no stop."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import roc_auc_score

from crm_core.scoring.fairness import Proxy
from crm_core.scoring.matrix import column_name
from crm_core.scoring.metrics import auc_interval
from crm_core.scoring.model import Model
from crm_core.scoring.question import Question
from crm_core.scoring.split import N_FOLDS, fold_of
from crm_core.scoring.wording import pretty_name
from crm_core.warehouse import feature_meanings

MAX_ENTITIES, MIN_OF_GROUP, ROUNDS, NAMED = 3_000, 10, 40, 3
PARAMETERS = {
    "objective": "binary:logistic",
    "tree_method": "hist",
    "max_depth": 3,
    "eta": 0.1,
    "min_child_weight": 5,
    "subsample": 0.8,
    "seed": 7,
    "nthread": 1,
}


def proxies(question: Question, model: Model, rows: pd.DataFrame) -> list[Proxy]:
    """One model per group that guesses the group from the features alone; AUC on entities it has not seen.

    Parameters
    ----------
    rows : DataFrame
        Features of the contract, entity_id, as_of and group; the newest row of each entity is used, of 3,000 entities
        at most.
    """
    newest = rows.sort_values("as_of").drop_duplicates("entity_id", keep="last")
    order = np.argsort(pd.util.hash_pandas_object(newest["entity_id"], index=False).to_numpy(), kind="stable")
    newest = newest.iloc[order[:MAX_ENTITIES]].reset_index(drop=True)
    x = model.contract.encode(newest)
    names = list(newest["group"].value_counts().index)
    # Of two groups, telling one from the other is the same question twice.
    found = [_proxy(question, model, x, newest, name) for name in (names[:1] if len(names) == 2 else names)]
    return sorted((p for p in found if p), key=lambda p: -p.auc)


def _proxy(question: Question, model: Model, x: pd.DataFrame, newest: pd.DataFrame, name: str) -> Proxy | None:
    y = (newest["group"] == name).to_numpy(dtype=int)
    if min(y.sum(), (1 - y).sum()) < MIN_OF_GROUP:
        return None
    fold = fold_of(newest["entity_id"], pd.Series(y)).to_numpy()
    raw, gain = np.zeros(len(y)), np.zeros(len(model.contract.features))
    for i in range(N_FOLDS):
        booster = xgb.train(PARAMETERS, xgb.DMatrix(x[fold != i], label=y[fold != i]), ROUNDS)
        raw[fold == i] = booster.predict(xgb.DMatrix(x[fold == i]), output_margin=True)
        for column, value in booster.get_score(importance_type="total_gain").items():
            gain[model.contract.owners[x.columns.get_loc(column)]] += value
    low, high = auc_interval(y, raw, newest["entity_id"].to_numpy())
    strongest = [_label(question, model.contract.features[j].name) for j in np.argsort(-gain)[:NAMED] if gain[j] > 0]
    return Proxy(name, float(roc_auc_score(y, raw)), low, high, strongest)


def _label(question: Question, name: str) -> str:
    known = feature_meanings(question.features).get(name)
    return known.label if known else pretty_name(name.removeprefix(column_name("")))
