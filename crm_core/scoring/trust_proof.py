"""Whether people and model together are better than either: asked of history that the weights have not learned from.

Each customer or lead is in one of ten folds; its words are weighed by what the other folds have taught. A case is a
customer or lead on a day, whatever number of people spoke. Brier skill = 1 - Brier / Brier of what is compared with;
intervals by drawing customers and leads with replacement. Proven is what lies above 0 with 95 % against the model and
against the better of model and people, and does not fail in the later half of time with what the earlier one taught.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_core.scoring.trust_policy import Cell, cells, lookup, prepared, pull, usable

N_FOLDS = 10
RESAMPLES = 1000
MIN_PROOF = 100
FAR_TOO_FEW = 10_000


@dataclass(frozen=True)
class Skill:
    """Brier skill with its 95 % interval; None where nothing could be measured."""

    mean: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_above_zero(self) -> bool:
        """Beyond chance."""
        return self.low is not None and self.low > 0


@dataclass(frozen=True)
class Proven:
    """The verdict on held-out history.

    n: cases; n_people: who spoke; over_model, over_best: skill against the model, and against the better of model and
    people; later: skill against the model in the later half, by what the earlier taught (None: too little of either);
    n_wanted: about so many cases would prove a gain of this size (None: none to be proven); why: 'proven', 'few',
    'no_gain', 'unsure' or 'faded'.
    """

    is_proven: bool
    n: int
    n_people: int
    over_model: Skill
    over_best: Skill
    later: float | None
    n_wanted: int | None
    why: str


@dataclass(frozen=True)
class Policy:
    """What was learned from people about one question, and whether it may be used."""

    cells: tuple[Cell, ...]
    proof: Proven

    def weights(self, rows: pd.DataFrame) -> np.ndarray:
        """Weight in force of each word, shape (n_rows,): 0 everywhere until it is proven."""
        return lookup(self.cells, rows) if self.proof.is_proven else np.zeros(len(rows))


def learn(judged: pd.DataFrame) -> Policy:
    """Weights from judged words, and whether they have proven themselves.

    Parameters
    ----------
    judged : DataFrame
        As `trust_policy.usable` wants it.
    """
    rows = usable(judged)
    return Policy(cells(prepared(rows)) if len(rows) else (), prove(rows))


def prove(rows: pd.DataFrame) -> Proven:
    """The verdict on these words; rows as `usable` gives them."""
    n, n_people = len(rows.drop_duplicates(["entity_id", "shown_as_of"])), rows["who"].nunique()
    if n < MIN_PROOF:
        return Proven(False, n, n_people, Skill(), Skill(), None, MIN_PROOF, "few")
    found = losses(rows, _held_out(rows, _folds(rows)))
    over_model, over_best = _skills(found)
    later = _later(rows)
    why = _why(over_model, over_best, later)
    return Proven(why == "proven", n, n_people, over_model, over_best, later, _wanted(n, over_model, over_best), why)


def losses(rows: pd.DataFrame, weight: np.ndarray) -> pd.DataFrame:
    """Brier loss per case of model, people and both together, with these weights of the words; by entity and day."""
    base, away = pull(rows)
    framed = rows[["entity_id", "shown_as_of", "p_machine", "p_person", "is_positive"]].assign(
        base=base, pulled=weight * away
    )
    cases = framed.groupby(["entity_id", "shown_as_of"], sort=True).mean().reset_index()
    y = cases["is_positive"].to_numpy()
    pulled = cases["pulled"].to_numpy()
    both = np.where(pulled == 0, cases["p_machine"], 1 / (1 + np.exp(-(cases["base"] + pulled))))
    told = {"machine": cases["p_machine"], "person": cases["p_person"], "both": both}
    return cases[["entity_id", "shown_as_of"]].assign(**{name: (p - y) ** 2 for name, p in told.items()})


def _folds(rows: pd.DataFrame) -> np.ndarray:
    """Fold of each row by its entity, shape (n_rows,)."""
    return np.asarray(pd.util.hash_array(rows["entity_id"].astype(str).to_numpy(dtype=object)) % N_FOLDS, dtype=int)


def _held_out(rows: pd.DataFrame, fold: np.ndarray) -> np.ndarray:
    weight, data = np.zeros(len(rows)), prepared(rows)
    for i in np.unique(fold):
        weight[fold == i] = lookup(cells(data.take(fold != i)), rows[fold == i])
    return weight


def _skills(found: pd.DataFrame) -> tuple[Skill, Skill]:
    """Skill of both together over the model, and over the better of model and people."""
    per = found.groupby("entity_id", sort=True)[["machine", "person", "both"]].sum().to_numpy()
    drawn = np.random.default_rng(7).multinomial(len(per), np.full(len(per), 1 / len(per)), RESAMPLES) @ per
    return _skill(per.sum(axis=0)[None], drawn, [0]), _skill(per.sum(axis=0)[None], drawn, [0, 1])


def _skill(all_of_it: np.ndarray, drawn: np.ndarray, rivals: list[int]) -> Skill:
    def skill(sums: np.ndarray) -> np.ndarray:
        return np.asarray(1 - sums[:, 2] / np.maximum(sums[:, rivals].min(axis=1), 1e-12))

    low, high = np.quantile(skill(drawn), (0.025, 0.975))
    return Skill(*(round(float(v), 5) for v in (skill(all_of_it)[0], low, high)))


def _later(rows: pd.DataFrame) -> float | None:
    """Skill over the model in the later half of the cases, with weights the earlier half has taught."""
    days = rows["shown_as_of"].sort_values(ignore_index=True)
    late = (rows["shown_as_of"] >= days.iloc[len(days) // 2]).to_numpy()
    if min(late.sum(), (~late).sum()) < MIN_PROOF // 2:
        return None
    found = losses(rows[late], lookup(cells(prepared(rows).take(~late)), rows[late]))
    return round(float(1 - found["both"].sum() / max(found["machine"].sum(), 1e-12)), 5)


def _why(over_model: Skill, over_best: Skill, later: float | None) -> str:
    if over_model.is_above_zero and over_best.is_above_zero:
        return "proven" if later is None or later >= 0 else "faded"
    return "unsure" if min(over_model.mean or 0.0, over_best.mean or 0.0) > 0 else "no_gain"


def _wanted(n: int, over_model: Skill, over_best: Skill) -> int | None:
    """Cases that would prove gains of this size: the interval narrows with the root of their number."""
    wanted = 0.0
    for skill in (over_model, over_best):
        if skill.mean is None or skill.low is None or skill.mean <= 0:
            return None
        wanted = max(wanted, n * ((skill.mean - skill.low) / skill.mean) ** 2)
    return None if wanted > FAR_TOO_FEW else max(n, round(wanted))
