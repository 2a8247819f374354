"""How a lead lives: who it is, the hidden chain cold / warm / hot, and the truth about its conversion.

Hidden state `s[p]` rules what a lead does in period `p` and, once that is seen, the hazard of period `p + 1`. So the
true 90-day probability on a grid day is exact: three steps of the chain, with its two ways out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crm_core.clock import BUCKET_DAYS
from crm_core.demo.columns import DAY_SECONDS
from crm_core.demo.parameters import HORIZON, LEAD, Chunk
from crm_core.demo.people import REPS_OF_REGION

CHANNELS = ("referral", "partner", "website", "event", "advertising", "bought list")
_CHANNEL_WEIGHT = np.array([0.8, 0.6, 0.0, 0.0, -0.2, -1.2])
_INDUSTRY_WEIGHT = np.array([0.0, 0.0, 0.0, 0.2, 0.0, 0.0, 0.4, -0.4, 0.0, 0.0])
_START = np.array([0.42, 0.43, 0.15])
_CHAIN = np.array([[0.88, 0.1, 0.02], [0.2, 0.64, 0.16], [0.04, 0.16, 0.8]])
_BY_AGE = np.array([0.1, 0.3, 0.0, -0.2, -0.4, -0.6, -0.8])
_STATE_WEIGHT = np.array([LEAD.cold, LEAD.warm, LEAD.hot])
# at least so many replies, and on average so many more; meetings, own attempts: per period when cold, warm, hot
_SURE_REPLIES = np.array([0, 1, 2])
_REPLIES = np.array([0.01, 0.4, 1.0])
_MEETINGS = np.array([0.0, 0.06, 1.4])
_ATTEMPTS = np.array([0.35, 0.4, 0.4])
NEVER = 10_000


@dataclass(frozen=True)
class Leads:
    """One array per trait. `created` is seconds since 1970, `hours_to_touch` is NaN if nobody ever touched the lead."""

    region: np.ndarray
    country: np.ndarray
    owner: np.ndarray
    channel: np.ndarray
    industry: np.ndarray
    employees: np.ndarray
    trial: np.ndarray
    created: np.ndarray
    hours_to_touch: np.ndarray

    def __len__(self) -> int:
        return len(self.owner)


@dataclass(frozen=True)
class LeadLife:
    """What became of the leads. `entry` is the first grid day of the lead's life, `mood` the hidden state per period.

    `converted` and `given_up` are day numbers (far beyond the history if never), `probability` the true probability to
    convert within 90 days per lead × grid day, `is_open` whether the lead exists and is undecided there.
    """

    entry: np.ndarray
    mood: np.ndarray
    converted: np.ndarray
    given_up: np.ndarray
    probability: np.ndarray
    is_open: np.ndarray


def draw_leads(chunk: Chunk) -> Leads:
    """Draw the leads of a slice, spread evenly over the history; 7 % are never touched by anybody."""
    rng, company, n = chunk.rng("leads"), chunk.company, chunk.leads
    region = rng.choice(3, n, p=(0.5, 0.28, 0.22))
    owner = np.zeros(n, dtype=np.int32)
    for code, reps in enumerate(REPS_OF_REGION):
        owner[region == code] = rng.choice(reps, int((region == code).sum()))
    day = company.first_day + 1 + rng.integers(0, BUCKET_DAYS * company.periods - 1, n)
    hours = np.exp(np.log(20) + 1.1 * rng.standard_normal(n))
    return Leads(
        region=region,
        country=(rng.random(n) * np.array([8, 4, 4])[region]).astype(np.int32),
        owner=owner,
        channel=rng.choice(6, n, p=(0.12, 0.12, 0.3, 0.16, 0.18, 0.12)),
        industry=rng.integers(0, 10, n),
        employees=np.round(np.exp(4.2 + 1.4 * rng.standard_normal(n))).astype(np.int64) + 1,
        trial=rng.random(n) < 0.3,
        created=day * DAY_SECONDS + rng.integers(0, DAY_SECONDS, n),
        hours_to_touch=np.where(rng.random(n) < 0.07, np.nan, hours),
    )


def fit(leads: Leads) -> np.ndarray:
    """Log-odds that channel, industry, size, trial and speed of the first touch add to the hazard of conversion."""
    score = LEAD.base + _CHANNEL_WEIGHT[leads.channel] + _INDUSTRY_WEIGHT[leads.industry] + LEAD.trial * leads.trial
    score = score + LEAD.per_log_employee * (np.log(leads.employees) - 4.2)
    speed = np.nan_to_num(np.log(leads.hours_to_touch) - np.log(20), nan=4.0)
    return np.asarray(score + LEAD.per_log_hour * speed)


def live_leads(chunk: Chunk, leads: Leads) -> LeadLife:
    """Walk the chain of every lead, let the two hazards decide, and compute the exact 90-day truth."""
    rng, company, n = chunk.rng("readiness"), chunk.company, len(leads)
    created_day, periods = leads.created // DAY_SECONDS, company.periods
    entry = -((company.first_day - created_day) // BUCKET_DAYS)
    untouched = np.isnan(leads.hours_to_touch)
    mood = _walk(rng, untouched, entry, periods)
    score = fit(leads)
    turn = np.arange(1, periods)
    win, stop = _hazards(score[:, None], turn - entry[:, None], mood[:, :-1])
    draw, at_risk = rng.random(win.shape), turn >= entry[:, None]
    wins = at_risk & (draw < win)
    ends = wins | (at_risk & (draw < win + (1 - win) * stop))
    at = ends.argmax(axis=1)
    period = np.where(ends.any(axis=1), at + 1, NEVER)
    won = wins[np.arange(n), at]
    day = company.first_day + BUCKET_DAYS * period + 1 + rng.integers(0, BUCKET_DAYS, n)
    grid = np.arange(periods + 1)
    is_open = (grid >= entry[:, None]) & (grid <= period[:, None])
    never = company.last_day + NEVER
    probability = np.zeros(is_open.shape)
    place, p = np.nonzero(is_open)
    probability[place, p] = _truth(score[place], p - entry[place], mood[place, p - 1], untouched[place])
    return LeadLife(entry, mood, np.where(won, day, never), np.where(won, never, day), probability, is_open)


def _walk(rng: np.random.Generator, untouched: np.ndarray, entry: np.ndarray, periods: int) -> np.ndarray:
    draw = rng.random((len(entry), periods), dtype=np.float32)
    start = (draw > _START[0]).astype(np.int8) + (draw > _START[0] + _START[1])
    steps = np.cumsum(_CHAIN, axis=1)[:, :2].astype(np.float32)
    mood = np.zeros((len(entry), periods), dtype=np.int8)
    for p in range(periods):
        before = mood[:, p - 1] if p else start[:, 0]
        moved = (draw[:, p, None] > steps[before]).sum(axis=1, dtype=np.int8)
        mood[:, p] = np.where(p < entry, start[:, p], moved)
    mood[untouched] = 0
    return mood


def _hazards(score: np.ndarray, age: np.ndarray, mood: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Monthly hazards to convert and to be given up, for leads of this fit, age in periods and state."""
    age = np.clip(age, 0, len(_BY_AGE) - 1)
    state = _STATE_WEIGHT[mood]
    stop = LEAD.given_up + LEAD.given_up_per_period * age - 0.7 * state
    return 1 / (1 + np.exp(-(score + _BY_AGE[age] + state))), 1 / (1 + np.exp(-stop))


def _truth(score: np.ndarray, age: np.ndarray, mood: np.ndarray, untouched: np.ndarray) -> np.ndarray:
    """True probability to convert within three periods: the chain walked forward with its two ways out."""
    weight, truth = np.eye(3)[mood], np.zeros(len(score))
    for ahead in range(HORIZON):
        win, stop = _hazards(score[:, None], (age + ahead)[:, None], np.arange(3))
        truth += (weight * win).sum(axis=1)
        left = weight * (1 - win) * (1 - stop)
        weight = np.where(untouched[:, None], left, left @ _CHAIN)
    return truth


def emissions(
    rng: np.random.Generator, leads: Leads, life: LeadLife, alive: np.ndarray
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Replies, meetings and own attempts: for each kind the lead and the period of every single one."""
    place, period = np.nonzero(alive & ~np.isnan(leads.hours_to_touch)[:, None])
    mood = life.mood[place, period]
    tired = 0.85 ** np.maximum(period - life.entry[place], 0)
    counts = {
        "replies": _SURE_REPLIES[mood] + rng.poisson(_REPLIES[mood]),
        "meetings": rng.poisson(_MEETINGS[mood]),
        "attempts": rng.poisson(_ATTEMPTS[mood] * tired),
    }
    return {what: (np.repeat(place, n), np.repeat(period, n)) for what, n in counts.items()}
