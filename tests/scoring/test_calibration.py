"""A probability that means what it says, with an interval that is honest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_core.scoring.calibration import Calibrator
from crm_core.scoring.metrics import auc_interval, ece, is_worse, lift, quality


def simulated(n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Margins that overstate themselves three times, outcomes, and the true chances."""
    rng = np.random.default_rng(seed)
    margin = rng.normal(0, 2.5, n)
    truth = 1 / (1 + np.exp(-(margin / 3 - 1)))
    return margin, (rng.random(n) < truth).astype(int), truth


cases = st.lists(st.tuples(st.integers(-40, 40), st.booleans()), min_size=5, max_size=300)


@settings(max_examples=25)
@given(pairs=cases, new=st.lists(st.floats(-20, 20), min_size=1, max_size=30), overlap=st.floats(1, 6))
def test_the_interval_holds_the_chance_and_both_of_venn_abers_and_a_higher_score_never_means_less(
    pairs: list[tuple[int, bool]], new: list[float], overlap: float
) -> None:
    raw, y = np.array([r / 10 for r, _ in pairs]), np.array([int(b) for _, b in pairs])
    if len(set(y)) < 2:
        return
    calibrator = Calibrator(overlap).fit(raw, y)
    margins = np.sort(np.array(new))
    found = calibrator.predict(margins)
    for inside in (found.probability, *calibrator.venn_abers(margins)):
        assert (found.low <= inside + 1e-12).all()
        assert (inside <= found.high + 1e-12).all()
    assert ((found.low >= 0) & (found.high <= 1) & (found.probability > 0) & (found.probability < 1)).all()
    assert (np.diff(found.probability) >= -1e-9).all()


def test_probabilities_are_calibrated_although_the_margins_are_not() -> None:
    raw, y, _ = simulated(4_000)
    new, came, truth = simulated(40_000, seed=2)
    found = Calibrator().fit(raw, y).predict(new)
    assert ece(came, 1 / (1 + np.exp(-new))) > 0.1
    assert ece(came, found.probability) < 0.015
    assert np.abs(found.probability - truth).mean() < 0.03


def test_the_interval_holds_the_true_chance_about_as_often_as_it_says() -> None:
    raw, y, _ = simulated(4_000)
    new, _, truth = simulated(5_000, seed=2)
    found = Calibrator().fit(raw, y).predict(new)
    assert ((found.low <= truth) & (truth <= found.high)).mean() > 0.9


def test_windows_that_overlap_widen_the_interval() -> None:
    raw, y, _ = simulated(3_000)
    narrow, wide = (Calibrator(k).fit(raw, y).predict(raw) for k in (1, 3))
    assert (wide.high - wide.low >= narrow.high - narrow.low).all()
    assert (wide.high - wide.low).mean() > 1.4 * (narrow.high - narrow.low).mean()


@pytest.mark.parametrize("n", [1, 2, 10])
def test_a_handful_of_cases_gives_a_wide_interval_and_no_error(n: int) -> None:
    found = Calibrator().fit(np.arange(2 * n) / 10, np.arange(2 * n) % 2).predict(np.array([0.0]))
    assert found.high[0] - found.low[0] > 0.3


def test_nothing_to_score_gives_nothing() -> None:
    raw, y, _ = simulated(100)
    assert len(Calibrator().fit(raw, y).predict(np.empty(0)).probability) == 0


def test_the_calibration_error_is_the_mean_gap_between_said_and_come() -> None:
    p = np.array([0.2] * 10 + [0.6] * 10)
    kept = np.array([1, 1] + [0] * 8 + [1] * 6 + [0] * 4)
    assert ece(kept, p) == pytest.approx(0.0, abs=1e-12)
    broken = np.array([1] * 4 + [0] * 6 + [1] * 6 + [0] * 4)
    assert ece(broken, p) == pytest.approx(0.1)


def test_the_calibration_error_does_not_depend_on_the_order_of_rows() -> None:
    rng = np.random.default_rng(3)
    p = np.round(rng.random(500), 1)
    y = (rng.random(500) < p).astype(int)
    order = np.argsort(-y, kind="stable")
    assert ece(y[order], p[order]) == pytest.approx(ece(y, p))


def test_an_auc_interval_over_entities_is_wider_than_one_over_rows() -> None:
    margin, y, _ = simulated(400)
    rows = np.repeat(np.arange(400), 6)
    low, high = auc_interval(y[rows], margin[rows], rows)
    one, two = auc_interval(y[rows], margin[rows], np.arange(2400))
    assert high - low > 1.5 * (two - one)


def test_figures_of_a_random_and_of_a_perfect_order() -> None:
    rng = np.random.default_rng(4)
    y = (rng.random(2_000) < 0.3).astype(int)
    entity = np.arange(2_000)
    blind = quality(y, np.full(2_000, 0.3), rng.normal(size=2_000), entity)
    assert blind.auc_low < 0.5 < blind.auc_high
    assert blind.brier == pytest.approx(blind.brier_base, abs=0.002)
    perfect = quality(y, np.clip(y, 0.01, 0.99), y.astype(float), entity)
    assert (perfect.auc, perfect.auc_low, perfect.average_precision) == (1, 1, 1)
    assert lift(y, y.astype(float))[0].rate == 1


def test_worse_probabilities_are_told_from_noise() -> None:
    _, y, truth = simulated(3_000)
    rng = np.random.default_rng(0)
    entity = np.arange(3_000)
    other = np.clip(truth + rng.normal(0, 0.01, 3_000), 0.01, 0.99)
    assert not is_worse(y, truth, other, entity)
    assert not is_worse(y, other, truth, entity)
    assert is_worse(y, np.clip(truth + 0.15, 0, 1), truth, entity)
