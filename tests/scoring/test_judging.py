"""What rests on too little is not told as a number, and an alarm that hangs on what is missing is a question."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crm_core.scoring.gaps import blanked, donors_of
from crm_core.scoring.judging import UNKNOWN, judge, tiers
from crm_core.scoring.model import Model
from crm_core.scoring.plausible import plausible
from tests.scoring.conftest import FEATURES, trained

CONTACT = "calls,emails,meetings"


@pytest.fixture(scope="module")
def weighing(rows: pd.DataFrame) -> Model:
    """A model whose attention rests on contacts by half."""
    model = trained(rows)
    seen = rows.assign(blind_feeds="", owner_id="o")
    attention = dict(zip(FEATURES, (5.0, 4.0, 1.0, 0.0), strict=True))
    card = replace(model.card, attention=attention)
    return replace(model, card=card, donors=donors_of(seen, replace(model, card=card).sight), calibrators={})


def some(rows: pd.DataFrame, blind: str, model: Model) -> pd.DataFrame:
    return blanked(rows.head(300).reset_index(drop=True).assign(blind_feeds=blind, owner_id="o"), model.sight)


def judged(model: Model, frame: pd.DataFrame):  # type: ignore[no-untyped-def]
    return judge(model, frame, model.probabilities(frame)[1].probability)


def test_where_everything_was_seen_nothing_is_withheld_or_fragile(weighing: Model, rows: pd.DataFrame) -> None:
    frame = some(rows, "", weighing)
    p = weighing.probabilities(frame)[1].probability
    found = judge(weighing, frame, p)
    assert set(found.level) == {"full"}
    assert not found.is_withheld.any()
    assert not found.is_fragile.any()
    assert (found.low == p).all()
    assert (found.high == p).all()
    assert (found.tier == tiers(p, weighing.card.base_rate or 0)).all()
    assert set(found.ask_feed) == {None}


def test_a_score_that_rests_on_less_than_the_floor_has_no_tier(weighing: Model, rows: pd.DataFrame) -> None:
    found = judged(weighing, some(rows, CONTACT, weighing))
    assert found.evidence.tolist() == pytest.approx([0.5] * 300)
    assert set(found.level) == {"thin"}
    assert found.is_withheld.all()
    assert set(found.tier) == {UNKNOWN}


def test_the_plausible_range_holds_the_score_and_opens_where_something_is_missing(
    weighing: Model, rows: pd.DataFrame
) -> None:
    frame = some(rows, "calls", weighing)
    p = weighing.probabilities(frame)[1].probability
    found = plausible(weighing, frame, p)
    assert (found.low <= p).all()
    assert (found.high >= p).all()
    assert np.mean(found.high - found.low) > 0.1
    assert set(found.ask_feed) == {"calls"}


def test_an_alarm_that_a_missing_value_could_take_back_is_not_raised(weighing: Model, rows: pd.DataFrame) -> None:
    lighter = replace(weighing.card, attention=weighing.card.attention | {"days_since_contact": 1.0})
    model = replace(weighing, card=lighter, calibrators={})
    frame = some(rows, "calls", model)
    p = model.probabilities(frame)[1].probability
    found = judge(model, frame, p)
    base = model.card.base_rate or 0.0
    assert set(found.level) == {"partial"}
    alarms = tiers(p, base) == "high"
    taken_back = alarms & (tiers(found.low, base) != "high")
    assert taken_back.any()
    assert (found.tier[taken_back] == UNKNOWN).all()
    assert (found.is_withheld == taken_back).all()
    assert (found.tier[~taken_back] == tiers(p, base)[~taken_back]).all()


def test_of_a_past_day_alarms_are_withheld_alike_and_nothing_else_is_tried_out(
    weighing: Model, rows: pd.DataFrame
) -> None:
    lighter = replace(weighing.card, attention=weighing.card.attention | {"days_since_contact": 1.0})
    model = replace(weighing, card=lighter, calibrators={})
    frame = some(rows, "calls", model)
    p = model.probabilities(frame)[1].probability
    then, now = judge(model, frame, p, is_backcast=True), judge(model, frame, p)
    assert then.is_withheld.any()
    assert (then.is_withheld == now.is_withheld).all()
    assert (then.tier == now.tier).all()
    quiet = tiers(p, model.card.base_rate or 0.0) != "high"
    assert (then.high[quiet] == p[quiet]).all()


def test_sources_are_counted_as_the_model_uses_them(weighing: Model, rows: pd.DataFrame) -> None:
    found = judged(weighing, some(rows, "calls,orders,tickets", weighing))
    assert found.n_feeds == 5
    assert set(found.n_seen) == {4}


def test_a_card_from_before_evidence_was_weighed_counts_as_full(model: Model, rows: pd.DataFrame) -> None:
    found = judged(model, rows.head(10).assign(blind_feeds="calls"))
    assert found.evidence.tolist() == [1.0] * 10
    assert not found.is_withheld.any()
