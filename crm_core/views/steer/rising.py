"""Which reasons come up more often than usual, beyond noise: counted by occasion, never by person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import comb

from crm_core.views.opinions import Opinion
from crm_core.views.reading import told

WEEKS, LEAST_WEEKS, LEAST = 8, 4, 3
LEVEL = 0.05
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Rise:
    """One reason that came up more often than usual."""

    reason: str = told("The reason, in words.")
    n: int = told("Occasions this week; what one person said on one day for one reason is one, as in bulk.")
    usual: float = told("Occasions in an average week of the eight before.")
    p: float = told("How likely chance alone brings so many about, corrected for all reasons said this week.")


def rising(said: Iterable[Opinion], monday: date) -> tuple[tuple[Rise, ...], int]:
    """Reasons of this week that are more than noise, the surest first; and how many earlier weeks there are.

    Two Poisson rates, compared exactly: if nothing has changed, this week's count given the sum of all weeks is
    binomial with the share of one week (Przyborowski and Wilenski 1940), one-sided, 5 %, Bonferroni over the reasons
    said this week. At least three occasions, and at least four weeks to compare with.

    Parameters
    ----------
    said : iterable of Opinion
        Whatever became of them.
    monday : date
        First day of the week.
    """
    occasions = {(o.reason, o.recorded_at.date(), o.who_name) for o in said if o.reason}
    first = min((day for _, day, _ in occasions), default=monday)
    n_weeks = min(WEEKS, (monday - first + timedelta(days=6)) // WEEK)
    now = Counter(reason for reason, day, _ in occasions if monday <= day < monday + WEEK)
    before = Counter(reason for reason, day, _ in occasions if monday - n_weeks * WEEK <= day < monday)
    if n_weeks < LEAST_WEEKS:
        return (), n_weeks
    found = [
        Rise(reason, n, before[reason] / n_weeks, min(1.0, len(now) * chance(n, before[reason], n_weeks)))
        for reason, n in now.items()
        if n >= LEAST
    ]
    return tuple(sorted((r for r in found if r.p < LEVEL), key=lambda r: (r.p, r.reason))), n_weeks


def chance(now: int, before: int, n_weeks: int) -> float:
    """How likely so many or more come in one week if all weeks are alike."""
    total, share = now + before, 1 / (n_weeks + 1)
    return sum(comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(now, total + 1))
