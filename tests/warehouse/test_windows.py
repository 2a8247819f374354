"""Windows of buckets give what a plain count over the raw rows gives, whatever came late, early or corrected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_core.clock import cutoff
from tests.warehouse.company import Dice, Row, Rows, company, fresh
from tests.warehouse.compiled import N_HISTORY, spine_day
from tests.warehouse.conftest import Build

CONTACT = ("call", "email", "meeting", "visit")
MEASURES: dict[str, tuple[int, Callable[[Row], float]]] = {
    "n_calls_90d": (90, lambda r: r["kind"] == "call"),
    "n_meetings_90d": (90, lambda r: r["kind"] in ("meeting", "visit")),
    "n_contacts_30d": (30, lambda r: r["kind"] in CONTACT),
    "n_contacts_360d": (360, lambda r: r["kind"] in CONTACT),
    "n_inbound_360d": (360, lambda r: r["kind"] in CONTACT and r["direction"] == "inbound"),
    "minutes_90d": (90, lambda r: (r["duration_minutes"] or 0) if r["kind"] in CONTACT else 0),
    "usage_30d": (30, lambda r: (1 if r["quantity"] is None else r["quantity"]) if r["kind"] == "login" else 0),
    "usage_360d": (360, lambda r: (1 if r["quantity"] is None else r["quantity"]) if r["kind"] == "login" else 0),
    "order_amount_360d": (360, lambda r: r["amount"] or 0),
    "sentiment_sum_90d": (90, lambda r: r["sentiment"] or 0),
    "sentiment_n_90d": (90, lambda r: r["sentiment"] is not None),
}
LASTS: dict[str, Callable[[Row], bool]] = {
    "last_contact_at": lambda r: r["kind"] in CONTACT,
    "last_login_at": lambda r: r["kind"] == "login",
    "last_order_at": lambda r: r["kind"] == "order",
}


def valid(rows: list[Row], until: datetime) -> list[Row]:
    """The version of each row that counted at the end of a day."""
    newest: dict[str, Row] = {}
    for row in sorted(rows, key=lambda r: r["known_at"]):
        if row["known_at"] < until:
            newest[row["source_id"]] = row
    return list(newest.values())


def counted(rows: Rows, customer: str, day: date) -> dict[str, Any]:
    """The windows of one customer (Cn, in both systems) at a day, by a plain count."""
    until = cutoff(day)
    own = [r for r in valid(rows["interactions"], until) if (r["customer_id"] or "").endswith(f":{customer}")]
    past = [r for r in own if r["happened_at"] < until]
    found: dict[str, Any] = {
        name: sum(of(r) for r in past if r["happened_at"] >= until - timedelta(days=days))
        for name, (days, of) in MEASURES.items()
    }
    return found | {n: max((r["happened_at"] for r in past if of(r)), default=None) for n, of in LASTS.items()}


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32), size=st.floats(0.5, 3))
def test_every_window_equals_a_plain_count_over_the_raw_rows(build: Build, seed: int, size: float) -> None:
    rows = company(Dice(seed, n_customers=3), size)
    built = build(rows)
    names = [*MEASURES, *LASTS]
    found = built.ask(f"select customer_id, as_of, {', '.join(names)} from features.int_customer_windows")
    assert len(found) == 3 * N_HISTORY
    for customer, day, *values in found:
        wanted = counted(rows, customer.split(":")[1], day)
        assert dict(zip(names, values, strict=True)) == wanted, (customer, day)


def one_call(happened: datetime, **changes: Any) -> Rows:
    d = Dice(1, n_customers=1)
    rows = company(d, 0)
    call = fresh(d, "interactions", "I0")
    about = {"customer_id": "crm:C0", "lead_id": None, "kind": "call", "direction": "inbound"}
    clocks = {"happened_at": happened, "known_at": happened, "is_update": False}
    rows["interactions"] = [call | about | clocks | changes]
    return rows


def calls(build: Build, rows: Rows) -> list[int]:
    """Calls in 90 days at each date, newest first."""
    return [n for (n,) in build(rows).ask("select n_calls_90d from features.int_customer_windows order by k")]


def test_a_call_that_became_known_late_counts_from_then_on_and_not_before(build: Build) -> None:
    happened = cutoff(spine_day(2)) - timedelta(hours=1)
    assert calls(build, one_call(happened)) == [1, 1, 1, 0, 0]
    assert calls(build, one_call(happened, known_at=cutoff(spine_day(2)))) == [1, 1, 0, 0, 0]
    assert calls(build, one_call(happened, known_at=cutoff(spine_day(1)))) == [1, 0, 0, 0, 0]
    assert calls(build, one_call(happened, known_at=cutoff(spine_day(0)))) == [0, 0, 0, 0, 0]


def test_a_planned_call_counts_once_it_has_happened(build: Build) -> None:
    assert calls(build, one_call(cutoff(spine_day(2)), known_at=cutoff(spine_day(4)) - timedelta(1))) == [1, 1, 0, 0, 0]


def test_a_correction_holds_from_the_day_it_was_known(build: Build) -> None:
    happened = cutoff(spine_day(3)) - timedelta(days=3)
    rows = one_call(happened)
    (call,) = rows["interactions"]
    corrected = call | {"kind": "email", "is_update": True, "known_at": cutoff(spine_day(2)) - timedelta(seconds=1)}
    rows["interactions"].append(corrected)
    assert calls(build, rows) == [0, 0, 0, 1, 0]
    corrected["known_at"] = cutoff(spine_day(2))
    assert calls(build, rows) == [0, 0, 1, 1, 0]


def test_a_window_is_half_open_and_ends_with_the_day(build: Build) -> None:
    first_moment = cutoff(spine_day(3))
    assert calls(build, one_call(first_moment)) == [1, 1, 1, 0, 0]
    assert calls(build, one_call(first_moment - timedelta(seconds=1))) == [0, 1, 1, 1, 0]


@pytest.mark.parametrize("days", [300, 500, 900])
def test_a_silence_is_as_long_at_the_newest_date_as_the_calendar_says(build: Build, days: int) -> None:
    happened = cutoff(spine_day(0)) - timedelta(days=days, hours=-1)
    query = (
        "select k, days_since_contact from features.feat_customer as f "
        "join features.int_spine as s on f.as_of = s.as_of order by k"
    )
    rows = one_call(happened)
    (call,) = rows["interactions"]
    # A feed that never carried anything could not have seen a contact either.
    rows["interactions"] += [call | {"kind": kind, "source_id": kind} for kind in ("email", "meeting")]
    found = build(rows).ask(query)
    assert found == [(k, days - 1 - 30 * k) for k in range(N_HISTORY)]
