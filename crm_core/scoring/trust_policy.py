"""Whose word counts how much, by reason and situation: learned from judged disagreements, never per named person.

A cell is a reason, a direction (the person's chance above or below the model's) and an evidence level; `ANY` stands for
all of one. Every cell is drawn towards the one above it: reason × direction × evidence -> reason × direction -> reason
-> all. How strongly is estimated from the data (empirical Bayes: Efron and Morris 1975; Gelman et al. 2013, Bayesian
Data Analysis, ch. 5).

*Nearer*: how often the person was nearer to what came than the model, Beta-binomial with the mean of the cell above as
the prior's mean. *Weight*: posterior mean of w in `combining.combined` under the log-likelihood of the outcomes, with
a normal prior round the weight of the cell above; the topmost prior stands at 0, so that without evidence nothing
pulls. Below 0 no word is turned round: it counts nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from crm_core.combining import FURTHEST, LEAST, MOST

ANY = "any"
LEVELS = ((), ("reason_code",), ("reason_code", "direction"), ("reason_code", "direction", "evidence_level"))
KEYS = LEVELS[-1]
COLUMNS = (*KEYS, "entity_id", "who", "shown_as_of", "p_machine", "p_person", "is_positive")
"""What is learned from; `who` only counts people and is in nothing that comes out."""

MIN_PEOPLE, MIN_CASES = 5, 20
GRID = np.linspace(-1.0, 1.0, 41)
TOP_SPREAD, TOP_STRENGTH = 0.5, 2.0
SPREADS = (0.05, 0.1, 0.2, 0.4)
STRENGTHS = (2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0)
_SHARES = np.linspace(0.0005, 0.9995, 1000)
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Cell:
    """What judged words of one reason and situation have taught.

    n counts words, n_people who said them; nearer with its 95 % interval is the share of words that were nearer than
    the model; weight (0..1) is what was learned, whether or not it is in force.
    """

    reason_code: str
    direction: str
    evidence_level: str
    n: int
    n_people: int
    nearer: float
    nearer_low: float
    nearer_high: float
    weight: float

    @property
    def key(self) -> Key:
        """Reason, direction, evidence level."""
        return self.reason_code, self.direction, self.evidence_level


@dataclass(frozen=True)
class Prepared:
    """Judged words as arrays, so that many subsets of them can be learned from.

    index: narrowest cell of each word; keys, of: cells of each level and which of them each narrowest cell is in;
    person, is_nearer: of each word; likelihood: log-likelihood of its outcome at each weight, shape (n_rows, n_grid).
    """

    index: np.ndarray
    keys: tuple[tuple[Key, ...], ...]
    of: tuple[np.ndarray, ...]
    person: np.ndarray
    is_nearer: np.ndarray
    likelihood: np.ndarray

    def take(self, rows: np.ndarray) -> Prepared:
        """Only these words."""
        return replace(
            self,
            index=self.index[rows],
            person=self.person[rows],
            is_nearer=self.is_nearer[rows],
            likelihood=self.likelihood[rows],
        )


@dataclass(frozen=True)
class _Fit:
    """Every cell of one level, arrays of shape (n_cells,) and (n_cells, 3): what it knows, what it hands down."""

    n: np.ndarray
    n_people: np.ndarray
    weight: np.ndarray
    nearer: np.ndarray

    @property
    def stands_alone(self) -> np.ndarray:
        return (self.n >= MIN_CASES) & (self.n_people >= MIN_PEOPLE)


def usable(judged: pd.DataFrame) -> pd.DataFrame:
    """Judged words that can be learned from, in an order that depends on nothing but themselves.

    Parameters
    ----------
    judged : DataFrame
        `COLUMNS`; left out are rows without an outcome or without a number of the model. Which words are compared at
        all (said in time, not taken back, the last of a person) is decided in `labels.int_disagreement_state`.
    """
    rows = judged.assign(evidence_level=judged["evidence_level"].fillna("unknown"))
    known = rows[list(COLUMNS)].notna().all(axis=1)
    kept = rows.loc[known, list(COLUMNS)]
    return kept.sort_values([c for c in COLUMNS if c != "who"], kind="stable").reset_index(drop=True)


def prepared(rows: pd.DataFrame) -> Prepared:
    """The words of `usable` as arrays."""
    groups = rows.groupby(list(KEYS), sort=True)
    narrow = [(str(r), str(d), str(e)) for r, d, e in groups.groups]
    keys, of = [], []
    for depth in range(len(LEVELS)):
        mine = [_at(key, depth) for key in narrow]
        keys.append(tuple(sorted(set(mine))))
        of.append(np.array([keys[-1].index(key) for key in mine], dtype=int))
    return Prepared(
        groups.ngroup().to_numpy(dtype=int),
        tuple(keys),
        tuple(of),
        pd.factorize(rows["who"])[0],
        is_nearer(rows),
        _likelihood(rows),
    )


def cells(data: Prepared) -> tuple[Cell, ...]:
    """Every cell that stands on its own feet, the topmost first; others use the one above."""
    if not len(data.index):
        return ()
    above = _Fit(np.zeros(1), np.zeros(1), np.zeros(1), np.array([[0.5, 0.0, 1.0]]))
    found: list[Cell] = []
    for depth in range(len(LEVELS)):
        up = np.zeros(1, dtype=int)
        if depth:
            up = np.zeros(len(data.keys[depth]), dtype=int)
            up[data.of[depth]] = data.of[depth - 1]
        above = _fitted(data, depth, above, up)
        found += [_cell(data.keys[depth][i], above, i) for i in np.flatnonzero(above.stands_alone).tolist()]
    return tuple(found)


def lookup(found: Sequence[Cell], rows: pd.DataFrame) -> np.ndarray:
    """Weight of each word by the narrowest cell that is there, 0 without any; shape (n_rows,)."""
    known = {cell.key: cell.weight for cell in found}
    index, keys = pd.factorize(pd.MultiIndex.from_frame(rows[list(KEYS)].astype(str)))
    chains = [[_at((str(r), str(d), str(e)), depth) for depth in (3, 2, 1, 0)] for r, d, e in keys]
    weights = np.array([next((known[k] for k in chain if k in known), 0.0) for chain in chains], dtype=float)
    return weights[index] if len(index) else np.zeros(0)


def pull(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds of the model, and how far each word pulls at full weight, as `combining.combined` has it."""
    base, person = (_log_odds(rows[c].to_numpy(dtype=float)) for c in ("p_machine", "p_person"))
    return base, np.clip(person - base, -FURTHEST, FURTHEST)


def is_nearer(rows: pd.DataFrame) -> np.ndarray:
    """Whether the person was nearer to what came than the model, shape (n_rows,)."""
    y = rows["is_positive"].to_numpy(dtype=float)
    person, machine = (np.abs(rows[c].to_numpy(dtype=float) - y) for c in ("p_person", "p_machine"))
    return np.asarray(person < machine)


def _log_odds(p: np.ndarray) -> np.ndarray:
    kept = np.clip(p, LEAST, MOST)
    return np.asarray(np.log(kept / (1 - kept)))


def _likelihood(rows: pd.DataFrame) -> np.ndarray:
    """Log-likelihood of each word's outcome at each weight, shape (n_rows, n_grid).

    Words about the same customer or lead on the same day share one outcome: together they count as one case.
    """
    base, away = pull(rows)
    y = rows["is_positive"].to_numpy(dtype=float)[:, None]
    odds = base[:, None] + away[:, None] * GRID
    share = 1 / rows.groupby(["entity_id", "shown_as_of"])["p_person"].transform("size").to_numpy(dtype=float)
    return np.asarray((y * odds - np.logaddexp(0, odds)) * share[:, None])


def _fitted(data: Prepared, depth: int, above: _Fit, up: np.ndarray) -> _Fit:
    """Posteriors of the cells of one level, with a spread and a strength common to all; thin ones take what is above.

    Parameters
    ----------
    up : ndarray, shape (n_cells,)
        Which cell of the level above each belongs to.
    """
    code, size = data.of[depth][data.index], len(data.keys[depth])
    n = np.bincount(code, minlength=size)
    said = np.unique(code * (data.person.max() + 1) + data.person) // (data.person.max() + 1)
    fit = _Fit(n, np.bincount(said, minlength=size), above.weight[up], above.nearer[up])
    own = np.flatnonzero(fit.stands_alone)
    if not len(own):
        return fit
    nearer = np.bincount(code, weights=data.is_nearer, minlength=size)[own]
    likelihood = (code == own[:, None]).astype(float) @ data.likelihood
    centre, mean = fit.weight[own], fit.nearer[own, 0]
    fit.weight[own] = _weights(likelihood, centre, SPREADS if depth else (TOP_SPREAD,))
    prior = _strength(nearer, n[own], mean) if depth else TOP_STRENGTH
    fit.nearer[own] = _beta(nearer + mean * prior, n[own] - nearer + (1 - mean) * prior)
    return fit


def _prior(centre: np.ndarray, spread: float) -> np.ndarray:
    """Log of a normal prior on the grid, one row per centre."""
    log = -0.5 * ((GRID - centre[:, None]) / spread) ** 2
    return np.asarray(log - np.logaddexp.reduce(log, axis=1, keepdims=True))


def _weights(likelihood: np.ndarray, centre: np.ndarray, spreads: Sequence[float]) -> np.ndarray:
    """Posterior mean of each cell's weight, averaged over how far weights of a level may lie from those above.

    Each spread counts by how likely it makes the outcomes of the whole level.
    """
    means, told = [], []
    for spread in spreads:
        log = likelihood + _prior(centre, spread)
        whole = np.logaddexp.reduce(log, axis=1, keepdims=True)
        means.append(np.exp(log - whole) @ GRID)
        told.append(float(whole.sum()))
    share = np.exp(np.array(told) - max(told))
    return np.asarray(share @ np.array(means) / share.sum())


def _strength(nearer: np.ndarray, n: np.ndarray, mean: np.ndarray) -> float:
    """How many cases the cell above is worth as a prior, by the likelihood of the Beta-binomial."""
    told = [
        sum(_beta_binomial(k, of, m * s, (1 - m) * s) for k, of, m in zip(nearer, n, mean, strict=True))
        for s in STRENGTHS
    ]
    return STRENGTHS[int(np.argmax(told))]


def _beta_binomial(k: float, n: float, a: float, b: float) -> float:
    return _log_beta(k + a, n - k + b) - _log_beta(a, b)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _beta(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Mean and 95 % interval of Beta distributions, the ends to a thousandth; shape (n, 3)."""
    log = (a - 1)[:, None] * np.log(_SHARES) + (b - 1)[:, None] * np.log(1 - _SHARES)
    mass = np.cumsum(np.exp(log - log.max(axis=1, keepdims=True)), axis=1)
    low, high = (_SHARES[(mass < q * mass[:, -1:]).sum(axis=1)] for q in (0.025, 0.975))
    return np.stack([a / (a + b), low, high], axis=1)


def _cell(key: Key, fit: _Fit, at: int) -> Cell:
    mean, low, high = (round(float(v), 3) for v in fit.nearer[at])
    weight = round(float(np.clip(fit.weight[at], 0.0, 1.0)), 3)
    return Cell(*key, int(fit.n[at]), int(fit.n_people[at]), mean, low, high, weight)


def _at(key: Key, depth: int) -> Key:
    """The cell of a level that a narrower one lies in."""
    reason, direction, evidence = (*key[:depth], ANY, ANY, ANY)[:3]
    return reason, direction, evidence
