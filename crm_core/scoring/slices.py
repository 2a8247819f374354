"""Whether the model keeps its word for every part of the customers or leads, not only for all of them together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_core.scoring.metrics import ece, wilson

EVIDENCE = "evidence_level"
KINDS = ("segment", "region", EVIDENCE)
MIN_ROWS, MIN_POSITIVES = 100, 5
ROWS_FOR_ECE = 200
NOT_KNOWN = "(not known)"


@dataclass(frozen=True)
class Slice:
    """Test cases of one part: what was said of them, what came, and how many they are.

    kind: segment, region or evidence_level. value: its value; `(not known)` where it is empty, '' where several small
    parts were put together (`n_values` tells how many). n: rows (entity × as_of); entities: how many these rows are
    of. low, high: 95 % interval (Wilson) of the share that came, with n divided by how often one entity stands among
    the rows. ece: None below 200 rows. is_few: too few cases to judge.
    """

    kind: str
    value: str
    n: int
    entities: int
    positives: int
    said: float
    came: float
    low: float
    high: float
    ece: float | None
    is_few: bool
    n_values: int = 1


def measure(test: pd.DataFrame, p: np.ndarray) -> list[Slice]:
    """Every part of the test rows that can be told apart, largest first within its kind.

    The evidence level is told also where all rows are of one: nothing is known then of scores of another one.

    Parameters
    ----------
    test : DataFrame, shape (n_rows, …)
        With entity_id, is_positive, and as far as they exist segment, region, evidence_level and blind_feeds.
    p : ndarray, shape (n_rows,)
        Calibrated probabilities from a model that has not seen the rows.
    """
    found: list[Slice] = []
    frame = test.assign(probability=p)
    for kind in KINDS:
        values = _values(frame, kind)
        if values is not None and values.nunique() > (0 if kind == EVIDENCE else 1):
            found += _of_kind(kind, frame, _merged(values, frame["is_positive"]), values)
    return found


def _values(frame: pd.DataFrame, kind: str) -> pd.Series | None:
    if kind == EVIDENCE and kind not in frame and "blind_feeds" in frame:
        is_blind = frame["blind_feeds"].fillna("").astype(str) != ""
        return is_blind.map({True: "partial", False: "full"})
    if kind not in frame:
        return None
    return frame[kind].astype("object").where(frame[kind].notna(), NOT_KNOWN).astype(str)


def _merged(values: pd.Series, positives: pd.Series) -> pd.Series:
    """Values with too few cases under one name, where there is more than one of them."""
    counts = positives.groupby(values).agg(["size", "sum"])
    small = counts.index[(counts["size"] < MIN_ROWS) | (counts["sum"] < MIN_POSITIVES)]
    return values.where(~values.isin(small), "") if len(small) > 1 else values


def _of_kind(kind: str, frame: pd.DataFrame, parts: pd.Series, values: pd.Series) -> list[Slice]:
    found = []
    for value, rows in frame.groupby(parts):
        y, p = rows["is_positive"].to_numpy(dtype=int), rows["probability"].to_numpy()
        n, entities, came = len(rows), int(rows["entity_id"].nunique()), int(y.sum())
        low, high = wilson(came / n, entities)
        is_few = n < MIN_ROWS or came < MIN_POSITIVES
        error = ece(y, p) if n >= ROWS_FOR_ECE and not is_few else None
        together = int(values[rows.index].nunique())
        found.append(
            Slice(kind, str(value), n, entities, came, float(p.mean()), came / n, low, high, error, is_few, together)
        )
    return sorted(found, key=lambda part: (part.value == "", -part.n))
