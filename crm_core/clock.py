"""As-of arithmetic: one place that knows what "as of a day" means.

A day D as an as-of date stands for its end: everything known before D + 1 day, 00:00 UTC, counts.
Windows are half-open and end there. Times inside the product are UTC without a zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

BUCKET_DAYS = 30


def utc_now() -> datetime:
    """The time now, UTC, without a zone, whole microseconds."""
    return datetime.now(UTC).replace(tzinfo=None)


def today() -> date:
    """Today's date in UTC."""
    return utc_now().date()


def cutoff(as_of: date) -> datetime:
    """First moment that no longer belongs to `as_of`: rows count when `known_at` < cutoff."""
    return datetime.combine(as_of + timedelta(days=1), time.min)


def spine(as_of: date, n: int) -> list[date]:
    """The `n` as-of dates that end at `as_of`, newest first, one bucket (30 days) apart."""
    return [as_of - timedelta(days=BUCKET_DAYS * k) for k in range(n)]
