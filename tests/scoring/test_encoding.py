"""Columns become numbers and keep their meaning, also with values that training has never seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.scoring.encoding import MAX_LEVELS, FeatureContract, make_contract

words = st.one_of(st.none(), st.text(max_size=4))


@given(values=st.lists(words, min_size=1, max_size=60), numbers=st.lists(st.floats(width=32), min_size=1, max_size=9))
def test_a_contract_survives_its_plain_text_form(values: list[str | None], numbers: list[float]) -> None:
    frame = pd.DataFrame({"word": pd.Series(values, dtype="object"), "number": pd.Series(numbers).reindex(range(60))})
    contract = make_contract(frame, ["word", "number"], {"number": -1})
    again = FeatureContract.from_json(contract.to_json())
    assert again == contract
    assert again.hash() == contract.hash()
    pd.testing.assert_frame_equal(again.encode(frame), contract.encode(frame))


@given(values=st.lists(words, min_size=1, max_size=60))
def test_each_text_is_one_of_its_levels_or_other_or_missing(values: list[str | None]) -> None:
    column = pd.Series(values, dtype="object")
    contract = make_contract(pd.DataFrame({"word": column}), ["word"], {})
    levels = contract.features[0].levels
    assert levels is not None
    assert len(levels) <= MAX_LEVELS
    encoded = contract.encode(pd.DataFrame({"word": column})).to_numpy()
    for value, row in zip(values, encoded, strict=True):
        if value is None:
            assert np.isnan(row).all()
        else:
            assert row.sum() == 1
            assert row[levels.index(value) if value in levels else -1] == 1


def test_a_level_never_seen_in_training_counts_as_other_and_empty_stays_missing() -> None:
    contract = make_contract(pd.DataFrame({"word": ["a", "b"]}), ["word"], {})
    new = contract.encode(pd.DataFrame({"word": ["b", "new", None]})).to_numpy()
    assert new[0].tolist() == [0, 1, 0]
    assert new[1].tolist() == [0, 0, 1]
    assert np.isnan(new[2]).all()


@pytest.mark.parametrize("value", [None, np.nan, np.inf, -np.inf, "text", ""])
def test_what_is_no_number_is_missing(value: Any) -> None:
    contract = make_contract(pd.DataFrame({"number": [1.0, 2.0]}), ["number"], {})
    assert np.isnan(contract.encode(pd.DataFrame({"number": [value]})).to_numpy()).all()


def test_a_column_that_is_gone_counts_as_missing() -> None:
    contract = make_contract(pd.DataFrame({"a": [1.0], "b": ["x"]}), ["a", "b"], {"a": 1})
    assert contract.encode(pd.DataFrame({"c": [1]})).isna().all().all()
    assert contract.monotone == (1, 0, 0)


def test_order_and_levels_are_part_of_the_fingerprint() -> None:
    frame = pd.DataFrame({"a": [1.0], "b": ["x"]})
    one = make_contract(frame, ["a", "b"], {})
    assert one.hash() != make_contract(frame, ["b", "a"], {}).hash()
    assert one.hash() != make_contract(frame.assign(b="y"), ["a", "b"], {}).hash()
    assert one.hash() != make_contract(frame, ["a", "b"], {"a": 1}).hash()
