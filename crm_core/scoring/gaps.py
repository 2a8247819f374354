"""Gaps: feeds that could not see somebody, what of a score rests on them, and how a model learns to expect them.

A blind feed's features arrive as missing. A model that met gaps only where they happened to be would take them for a
sign (the customers of those who never log calls), so every training row is shown a second time with feeds taken away at
random: per owner, as habits do it, and per entity, as integrations do it; as often as measured, and worse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from crm_core.warehouse import FeatureMeaning

SURE = frozenset({"crm", "billing"})
NEVER_BLIND = SURE | {"people"}
LOGGED = ("calls", "emails", "meetings")
SEED = 11
WORSE, LEAST, MOST = 1.5, 0.25, 0.6
PER_ENTITY = 0.1
MANY_SHARE, MANY_RATE = 0.1, 0.6


@dataclass(frozen=True)
class Sight:
    """Which features are unknown when which feeds are blind.

    Parameters
    ----------
    names : sequence of str
        Features of a model, in its order; fields of the source itself rest on the record, which is always seen.
    meanings : mapping
        Feature -> meaning.
    """

    names: tuple[str, ...]
    meanings: Mapping[str, FeatureMeaning]
    _known: dict[str, np.ndarray] = field(default_factory=dict, repr=False)

    @cached_property
    def feeds(self) -> tuple[str, ...]:
        """Feeds that may be blind and on which a feature rests, in the order of the alphabet."""
        return tuple(
            sorted({f for n in self.names if n in self.meanings for f in self.meanings[n].feeds} - NEVER_BLIND)
        )

    def unseen(self, blind: str) -> np.ndarray:
        """Which features are unknown where these feeds (parted by commas) are blind, shape (n_features,)."""
        if blind not in self._known:
            feeds = frozenset(part for part in blind.split(",") if part)
            hidden = [n in self.meanings and self.meanings[n].is_unseen(feeds) for n in self.names]
            self._known[blind] = np.array(hidden, dtype=bool)
        return self._known[blind]

    def patterns(self, frame: pd.DataFrame) -> list[tuple[np.ndarray, np.ndarray]]:
        """Rows that are blind alike: (places of the rows, features they lack); rows that lack nothing are left out."""
        blind = blind_feeds(frame)
        found = []
        for text in pd.unique(blind):
            hidden = self.unseen(text)
            if hidden.any():
                found.append((np.flatnonzero(blind == text), hidden))
        return found


def blind_feeds(frame: pd.DataFrame) -> np.ndarray:
    """Feeds that could not see each row, parted by commas; empty where that is not known."""
    if "blind_feeds" not in frame:
        return np.full(len(frame), "", dtype=object)
    return np.asarray(frame["blind_feeds"].fillna(""), dtype=object)


def evidence(frame: pd.DataFrame, sight: Sight, attention: np.ndarray) -> np.ndarray:
    """Share of the model's attention that rests on what could be observed, 0 to 1, shape (n_rows,).

    Parameters
    ----------
    attention : ndarray, shape (n_features,)
        Mean |SHAP| per feature, log-odds.
    """
    share = np.ones(len(frame))
    total = float(attention.sum())
    if total <= 0:
        return share
    for rows, hidden in sight.patterns(frame):
        share[rows] = 1 - float(attention[hidden].sum()) / total
    return share


def blanked(frame: pd.DataFrame, sight: Sight) -> pd.DataFrame:
    """The rows with everything missing that rests on their blind feeds."""
    out = frame.copy()
    for rows, hidden in sight.patterns(frame):
        for name, is_hidden in zip(sight.names, hidden, strict=True):
            if is_hidden and name in out:
                column = out[name].to_numpy(copy=True)
                column[rows] = np.nan
                out[name] = column
    return out


def best_seen(frame: pd.DataFrame, sight: Sight, most: int = 4_000) -> pd.DataFrame:
    """The rows that lack least, at most so many, spread evenly over them."""
    lacks = np.zeros(len(frame), dtype=int)
    for rows, hidden in sight.patterns(frame):
        lacks[rows] = hidden.sum()
    best = np.flatnonzero(lacks == lacks.min()) if len(frame) else np.empty(0, dtype=int)
    return frame.iloc[best[np.unique(np.linspace(0, len(best) - 1, min(most, len(best))).astype(int))]]


def donors_of(train: pd.DataFrame, sight: Sight) -> pd.DataFrame:
    """Rows that lend values to rows with blind feeds: entity and features only, from the dates nearest to now."""
    if not sight.feeds or not len(train):
        return pd.DataFrame()
    newest = train[train["as_of"] >= sorted(train["as_of"].unique())[-3:][0]]
    kept = best_seen(newest, sight, most=1_000)
    return kept[["entity_id", *(n for n in sight.names if n in kept)]].reset_index(drop=True)


def with_gaps(frame: pd.DataFrame, sight: Sight) -> pd.DataFrame:
    """The rows once more with feeds taken away, the same at every run; none where no feature rests on a feed.

    Parameters
    ----------
    frame : DataFrame, shape (n_rows, …)
        Has entity_id, and owner_id and blind_feeds where known.
    """
    if not sight.feeds or not len(frame):
        return frame.iloc[:0]
    rng = np.random.default_rng(SEED)
    given = blind_feeds(frame)
    is_blind = _as_matrix(given, sight.feeds)
    measured = is_blind.mean(axis=0)
    owner, n_owners = _codes(frame, "owner_id")
    entity, n_entities = _codes(frame, "entity_id")
    is_logged = np.isin(sight.feeds, LOGGED)
    habit = np.where(is_logged, np.clip(WORSE * measured, LEAST, MOST), 0.0)
    alone = np.clip(WORSE * measured * ~is_logged, PER_ENTITY, MOST)
    lost = (rng.random((n_owners, len(sight.feeds))) < habit)[owner]
    lost |= (rng.random((n_entities, len(sight.feeds))) < alone)[entity]
    many = rng.random(n_entities) < MANY_SHARE
    lost |= (many[:, None] & (rng.random((n_entities, len(sight.feeds))) < MANY_RATE))[entity]
    again = frame.copy()
    again["blind_feeds"] = _as_text(is_blind | lost, sight.feeds, given)
    return blanked(again, sight)


def _codes(frame: pd.DataFrame, name: str) -> tuple[np.ndarray, int]:
    if name not in frame:
        return np.zeros(len(frame), dtype=int), 1
    codes, keys = pd.factorize(frame[name].fillna(""), sort=True)
    return codes, max(1, len(keys))


def _as_matrix(blind: np.ndarray, feeds: Sequence[str]) -> np.ndarray:
    codes, texts = pd.factorize(blind)
    known = np.array([[feed in text.split(",") for feed in feeds] for text in texts], dtype=bool)
    return np.asarray(known.reshape(len(texts), len(feeds))[codes])


def _as_text(is_blind: np.ndarray, feeds: Sequence[str], given: np.ndarray) -> np.ndarray:
    """Back to names; feeds that no feature rests on stay named."""
    code = is_blind @ (1 << np.arange(len(feeds)))
    pairs = pd.MultiIndex.from_arrays([code, given])
    places, unique = pd.factorize(pairs)
    words = []
    for bits, text in unique:
        named = {feed for i, feed in enumerate(feeds) if int(bits) >> i & 1}
        words.append(",".join(sorted(named | {part for part in text.split(",") if part})))
    return np.asarray(np.array(words, dtype=object)[places])
