"""A question with a known answer: simulated rows, and models trained on them once a session."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from crm_core.scoring.booster import Rows, margin, train_booster
from crm_core.scoring.card import Card
from crm_core.scoring.encoding import make_contract
from crm_core.scoring.matrix import Attribute, Matrix
from crm_core.scoring.model import FINAL, CalibrationCases, Model

DAY = date(2026, 6, 30)
FEATURES = ("days_since_contact", "mrr", "segment", "noise")


def simulated(n: int, seed: int = 3, strength: float = 1.5) -> pd.DataFrame:
    """Rows as `read_matrix` gives them; the chance depends on silence, money and segment, gaps included."""
    rng = np.random.default_rng(seed)
    silence, money = rng.normal(size=n), rng.normal(size=n)
    segment = rng.choice(["small", "large", "public"], n)
    logit = strength * (silence - 0.5 * money + 0.8 * (segment == "small")) - 1.0
    y = rng.random(n) < 1 / (1 + np.exp(-logit))
    frame = pd.DataFrame(
        {
            "entity_id": [f"x:C{i // 2}" for i in range(n)],
            "as_of": [DAY - timedelta(days=30 * (i % 2)) for i in range(n)],
            "is_positive": y.astype(float),
            "days_since_contact": np.where(rng.random(n) < 0.2, np.nan, 50 + 20 * silence),
            "mrr": np.where(rng.random(n) < 0.1, np.nan, 500 + 100 * money),
            "segment": pd.Series(segment, dtype="object").where(rng.random(n) > 0.1, None),
            "noise": rng.normal(size=n),
        }
    )
    return frame.assign(segment=frame["segment"].astype("object"))


def matrix_of(frame: pd.DataFrame, attributes: tuple[Attribute, ...] = ()) -> Matrix:
    used = tuple(c for c in frame.columns if c not in ("entity_id", "as_of", "is_positive"))
    return Matrix(frame, used, attributes, False)


def trained(frame: pd.DataFrame, rounds: int = 60, version: int = 1) -> Model:
    """A model of that many trees, calibrated on the second half of the rows."""
    half = len(frame) // 2
    train, rest = frame.iloc[:half], frame.iloc[half:].reset_index(drop=True)
    contract = make_contract(train, list(FEATURES), {"days_since_contact": 1})
    y = train["is_positive"].to_numpy(dtype=int)
    booster = train_booster(Rows(contract.encode(train), y, train["entity_id"]), contract, 1, rounds)
    y_rest = rest["is_positive"].to_numpy(dtype=int)
    cases = CalibrationCases(margin(booster, contract.encode(rest)), y_rest, np.full(len(rest), FINAL), 1.0)
    card = Card("churn", "champion", "", version, DAY.isoformat(), "time", positive_entities=500)
    card = replace(card, contract_hash=contract.hash(), base_rate=float(y_rest.mean()), features_used=list(FEATURES))
    return Model(contract, {FINAL: booster}, cases, pd.Series(dtype=int), card)


@pytest.fixture(scope="session")
def rows() -> pd.DataFrame:
    return simulated(6_000)


@pytest.fixture(scope="session")
def model(rows: pd.DataFrame) -> Model:
    return trained(rows)
