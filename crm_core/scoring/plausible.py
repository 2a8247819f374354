"""What a score could be if blind feeds had seen: missing features take the values of customers who are alike otherwise.

For each row the donors nearest in margin, with the same feeds taken away from them, lend what is missing as a whole, so
that values fit together. The plausible best and worst are the tenth and the ninetieth part of what comes out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_core.scoring.gaps import SURE, blanked, blind_feeds
from crm_core.scoring.model import Model

NEAREST = 16
QUANTILES = (0.1, 0.9)
ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Plausible:
    """Probability at the best and worst plausible values, and the feed whose answer would tell most, per row."""

    low: np.ndarray
    high: np.ndarray
    ask_feed: np.ndarray


def plausible(model: Model, frame: pd.DataFrame, probability: np.ndarray) -> Plausible:
    """How far each score could move if its blind feeds had seen.

    Parameters
    ----------
    probability : ndarray, shape (n_rows,)
        What the model says; where nothing is missing, low and high equal it.
    """
    found = Plausible(probability.copy(), probability.copy(), np.full(len(frame), None, dtype=object))
    if not len(model.donors):
        return found
    blind = blind_feeds(frame)
    for text in pd.unique(blind):
        rows = np.flatnonzero(blind == text)
        if not model.sight.unseen(text).any():
            continue
        for start in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[start : start + ROWS_AT_ONCE]
            alike = frame.iloc[part].reset_index(drop=True)
            low, high = _range(model, alike, text, text)
            found.low[part] = np.minimum(low, probability[part])
            found.high[part] = np.maximum(high, probability[part])
            found.ask_feed[part] = _most_telling(model, alike, text)
    return found


def _most_telling(model: Model, rows: pd.DataFrame, blind: str) -> np.ndarray:
    """The blind feed that alone would move each score most."""
    feeds = [f for f in blind.split(",") if f and f not in SURE and model.sight.unseen(f).any()]
    if len(feeds) < 2:
        return np.full(len(rows), feeds[0] if feeds else None, dtype=object)
    swing = []
    for feed in feeds:
        rest = ",".join(f for f in blind.split(",") if f != feed)
        low, high = _range(model, rows, blind, rest)
        swing.append(high - low)
    return np.asarray(np.array(feeds, dtype=object)[np.argmax(np.stack(swing), axis=0)])


def _range(model: Model, rows: pd.DataFrame, blind: str, still_blind: str) -> tuple[np.ndarray, np.ndarray]:
    """Low and high probability when what these feeds hide is lent, but for what stays hidden."""
    hidden = model.sight.unseen(blind)
    if still_blind != blind:
        hidden = hidden & ~model.sight.unseen(still_blind)
    if not hidden.any():
        p = model.probabilities(rows)[1].probability
        return p, p
    lent = [n for n, is_hidden in zip(model.sight.names, hidden, strict=True) if is_hidden]
    donors = model.donors
    like_rows = blanked(donors.assign(blind_feeds=blind), model.sight)
    order = np.argsort(model.margins(like_rows), kind="stable")
    place = np.searchsorted(model.margins(like_rows)[order], model.margins(rows))
    n = min(NEAREST, len(order))
    first = np.clip(place - n // 2, 0, len(order) - n)
    chosen = order[first[:, None] + np.arange(n)]
    filled = rows.loc[np.repeat(np.arange(len(rows)), n)].reset_index(drop=True)
    for name in lent:
        filled[name] = donors[name].to_numpy()[chosen.ravel()]
    seen_now = "" if still_blind == blind else still_blind
    filled["blind_feeds"] = seen_now
    p = model.probabilities(filled)[1].probability.reshape(len(rows), n)
    low, high = np.quantile(p, QUANTILES, axis=1)
    return low, high
