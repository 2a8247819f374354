"""A movement splits exactly, and what changed in one cause only shows up in that cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core.scoring.model import Model
from crm_core.scoring.movement import CAUSES, Sides, split
from tests.scoring.conftest import FEATURES, simulated, trained

FEEDS = {"days_since_contact": "calls, meetings", "mrr": "billing", "segment": "crm", "noise": "web"}


@pytest.fixture(scope="module")
def newer() -> Model:
    return trained(simulated(3_000, seed=8, strength=0.7), rounds=30, version=2)


@dataclass(frozen=True)
class Parts:
    """Mean absolute effect of each cause."""

    behaviour: float
    late_data: float
    sight: float
    model: float
    definition: float


def effects(earlier: Model, newer: Model, sides: Sides) -> Parts:
    """Effects of all causes, after a check that they add up."""
    result = split(earlier, newer, sides)
    moved = result.after - result.before
    np.testing.assert_allclose(result.parts.sum(axis=1), moved, atol=1e-12)
    assert np.abs(moved).max() > 0.001, "nothing moved, so nothing would be proved"
    means = np.abs(result.parts).mean(axis=0)
    return Parts(**{cause: float(means[i]) for i, cause in enumerate(CAUSES)})


def looks(n: int = 60, seed: int = 5) -> pd.DataFrame:
    frame = simulated(2 * n, seed=seed).iloc[::2].reset_index(drop=True)
    return frame.drop(columns="is_positive").assign(blind_feeds="")


def longer_silence(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(days_since_contact=frame["days_since_contact"].fillna(40) + 30, mrr=frame["mrr"] * 0.8)


def without_calls(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(days_since_contact=np.nan, blind_feeds="calls")


def only(name: str, parts: Parts) -> bool:
    """Whether this cause alone moved anything."""
    return getattr(parts, name) > 0.001 and all(getattr(parts, other) < 1e-12 for other in CAUSES if other != name)


@pytest.mark.parametrize(
    ("cause", "made"),
    [
        ("behaviour", lambda x: Sides(x, x, longer_silence(x), FEEDS)),
        ("late_data", lambda x: Sides(x, longer_silence(x), longer_silence(x), FEEDS)),
        ("sight", lambda x: Sides(x, x, without_calls(x), FEEDS)),
        ("sight", lambda x: Sides(without_calls(x), without_calls(x), x, FEEDS)),
        ("sight", lambda x: Sides(x, without_calls(x), without_calls(x), FEEDS)),
        ("definition", lambda x: Sides(x, longer_silence(x), longer_silence(x), FEEDS,
                                       frozenset({"days_since_contact", "mrr"}))),
        ("definition", lambda x: Sides(x.drop(columns="mrr"), x, x, FEEDS, frozenset({"mrr"}))),
        ("definition", lambda x: Sides(x, x.drop(columns="mrr"), x.drop(columns="mrr"), FEEDS, frozenset({"mrr"}))),
    ],
)  # fmt: skip
def test_a_change_of_one_cause_shows_up_in_that_cause_only(
    model: Model, cause: str, made: Callable[[pd.DataFrame], Sides]
) -> None:
    assert only(cause, effects(model, model, made(looks())))


def test_another_model_alone_is_the_models_doing(model: Model, newer: Model) -> None:
    x = looks()
    assert only("model", effects(model, newer, Sides(x, x, x, FEEDS)))


def test_a_newer_model_of_another_outcome_is_a_changed_definition(model: Model, newer: Model) -> None:
    x = looks()
    assert only("definition", effects(model, newer, Sides(x, x, x, FEEDS, is_retargeted=True)))


def test_what_a_blind_feed_did_meanwhile_is_neither_late_nor_behaviour(model: Model) -> None:
    x = looks()
    now = without_calls(x).assign(mrr=x["mrr"] * 0.5)
    parts = effects(model, model, Sides(x, longer_silence(x).assign(mrr=x["mrr"]), now, FEEDS))
    assert parts.late_data < 1e-12
    assert parts.sight > 0.001
    assert parts.behaviour > 0.001


def test_a_feed_that_only_the_second_look_cannot_see_is_no_late_data(model: Model) -> None:
    x = looks()
    assert only("behaviour", effects(model, model, Sides(x, without_calls(x), longer_silence(x), FEEDS)))


def test_a_feed_that_only_the_second_look_can_see_is_no_late_data_either(model: Model) -> None:
    blind = without_calls(looks())
    seen = looks().assign(days_since_contact=90.0)
    assert only("behaviour", effects(model, model, Sides(blind, seen, blind.assign(mrr=900.0), FEEDS)))


def test_the_rows_without_behaviour_score_what_the_other_causes_make_of_them(model: Model, newer: Model) -> None:
    x = looks()
    result = split(model, newer, Sides(x, x.assign(mrr=x["mrr"] + 90), longer_silence(x), FEEDS))
    assert (result.without_behaviour["mrr"].dropna() == (x["mrr"].dropna() + 90).astype("float32")).all()
    np.testing.assert_allclose(result.after, newer.probabilities(longer_silence(x))[1].probability)
    np.testing.assert_allclose(result.before, model.probabilities(x)[1].probability)


def test_nobody_in_both_builds_is_no_movement(model: Model) -> None:
    none = looks().iloc[:0]
    assert split(model, model, Sides(none, none, none, FEEDS)).parts.shape == (0, len(CAUSES))


Cells = st.sampled_from(["", "calls", "billing,calls", "crm"])


@st.composite
def sides(draw: st.DrawFn) -> Sides:
    """Any three looks at eight entities: other values, gaps, blind feeds, columns that come and go."""
    frames = []
    for _ in range(3):
        frame = looks(8, seed=draw(st.integers(0, 40)))
        frame["entity_id"] = [f"x:{i}" for i in range(8)]
        frame["blind_feeds"] = draw(st.lists(Cells, min_size=8, max_size=8))
        gone = draw(st.sets(st.sampled_from(FEATURES), max_size=2))
        frames.append(frame.drop(columns=list(gone)))
    redefined = frozenset(draw(st.sets(st.sampled_from(FEATURES))))
    return Sides(frames[0], frames[1], frames[2], FEEDS, redefined, draw(st.booleans()))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_sides=sides(), is_swapped=st.booleans())
def test_the_parts_of_any_movement_add_up_exactly(
    model: Model, newer: Model, any_sides: Sides, is_swapped: bool
) -> None:
    later = newer if is_swapped else model
    result = split(model, later, any_sides)
    np.testing.assert_allclose(result.before + result.parts.sum(axis=1), result.after, atol=1e-12)
    np.testing.assert_allclose(result.after, later.probabilities(any_sides.now)[1].probability, atol=1e-12)
    changed: Any = replace(any_sides, hindsight=any_sides.before, now=any_sides.before)
    still = split(model, model, changed)
    assert (np.abs(still.parts) < 1e-12).all()
