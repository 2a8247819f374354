"""Are model and people together better than either? Replayed month by month on worlds whose truth is known.

A word is judged 90 days after the day of its score. The first n judged words of a company teach; the test is every word
said after the day on which the 1,000th was judged, the same for every n. *Gain*: Brier skill over the better of human
alone and model alone on the words of the test. `override_world` says who the reps are.

**Oracle**: the same formula with the true weight of each reason × direction × evidence level, fitted without any
shrinkage on all words of further teams in all companies, the test's outcomes among them. **Per-rep oracle**: the same
for each kind of rep (noise, bias, honest or not), which no policy here may know.

*Adversarial loss*: how much larger the Brier of what is shown is than the model's, at worst over all shares of
adversarial reps and all n: the combination where it has proven itself, else the model alone. Turncoats were honest as
long as the policy learned and say the opposite in all of the test; nothing that waits for outcomes can see that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from benchmarks.override_world import HORIZON, ground, mirrored, team, views
from crm_core.scoring.trust_policy import KEYS, cells, lookup, prepared, pull, usable
from crm_core.scoring.trust_proof import learn

SIZES = (100, 200, 500, 1000)
JUDGED = 500
ADVERSARIAL = (0.25, 0.5, 1.0)
TURNCOATS = (0.25, 0.5)
QUICK_SEEDS, QUICK_TEAMS = tuple(range(1, 11)), 4
FULL_SEEDS, FULL_TEAMS = QUICK_SEEDS, 8
TRUE_WEIGHTS = np.linspace(0, 1, 101)
REPS = 16
Key = tuple[str, ...]


@dataclass(frozen=True)
class Size:
    """How much is replayed."""

    seeds: tuple[int, ...]
    teams: int


QUICK, FULL = Size(QUICK_SEEDS, QUICK_TEAMS), Size(FULL_SEEDS, FULL_TEAMS)


@dataclass(frozen=True)
class Replay:
    """What one company gave.

    words: the words of all tests with the weights each policy gives them; scores: sums of the errors over all scores of
    the test months, spoken of or not; likelihood: of each weight per cell, for the oracles.
    """

    seed: int
    words: pd.DataFrame
    scores: pd.DataFrame
    likelihood: dict[Key, np.ndarray]


def replay(seed: int, folder: Path, teams: int) -> Replay:
    """Replay one company with so many honest teams, and with as many of every unfriendly sort."""
    rows = ground(seed, folder)
    found, sums = [], []
    likelihood: dict[Key, np.ndarray] = {}
    for draw in range(teams):
        rng = np.random.default_rng([seed, draw])
        thought = views(rows, team(REPS, rng), rng)
        words = thought[thought["speaks"]].reset_index(drop=True)
        test = _test(words)
        taught = _weighed(words, test).assign(scenario="honest", draw=draw)
        found.append(taught)
        sums.append(_over_all(thought, taught))
        for share in TURNCOATS:
            turned = mirrored(taught, team(REPS, np.random.default_rng([seed, draw]), share))
            found.append(_reweighed(words, turned).assign(scenario=f"turncoats {share:.0%}"))
        for share in ADVERSARIAL:
            rng = np.random.default_rng([seed, draw])
            bad = views(rows, team(REPS, rng, share), rng)
            bad = bad[bad["speaks"]].reset_index(drop=True)
            found.append(_weighed(bad, _test(bad)).assign(scenario=f"adversarial {share:.0%}", draw=draw))
        for other in (teams + 2 * draw, teams + 2 * draw + 1):
            _add(likelihood, rows, np.random.default_rng([seed, other]))
    return Replay(seed, pd.concat(found), pd.DataFrame(sums).sum().to_frame().T, likelihood)


def _test(words: pd.DataFrame) -> pd.DataFrame:
    """Words said after the last of those that may teach was judged."""
    judged = words["shown_as_of"].iloc[SIZES[-1] - 1] + HORIZON
    return words[words["shown_as_of"] >= judged].reset_index(drop=True)


def _weighed(words: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """The words of the test with the weight that the first n give them, and whether those had proven it."""
    out = {}
    for n in SIZES:
        first = words.iloc[:n]
        out[f"w{n}"] = lookup(cells(prepared(usable(first))), test)
        pulls = bool(out[f"w{n}"].any())
        out[f"proven{n}"] = np.full(len(test), pulls and learn(first).proof.is_proven)
    return test.assign(**out)


def _reweighed(words: pd.DataFrame, turned: pd.DataFrame) -> pd.DataFrame:
    """Words whose direction has turned, with the weights of an unsuspecting policy."""
    return turned.assign(**{f"w{n}": lookup(cells(prepared(usable(words.iloc[:n]))), turned) for n in SIZES})


def _over_all(thought: pd.DataFrame, taught: pd.DataFrame) -> dict[str, float]:
    """Squared errors summed over all scores of the test months: whoever was not spoken of has the model's number."""
    every = thought[thought["shown_as_of"] >= taught["shown_as_of"].min()]
    error = {c: ((every[c] - every["is_positive"]) ** 2).to_numpy() for c in ("p_machine", "p_person")}
    spoken = every["speaks"].to_numpy()
    together = (chance(taught, taught[f"w{JUDGED}"].to_numpy()) - taught["is_positive"].to_numpy()) ** 2
    in_force = np.where(taught[f"proven{JUDGED}"], together, (taught["p_machine"] - taught["is_positive"]) ** 2)
    silent = float(error["p_machine"][~spoken].sum())
    return {
        "n": len(every),
        "never": float(error["p_machine"].sum()),
        "human": float(error["p_person"].sum()),
        "always": silent + float(error["p_person"][spoken].sum()),
        "both": silent + float(together.sum()),
        "in_force": silent + float(in_force.sum()),
    }


def chance(words: pd.DataFrame, weight: np.ndarray) -> np.ndarray:
    """The combination's chance for words that stand alone, as `combining.combined` has it."""
    base, away = pull(words)
    return np.asarray(np.where(weight == 0, words["p_machine"], 1 / (1 + np.exp(-(base + weight * away)))))


def _add(likelihood: dict[Key, np.ndarray], rows: pd.DataFrame, rng: np.random.Generator) -> None:
    """Add what another team says of the whole history to the likelihoods of the true weights."""
    words = views(rows, team(REPS, rng), rng)
    words = words[words["speaks"]]
    base, away = pull(words)
    odds = base[:, None] + away[:, None] * TRUE_WEIGHTS
    log = words["is_positive"].to_numpy(dtype=float)[:, None] * odds - np.logaddexp(0, odds)
    for columns in (list(KEYS), [*KEYS, "kind"]):
        for key, at in words.reset_index(drop=True).groupby(columns).indices.items():
            likelihood[key] = likelihood.get(key, 0.0) + log[at].sum(axis=0)


def run(size: Size, folder: Path) -> list[Replay]:
    """Replay all companies, two at a time, and give the oracles' weights to their words."""
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(partial(replay, folder=folder, teams=size.teams), size.seeds))
    total: dict[Key, np.ndarray] = {}
    for one in found:
        for key, log in one.likelihood.items():
            total[key] = total.get(key, 0.0) + log
    best = {key: float(TRUE_WEIGHTS[int(np.argmax(log))]) for key, log in total.items()}
    return [Replay(o.seed, _oracles(o.words, best), o.scores, {}) for o in found]


def _oracles(words: pd.DataFrame, best: dict[Key, float]) -> pd.DataFrame:
    named = {"oracle": list(KEYS), "per_rep": [*KEYS, "kind"]}
    return words.assign(
        **{
            f"w_{name}": [best.get(key, 0.0) for key in words[columns].itertuples(index=False, name=None)]
            for name, columns in named.items()
        }
    )


def errors(words: pd.DataFrame, n: int = JUDGED) -> dict[str, float]:
    """Brier of everybody on these words after n judged ones."""
    y = words["is_positive"].to_numpy()
    both = chance(words, words[f"w{n}"].to_numpy())
    told = {
        "model": words["p_machine"].to_numpy(),
        "human": words["p_person"].to_numpy(),
        "both": both,
        "in_force": np.where(words[f"proven{n}"], both, words["p_machine"]),
        "oracle": chance(words, words["w_oracle"].to_numpy()),
        "per_rep": chance(words, words["w_per_rep"].to_numpy()),
    }
    return {name: float(((p - y) ** 2).mean()) for name, p in told.items()}


def skill(error: dict[str, float], name: str) -> float:
    """Brier skill over the better of human alone and model alone."""
    return 1 - error[name] / min(error["model"], error["human"])


def interval(values: Iterable[float]) -> tuple[float, float, float]:
    """Mean over seeds with its 95 % interval (Student)."""
    seen = np.array(list(values))
    half = float(student.ppf(0.975, len(seen) - 1) * seen.std(ddof=1) / np.sqrt(len(seen))) if len(seen) > 1 else np.nan
    return float(seen.mean()), float(seen.mean() - half), float(seen.mean() + half)


def by_seed(found: Sequence[Replay], scenario: str, n: int = JUDGED) -> list[dict[str, float]]:
    """Errors of one scenario, one dict per seed."""
    return [errors(one.words[one.words["scenario"] == scenario], n) for one in found]


def losses_of(found: Sequence[Replay], name: str = "in_force") -> dict[tuple[str, int], tuple[float, float, float]]:
    """How much worse than the model alone what is shown is, by unfriendly scenario and n; below 0 is better."""
    scenarios = [s for s in found[0].words["scenario"].unique() if s != "honest"]
    return {(s, n): interval(e[name] / e["model"] - 1 for e in by_seed(found, s, n)) for s in scenarios for n in SIZES}


def quick_figures(found: Sequence[Replay]) -> dict[str, Any]:
    """The object of `--quick --json`."""
    honest = by_seed(found, "honest")
    gain, low, high = interval(skill(e, "both") for e in honest)
    oracle = float(np.mean([skill(e, "oracle") for e in honest]))
    proven = [one.words.loc[one.words["scenario"] == "honest", f"proven{JUDGED}"].mean() for one in found]
    worst = {s: max(v[0] for (name, _), v in losses_of(found).items() if name.startswith(s))
             for s in ("adversarial", "turncoats")}  # fmt: skip
    return {
        "seeds": len(found),
        "n_overrides": JUDGED,
        "gain_over_best": gain,
        "gain_low": low,
        "gain_high": high,
        "share_of_oracle": gain / oracle,
        "adversarial_loss": max(0.0, worst["adversarial"]),
        "turncoat_loss": max(0.0, worst["turncoats"]),
        "gain_in_force": float(np.mean([skill(e, "in_force") for e in honest])),
        "proven_share": float(np.mean(proven)),
        "gain_by_n": {n: float(np.mean([skill(e, "both") for e in by_seed(found, "honest", n)])) for n in SIZES},
    }
