"""What looks different from what the model learned from is named; what is chance alone is not."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from crm_core.scoring import drift
from crm_core.scoring.card import Card
from crm_core.scoring.encoding import make_contract
from crm_core.scoring.matrix import Attribute
from crm_core.scoring.wording import attribute_meaning
from crm_core.warehouse import FeatureMeaning


def meaning(kind: str = "number") -> dict[str, FeatureMeaning]:
    return {"x": attribute_meaning(Attribute("x", kind, "feature"))}


def frame(values: object, n: int) -> pd.DataFrame:
    return pd.DataFrame({"entity_id": [f"c{i}" for i in range(n)], "x": values})


def moved(then: object, now: object, n: int, m: int, kind: str = "number") -> drift.Drift:
    train = frame(then, n)
    known = drift.references(train, make_contract(train, ["x"], {}), train, np.zeros(n))
    return next(d for d in drift.since(known, frame(now, m), meaning(kind), "EUR") if d.feature == "x")


def test_psi_is_as_worked_out_by_hand() -> None:
    # Two bins, half and half then, a quarter and three quarters now: 0.25 ln 2 + 0.25 ln 1.5 = 0.2747.
    found, expected, level = drift.psi(np.array([0.5, 0.5]), np.array([0.25, 0.75]), 10**6, 10**6)
    assert found == pytest.approx(0.2747, abs=1e-4)
    assert expected == pytest.approx(2e-6)
    assert level == "strong"


@pytest.mark.parametrize(("n", "m"), [(2_000, 1_000), (200, 100), (60, 25)])
def test_without_drift_nothing_is_named_however_small_the_sample(n: int, m: int) -> None:
    rng = np.random.default_rng(5)
    found = [moved(rng.normal(size=n), rng.normal(size=m), n, m) for _ in range(150)]
    assert sum(d.level != "none" for d in found) <= 1
    # What chance makes of it is known: the mean PSI is about what is taken off.
    assert np.mean([d.psi for d in found]) == pytest.approx(found[0].expected, rel=0.35)


def test_a_small_sample_that_has_really_moved_is_named() -> None:
    rng = np.random.default_rng(5)
    assert moved(rng.normal(size=2_000), rng.normal(2, 1, size=60), 2_000, 60).level == "strong"


def test_a_feed_that_went_dark_shows_as_missing_values() -> None:
    rng = np.random.default_rng(5)
    now = rng.normal(size=500)
    now[:300] = np.nan
    found = moved(rng.normal(size=2_000), now, 2_000, 500)
    assert (found.level, found.missing_then) == ("strong", 0.0)
    assert found.missing_now == pytest.approx(0.6)


def test_words_have_their_levels_as_bins_and_new_ones_count() -> None:
    then = np.array(["a", "b", "a"] * 400, dtype=object)[:1_000]
    assert moved(then, np.array(["b", "a", "a"] * 133, dtype=object), 1_000, 399).level == "none"
    found = moved(then, np.array(["a", "new"] * 200, dtype=object), 1_000, 400, "text")
    assert (found.level, found.then) == ("strong", "X: a")


@pytest.mark.parametrize("values", [np.zeros(500), np.full(500, np.nan)], ids=["constant", "empty"])
def test_what_never_changes_has_not_moved(values: np.ndarray) -> None:
    assert moved(values, values[:100], 500, 100).level == "none"


def test_a_feature_that_has_gone_counts_as_missing_everywhere() -> None:
    train = frame(np.arange(500.0), 500)
    known = drift.references(train, make_contract(train, ["x"], {}), train, np.zeros(500))
    found = drift.since(known, frame(0, 200).drop(columns="x"), meaning(), "EUR")
    assert [d.missing_now for d in found if d.feature == "x"] == [1.0]


def test_an_older_card_without_references_stays_readable() -> None:
    old = Card("churn", "champion", "", 1, "2026-06-30", "time").to_dict()
    for name in ("slices", "references", "drift"):
        del old[name]
    card = Card.from_json(json.dumps(old))
    assert (card.slices, card.references, card.drift) == ([], [], [])
    assert Card.from_json(card.to_json()) == card
