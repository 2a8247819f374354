"""What rests on a blind feed is missing, counts as unseen, and is learned from with feeds taken away."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.scoring.gaps import Sight, best_seen, blanked, donors_of, evidence, with_gaps
from crm_core.warehouse import feature_meanings

NAMES = ("n_calls_90d", "n_contacts_90d", "sentiment_90d", "usage_90d", "mrr", "custom: plan")
ATTENTION = np.array([2.0, 1.0, 1.0, 4.0, 1.0, 1.0])
SIGHT = Sight(NAMES, feature_meanings("feat_customer"))


def rows(blind: list[str], **more: Any) -> pd.DataFrame:
    n = len(blind)
    frame = pd.DataFrame({name: np.arange(n, dtype=float) + 1 for name in NAMES})
    frame["entity_id"] = [f"c{i}" for i in range(n)]
    frame["owner_id"] = [f"o{i % 3}" for i in range(n)]
    frame["as_of"] = date(2026, 6, 30)
    return frame.assign(blind_feeds=blind, **more)


@pytest.mark.parametrize(
    ("blind", "unseen"),
    [
        ("", []),
        ("calls", ["n_calls_90d", "n_contacts_90d"]),
        ("meetings", ["n_contacts_90d"]),
        ("calls,emails,meetings", ["n_calls_90d", "n_contacts_90d", "sentiment_90d"]),
        ("product_usage", ["usage_90d"]),
        ("surveys,orders", []),
    ],
)
def test_a_count_needs_all_its_feeds_and_an_average_one(blind: str, unseen: list[str]) -> None:
    found = blanked(rows([blind]), SIGHT)
    assert [name for name in NAMES if found[name].isna().all()] == unseen


def test_evidence_is_the_share_of_the_attention_that_could_be_observed() -> None:
    found = evidence(rows(["", "calls", "product_usage", "calls,product_usage"]), SIGHT, ATTENTION)
    assert found.tolist() == pytest.approx([1.0, 0.7, 0.6, 0.3])


def test_a_model_that_attends_to_nothing_lacks_nothing() -> None:
    assert evidence(rows(["calls"]), SIGHT, np.zeros(6)).tolist() == [1.0]


@given(st.lists(st.sampled_from(["", "calls", "meetings", "emails,product_usage", "orders"]), min_size=1, max_size=60))
def test_taking_feeds_away_adds_gaps_and_never_sees_more_than_before(blind: list[str]) -> None:
    given_rows = blanked(rows(blind), SIGHT)
    again = with_gaps(given_rows, SIGHT)
    assert len(again) == len(given_rows)
    for before, after in zip(blind, again["blind_feeds"], strict=True):
        assert {f for f in before.split(",") if f} <= {f for f in after.split(",") if f}
    for name in NAMES:
        kept = again[name].notna()
        assert (again[name][kept] == given_rows[name][kept]).all()
    pd.testing.assert_frame_equal(blanked(again, SIGHT), again)


def test_gaps_come_by_owner_and_by_entity_and_are_the_same_at_every_run() -> None:
    frame = pd.concat([rows([""] * 600).assign(as_of=day) for day in (date(2026, 6, 30), date(2026, 5, 31))])
    frame["owner_id"] = [f"o{i % 40}" for i in range(len(frame))]
    again = with_gaps(frame, SIGHT)
    pd.testing.assert_frame_equal(again, with_gaps(frame, SIGHT))
    lacks_calls = again["blind_feeds"].str.contains("calls")
    by_owner = lacks_calls.groupby(again["owner_id"]).mean()
    assert ((by_owner == 1) | (by_owner < 0.5)).all()
    assert by_owner.eq(1).any()
    assert by_owner.lt(0.5).any()
    lacks_use = again["blind_feeds"].str.contains("product_usage")
    assert 0.05 < lacks_use.mean() < 0.35
    assert lacks_use.groupby(again["entity_id"]).nunique().eq(1).all()


def test_the_givers_of_missing_values_are_those_who_lack_least_on_the_newest_dates() -> None:
    old = rows(["", ""]).assign(as_of=date(2025, 1, 1))
    new = pd.concat(
        [rows(["calls", "", "product_usage"]).assign(as_of=date(2026, month, 1)) for month in (4, 5, 6)],
        ignore_index=True,
    )
    donors = donors_of(pd.concat([old, new], ignore_index=True), SIGHT)
    assert donors["entity_id"].tolist() == ["c1", "c1", "c1"]
    assert list(donors) == ["entity_id", *NAMES]


def test_of_many_rows_some_are_taken_evenly() -> None:
    found = best_seen(rows([""] * 100), SIGHT, most=10)
    assert found["n_calls_90d"].tolist() == [1, 12, 23, 34, 45, 56, 67, 78, 89, 100]


def test_a_source_without_feeds_is_learned_from_as_it_is() -> None:
    plain = Sight(("mrr", "custom: plan"), feature_meanings("feat_customer"))
    assert not len(with_gaps(rows([""] * 5), plain))
    assert not len(donors_of(rows([""] * 5), plain))


def test_where_everybody_lacks_something_those_who_lack_least_are_looked_at() -> None:
    found = best_seen(rows(["calls,emails,meetings", "calls", "calls"]), SIGHT)
    assert found["entity_id"].tolist() == ["c1", "c2"]
