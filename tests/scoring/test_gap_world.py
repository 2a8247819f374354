"""One world of the proof: where reps stop logging, the product finds out, says less, and a naive model does not."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.evidence import Measured, figures, measure
from benchmarks.gap_world import Job
from benchmarks.levels import bias, table

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    return measure(Job(3, "habit", 0.6, customers=700), tmp_path_factory.mktemp("worlds"))


def test_the_blind_cells_are_found(found: Measured) -> None:
    assert 0.5 < found.unlogged < 0.75
    assert roc_auc_score(found.cells["is_blind"], found.cells["suspicion"]) >= 0.95


def test_what_lacks_too_much_has_no_tier_and_no_alarm_stands_where_the_best_would_take_it_back(
    found: Measured,
) -> None:
    rows = found.rows
    assert (rows["tier"] == "unknown").equals(rows["is_withheld"])
    assert rows.loc[rows["level"] == "thin", "is_withheld"].all()
    assert not (rows.loc[rows["is_withheld"], "tier"] == "high").any()


def test_a_naive_model_ranks_by_other_things(found: Measured) -> None:
    assert not found.rows["raw"].equals(found.rows["naive_raw"])
    blind = found.rows[found.rows["sight"] == "blind"]
    assert (blind["tier"] != blind["naive_tier"]).any()


def test_all_figures_are_numbers_and_shares_are_shares(found: Measured) -> None:
    told = figures([found])
    assert pd.Series(told).notna().all(), told
    assert told["caught_ratio"] == pytest.approx(told["caught_blind"] / told["caught_seen"])
    shares = {n: v for n, v in told.items() if n not in ("seeds", "caught_ratio") and not n.startswith("n_")}
    assert all(0 <= value <= 1 for value in shares.values()), shares


def test_calibration_by_level_is_told_beside_what_chance_makes_of_it(found: Measured) -> None:
    rows = found.rows.rename(columns={"left": "came", "probability": "told", "probability_true": "true"})
    lines = table(rows.assign(question="churn", seed=found.job.seed))
    assert lines[0]["data"] == "churn, all levels"
    assert sum(int(str(line["n"])) for line in lines[1:]) == lines[0]["n"]
    for line in lines:
        assert 0 < float(str(line["by_chance"])) <= float(str(line["by_chance_95"]))
    true = rows["true"].dropna().to_numpy()
    assert bias(true, true) == pytest.approx(0)
    assert bias(true, true + 0.1) == pytest.approx(0.1)


def test_a_world_of_another_size_is_another_company(found: Measured) -> None:
    assert replace(found.job, customers=800).company != found.job.company
