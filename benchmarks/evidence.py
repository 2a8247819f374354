"""Does the product tell "nothing was logged" from "nothing happened"? Counted on worlds whose truth is known.

Rows are customer × as-of date of the test part. *Happy*: a true chance to leave below 3 %, and stayed. *Blind*: the
customer's rep logged almost nothing through calls or meetings in the whole quarter before; *seen*: he logged all.
An alarm is a tier of high that is not withheld. *Caught*: of those who left, the share that was flagged or stood, by
money at stake, on the list "worth a question" within the review capacity: as many customers looked at, per customer
there is, as are flagged among the seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from benchmarks.gap_world import WINDOW, Habit, Job, Mode, World, world
from crm_core.scoring import question
from crm_core.scoring.judging import judge, tiers
from crm_core.scoring.metrics import ece
from crm_core.scoring.training import Run, train_candidate

HAPPY = 0.03
QUICK_SEEDS, QUICK_SHARES = tuple(range(1, 7)), (0.1, 0.6)
DECISIVE = 4.0
"""Factor on what silence adds to the hazard, in worlds where contacts decide."""
FULL_SEEDS, FULL_SHARES = tuple(range(1, 21)), (0.0, 0.1, 0.3, 0.6, 0.85)


@dataclass(frozen=True)
class Measured:
    """What one world gave: test rows with both models' scores, and cells owner × feed × quarter with the truth."""

    job: Job
    unlogged: float
    rows: pd.DataFrame
    cells: pd.DataFrame


def measure(job: Job, folder: Path) -> Measured:
    """Build one world, train both models in it, and score its test part."""
    made = world(job, folder)
    ours = train_candidate(made.con, Run(question("churn"), 1, made.as_of, 1))
    if ours.model is None:
        raise SystemExit(f"no model in world {job}: {ours.card.reason}")
    test = ours.test.reset_index(drop=True)
    raw, calibrated = ours.model.probabilities(test)
    judged = judge(ours.model, test, calibrated.probability)
    naive_raw, naive_tier = _naive(made, test)
    rows = pd.DataFrame(
        {
            "entity_id": test["entity_id"],
            "as_of": test["as_of"],
            "left": test["is_positive"].astype(int),
            "sight": _sight(made.habits, test),
            "money": test["mrr"].fillna(0.0),
            "raw": raw,
            "probability": calibrated.probability,
            "low": calibrated.low,
            "high": calibrated.high,
            "tier": judged.tier,
            "plain_tier": tiers(calibrated.probability, ours.card.base_rate or 0.0),
            "level": judged.level,
            "is_withheld": judged.is_withheld,
            "is_worth_asking": judged.is_worth_asking,
            "naive_raw": naive_raw,
            "naive_tier": naive_tier,
        }
    )
    truth = made.truth.drop(columns="outcome")
    rows = rows.merge(truth, on=["entity_id", "as_of"], how="left", suffixes=("", "_true"))
    cells = _cells(made.con, made.habits)
    made.con.close()
    return Measured(job, made.unlogged, rows, cells)


def _naive(made: World, test: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Margin and tier by a model of the same features that takes what was not logged for nothing."""
    made.con.execute("alter table features.feat_customer rename to feat_ours")
    made.con.execute("alter table features.feat_naive rename to feat_customer")
    naive = train_candidate(made.con, Run(question("churn"), 1, made.as_of, 1, expects_gaps=False))
    if naive.model is None:
        return np.zeros(len(test)), np.full(len(test), "low")
    rows = test[["entity_id", "as_of"]].merge(naive.test, on=["entity_id", "as_of"], how="left")
    raw, calibrated = naive.model.probabilities(rows)
    return raw, tiers(calibrated.probability, naive.card.base_rate or 0.0)


def _sight(habits: Iterable[Habit], test: pd.DataFrame) -> np.ndarray:
    """blind, seen, or between where a habit began within the quarter before."""
    state = np.full(len(test), "seen", dtype=object)
    for habit in habits:
        own = (test["owner_id"] == habit.owner_id).to_numpy()
        since = habit.since
        whole = own if since is None else own & (test["as_of"] >= since + timedelta(WINDOW)).to_numpy()
        begun = own if since is None else own & (test["as_of"] >= since).to_numpy()
        state[begun & (state == "seen")] = "between"
        state[whole] = "blind"
    return state


def _cells(con: duckdb.DuckDBPyConnection, habits: Iterable[Habit]) -> pd.DataFrame:
    cells = con.execute(
        "select l.owner_id, l.feed, s.as_of, 1 - l.sight as suspicion from features.int_feed_logging as l "
        "inner join features.int_spine as s on l.k = s.k where l.feed in ('calls', 'meetings') "
        "and l.owner_id in (select owner_id from features.int_feed_days where feed = 'emails')"
    ).df()
    day = pd.to_datetime(cells["as_of"]).dt.date
    truth = np.zeros(len(cells))
    for habit in habits:
        own = ((cells["owner_id"] == habit.owner_id) & (cells["feed"] == habit.feed)).to_numpy()
        if habit.since is None:
            truth[own] = 1
        else:
            truth[own & (day >= habit.since + timedelta(WINDOW)).to_numpy()] = 1
            truth[own & ((day >= habit.since) & (day < habit.since + timedelta(WINDOW))).to_numpy()] = np.nan
    return cells.assign(is_blind=truth).dropna(subset=["is_blind"])


def run(
    seeds: Sequence[int], shares: Sequence[float], folder: Path, mode: Mode = "habit", contact_weight: float = 1.0
) -> list[Measured]:
    """Measure all worlds, two at a time."""
    # The worlds of a seed share its company: one process has them all.
    by_seed = [[Job(seed, mode, share, contact_weight) for share in shares] for seed in seeds]
    with ProcessPoolExecutor(2) as pool:
        return [one for part in pool.map(partial(_all, folder=folder), by_seed) for one in part]


def _all(jobs: list[Job], folder: Path) -> list[Measured]:
    return [measure(job, folder) for job in jobs]


def figures(found: Sequence[Measured]) -> dict[str, Any]:
    """The figures of worlds of one kind, rows of all seeds together; AUC as the mean over the worlds."""
    rows = pd.concat([m.rows for m in found], ignore_index=True)
    scored = rows[~rows["is_withheld"]]
    happy = rows[(rows["probability_true"] < HAPPY) & (rows["left"] == 0)]
    share_flagged = _rate(rows[rows["sight"] == "seen"], "tier")
    by_world = [m.rows[~m.rows["is_withheld"]] for m in found]
    n_inside, n_bins = _intervals(scored)
    out: dict[str, Any] = {
        "seeds": len({m.job.seed for m in found}),
        "unlogged": float(np.mean([m.unlogged for m in found])),
        "detector_auc": _detector(found),
        "scored_share": 1 - float(rows["is_withheld"].mean()),
        "withheld_blind": float(rows.loc[rows["sight"] == "blind", "is_withheld"].mean()),
        "withheld_seen": float(rows.loc[rows["sight"] == "seen", "is_withheld"].mean()),
        "auc": float(np.mean([roc_auc_score(w["left"], w["raw"]) for w in by_world])),
        "naive_auc": float(np.mean([roc_auc_score(m.rows["left"], m.rows["naive_raw"]) for m in found])),
        "ece": ece(scored["left"].to_numpy(), scored["probability"].to_numpy()),
        "intervals_held": n_inside / max(1, n_bins),
        "n_happy_blind": int((happy["sight"] == "blind").sum()),
        "n_happy_seen": int((happy["sight"] == "seen").sum()),
    }
    for level, part in scored.groupby("level"):
        out[f"ece_{level}"] = ece(part["left"].to_numpy(), part["probability"].to_numpy())
        out[f"n_{level}"] = len(part)
        out[f"chance_{level}"] = _by_chance(part["probability"].to_numpy())
    for sight in ("blind", "seen"):
        own = happy[happy["sight"] == sight]
        out[f"false_alarm_{sight}"] = _rate(own, "tier")
        out[f"plain_false_alarm_{sight}"] = _rate(own, "plain_tier")
        out[f"naive_false_alarm_{sight}"] = _rate(own, "naive_tier")
        out[f"caught_{sight}"] = _caught(rows[rows["sight"] == sight], share_flagged)
    out["caught_ratio"] = out["caught_blind"] / out["caught_seen"] if out["caught_seen"] else np.nan
    return out


def _intervals(rows: pd.DataFrame, size: int = 200) -> tuple[int, int]:
    """In how many groups of customers of a like chance the share that left lies within the interval that was shown."""
    ranked = rows.sort_values("probability", kind="stable")
    groups = np.arange(len(ranked)) // size
    mean = ranked.groupby(groups)[["left", "low", "high"]].mean()
    mean = mean[ranked.groupby(groups).size() == size]
    return int(((mean["left"] >= mean["low"]) & (mean["left"] <= mean["high"])).sum()), len(mean)


def _by_chance(probability: np.ndarray, draws: int = 20) -> float:
    """Calibration error that outcomes drawn from the chances themselves show: what so many rows cannot go below.

    A customer has up to three rows whose windows overlap, which is not drawn; so it is a little too low.
    """
    rng = np.random.default_rng(3)
    return float(np.mean([ece(rng.binomial(1, probability), probability) for _ in range(draws)]))


def _rate(rows: pd.DataFrame, column: str) -> float:
    return float((rows[column] == "high").mean()) if len(rows) else float("nan")


def _detector(found: Sequence[Measured]) -> float:
    cells = pd.concat([m.cells for m in found])
    return float(roc_auc_score(cells["is_blind"], cells["suspicion"])) if cells["is_blind"].nunique() == 2 else np.nan


def _caught(rows: pd.DataFrame, capacity: float) -> float:
    """Of those who left, the share flagged or on the list within the capacity."""
    if not rows["left"].sum() or not np.isfinite(capacity):
        return float("nan")
    shown = rows.assign(flagged=rows["tier"] == "high")
    shown = shown[shown["flagged"] | shown["is_worth_asking"]].sort_values(["flagged", "money"], ascending=False)
    n = max(int(shown["flagged"].sum()), round(capacity * len(rows)))
    return float(shown["left"].head(n).sum() / rows["left"].sum())


def quick(folder: Path) -> dict[str, Any]:
    """The object of `--quick --json`."""
    found = run(QUICK_SEEDS, QUICK_SHARES, folder)
    at = {share: figures([m for m in found if m.job.share == share]) for share in QUICK_SHARES}
    both = figures(found)
    keys: tuple[str, ...] = (
        "seeds",
        "detector_auc",
        "false_alarm_blind",
        "false_alarm_seen",
        "naive_false_alarm_blind",
    )
    keys += ("naive_false_alarm_seen", "caught_blind", "caught_seen")
    out = {key: both[key] for key in keys}
    return out | {
        "auc_at_10": at[0.1]["auc"],
        "auc_at_60": at[0.6]["auc"],
        "naive_auc_at_60": at[0.6]["naive_auc"],
        "scored_share_at_60": at[0.6]["scored_share"],
        "ece": both["ece"],
    }


def full(folder: Path, n_seeds: int = len(FULL_SEEDS)) -> list[Measured]:
    """All worlds of so many seeds.

    Where contacts decide, the two shares of the quick run.
    """
    seeds = tuple(range(1, n_seeds + 1))
    return [
        *run(seeds, FULL_SHARES, folder),
        *run(seeds, FULL_SHARES[1:], folder, "random"),
        *run(seeds, QUICK_SHARES, folder, contact_weight=DECISIVE),
    ]
