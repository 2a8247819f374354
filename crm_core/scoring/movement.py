"""Split the movement of a score between two builds into its causes; the parts add up exactly.

Each feature of an entity has up to three values: as the earlier build saw it, as the earlier day looks with all that is
known now ("in hindsight"), and as it is now. From the earlier score to the newest one the causes are let in one after
the other, and a cause counts for what the probability moves when it comes in:

model       the newer model and its calibration instead of the earlier one
definition  features with a changed definition: the earlier day computed by today's definition
sight       features of a feed that was blind in exactly one of the two builds: their whole change
late_data   all other features: the earlier day with what became known of it since
behaviour   from that day to now

The result would depend on the order, so it is the mean over all orders (Shapley values, exact) in which behaviour comes
after late data and definition: what today would look like without them is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np
import pandas as pd

from crm_core.scoring.model import Model

CAUSES = ("model", "definition", "sight", "late_data", "behaviour")
MODEL, DEFINITION, SIGHT, LATE, BEHAVIOUR = (1 << i for i in range(len(CAUSES)))
BEFORE_BEHAVIOUR = DEFINITION | LATE
ALL = (1 << len(CAUSES)) - 1


@dataclass(frozen=True)
class Sides:
    """The same entities in two builds, row by row.

    Attributes
    ----------
    before, hindsight, now : DataFrame, shape (n_rows, …)
        Features as stored then, of the earlier day as known now, and of today; with entity_id and as_of, and with
        blind_feeds ('' or 'calls,meetings') where it is known.
    feeds : mapping
        Feeds each feature rests on, e.g. 'calls, meetings'.
    redefined : frozenset
        Features whose definition has changed, or that exist in one build only.
    is_retargeted : bool
        What counts as the outcome has changed: a newer model then answers another question, which is a definition.
    """

    before: pd.DataFrame
    hindsight: pd.DataFrame
    now: pd.DataFrame
    feeds: Mapping[str, str] = field(default_factory=dict)
    redefined: frozenset[str] = frozenset()
    is_retargeted: bool = False


@dataclass(frozen=True)
class Split:
    """Movement of each row: probabilities at both ends, and one column per cause, shape (n_rows, 5), in CAUSES' order.

    `without_behaviour` are the rows as they would be had nothing happened since: all causes but behaviour let in.
    """

    before: np.ndarray
    after: np.ndarray
    parts: np.ndarray
    without_behaviour: pd.DataFrame


def split(earlier: Model, newer: Model, sides: Sides) -> Split:
    """Split the movement of every row; `before + parts.sum(axis=1)` is `after`."""
    steps = _steps(sides)
    active = _active(steps, is_swapped=earlier is not newer)
    known = np.full((len(sides.now), ALL + 1), np.nan)
    for mask in range(ALL + 1):
        rows = np.flatnonzero(_is_needed(mask, active))
        if len(rows):
            model = newer if mask & MODEL else earlier
            known[rows, mask] = model.probabilities(_mixed(steps, mask, rows))[1].probability
    parts = _shapley(known, active)
    full = known[np.arange(len(active)), active]
    if sides.is_retargeted:
        parts[:, 1] += parts[:, 0]
        parts[:, 0] = 0.0
    return Split(known[:, 0], full, parts, _mixed(steps, ALL & ~BEHAVIOUR, np.arange(len(active))))


@dataclass(frozen=True)
class _Steps:
    """Feature values at the three stations, all with the same columns, and which cause each step belongs to.

    `is_sight`, `is_redefined`: shape (n_rows, n_features).
    """

    keys: pd.DataFrame
    blind: tuple[np.ndarray, np.ndarray]
    columns: tuple[str, ...]
    before: dict[str, np.ndarray]
    hindsight: dict[str, np.ndarray]
    now: dict[str, np.ndarray]
    is_sight: dict[str, np.ndarray]
    redefined: frozenset[str]


def _steps(sides: Sides) -> _Steps:
    keys = {"entity_id", "as_of", "is_positive", "blind_feeds", "owner_id"}
    columns = tuple(dict.fromkeys(c for frame in (sides.before, sides.now) for c in frame.columns if c not in keys))
    blind = _blind(sides.before), _blind(sides.now)
    hidden = _blind(sides.hindsight)
    before, hindsight, now, is_sight = {}, {}, {}, {}
    for name in columns:
        rests_on = {feed.strip() for feed in sides.feeds.get(name, "").split(",")} - {""}
        then, today, late = (_hides(text, rests_on) for text in (*blind, hidden))
        before[name], now[name] = _values(sides.before, name), _values(sides.now, name)
        was = _values(sides.hindsight, name)
        # The second look judges by less history who could be seen: where it differs, nothing is told of late rows.
        hindsight[name] = np.where((late & ~then) | (then & today), before[name], was)
        is_sight[name] = then != today
    return _Steps(
        sides.now[["entity_id", "as_of"]].reset_index(drop=True),
        blind, columns, before, hindsight, now, is_sight, sides.redefined,
    )  # fmt: skip


def _blind(frame: pd.DataFrame) -> np.ndarray:
    if "blind_feeds" not in frame:
        return np.full(len(frame), "", dtype=object)
    return np.asarray(frame["blind_feeds"].fillna(""), dtype=object)


def _hides(blind: np.ndarray, rests_on: set[str]) -> np.ndarray:
    codes, texts = pd.factorize(blind)
    hides = np.array([bool(rests_on & set(str(text).split(","))) for text in texts], dtype=bool)
    return hides[codes] if len(texts) else np.zeros(len(blind), dtype=bool)


def _values(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A column as the model reads it: single precision, or text; missing where the column is absent."""
    if name not in frame:
        return np.full(len(frame), np.nan, dtype=object)
    values = frame[name]
    if pd.api.types.is_numeric_dtype(values):
        return np.asarray(values.to_numpy(dtype=np.float32, na_value=np.nan))
    return np.asarray(values.astype(object).where(values.notna(), np.nan), dtype=object)


def _differs(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(~((a == b) | (pd.isna(a) & pd.isna(b))), dtype=bool)


def _active(steps: _Steps, *, is_swapped: bool) -> np.ndarray:
    """Causes that did something to a row, as a bit mask, shape (n_rows,)."""
    active = np.full(len(steps.keys), MODEL if is_swapped else 0)
    for name in steps.columns:
        sight = steps.is_sight[name]
        first = DEFINITION if name in steps.redefined else LATE
        active |= np.where(sight & _differs(steps.before[name], steps.now[name]), SIGHT, 0)
        active |= np.where(~sight & _differs(steps.before[name], steps.hindsight[name]), first, 0)
        active |= np.where(~sight & _differs(steps.hindsight[name], steps.now[name]), BEHAVIOUR, 0)
    # The calibration may look at which feeds are blind even where no feature differs.
    active |= np.where(steps.blind[0] != steps.blind[1], SIGHT, 0)
    return active


def _is_needed(mask: int, active: np.ndarray) -> np.ndarray:
    inside = (mask & ~active) == 0
    if not mask & BEHAVIOUR:
        return np.asarray(inside)
    return np.asarray(inside & ((active & BEFORE_BEHAVIOUR & ~mask) == 0))


def _mixed(steps: _Steps, mask: int, rows: np.ndarray) -> pd.DataFrame:
    """Rows with the causes of the mask let in."""
    at = steps.keys.iloc[rows].reset_index(drop=True)
    columns = {}
    for name in steps.columns:
        before, hindsight, now = steps.before[name][rows], steps.hindsight[name][rows], steps.now[name][rows]
        first = DEFINITION if name in steps.redefined else LATE
        seen = now if mask & BEHAVIOUR else hindsight if mask & first else before
        columns[name] = np.where(steps.is_sight[name][rows], now if mask & SIGHT else before, seen)
    # The order of days decides nothing in a model, but text and numbers must keep their kind.
    frame = pd.DataFrame({name: pd.Series(values).infer_objects() for name, values in columns.items()})
    frame.insert(0, "entity_id", at["entity_id"])
    frame.insert(1, "as_of", at["as_of"])
    frame["blind_feeds"] = steps.blind[1 if mask & SIGHT else 0][rows]
    return frame


def _shapley(known: np.ndarray, active: np.ndarray) -> np.ndarray:
    """Mean marginal effect of each cause over the allowed orders, shape (n_rows, 5)."""
    rows = np.arange(len(active))
    parts = np.zeros((len(active), len(CAUSES)))
    present = [i for i in range(len(CAUSES)) if (active >> i & 1).any()]
    orders = [o for o in permutations(present) if _is_allowed(o)]
    marginals: dict[tuple[int, int], int] = {}
    for order in orders:
        mask = 0
        for cause in order:
            marginals[cause, mask] = marginals.get((cause, mask), 0) + 1
            mask |= 1 << cause
    for (cause, mask), times in marginals.items():
        gained = known[rows, (mask | 1 << cause) & active] - known[rows, mask & active]
        parts[:, cause] += gained * (times / len(orders))
    return parts


def _is_allowed(order: tuple[int, ...]) -> bool:
    last = CAUSES.index("behaviour")
    return last not in order or not any(BEFORE_BEHAVIOUR >> cause & 1 for cause in order[order.index(last) :])
