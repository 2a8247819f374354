"""Simulated reps who overrule a real model on demo companies whose truth is known.

**The ground.** A demo company of 2,000 records (`gap_world`), three calls and meetings in ten not logged by habit of
the rep. Its scores on all months come from the product's own training with five folds: nobody is scored by a booster or
calibrated on cases that have seen him. Rows are customer × as-of date; what came is what came in the demo.

**What a rep knows that the model does not.** Two things, neither of them shown to the policy:
- *The customer's state.* A noisy reading of the true 90-day chance (log-odds; error per reason times the rep's own):
  in it are moods, contacts nobody logged, everything the model errs on.
- *The decision.* In some talks the customer says, or lets show, what he will do; what is heard is right in so many of
  100 (`HEARD`). A rep takes it for surer than it is (`OVERSURE`): people do.

**What spoils it.** Each rep has noise (0.5 to 1.5 times the reason's) and a bias in log-odds (mean -0.4: they like
their customers; spread 0.4). Six of ten click a belief without a number, so that the convention of `ledger.words.meant`
stands in. *Timing* and *other* are guesses. Reps speak only where their view lies at least 0.7 log-odds from the number
shown, and then three times of ten. Adversarial reps say the mirror image of their view, as far on the other side of the
model's number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.gap_world import Job, world
from crm_core.ledger import words as vocabulary
from crm_core.scoring import question
from crm_core.scoring.card import Card
from crm_core.scoring.gaps import evidence
from crm_core.scoring.matrix import label_dates, read_matrix
from crm_core.scoring.model import FINAL, levels
from crm_core.scoring.training import Run, _attention, _by_folds, _sight

SHARE_UNLOGGED = 0.3
REASONS = np.array(
    ["knows_personally", "customer_told_us", "contract_known", "data_missing", "data_wrong", "timing", "other"],
    dtype=object,
)
OFTEN = np.array([0.3, 0.15, 0.1, 0.1, 0.1, 0.15, 0.1])
READS = np.array([0.5, 0.7, 1.0, 0.5, 0.8, np.inf, np.inf])
"""Error of the reading of the true chance per reason, log-odds; inf: a guess round the number shown."""
HEARD = np.array([0.65, 0.85, 0.75, 0.0, 0.0, 0.0, 0.0])
"""How often what was heard of the decision is right, per reason; 0: nothing was heard."""
GUESS, APART, SPEAKS, NO_NUMBER, OVERSURE = 1.2, 0.7, 0.3, 0.6, 1.5
BIAS, BIAS_SPREAD = -0.4, 0.4
HORIZON = timedelta(days=90)


def ground(seed: int, folder: Path) -> pd.DataFrame:
    """Scored rows of one company: entity_id, as_of, owner_id, p_machine, evidence_level, p_true, is_positive."""
    kept = folder / f"ground-{seed}.parquet"
    if kept.exists():
        return pd.read_parquet(kept)
    made = world(Job(seed, "habit", SHARE_UNLOGGED), folder)
    run = Run(question("churn"), 1, made.as_of, 1)
    matrix = read_matrix(made.con, run.question, [day for day, _, _ in label_dates(made.con, run.question)])
    made.con.close()
    blank = Card("churn", "none", "", 1, made.as_of.isoformat(), "none")
    found = _by_folds(run, matrix, blank)
    if found.model is None:
        raise SystemExit(f"no model in the world of seed {seed}: {found.card.reason}")
    rows, sight = found.test, _sight(run, found.model.contract)
    attention = _attention(found.model.boosters[FINAL], found.model.contract, sight, rows)
    scored = rows[["entity_id", "as_of", "owner_id", "is_positive"]].assign(
        p_machine=found.model.probabilities(rows)[1].probability,
        evidence_level=levels(evidence(rows, sight, attention)),
    )
    truth = made.truth[["entity_id", "as_of", "probability"]].rename(columns={"probability": "p_true"})
    found_rows = scored.merge(truth, on=["entity_id", "as_of"]).dropna(subset=["p_true", "owner_id"])
    found_rows.to_parquet(kept)
    return found_rows


@dataclass(frozen=True)
class Team:
    """The reps of one company, in one draw: noise (factor), bias (log-odds), and who is adversarial from when on."""

    noise: np.ndarray
    bias: np.ndarray
    mirrors: np.ndarray


def team(n: int, rng: np.random.Generator, adversarial: float = 0.0) -> Team:
    """Draw so many reps; a share of them, the same number in every draw, says the opposite of what they think."""
    mirrors = np.zeros(n, dtype=bool)
    mirrors[rng.permutation(n)[: round(adversarial * n)]] = True
    return Team(rng.uniform(0.5, 1.5, n), rng.normal(BIAS, BIAS_SPREAD, n), mirrors)


def views(rows: pd.DataFrame, reps: Team, rng: np.random.Generator) -> pd.DataFrame:
    """What the reps think of every score, oldest first: the columns of judged disagreements, and whether one `speaks`.

    Beside them `kind`: those of the rep's true traits that a per-rep oracle may know.
    """
    rep, _ = pd.factorize(rows["owner_id"], sort=True)
    reason = rng.choice(len(REASONS), len(rows), p=OFTEN)
    base, view = _log_odds(rows["p_machine"].to_numpy()), _views(rows, reps, rep, reason, rng)
    said = _said(view, base, rng)
    said = np.where(reps.mirrors[rep], _chance(2 * base - _log_odds(said)), said)
    out = rows.assign(
        reason_code=REASONS[reason],
        direction=np.where(said > rows["p_machine"], "raises", "lowers"),
        p_person=said,
        who=np.char.add("rep-", rep.astype(str)),
        shown_as_of=rows["as_of"],
        kind=_kind(reps, rep),
        order=rng.random(len(rows)),
        speaks=(np.abs(view - base) >= APART) & (rng.random(len(rows)) < SPEAKS),
    )
    return out.sort_values(["shown_as_of", "order"]).reset_index(drop=True)


def mirrored(said: pd.DataFrame, reps: Team) -> pd.DataFrame:
    """The same words as these reps would say them after turning: the mirror image of each adversarial one's."""
    turns = reps.mirrors[said["who"].str.removeprefix("rep-").astype(int)]
    base = _log_odds(said["p_machine"].to_numpy())
    other = _chance(2 * base - _log_odds(said["p_person"].to_numpy()))
    p_person = np.where(turns, other, said["p_person"])
    return said.assign(p_person=p_person, direction=np.where(p_person > said["p_machine"], "raises", "lowers"))


def _views(rows: pd.DataFrame, reps: Team, rep: np.ndarray, reason: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What each rep thinks of each customer, log-odds, whether or not he says so."""
    base, truth = (_log_odds(rows[c].to_numpy()) for c in ("p_machine", "p_true"))
    error, drawn = READS[reason], rng.standard_normal(len(rows))
    reading = np.where(
        np.isinf(error), base + GUESS * drawn, truth + np.where(np.isinf(error), 0, error) * drawn * reps.noise[rep]
    )
    right = HEARD[reason]
    heard = np.where(rng.random(len(rows)) < right, rows["is_positive"], 1 - rows["is_positive"])
    sure = OVERSURE * _log_odds(np.where(right > 0, right, 0.5))
    return np.asarray(reading + np.where(heard > 0.5, sure, -sure) + reps.bias[rep])


def _said(view: np.ndarray, base: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The chance that counts: a round number of his own, or the convention for a belief that was clicked."""
    own = np.clip(np.round(_chance(view) * 20) / 20, 0.01, 0.99)
    leaves, stays = (vocabulary.meant(belief, None, None) for belief in ("will_leave", "will_stay"))
    up, down = view > base, _log_odds(np.full(1, stays)) < base
    clicks = rng.random(len(view)) < NO_NUMBER
    return np.where(clicks & up, np.maximum(leaves, own), np.where(clicks & ~up & down, stays, own))


def _kind(reps: Team, rep: np.ndarray) -> np.ndarray:
    """Terciles of noise and sign of the bias against the mean, and whether adversarial."""
    noise = np.digitize(reps.noise, (0.83, 1.17)).astype(str)
    bias = np.where(reps.bias > BIAS, "high", "low")
    side = np.where(reps.mirrors, "adversarial", "honest")
    return np.asarray(np.char.add(np.char.add(noise, bias), side)[rep], dtype=object)


def _log_odds(p: np.ndarray) -> np.ndarray:
    kept = np.clip(p, 0.001, 0.999)
    return np.asarray(np.log(kept / (1 - kept)))


def _chance(odds: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-odds)))
