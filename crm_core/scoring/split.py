"""Which rows train, calibrate and test: by time where there is history, by folds where there is a snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

N_FOLDS = 5


@dataclass(frozen=True)
class TimeSplit:
    """As-of dates of the three parts. Between the parts lies at least one horizon, so no label window crosses."""

    train: tuple[date, ...]
    calibrate: tuple[date, ...]
    test: tuple[date, ...]


def time_split(dates: Sequence[date], horizon_days: int) -> TimeSplit | None:
    """Split labelled dates by time, or None if there are too few of them.

    Parameters
    ----------
    dates : sequence of date
        Dates whose outcomes are known.
    horizon_days : int
        Length of the label window; the gap (embargo) between two parts is at least as long.

    Returns
    -------
    TimeSplit or None
        Three dates each for test and calibration where history allows, else two or one; at least two for training.
    """
    newest_first = sorted(dates, reverse=True)
    horizon = timedelta(days=horizon_days)
    for size in (3, 2, 1):
        test = newest_first[:size]
        before_test = [d for d in newest_first if d + horizon <= test[-1]]
        calibrate = before_test[:size]
        if not calibrate:
            continue
        train = [d for d in before_test if d + horizon <= calibrate[-1]]
        if len(train) >= 2 * size or (size == 1 and len(train) >= 2):
            return TimeSplit(tuple(train), tuple(calibrate), tuple(test))
    return None


def fold_of(entities: pd.Series, positives: pd.Series) -> pd.Series:
    """Fold 0..4 of each row: stratified by outcome, each entity in one fold, the same at every run.

    Parameters
    ----------
    entities, positives : Series, shape (n_rows,)
        Entity key and outcome (0 or 1) of each row.
    """
    outcome = positives.groupby(entities).max()
    keys = pd.util.hash_pandas_object(outcome.index.to_series(), index=False).to_numpy()
    order = np.lexsort((keys, outcome.to_numpy()))
    fold = pd.Series(0, index=outcome.index)
    fold.iloc[order] = np.arange(len(order)) % N_FOLDS
    return entities.map(fold).astype(int)
