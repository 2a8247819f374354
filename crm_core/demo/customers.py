"""Who the customers are: what is fixed from the first day on, and the calendar of their contracts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crm_core.clock import BUCKET_DAYS
from crm_core.demo.parameters import HORIZON, Chunk
from crm_core.demo.people import REPS_OF_REGION

SEGMENTS = ("Small business", "Mid-market", "Enterprise")
INDUSTRIES = (
    "Manufacturing", "Retail", "Healthcare", "Financial services", "Education", "Logistics", "Software", "Hospitality",
    "Energy", "Public sector",
)  # fmt: skip
PRODUCTS = ("Core", "Core Plus", "Suite")
ONBOARDING = ("self-service", "standard", "premium")
TERMS = np.array([3, 6, 12, 24])
_TERM_SHARES = (0.10, 0.10, 0.72, 0.08)
_EXISTING_SHARE = 0.56
_REGION_SHARES = (0.5, 0.28, 0.22)
_COUNTRIES = (8, 4, 4)


@dataclass(frozen=True)
class Customers:
    """One array per trait, one place per company. Days are day numbers, money is cents."""

    segment: np.ndarray
    industry: np.ndarray
    region: np.ndarray
    country: np.ndarray
    product: np.ndarray
    owner: np.ndarray
    employees: np.ndarray
    onboarding: np.ndarray
    integrations: np.ndarray
    created: np.ndarray
    first_start: np.ndarray
    term: np.ndarray
    auto_renew: np.ndarray
    seats: np.ndarray
    seat_cents: np.ndarray

    def __len__(self) -> int:
        return len(self.segment)


def draw_customers(chunk: Chunk) -> Customers:
    """Draw the companies of a slice; a little over half are customers before the history begins."""
    rng, n, first, last = chunk.rng("customers"), chunk.real, chunk.company.first_day, chunk.company.last_day
    segment = rng.choice(3, n, p=(0.5, 0.35, 0.15)).astype(np.int32)
    employees = np.round(np.exp(np.array([3.0, 5.0, 7.0])[segment] + 0.6 * rng.standard_normal(n))).astype(np.int64) + 3
    region = rng.choice(3, n, p=_REGION_SHARES)
    owner = np.zeros(n, dtype=np.int32)
    for code, reps in enumerate(REPS_OF_REGION):
        owner[region == code] = rng.choice(reps, int((region == code).sum()))
    term = TERMS[rng.choice(4, n, p=_TERM_SHARES)]
    old = rng.random(n) < _EXISTING_SHARE
    start = np.where(old, first - rng.random(n) * (term * 30.4 - 2), first + 1 + rng.random(n) * (last - first - 8))
    start = _early_in_month(start.astype(np.int64))
    created = np.where(old, start - np.where(rng.random(n) < 0.6, rng.integers(0, 1800, n), 0), start)
    seats = np.maximum(3, np.round(np.exp(np.array([2.6, 3.6, 4.6])[segment] + 0.4 * rng.standard_normal(n))))
    return Customers(
        segment=segment,
        industry=rng.integers(0, len(INDUSTRIES), n),
        region=region,
        country=(rng.random(n) * np.array(_COUNTRIES)[region]).astype(np.int32),
        product=np.minimum(segment, rng.integers(0, 3, n)),
        owner=owner,
        employees=employees,
        onboarding=rng.choice(3, n, p=(0.4, 0.4, 0.2)),
        integrations=rng.poisson(1.5 + segment),
        created=created,
        first_start=start,
        term=term,
        auto_renew=rng.random(n) < 0.6,
        seats=seats.astype(np.int64),
        seat_cents=(np.round(rng.normal(38, 6, n).clip(20, 60)) * 100).astype(np.int64),
    )


def _early_in_month(day: np.ndarray) -> np.ndarray:
    # a start on the 29th to 31st would drift when months are added
    dates = day.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    dom = np.minimum((dates - months.astype("datetime64[D]")).astype(np.int64), 27)
    return np.asarray(months.astype("datetime64[D]").astype(np.int64) + dom)


@dataclass(frozen=True)
class Contracts:
    """Contract lines if everybody stayed: line `l` of a customer runs from `starts[l]` to the day before `starts[l+1]`.

    `line` is the line in force and `ends` whether one ends, per grid day and period (three periods beyond the end).
    """

    starts: np.ndarray
    uplift: np.ndarray
    line: np.ndarray
    ends: np.ndarray


def draw_contracts(chunk: Chunk, customers: Customers) -> Contracts:
    """Lay out the contract lines and the price step at each renewal (20 % of renewals: 8 to 20 %, else 0 to 4 %)."""
    rng, company, n = chunk.rng("contracts"), chunk.company, len(customers)
    grid = company.first_day + BUCKET_DAYS * np.arange(company.periods + HORIZON + 1)
    lines = int((grid[-1] - company.first_day) / 89) + 3
    month0 = customers.first_start.astype("datetime64[D]").astype("datetime64[M]")
    dom = customers.first_start - month0.astype("datetime64[D]").astype(np.int64)
    months = month0.astype(np.int64)[:, None] + customers.term[:, None] * np.arange(lines)
    starts = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + dom[:, None]
    steep = rng.random((n, lines)) < 0.2
    uplift = np.where(steep, rng.uniform(0.08, 0.2, (n, lines)), rng.uniform(0, 0.04, (n, lines)))
    uplift[:, 0] = 0
    line = np.zeros((n, len(grid)), dtype=np.int32)
    for column in range(1, lines):
        line += starts[:, column, None] <= grid
    return Contracts(starts, uplift, line, np.diff(line, axis=1) > 0)
