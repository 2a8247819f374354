"""Do published scores keep their word at every level of evidence? Demo companies with their own gaps, pooled.

Rows are customer or lead × as-of date of the test part, withheld ones left out. Beside the calibration error stands
what chance alone makes of it: outcomes drawn anew from the very chances that were told, one draw per customer or lead
and stretch of 90 days, 200 times. `of_truth` is the error that the true chances themselves have in one company, on
average: no model can be told from them below it. `bias` has no luck in it: told against true chances, in ten bins.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.gap_world import as_it_is
from crm_core.scoring import question
from crm_core.scoring.judging import judge
from crm_core.scoring.metrics import calibration_bins, ece
from crm_core.scoring.training import Run, train_candidate

DRAWS = 200
HORIZON = 90
QUESTIONS = ("churn", "lead")


def measure(job: tuple[int, str], folder: Path) -> pd.DataFrame:
    """Test rows of one company with what was told, what came and what was true."""
    seed, name = job
    made = as_it_is(seed, name, folder)
    found = train_candidate(made.con, Run(question(name), 1, made.as_of, 1))
    made.con.close()
    if found.model is None:
        raise SystemExit(f"no model of {name} at seed {seed}: {found.card.reason}")
    test = found.test.reset_index(drop=True)
    told = found.model.probabilities(test)[1].probability
    judged = judge(found.model, test, told)
    rows = pd.DataFrame(
        {
            "question": name,
            "seed": seed,
            "entity_id": test["entity_id"],
            "as_of": test["as_of"],
            "came": test["is_positive"].astype(int),
            "told": told,
            "level": judged.level,
            "is_withheld": judged.is_withheld,
        }
    )
    return rows.merge(made.truth.rename(columns={"probability": "true"}), on=["entity_id", "as_of"], how="left")


def run(seeds: Sequence[int], folder: Path, questions: Sequence[str] = QUESTIONS) -> pd.DataFrame:
    """Test rows of all companies, two companies at a time."""
    with ProcessPoolExecutor(2) as pool:
        jobs = [(seed, name) for seed in seeds for name in questions]
        return pd.concat(list(pool.map(partial(measure, folder=folder), jobs)), ignore_index=True)


def table(rows: pd.DataFrame) -> list[dict[str, object]]:
    """One line per question and level, and one for all levels together."""
    out: list[dict[str, object]] = []
    published = rows[~rows["is_withheld"]]
    for name, own in published.groupby("question"):
        n_all = int((rows["question"] == name).sum())
        out += [_line(f"{name}, all levels", own, n_all)]
        out += [_line(f"{name}, {level}", part, n_all) for level, part in own.groupby("level")]
    return out


def _line(title: str, part: pd.DataFrame, n_all: int) -> dict[str, object]:
    came, told = part["came"].to_numpy(), part["told"].to_numpy()
    by_chance = _by_chance(part)
    known = part.dropna(subset=["true"])
    return {
        "data": title,
        "seeds": int(part["seed"].nunique()),
        "n": len(part),
        "entities": int(part.groupby("seed")["entity_id"].nunique().sum()),
        "share": len(part) / n_all,
        "told": float(told.mean()),
        "came": float(came.mean()),
        "ece": ece(came, told),
        "by_chance": float(np.mean(by_chance)),
        "by_chance_95": float(np.quantile(by_chance, 0.95)),
        "of_truth": float(np.mean([_of_truth(one) for _, one in known.groupby("seed")])),
        "bias": bias(known["true"].to_numpy(), known["told"].to_numpy()),
    }


def bias(true: np.ndarray, told: np.ndarray) -> float:
    """Mean |told - true| over ten bins of told chances of equal count."""
    return float(sum(b.n * abs(b.said - b.came) for b in calibration_bins(true, told)) / max(1, len(told)))


def _of_truth(rows: pd.DataFrame) -> float:
    return ece(rows["came"].to_numpy(), rows["true"].to_numpy())


def _by_chance(part: pd.DataFrame) -> np.ndarray:
    """Calibration errors of outcomes drawn from the told chances themselves."""
    stretch = pd.to_datetime(part["as_of"]).map(pd.Timestamp.toordinal) // HORIZON
    codes, keys = pd.factorize(pd.MultiIndex.from_arrays([part["seed"], part["entity_id"], stretch]))
    rng, told = np.random.default_rng(7), part["told"].to_numpy()
    return np.array([ece((rng.random(len(keys))[codes] < told).astype(int), told) for _ in range(DRAWS)])
