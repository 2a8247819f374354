"""The simulated reps of the benchmark, on a small company made in a moment: the self-test of its figures."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from benchmarks.override_world import Team, mirrored, team, views
from benchmarks.overrides import chance, interval, skill
from crm_core.scoring.trust_policy import COLUMNS, cells, lookup, prepared, usable

REPS = 12


def ground(n: int = 6000, seed: int = 1) -> pd.DataFrame:
    """Scores of a calibrated model that knows the true chance but for an error of 0.7 in log-odds."""
    rng = np.random.default_rng(seed)
    seen = rng.normal(-2.5, 1.0, n)
    p_true = 1 / (1 + np.exp(-(seen + rng.normal(0, 0.7, n))))
    return pd.DataFrame(
        {
            "entity_id": [f"c{i}" for i in range(n)],
            "as_of": [date(2025, 1, 1) + timedelta(days=30 * (i % 12)) for i in range(n)],
            "owner_id": [f"o{i % REPS}" for i in range(n)],
            "p_machine": 1 / (1 + np.exp(-seen)),
            "evidence_level": "full",
            "p_true": p_true,
            "is_positive": (rng.random(n) < p_true).astype(int),
        }
    )


def said(reps: Team, seed: int = 1) -> pd.DataFrame:
    thought = views(ground(seed=seed), reps, np.random.default_rng(seed))
    return thought[thought["speaks"]].reset_index(drop=True)


def figures(words: pd.DataFrame, n: int = 500) -> dict[str, float]:
    first, later = words.iloc[:n], words.iloc[n:]
    both = chance(later, lookup(cells(prepared(usable(first))), later))
    y = later["is_positive"].to_numpy()
    told = {"model": later["p_machine"].to_numpy(), "human": later["p_person"].to_numpy(), "both": both}
    return {name: float(((p - y) ** 2).mean()) for name, p in told.items()}


def test_the_combination_beats_model_and_people_on_later_words() -> None:
    found = figures(said(team(REPS, np.random.default_rng(1))))
    assert skill(found, "both") > 0
    assert found["human"] > found["model"], "people alone are too bold, as the world says of them"


def test_reps_who_all_say_the_opposite_cost_next_to_nothing() -> None:
    found = figures(said(team(REPS, np.random.default_rng(1), 1.0)))
    assert found["both"] / found["model"] < 1.003


def test_the_policy_never_sees_the_truth_or_a_reps_true_traits() -> None:
    words = said(team(REPS, np.random.default_rng(1)))
    assert not {"p_true", "kind", "noise", "bias"} & set(COLUMNS)
    assert list(usable(words).columns) == list(COLUMNS)


def test_a_mirrored_word_lies_as_far_on_the_other_side() -> None:
    reps = team(REPS, np.random.default_rng(1))
    words = said(reps)
    turned = mirrored(words, Team(reps.noise, reps.bias, np.ones(REPS, dtype=bool)))
    assert (turned["direction"] != words["direction"]).all()
    back = mirrored(turned, Team(reps.noise, reps.bias, np.ones(REPS, dtype=bool)))
    whole = turned["p_person"].between(0.002, 0.998)
    assert whole.sum() > 500
    assert np.allclose(back.loc[whole, "p_person"], words.loc[whole, "p_person"])


def test_the_interval_over_companies_is_students() -> None:
    mean, low, high = interval([0.1, 0.2, 0.3])
    assert mean == pytest.approx(0.2)
    assert (high - low) / 2 == pytest.approx(4.303 * 0.1 / np.sqrt(3), rel=0.001)
