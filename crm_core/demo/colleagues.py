"""What the invented employees thought of an earlier model's scores, over the months of the history; with known truth.

An earlier model ("demo-0") saw a blurred copy of the true state: calibrated, and wrong about single customers for as
long as they live. Who disagrees knows some of what it misses, more or less of it for different reasons, and adds a lean
and noise of his own. So it is known in which cases people should turn out right. Nothing here looks at what happened.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np

from crm_core.clock import BUCKET_DAYS
from crm_core.demo.parameters import Chunk
from crm_core.demo.people import BLIND_REPS
from crm_core.demo.world import Slice

MONTHS_BACK, OPEN_MONTHS = 17, 2
PER_CUSTOMER = {"churn": 0.30, "lead": 0.07}
AT_MOST = 1_500
MOST_DAYS_LATE = 9
REST_DAYS = 100
_BLUR = {"churn": 1.0, "lead": 0.8}


@dataclass(frozen=True)
class Manner:
    """How those with this reason come to their view, in log-odds.

    `share` of the cases; `knows` so much (0..1) of what the model misses; `lean` to one side; `noise` around it.
    """

    share: float
    knows: float
    lean: float
    noise: float


MANNERS = {
    "knows_personally": Manner(0.27, 0.35, -0.6, 0.6),
    "data_wrong": Manner(0.14, 0.25, 0.0, 0.6),
    "data_missing": Manner(0.11, 0.5, 0.0, 0.6),
    "contract_known": Manner(0.12, 0.8, 0.0, 0.35),
    "customer_told_us": Manner(0.19, 0.9, 0.0, 0.3),
    "timing": Manner(0.11, 0.0, 0.0, 1.0),
    "other": Manner(0.06, 0.2, 0.0, 0.8),
}
REASONS = tuple(MANNERS)
BLIND = Manner(0.4, 0.85, 0.0, 0.35)
"""How those speak about wrong data whose calls no source logs: often, and they know better."""
_DATA_WRONG = REASONS.index("data_wrong")


@dataclass(frozen=True)
class Views:
    """Every case somebody could have spoken about, as parallel arrays: one customer or lead on one as-of day.

    `guess` is what the model showed and `view` what its owner thought (both 0..1), `reason` a place in `REASONS`,
    `since` and `until` the days between which there was something to say, `money` what is at stake (NaN: unknown).
    """

    question: str
    key: np.ndarray
    as_of: np.ndarray
    owner: np.ndarray
    since: np.ndarray
    until: np.ndarray
    money: np.ndarray
    guess: np.ndarray
    view: np.ndarray
    reason: np.ndarray
    base_rate: float

    @property
    def is_blind(self) -> np.ndarray:
        """Whether the calls of the owner are never logged."""
        return np.asarray(np.isin(self.owner, BLIND_REPS))

    @property
    def distance(self) -> np.ndarray:
        """Log-odds of the view above those of the guess."""
        return np.asarray(log_odds(self.view) - log_odds(self.guess))


_CASES = {
    "churn": """
        select t.customer_id as key, t.as_of - date '1970-01-01' as as_of, t.probability as truth,
            substr(c.owner_id, 3)::int as owner, s.since, s.until, s.money
        from churn as t
        join customers as c on c.source_id = t.customer_id
        join lateral (
            select min(l.started_on) - date '1970-01-01' as since,
                max(least(l.ends_on, coalesce(l.cancelled_on, l.ends_on))) - date '1970-01-01' as until,
                12.0 * sum(l.mrr) filter (where l.started_on <= t.as_of
                    and least(l.ends_on, coalesce(l.cancelled_on, l.ends_on)) >= t.as_of) as money
            from subscriptions as l where l.customer_id = t.customer_id
        ) as s on s.money > 0
        where t.as_of - date '1970-01-01' >= $first
        order by key, as_of
    """,
    "lead": """
        select t.lead_id as key, t.as_of - date '1970-01-01' as as_of, t.probability as truth,
            substr(l.owner_id, 3)::int as owner, l.created_at::date - date '1970-01-01' as since,
            coalesce(least(l.converted_at, l.disqualified_at)::date - date '1970-01-01' - 1, 99999) as until,
            null::double as money
        from lead as t
        join leads as l on l.source_id = t.lead_id
        where t.as_of - date '1970-01-01' >= $first
        order by key, as_of
    """,
}


def views(chunk: Chunk, part: Slice, question: str) -> Views:
    """Every case of the last months with what the earlier model showed and what the owner thought of it."""
    rng, case = chunk.rng(f"views_{question}"), _cases(chunk, part, question)
    n, state = len(case["key"]), log_odds(case["truth"])
    _names, place = np.unique(case["key"], return_inverse=True)
    lasting, passing = rng.standard_normal(place.max(initial=0) + 1)[place], rng.standard_normal(n)
    is_blind = np.isin(case["owner"], BLIND_REPS)
    # Where calls are never logged, the model takes silence for a bad sign: of customers; of leads, for no interest.
    mistaken = is_blind * (0.7 if question == "churn" else -0.7)
    guess = calibrated(state + _BLUR[question] * (0.8 * lasting + 0.6 * passing) + mistaken, case["truth"])
    reason = _reasons(rng, is_blind)
    knows, lean, noise = (np.array([getattr(manner, of) for manner in MANNERS.values()])[reason] for of in _OF_MANNER)
    knows_better = is_blind & (reason == _DATA_WRONG)
    knows, noise = np.where(knows_better, BLIND.knows, knows), np.where(knows_better, BLIND.noise, noise)
    lean = lean if question == "churn" else -lean
    odds = log_odds(guess) + knows * (state - log_odds(guess)) + lean + noise * rng.standard_normal(n)
    kept = {name: case[name] for name in _KEPT}
    return Views(question, **kept, guess=guess, view=chance(odds), reason=reason, base_rate=float(guess.mean()))


_KEPT = ("key", "as_of", "owner", "since", "until", "money")
_OF_MANNER = ("knows", "lean", "noise")


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Log-odds of probabilities, kept off 0 and 1."""
    inside = np.clip(probability, 0.002, 0.998)
    return np.asarray(np.log(inside / (1 - inside)))


def chance(odds: np.ndarray) -> np.ndarray:
    """Probability of log-odds."""
    return np.asarray(1 / (1 + np.exp(-odds)))


def calibrated(signal: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """What an honest model makes of a blurred signal: logistic regression of the true chances on it, by Newton."""
    at = np.column_stack([np.ones(len(signal)), signal])
    weights = np.array([0.0, 1.0])
    for _ in range(12):
        p = chance(at @ weights)
        curve = (at * (p * (1 - p))[:, None]).T @ at
        weights = weights + np.linalg.solve(curve + 1e-9 * np.eye(2), at.T @ (truth - p))
    return chance(at @ weights)


def spoken(chunk: Chunk, of: Views) -> np.ndarray:
    """Places of the cases somebody spoke about: the further apart and the more alarming, the likelier; spread evenly.

    About one customer or lead nobody speaks twice within `REST_DAYS`.
    """
    rng, n = chunk.rng(f"spoken_{of.question}"), len(of.key)
    days = chunk.company.last_day - BUCKET_DAYS * np.arange(OPEN_MONTHS - 1, MONTHS_BACK)[::-1]
    # Whoever speaks days after the as-of day must still have somebody to speak about.
    can = (np.abs(of.distance) > 0.35) & (of.as_of + MOST_DAYS_LATE <= of.until)
    alarming = 0.3 + np.minimum(of.guess / max(of.base_rate, 1e-6), 4)
    luck = np.log(np.abs(of.distance) * alarming + 1e-9) + rng.gumbel(size=n)
    wanted = min(AT_MOST, PER_CUSTOMER[of.question] * chunk.records)
    chosen: list[int] = []
    last: dict[str, int] = {}
    for step, day in enumerate(days):
        quota = round(wanted * (step + 1) / len(days))
        at = np.flatnonzero(can & (of.as_of == day))
        for place in at[np.argsort(-luck[at], kind="stable")]:
            if len(chosen) >= quota:
                break
            if day - last.get(of.key[place], 0) >= REST_DAYS:
                last[of.key[place]] = int(day)
                chosen.append(int(place))
    return np.array(chosen, dtype=np.int64)


def _cases(chunk: Chunk, part: Slice, question: str) -> dict[str, np.ndarray]:
    first = chunk.company.last_day - BUCKET_DAYS * MONTHS_BACK
    with duckdb.connect() as con:
        for name in ("customers", "subscriptions", "leads"):
            con.register(name, part.tables[name])
        con.register(question, part.truth[question])
        found = con.execute(_CASES[question], {"first": first}).fetchnumpy()
    return {
        name: np.ma.filled(values, np.nan) if name == "money" else np.asarray(values) for name, values in found.items()
    }


def _reasons(rng: np.random.Generator, is_blind: np.ndarray) -> np.ndarray:
    """A reason per case; those whose calls nobody logs say more often that the data are wrong."""
    shares = np.array([manner.share for manner in MANNERS.values()])
    reason = rng.choice(len(shares), len(is_blind), p=shares / shares.sum())
    return np.asarray(np.where(is_blind & (rng.random(len(is_blind)) < BLIND.share), _DATA_WRONG, reason))
