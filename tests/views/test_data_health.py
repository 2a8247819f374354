"""What waits in quarantine, whom it touches, and who may see what of it, against figures worked out by hand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from crm_core.views import trust
from tests.views.company import DAY, PEOPLE, build_rows, lake, row, scored
from tests.views.quarantined import hold

# Alpha pays 1,200 a year, Beta 12,000, Gamma 600; crm:3 is another key of Gamma; nobody is known as 77.
BAD = (
    "b1,1,2026-01-01,lots,basic",
    "b2,1,2026-01-01,plenty,basic",
    "b3,2,2026-01-01,heaps,basic",
    "b4,3,31/02/2026,10,basic",
    "b5,77,2026-01-01,many,basic",
)


@pytest.fixture
def waiting(company: Path) -> Path:
    hold(company, BAD)
    return company


@pytest.mark.parametrize(
    ("who", "n_customers", "money"),
    [
        ("admin", 3, 13_800), ("steward", 3, 13_800), ("executive", 3, 13_800), ("analyst", 3, 13_800),
        ("manager", 2, 1_800), ("north", 2, 1_800), ("south", 1, 12_000),
    ],
)  # fmt: skip
def test_everybody_sees_how_many_wait_and_the_money_in_his_own_scope(
    waiting: Path, who: str, n_customers: int, money: float
) -> None:
    page = trust.data_health(PEOPLE[who])
    assert (page.n_waiting, page.n_nameless) == (5, 1)
    assert (page.n_customers, page.value_waiting) == (n_customers, money)


def test_a_kind_of_fault_adds_up_its_rows_and_the_money_of_its_customers_once(waiting: Path) -> None:
    page = trust.data_health(PEOPLE["steward"])
    assert [(f.column, f.n_rows, f.n_customers, f.value) for f in page.faults] == [
        ("monthly", 4, 2, 13_200),
        ("start", 1, 1, 600),
    ]
    assert page.n_fault_kinds == 2
    assert (page.faults[0].file, page.faults[0].first_line, page.faults[0].example) == ("contracts.csv", 2, "lots")
    assert page.faults[0].reason == "is not a number"


@pytest.mark.parametrize(
    ("who", "example"),
    [("steward", "lots"), ("manager", "lots"), ("south", "heaps"), ("executive", None), ("analyst", None)],
)
def test_a_bad_value_is_shown_only_to_those_who_may_read_it(waiting: Path, who: str, example: str | None) -> None:
    kinds = {kind.column: kind for kind in trust.data_health(PEOPLE[who]).faults}
    assert kinds["monthly"].example == example


@pytest.mark.parametrize(
    ("who", "values"),
    [
        ("steward", ["lots", "plenty", "heaps", "31/02/2026", "many"]), ("north", ["lots", "plenty", "31/02/2026"]),
        ("south", ["heaps"]), ("analyst", [None] * 5), ("executive", [None] * 5),
    ],
)  # fmt: skip
def test_the_download_holds_the_rows_a_person_may_see(waiting: Path, who: str, values: list[str | None]) -> None:
    found = trust.fault_rows(PEOPLE[who])
    assert [row.value for row in found] == values
    assert all((row.key is None) == (row.value is None) for row in found)


def test_a_row_that_names_a_merged_key_touches_the_customer_it_belongs_to(waiting: Path) -> None:
    row = next(row for row in trust.fault_rows(PEOPLE["steward"]) if row.column == "start")
    assert row.customer == "Gamma"


def test_what_has_landed_is_told_in_words_with_what_waits(waiting: Path) -> None:
    (row,) = trust.data_health(PEOPLE["north"]).landed
    assert (row.source, row.table, row.n_rows, row.n_waiting) == ("crm", "contracts", 200, 5)
    assert row.last_files == ("contracts.csv",)


def test_a_company_where_nothing_waits_says_so(company: Path) -> None:
    page = trust.data_health(PEOPLE["admin"])
    assert (page.n_waiting, page.faults, page.value_waiting) == (0, (), 0)
    assert not page.is_empty


def test_contradictions_are_told_without_the_names_of_columns(company: Path) -> None:
    hold(company, [], known="nobody")
    told = [f.sentence for f in trust.data_health(PEOPLE["admin"]).findings if f.kind == "contradiction"]
    assert told == ["contracts: 40 rows name a customer that is not in customers (yet)"]


def test_a_stream_without_a_declared_rhythm_is_neither_alive_nor_silent(company: Path) -> None:
    (feed,) = trust.data_health(PEOPLE["admin"]).feeds
    assert (feed.title, feed.owner, feed.state) == ("phone", None, "unknown rhythm")
    assert (feed.n_rows, feed.n_30d) == (7, 6)


def test_a_clock_that_runs_ahead_makes_no_stream_look_alive(data_dir: Path) -> None:
    ahead = datetime(2031, 1, 1)  # noqa: DTZ001 - times are UTC without a zone
    declared = {"feed": "phone", "kind": "call", "title": "Telephone", "expected_every_hours": 24.0}
    tables = lake()
    tables["feeds"] = [row("F1", last_synced_at=ahead, **declared)]
    tables["interactions"] = [one for one in tables["interactions"] if (DAY - one["happened_at"].date()).days > 9]
    newest = max(one["happened_at"].date() for one in tables["interactions"])
    build_rows(data_dir, tables, scored, DAY)
    (feed,) = trust.data_health(PEOPLE["admin"]).feeds
    assert (feed.title, feed.age_days, feed.state) == ("Telephone", (DAY - newest).days, "silent")
