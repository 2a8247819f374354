"""How a customer lives: states per 30-day period, the churn hazard they cause, and the truth that follows.

States are drawn for every period as if nobody left; then the hazard decides who leaves when, and the emissions after
that day are never written. Column `p` of a driver is its value on grid day `p`, made only of what happened up to then.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crm_core.clock import BUCKET_DAYS
from crm_core.demo.customers import Contracts, Customers
from crm_core.demo.parameters import CHURN, FADE, Chunk
from crm_core.demo.tickets import Tickets, open_on_grid

LOST_FOR = 6
FAR = 10_000
_CONTACT_RATE = np.array([1.35, 1.7, 2.3])


@dataclass(frozen=True)
class States:
    """What drives emissions, per customer × period; `champion_left` is the day number, or 0 if he stays."""

    logins: np.ndarray
    touches: np.ndarray
    mood: np.ndarray
    champion_left: np.ndarray


@dataclass(frozen=True)
class Life:
    """What became of the customers. Days are day numbers; `entry` is the first grid day under contract.

    `left_on` is the last day of service (a day after the history for those who stayed); `probability` is the true
    90-day churn probability per customer × grid day; `active` whether under contract on that grid day.
    """

    entry: np.ndarray
    left_on: np.ndarray
    cancelled: np.ndarray
    probability: np.ndarray
    active: np.ndarray


def _wander(rng: np.random.Generator, shape: tuple[int, int], stay: float, spread: float) -> np.ndarray:
    """AR(1) path per row: `stay` is the correlation from one period to the next, `spread` the stationary deviation."""
    shocks = rng.standard_normal(shape, dtype=np.float32) * np.float32(spread * np.sqrt(1 - stay**2))
    path = np.empty(shape, dtype=np.float32)
    path[:, 0] = shocks[:, 0] / np.float32(np.sqrt(1 - stay**2))
    for p in range(1, shape[1]):
        path[:, p] = stay * path[:, p - 1] + shocks[:, p]
    return path


def draw_states(chunk: Chunk, customers: Customers) -> States:
    """Draw usage, contact and mood of every period, and the day the champion leaves (1.8 % a period)."""
    rng, shape = chunk.rng("states"), (len(customers), chunk.company.periods)
    mood = _wander(rng, shape, 0.9, 1.0)
    usage = _wander(rng, shape, 0.9, 0.52) + 0.12 * mood
    logins = 3.2 * customers.seats[:, None] * np.exp(usage.astype(np.float64))
    rate = _CONTACT_RATE[customers.segment][:, None] * np.exp(_wander(rng, shape, 0.8, 0.65).astype(np.float64) - 0.2)
    leaves = rng.random(shape) < 0.018
    period = leaves.argmax(axis=1)
    day = chunk.company.first_day + BUCKET_DAYS * period + 1 + rng.integers(0, BUCKET_DAYS, shape[0])
    is_real = leaves.any(axis=1) & (day > customers.first_start + 30)
    return States(logins, rng.poisson(rate), mood, np.where(is_real, day, 0))


def entry_period(chunk: Chunk, customers: Customers) -> np.ndarray:
    """First grid day on which the customer is under contract."""
    return np.asarray(np.maximum(0, -((chunk.company.first_day - customers.first_start) // BUCKET_DAYS)))


def usage_change(logins: np.ndarray, entry: np.ndarray) -> np.ndarray:
    """Log of last period's logins against the mean of the six periods before (0 without such a past)."""
    n, periods = logins.shape
    known = np.arange(periods) >= entry[:, None]
    total = np.pad(np.cumsum(np.where(known, logins, 0), axis=1), ((0, 0), (1, 0)))
    count = np.pad(np.cumsum(known, axis=1), ((0, 0), (1, 0)))
    change = np.zeros((n, periods + 1), dtype=np.float32)
    for p in range(2, periods + 1):
        start = max(0, p - 7)
        past = total[:, p - 1] - total[:, start]
        seen: np.ndarray = count[:, p - 1] - count[:, start]
        mean = np.divide(past, seen, out=np.ones(n), where=seen > 0)
        change[:, p] = np.where(seen > 0, np.log(logins[:, p - 1] / mean), 0)
    return change


def silence(touches: np.ndarray, entry: np.ndarray) -> np.ndarray:
    """Periods in a row without any contact, at most 3, on every grid day."""
    n, periods = touches.shape
    run = np.zeros((n, periods + 1), dtype=np.float32)
    for p in range(1, periods + 1):
        quiet = (touches[:, p - 1] == 0) & (p > entry)
        run[:, p] = np.where(quiet, np.minimum(run[:, p - 1] + 1, 3), 0)
    return run


@dataclass(frozen=True)
class Risk:
    """Log-odds added to the hazard: `moving` by the drivers (customer × grid day), `fixed` by what never changes."""

    moving: np.ndarray
    fixed: np.ndarray


def risk(chunk: Chunk, customers: Customers, contracts: Contracts, states: States, tickets: Tickets) -> Risk:
    """Weigh the drivers of every customer on every grid day."""
    w, periods = CHURN, chunk.company.periods
    grid = chunk.company.first_day + BUCKET_DAYS * np.arange(periods + 1)
    entry = entry_period(chunk, customers)
    rows = np.arange(len(customers))[:, None]
    since = grid - states.champion_left[:, None]
    lost = (states.champion_left[:, None] > 0) & (since >= 0) & (since < LOST_FOR * BUCKET_DAYS)
    score = w.usage * usage_change(states.logins, entry)
    score += w.open_ticket * np.minimum(open_on_grid(chunk, customers, tickets), 2)
    quiet = w.silent_period * chunk.company.contact_weight
    score += quiet * silence(states.touches, entry) + w.champion_lost * lost
    score += w.price_step * (contracts.uplift[rows, contracts.line[:, : periods + 1]] >= 0.08)
    score += w.mood * np.pad(states.mood, ((0, 0), (1, 0)))
    score += w.first_year * (grid < customers.created[:, None] + 365)
    fixed = w.small_business * (customers.segment == 0) + w.enterprise * (customers.segment == 2)
    fixed = fixed + w.no_auto_renew * ~customers.auto_renew + w.premium_onboarding * (customers.onboarding == 2)
    return Risk(score, fixed[:, None])


def forecast(calendar: np.ndarray, drivers: Risk) -> np.ndarray:
    """True 90-day churn probability per customer × grid day: `1 - prod(1 - hazard)` over the next three periods.

    The calendar of contract ends moves on as it will; the drivers fade towards their usual level as `FADE` says, and
    the hazard is averaged over what cannot be known yet (three-point Gauss-Hermite quadrature).
    """
    days = drivers.moving.shape[1]
    stays = np.ones(drivers.moving.shape)
    for ahead, (keeps, level, doubt) in enumerate(FADE):
        mean = calendar[:, ahead : days + ahead] + drivers.fixed + level + keeps * drivers.moving
        away = np.sqrt(3) * doubt
        stays *= sum(share / (1 + np.exp(mean + shift)) for share, shift in ((2 / 3, 0), (1 / 6, away), (1 / 6, -away)))
    return 1 - stays


def live(chunk: Chunk, customers: Customers, contracts: Contracts, drivers: Risk) -> Life:
    """Let the hazard decide who leaves and when; the drivers on a grid day rule the period after it."""
    rng, periods, n = chunk.rng("churn"), chunk.company.periods, len(customers)
    rows, grid = np.arange(n), chunk.company.first_day + BUCKET_DAYS * np.arange(periods + 1)
    calendar = np.where(contracts.ends, CHURN.at_contract_end, CHURN.before_contract_end)
    odds = calendar[:, :periods] + drivers.fixed + drivers.moving[:, :periods]
    entry = entry_period(chunk, customers)
    leaves = (rng.random((n, periods)) < 1 / (1 + np.exp(-odds))) & (np.arange(periods) >= entry[:, None])
    period = np.where(leaves.any(axis=1), leaves.argmax(axis=1), periods)
    inside = np.minimum(period, periods - 1)
    at_end = contracts.ends[rows, inside]
    following = np.minimum(contracts.line[rows, inside] + 1, contracts.starts.shape[1] - 1)
    # two days away from the grid, so that "cancelled on" may be read as the last day or as the first day without
    early = grid[inside] + 2 + rng.integers(0, 26, n)
    day = np.where(at_end, contracts.starts[rows, following] - 1, early)
    left_on = np.where(period < periods, day, grid[-1] + FAR)
    active = (np.arange(periods + 1) >= entry[:, None]) & (grid <= left_on[:, None])
    return Life(entry, left_on, (period < periods) & ~at_end, forecast(calendar, drivers), active)
