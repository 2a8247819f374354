"""Nothing logged is not nothing happened: which feed could see whom, when, and why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from crm_core.lake import TABLES
from tests.warehouse.company import FAR, Row, Rows
from tests.warehouse.compiled import AS_OF, N_HISTORY
from tests.warehouse.conftest import Build

EVERY = {"call": 9, "email": 7, "meeting": 15, "login": 5}
KIND = {"calls": "call", "emails": "email", "meetings": "meeting", "product_usage": "login"}


@dataclass(frozen=True)
class Office:
    """Owners with customers about whom everything is logged at a steady rate, but for what is silent.

    `silent` holds (owner or '', kind, first day, last day): nothing arrives in that stretch; days count from the newest
    as-of date, which is 0. '' means everybody.
    """

    owners: int = 3
    customers: int = 6
    first: int = -400
    silent: tuple[tuple[str, str, int, int], ...] = ()
    more: dict[str, list[Row]] = field(default_factory=dict)

    def rows(self) -> Rows:
        """The office as rows of the lake."""
        rows: Rows = {name: [] for name in TABLES}
        for n in range(self.owners * self.customers):
            owner = f"E{n % self.owners}"
            rows["customers"].append(customer(f"C{n}", owner))
            for kind, every in EVERY.items():
                for day in range(self.first + n % every, 1, every):
                    if not self.is_silent(owner, kind, day):
                        rows["interactions"].append(touch(f"C{n}", owner, kind, day))
        for table, added in self.more.items():
            rows[table] += added
        return rows

    def is_silent(self, owner: str, kind: str, day: int) -> bool:
        """Whether nothing of this arrives on that day."""
        return any(
            who in ("", owner) and what in ("", kind) and first <= day <= last for who, what, first, last in self.silent
        )


def on(day: int, hour: int = 9) -> datetime:
    return datetime.combine(AS_OF + timedelta(days=day), time(hour))


def base(table: str, key: str, at: datetime) -> Row:
    return {"source": "crm", "source_id": f"{table}-{key}", "happened_at": at, "known_at": at, "is_update": False}


def customer(key: str, owner: str) -> Row:
    about = {"name": f"Customer {key}", "website": f"{key}.example", "owner_id": f"crm:{owner}"}
    return base("customers", key, FAR) | about | {"source_id": key, "created_on": FAR.date()}


def touch(key: str, owner: str, kind: str, day: int, **more: Any) -> Row:
    about = {"customer_id": f"crm:{key}", "owner_id": f"crm:{owner}", "kind": kind, "direction": "inbound"}
    return base("interactions", f"{key}{kind}{day}{owner}", on(day)) | about | more


def why(build: Build, office: Office, feed: str) -> dict[tuple[str, int], str | None]:
    """Reason per customer and date why this feed could not see it."""
    found = build(office.rows()).ask(
        f"select split_part(customer_id, ':', 2), k, blind_{feed} from features.int_customer_coverage"
    )
    return {(key, k): reason for key, k, reason in found}


def of(found: dict[tuple[str, int], str | None], keys: Iterable[str], k: int = 0) -> set[str | None]:
    return {found[key, k] for key in keys}


EVERYBODY = [f"C{n}" for n in range(18)]
OF_E0 = [f"C{n}" for n in range(0, 18, 3)]
OF_OTHERS = [key for key in EVERYBODY if key not in OF_E0]


@pytest.mark.parametrize("feed", KIND)
def test_where_everything_is_logged_every_feed_sees_everybody(build: Build, feed: str) -> None:
    found = why(build, Office(), feed)
    assert set(found.values()) == {None}
    assert len(found) == 18 * N_HISTORY


@pytest.mark.parametrize("feed", ["calls", "meetings", "emails"])
def test_who_never_logs_a_feed_is_found_and_his_customers_count_as_unseen_there(build: Build, feed: str) -> None:
    office = Office(silent=(("E0", KIND[feed], -400, 0),))
    found = why(build, office, feed)
    for k in range(N_HISTORY):
        assert of(found, OF_E0, k) == {"owner"}
        assert of(found, OF_OTHERS, k) == {None}
    built = build(office.rows())
    counted = built.ask(
        f"select split_part(customer_id, ':', 2), n_{feed}_90d is null, n_contacts_90d is null, usage_90d is null "
        f"from features.feat_customer where as_of = '{AS_OF}'"
    )
    for key, *is_unknown in counted:
        assert is_unknown == [key in OF_E0, key in OF_E0, False], key


def test_who_stopped_is_blind_from_then_on_and_not_before(build: Build) -> None:
    found = why(build, Office(silent=(("E0", "call", -89, 0),)), "calls")
    assert of(found, OF_E0, 0) == {"owner"}
    assert of(found, OF_E0, 3) == {None}


def test_one_employee_alone_is_compared_with_his_own_past(build: Build) -> None:
    everybody = [f"C{n}" for n in range(48)]
    alone = Office(owners=1, customers=48)
    assert set(why(build, alone, "calls").values()) == {None}
    silent = replace(alone, silent=(("E0", "call", -89, 0),))
    # Silence of the only one who logs looks like a dead feed; here the feed still brings a little.
    assert of(why(build, silent, "calls"), everybody) == {"dead_feed"}
    little = [touch("C0", "E0", "call", day) for day in range(-89, 1, 3)]
    found = why(build, replace(silent, more={"interactions": little}), "calls")
    assert of(found, everybody[1:]) == {"owner"}


def in_bursts(kind: str, days: int, newest: int, every: int = 45) -> tuple[tuple[str, str, int, int], ...]:
    """Silence of a kind but for so many days at a time, the last of them `newest`."""
    ends = range(newest, -500, -every)
    return (("", kind, newest + 1, 0), *(("", kind, end - every + 1, end - days) for end in ends))


@pytest.mark.parametrize("newest", [-31, -3])
def test_what_comes_in_bursts_says_nothing_by_an_empty_month(build: Build, newest: int) -> None:
    office = Office(customers=18, silent=in_bursts("login", 4, newest))
    built = build(office.rows())
    at = f"where as_of = '{AS_OF}'"
    found = built.ask(f"select blind_product_usage, count(*) from features.int_customer_coverage {at} group by 1")
    assert found == [("bursts", 54)]
    assert built.ask(
        f"select count(usage_30d), count(usage_trend), count(days_since_login) from features.feat_customer {at}"
    ) == [(0, 0, 0)]
    calls = built.ask(f"select blind_calls, count(*) from features.int_customer_coverage {at} group by 1")
    assert calls == [(None, 54)]


def test_few_rows_far_apart_are_no_bursts(build: Build) -> None:
    rare = Office(silent=(("", "call", -400, 0),))
    calls = [touch("C0", "E0", "call", day) for day in range(-390, 1, 40)]
    found = why(build, replace(rare, more={"interactions": calls}), "calls")
    assert "bursts" not in found.values()


def test_a_feed_that_fell_silent_sees_nobody_until_it_comes_back(build: Build) -> None:
    found = why(build, Office(silent=(("", "meeting", -20, 0),)), "meetings")
    assert of(found, EVERYBODY, 0) == {"dead_feed"}
    assert of(found, EVERYBODY, 1) == {None}


def test_a_gap_in_the_middle_hides_the_windows_that_hold_it(build: Build) -> None:
    found = why(build, Office(silent=(("", "login", -70, -31),)), "product_usage")
    assert [of(found, EVERYBODY, k) for k in range(N_HISTORY)][:4] == [
        {"dead_feed"},
        {"dead_feed"},
        {"dead_feed"},
        {None},
    ]


def test_a_silence_of_a_few_days_is_none(build: Build) -> None:
    assert of(why(build, Office(silent=(("", "call", -3, 0),)), "calls"), EVERYBODY) == {None}


def test_a_feed_that_starts_in_the_middle_could_not_see_before_and_for_a_quarter_after(build: Build) -> None:
    found = why(build, Office(silent=(("", "call", -400, -101),)), "calls")
    assert of(found, EVERYBODY, 0) == {None}
    assert of(found, EVERYBODY, 1) == {"not_connected_yet"}
    assert of(found, EVERYBODY, 4) == {"not_connected_yet"}


def test_a_feed_without_a_single_row_was_never_connected(build: Build) -> None:
    assert set(why(build, Office(), "orders").values()) == {"not_connected_yet"}


def test_of_a_feed_without_rhythm_nothing_is_claimed(build: Build) -> None:
    rare = [touch("C0", "E0", "order", day, amount=10) for day in (-390, -200, -150)]
    found = why(build, Office(more={"interactions": rare}), "orders")
    assert of(found, EVERYBODY, 0) == {None}


def feed_row(**more: Any) -> Row:
    declared = {"feed": "telephone", "kind": "call", "title": "Telephone", "expected_every_hours": 24.0}
    return base("feeds", "F1", FAR) | declared | more


def test_a_feed_that_synced_with_nothing_new_is_alive(build: Build) -> None:
    silent = (("", "call", -12, 0),)
    assert of(why(build, Office(silent=silent), "calls"), EVERYBODY) == {"dead_feed"}
    synced = {"feeds": [feed_row(last_synced_at=on(0))]}
    assert of(why(build, Office(silent=silent, more=synced), "calls"), EVERYBODY) == {None}


def test_a_clock_in_the_future_makes_no_feed_alive(build: Build) -> None:
    ahead = {"feeds": [feed_row(last_synced_at=on(400))]}
    assert of(why(build, Office(silent=(("", "call", -12, 0),), more=ahead), "calls"), EVERYBODY) == {"dead_feed"}
    later = {"interactions": [touch("C0", "E0", "call", day) for day in range(5, 60)]}
    assert of(why(build, Office(silent=(("", "call", -12, 0),), more=later), "calls"), EVERYBODY) == {"dead_feed"}


def test_where_all_feeds_are_dead_nothing_is_known_and_nothing_breaks(build: Build) -> None:
    office = Office(silent=(("", "", -60, 0),))
    built = build(office.rows())
    (row,) = built.ask(
        "select count(*), count(n_calls_90d), count(n_emails_90d), count(usage_90d), count(days_since_contact), "
        f"min(blind_feeds) from features.feat_customer where as_of = '{AS_OF}'"
    )
    assert row == (18, 0, 0, 0, 0, "calls,emails,meetings,orders,product_usage,surveys,tickets")


def test_a_customer_without_any_row_is_rather_not_connected_than_idle(build: Build) -> None:
    found = why(build, Office(more={"customers": [customer("C99", "E0")]}), "product_usage")
    assert found["C99", 0] == "never_seen"
    assert of(found, EVERYBODY) == {None}


def test_who_refused_profiling_is_not_seen_through_his_words(build: Build) -> None:
    def person(n: int, *, may: bool | None) -> Row:
        about = {"customer_id": "crm:C0", "full_name": f"P{n}", "consent_profiling": may}
        return base("contacts", f"P{n}", FAR) | about

    refused = Office(more={"contacts": [person(1, may=False), person(2, may=None)]})
    assert why(build, refused, "calls")["C0", 0] == "consent"
    assert why(build, refused, "product_usage")["C0", 0] is None
    divided = Office(more={"contacts": [person(1, may=False), person(2, may=True)]})
    assert why(build, divided, "calls")["C0", 0] is None


def test_what_colleagues_logged_often_enough_was_seen_whoever_the_owner_is(build: Build) -> None:
    helped = [touch("C0", "E1", "call", day) for day in range(-80, 0, 2)]
    found = why(build, Office(silent=(("E0", "call", -400, 0),), more={"interactions": helped}), "calls")
    assert found["C0", 0] is None
    assert found["C3", 0] == "owner"


def test_rows_that_become_known_later_make_no_feed_alive_before(build: Build) -> None:
    late = [touch("C0", "E0", "meeting", day, known_at=on(3)) for day in range(-20, 1)]
    found = why(build, Office(silent=(("", "meeting", -20, 0),), more={"interactions": late}), "meetings")
    assert of(found, EVERYBODY, 0) == {"dead_feed"}
