"""Nothing of the test part is seen in training: by time with a gap, by folds with whole entities."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from crm_core.clock import spine
from crm_core.scoring.split import N_FOLDS, fold_of, time_split

DAY = date(2026, 6, 30)


@given(dates=st.sets(st.integers(0, 900), max_size=30), horizon=st.sampled_from([30, 45, 90, 180]))
def test_no_label_window_crosses_from_one_part_into_another(dates: set[int], horizon: int) -> None:
    days = [DAY - timedelta(days=d) for d in dates]
    found = time_split(days, horizon)
    if found is None:
        return
    window = timedelta(days=horizon)
    assert found.train
    assert found.calibrate
    assert max(found.train) + window <= min(found.calibrate)
    assert max(found.calibrate) + window <= min(found.test)
    assert max(found.test) == max(days)
    parts = [*found.train, *found.calibrate, *found.test]
    assert set(parts) <= set(days)
    assert len(set(parts)) == len(parts)


@given(n=st.integers(0, 30))
def test_a_spine_of_enough_dates_is_split_and_a_shorter_one_is_not(n: int) -> None:
    found = time_split(spine(DAY, n), 90)
    assert (found is not None) == (n >= 8)
    assert found is None or len(found.train) >= 2


def test_two_years_give_three_dates_for_calibration_and_three_for_the_test() -> None:
    found = time_split(spine(DAY, 21), 90)
    assert found is not None
    assert (len(found.train), len(found.calibrate), len(found.test)) == (11, 3, 3)


entities = st.lists(st.tuples(st.integers(0, 80), st.booleans()), min_size=1, max_size=200)


@given(pairs=entities, seed=st.integers(0, 99))
def test_an_entity_is_in_one_fold_whatever_the_order_of_the_rows(pairs: list[tuple[int, bool]], seed: int) -> None:
    frame = pd.DataFrame({"entity": [f"x:{e}" for e, _ in pairs], "y": [int(y) for _, y in pairs]})
    fold = fold_of(frame["entity"], frame["y"])
    assert fold.groupby(frame["entity"]).nunique().max() == 1
    assert set(fold) <= set(range(N_FOLDS))
    shuffled = frame.sample(frac=1, random_state=seed)
    assert fold_of(shuffled["entity"], shuffled["y"]).sort_index().equals(fold)


def test_folds_hold_equal_shares_of_those_who_left() -> None:
    y = np.arange(1_000) % 10 == 0
    fold = fold_of(pd.Series([f"x:{i}" for i in range(1_000)]), pd.Series(y.astype(int)))
    assert pd.Series(y).groupby(fold).sum().tolist() == [20] * N_FOLDS
    assert fold.value_counts().tolist() == [200] * N_FOLDS
