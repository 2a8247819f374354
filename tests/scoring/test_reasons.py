"""Reasons are exact, add up, and read the same whichever way they were computed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import xgboost as xgb

from crm_core.errors import BuildError, Doubt
from crm_core.scoring import explain
from crm_core.scoring.booster import margin
from crm_core.scoring.judging import tiers
from crm_core.scoring.model import CalibrationCases, Model
from crm_core.scoring.score import Stamp, points, write_scores
from tests.scoring.conftest import DAY, FEATURES, matrix_of, simulated

STAMP = Stamp("0001", datetime(2026, 7, 1), "EUR", DAY)  # noqa: DTZ001 - times are UTC without a zone


@pytest.fixture(scope="session")
def run(
    rows: pd.DataFrame, model: Model, tmp_path_factory: pytest.TempPathFactory
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores and reasons of 6,000 rows, half of them of an earlier date."""
    folder = tmp_path_factory.mktemp("scores")
    write_scores(model, matrix_of(rows), STAMP, folder)
    return tuple(pq.read_table(folder / f"{kind}_churn.parquet").to_pandas() for kind in ("scores", "reasons"))


def test_reasons_add_up_to_the_margin_with_values_missing_too(model: Model) -> None:
    x = model.contract.encode(simulated(300, seed=8))
    values, start = explain.contributions(model.boosters[-1], model.contract, x)
    assert values.shape == (300, len(FEATURES))
    np.testing.assert_allclose(start + values.sum(axis=1), margin(model.boosters[-1], x), atol=1e-4)


def test_the_bulk_explainer_gives_the_same_values_as_the_exact_one(
    model: Model, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    frame = simulated(400, seed=9)
    frame.loc[:5, list(FEATURES)] = None
    x = model.contract.encode(frame)
    exact, start = explain.contributions(model.boosters[-1], model.contract, x)
    monkeypatch.setattr(explain, "BULK_ROWS", 1)
    bulk, begin = explain.contributions(model.boosters[-1], model.contract, x)
    np.testing.assert_allclose(bulk, exact, atol=1e-4)
    assert begin == pytest.approx(start, abs=1e-5)
    assert capfd.readouterr() == ("", "")


@pytest.mark.filterwarnings("ignore")  # of numba and shap themselves
def test_the_values_are_those_of_the_reference_implementation(model: Model) -> None:
    import shap

    x = model.contract.encode(simulated(300, seed=10))
    values, _ = explain.contributions(model.boosters[-1], model.contract, x)
    theirs = np.zeros_like(values)
    np.add.at(theirs.T, model.contract.owners, np.asarray(shap.TreeExplainer(model.boosters[-1]).shap_values(x)).T)
    np.testing.assert_allclose(values, theirs, atol=1e-5)


def test_values_of_a_texts_levels_are_summed_into_one(model: Model) -> None:
    x = model.contract.encode(simulated(50, seed=8))
    raw = model.boosters[-1].predict(xgb.DMatrix(x), pred_contribs=True)
    values, _ = explain.contributions(model.boosters[-1], model.contract, x)
    own = model.contract.owners == FEATURES.index("segment")
    assert own.sum() == 4
    np.testing.assert_allclose(values[:, FEATURES.index("segment")], raw[:, :-1][:, own].sum(axis=1), atol=1e-5)


def test_reasons_that_do_not_add_up_stop_the_build(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "BULK_ROWS", 1)
    monkeypatch.setattr(explain, "_in_bulk", lambda booster, x: (np.zeros(x.shape), 0.0))
    with pytest.raises(BuildError, match="do not add up"):
        explain.contributions(model.boosters[-1], model.contract, model.contract.encode(simulated(20)))


def test_no_rows_have_no_reasons(model: Model) -> None:
    values, _ = explain.contributions(model.boosters[-1], model.contract, model.contract.encode(simulated(2).iloc[:0]))
    assert values.shape == (0, len(FEATURES))


def test_points_of_an_entity_add_up_from_the_typical_chance_to_its_own(
    run: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    scores, reasons = run
    now = scores[~scores["is_backcast"]].set_index("entity_id")
    total = reasons.groupby("entity_id")["points"].sum()
    np.testing.assert_allclose(now["typical"] + total.loc[now.index], now["probability"], atol=1e-9)
    assert reasons["points"].abs().max() <= 1.0


def test_the_largest_reasons_come_first_and_the_rest_is_one_line(run: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    reasons = run[1].sort_values(["entity_id", "rank"])
    one = reasons[reasons["entity_id"] == reasons["entity_id"].iloc[0]]
    assert one["rank"].tolist() == list(range(1, len(FEATURES) + 2))
    assert one["feature"].iloc[-1] == "(other)"
    assert one["contribution"].abs().iloc[:-1].is_monotonic_decreasing
    assert not one["sentence"].str.contains("nan|\\{").any()


def test_an_earlier_date_is_marked_and_has_no_reasons(run: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    scores, reasons = run
    old = scores[scores["as_of"] < DAY]
    assert len(old) == 3_000
    assert old["is_backcast"].all()
    assert old["doubts"].str.contains(Doubt.BACKCAST).all()
    assert set(reasons["as_of"]) == {DAY}
    assert not scores.loc[scores["as_of"] == DAY, "is_backcast"].any()


def test_a_contribution_and_its_points_point_the_same_way() -> None:
    values = np.array([[1.0, -0.5], [0.01, 0.01], [2.0, -1.9], [-1.0, 0.2]])
    shares = points(values, np.array([0.6, 0.3, 0.9, 0.1]), np.array([0.4, 0.3, 0.2, 0.4]))
    assert (np.sign(shares) * np.sign(values) >= 0).all()
    assert shares[0].sum() == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("probability", "base", "tier"),
    [(0.1, 0.1, "low"), (0.143, 0.1, "medium"), (0.142, 0.1, "low"), (0.251, 0.1, "high"), (0.249, 0.1, "medium"),
     (1.0, 0.5, "high"), (0.0, 0.5, "low"), (0.5, 0.0, "high")],
)  # fmt: skip
def test_a_tier_compares_the_odds_with_the_usual_ones(probability: float, base: float, tier: str) -> None:
    assert tiers(np.array([probability]), base).tolist() == [tier]


def test_a_score_outside_what_calibration_has_seen_carries_a_doubt(model: Model, tmp_path: Path) -> None:
    frame = simulated(1).assign(days_since_contact=1e6, mrr=-1e6, segment="small")
    inside = model.cases.raw < np.quantile(model.cases.raw, 0.3)
    cases = CalibrationCases(model.cases.raw[inside], model.cases.y[inside], model.cases.fold[inside], 1.0)
    few = Model(model.contract, model.boosters, cases, model.folds, model.card)
    write_scores(few, matrix_of(frame), STAMP, tmp_path)
    doubts = pq.read_table(tmp_path / "scores_churn.parquet").to_pandas()["doubts"]
    assert doubts.str.contains(Doubt.OUTSIDE_TRAINING).all()
