"""What a probability is called: high, medium, low, or nothing at all where it rests on too little.

A score is withheld where less than `FLOOR` of the model's attention could be observed, and where an alarm hangs on what
was not: a tier of high that the plausible best of the missing values would take back is a question, not an alarm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_core.scoring.gaps import SURE, blind_feeds
from crm_core.scoring.model import Model, levels
from crm_core.scoring.plausible import plausible

HIGH_ODDS, MEDIUM_ODDS = 3.0, 1.5
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Judged:
    """How far scores may be told, one array per trait, shape (n_rows,).

    n_seen of n_feeds: feeds that the model attends to and that could see. low, high: probability at the best and the
    worst plausible values of what is missing. ask_feed: the feed whose answer would tell most, None if nothing is
    missing. is_worth_asking: withheld, or an alarm at the plausible worst and not otherwise.
    """

    tier: np.ndarray
    evidence: np.ndarray
    level: np.ndarray
    n_seen: np.ndarray
    n_feeds: int
    is_withheld: np.ndarray
    is_fragile: np.ndarray
    low: np.ndarray
    high: np.ndarray
    ask_feed: np.ndarray
    is_worth_asking: np.ndarray


def tiers(probability: np.ndarray, base_rate: float) -> np.ndarray:
    """Tier of each probability: high from 3 times the usual odds, medium from 1.5 times."""
    odds = probability / np.clip(1 - probability, 1e-9, None)
    usual = base_rate / max(1e-9, 1 - base_rate)
    return np.where(odds >= HIGH_ODDS * usual, "high", np.where(odds >= MEDIUM_ODDS * usual, "medium", "low"))


def judge(model: Model, frame: pd.DataFrame, probability: np.ndarray, *, is_backcast: bool = False) -> Judged:
    """Judge scores of rows; for backcasts what is missing is tried out only where there would be an alarm.

    Parameters
    ----------
    probability : ndarray, shape (n_rows,)
        Calibrated probabilities of the rows.
    """
    base = model.card.base_rate or 0.0
    share = model.evidence(frame)
    level = levels(share)
    tier = tiers(probability, base)
    low, high = probability.copy(), probability.copy()
    ask = np.full(len(frame), None, dtype=object)
    tried = np.flatnonzero(tier == "high") if is_backcast else np.arange(len(frame))
    range_ = plausible(model, frame.iloc[tried].reset_index(drop=True), probability[tried])
    low[tried], high[tried], ask[tried] = range_.low, range_.high, range_.ask_feed
    at_best, at_worst = tiers(low, base), tiers(high, base)
    is_withheld = (level == "thin") | ((tier == "high") & (at_best != "high"))
    used = _feeds_used(model)
    return Judged(
        tier=np.where(is_withheld, UNKNOWN, tier),
        evidence=share,
        level=level,
        n_seen=_seen_of(frame, used),
        n_feeds=len(used),
        is_withheld=is_withheld,
        is_fragile=at_best != at_worst,
        low=low,
        high=high,
        ask_feed=ask,
        is_worth_asking=is_withheld | ((at_worst == "high") & (tier != "high")),
    )


def _feeds_used(model: Model) -> frozenset[str]:
    """Feeds that a feature of the model rests on which moves scores at all."""
    sight = model.sight
    moves = [n for n, a in zip(sight.names, model.attention, strict=True) if a > 0 and n in sight.meanings]
    return frozenset().union(*(sight.meanings[n].feeds for n in moves), SURE if moves else frozenset())


def _seen_of(frame: pd.DataFrame, used: frozenset[str]) -> np.ndarray:
    blind = blind_feeds(frame)
    n = {text: len(used - frozenset(text.split(","))) for text in pd.unique(blind)}
    return np.array([n[text] for text in blind], dtype=int)
