"""What a demo company is made of: its size, its calendar, its seeds, and the weights of its truth.

The calendar is a grid of 30-day periods that ends at `as_of`: grid day `p` is `as_of - 30 * (periods - p)` days, so the
grid days are the dates of `clock.spine`. Period `p` is the half-open stretch (grid day p, grid day p + 1].
Days are numbers since 1970-01-01, which is what Arrow's date32 stores.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from crm_core.clock import BUCKET_DAYS

CHUNK = 20_000
LEADS_PER_CUSTOMER = 3
DUPLICATE_SHARE = 0.04
HORIZON = 3
EPOCH = date(1970, 1, 1)
# every step has its own random stream, by its place here: append only
STEPS = (
    "customers contracts states tickets churn contacts touches usage billing surveys leads readiness lead_touches "
    "deals dirt people notes book lines replacements lead_rows lead_values deal_rows ticket_rows "
    "views_churn views_lead spoken_churn spoken_lead words_churn words_lead"
).split()


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


@dataclass(frozen=True)
class Company:
    """Parameters of one demo company; the same parameters always give the same bytes.

    Parameters
    ----------
    customers : int
        Records in the customer table, duplicates included.
    months : int
        Length of the history, months.
    as_of : date
        Last day of the history.
    seed : int
        Seed of everything random.
    is_all_logged : bool
        Everybody logs everything and no feed is dead: for simulations that take away themselves.
    contact_weight : float
        Factor on what silence adds to the hazard: above 1 for simulations in which contacts decide.
    """

    customers: int = 2000
    months: int = 24
    as_of: date = date(2026, 6, 30)
    seed: int = 20260630
    is_all_logged: bool = False
    contact_weight: float = 1.0

    @property
    def periods(self) -> int:
        """Whole 30-day periods that cover the months."""
        return math.ceil(self.months * 365.25 / 12 / BUCKET_DAYS)

    @property
    def last_day(self) -> int:
        """`as_of` as a day number."""
        return day_number(self.as_of)

    @property
    def first_day(self) -> int:
        """Grid day 0: the history begins on the day after it."""
        return self.last_day - BUCKET_DAYS * self.periods

    def chunks(self) -> Iterator[Chunk]:
        """The independent slices in which the company is generated."""
        for index, start in enumerate(range(0, self.customers, CHUNK)):
            yield Chunk(self, index, min(CHUNK, self.customers - start))


COMMITTED = Company(customers=350)
"""The small company whose CSV files lie in data/demo; docs/demo.md says how to write them again."""


@dataclass(frozen=True)
class Chunk:
    """One slice of a company: up to 20,000 customers and what belongs to them, independent of every other slice."""

    company: Company
    index: int
    records: int

    @property
    def duplicates(self) -> int:
        """Records that are a second record of a company in the same slice."""
        return round(self.records * DUPLICATE_SHARE)

    @property
    def real(self) -> int:
        """Companies in this slice."""
        return self.records - self.duplicates

    @property
    def leads(self) -> int:
        """Leads in this slice."""
        return self.records * LEADS_PER_CUSTOMER

    def rng(self, step: str) -> np.random.Generator:
        """Random stream of one step: never shared, so a change in one step leaves the others as they are."""
        stream = STEPS.index(step)
        return np.random.default_rng(np.random.SeedSequence(self.company.seed, spawn_key=(self.index, stream)))

    def numbers(self, count: int, per_customer: int) -> np.ndarray:
        """`count` row numbers that no other slice uses, for a table of at most `per_customer` rows per customer."""
        return np.arange(count, dtype=np.int64) + 1 + self.index * CHUNK * per_customer

    def width(self, per_customer: int) -> int:
        """Digits that hold the row number of every slice, at least five."""
        slices = -(-self.company.customers // CHUNK)
        highest = self.company.customers if slices == 1 else slices * CHUNK
        return max(5, len(str(highest * per_customer)))


@dataclass(frozen=True)
class ChurnWeights:
    """Log-odds of the monthly churn hazard: the intercepts of the calendar and the weight of every driver."""

    at_contract_end: float = -2.5
    before_contract_end: float = -6.2
    usage: float = -3.2
    open_ticket: float = 0.95
    silent_period: float = 0.4
    price_step: float = 1.2
    champion_lost: float = 1.8
    mood: float = -0.35
    small_business: float = 0.35
    enterprise: float = -0.5
    no_auto_renew: float = 0.4
    first_year: float = 0.25
    premium_onboarding: float = -0.4


@dataclass(frozen=True)
class LeadWeights:
    """Log-odds of the monthly conversion hazard of a lead, and of the hazard that it is given up."""

    base: float = -3.25
    cold: float = -2.5
    warm: float = 0.0
    hot: float = 1.9
    trial: float = 0.9
    per_log_employee: float = 0.2
    per_log_hour: float = -0.15
    given_up: float = -2.3
    given_up_per_period: float = 0.22


CHURN = ChurnWeights()
LEAD = LeadWeights()

# How the sum of the drivers forgets, per period ahead: share kept, level it returns to, spread around that forecast.
# Measured on 20,000 customers under contract; docs/demo.md says how.
FADE = ((1.0, 0.0, 0.0), (0.73, 0.23, 0.98), (0.51, 0.41, 1.24))
