"""Every measure against numbers worked out by hand on the company of 20 customers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from crm_core import warehouse
from crm_core.access import Viewer, system_viewer
from crm_core.settings import Settings
from crm_core.views.measures import Cell, MeasureFilter, definitions, measure
from crm_core.warehouse.dictionary import measures
from tests.views.twenty import CASES, PEOPLE

WORKED_OUT: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (CASES / "tiny_company_measures.yml").read_text(encoding="utf-8")
)
BY_HAND = [(key, case) for key, cases in WORKED_OUT.items() for case in cases]
NAMES = [f"{key} {case['k']} {case.get('split', '')} {case.get('who', '')}".strip() for key, case in BY_HAND]
SPLITS = ("owner", "team", "region", "segment", "product_line", "source_channel")
ADMIN = PEOPLE["admin"]


def opened(folder: Path) -> duckdb.DuckDBPyConnection:
    return warehouse.open_read_only(warehouse.current_build(Settings(data_dir=folder)))


@pytest.fixture(scope="module")
def con(built_twenty: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = opened(built_twenty)
    yield connection
    connection.close()


def parts(cell: Cell) -> Any:
    """A cell as it is written in the cases."""
    return cell.numerator if cell.denominator is None else [cell.numerator, cell.denominator]


@pytest.mark.parametrize(("key", "case"), BY_HAND, ids=NAMES)
def test_a_measure_is_what_was_worked_out_by_hand(
    con: duckdb.DuckDBPyConnection, key: str, case: dict[str, Any]
) -> None:
    viewer, split = PEOPLE[case.get("who", "admin")], case.get("split")
    cells = measure(con, viewer, [key], months=[case["k"]], split=split)
    found = {cell.group: parts(cell) for cell in cells}
    assert found == (case["is"] if split else {None: case["is"]}), case["because"]
    for cell in cells:
        if cell.denominator is None:
            assert cell.value == cell.numerator
        else:
            assert cell.value == (cell.numerator / cell.denominator if cell.denominator else None)


def test_every_measure_was_worked_out_by_hand_now_and_a_month_and_a_year_ago() -> None:
    assert set(WORKED_OUT) == set(measures())
    for key, cases in WORKED_OUT.items():
        whole = {case["k"] for case in cases if "split" not in case and "who" not in case}
        assert {0, 1, 12} <= whole or key == "override_rate", key
        assert any("split" in case for case in cases), key


def test_every_measure_has_a_definition_and_every_definition_a_measure(con: duckdb.DuckDBPyConnection) -> None:
    known = {m.key for m in definitions(con)}
    assert known == set(measures())
    for table in ("mart_measure", "mart_measure_period"):
        assert {key for (key,) in con.execute(f"select distinct measure from marts.{table}").fetchall()} == known


def test_what_is_divided_by_something_says_by_what(con: duckdb.DuckDBPyConnection) -> None:
    divided = con.execute(
        "select measure, bool_or(denominator is not null) from marts.mart_measure group by measure"
    ).fetchall()
    assert {m.key: m.is_ratio for m in definitions(con)} == dict(divided)


def test_a_month_the_data_do_not_reach_back_to_is_unknown_not_nought(con: duckdb.DuckDBPyConnection) -> None:
    months = {key: {c.k for c in measure(con, ADMIN, [key], months=range(25))} for key in measures()}
    assert max(months["customers"]) == 24
    assert max(months["retention"]) == 17, "the data begin on 2 January 2024; a year before 30 January 2025 is later"
    assert max(months["lead_conversion"]) == 24
    assert max(months["override_rate"]) == 1, "nobody had disagreed before 10 May 2026"
    assert all(found == set(range(len(found))) for found in months.values())


def test_an_analyst_sees_owners_under_pseudonyms(con: duckdb.DuckDBPyConnection) -> None:
    cells = measure(con, PEOPLE["analyst"], ["customers"], split="owner")
    assert sorted(cell.numerator for cell in cells) == [3, 3, 3, 5]
    assert all(str(cell.group).startswith("Person ") for cell in cells)


def test_disagreement_is_never_split_by_person(con: duckdb.DuckDBPyConnection) -> None:
    assert measure(con, ADMIN, ["override_rate"], split="owner") == ()


@pytest.mark.parametrize(
    ("chosen", "customers", "retention"),
    [
        (MeasureFilter(teams=("North",)), 6, [4, 6]),
        (MeasureFilter(regions=("West", "South")), 6, [4, 5]),
        (MeasureFilter(segments=("small",), product_lines=("pro",)), 4, [4, 5]),
        (MeasureFilter(source_channels=("event",)), 0, [0, 0]),
        (MeasureFilter(teams=("Nowhere' or true --",)), 0, [0, 0]),
    ],
)
def test_a_filter_counts_what_matches_and_nothing_else(
    con: duckdb.DuckDBPyConnection, chosen: MeasureFilter, customers: int, retention: list[int]
) -> None:
    cells = measure(con, ADMIN, ["customers", "retention"], chosen=chosen)
    assert [parts(cell) for cell in cells] == [customers, retention]
    assert measure(con, ADMIN, ["customers"], split="team", chosen=MeasureFilter(teams=("Nowhere",))) == ()


def test_unknown_measures_and_months_are_left_out(con: duckdb.DuckDBPyConnection) -> None:
    assert measure(con, ADMIN, ["gone"]) == ()
    assert measure(con, ADMIN, ["customers"], months=[-1, 99]) == ()
    assert measure(con, ADMIN, []) == ()


def assert_splits_add_up(con: duckdb.DuckDBPyConnection, viewer: Viewer) -> None:
    months, asked = range(25), definitions(con)
    whole = {(c.key, c.k): c for c in measure(con, viewer, [m.key for m in asked], months=months)}
    for split in SPLITS:
        above: dict[tuple[str, int], float] = {}
        below: dict[tuple[str, int], float] = {}
        for cell in measure(con, viewer, [m.key for m in asked], months=months, split=split):
            above[cell.key, cell.k] = above.get((cell.key, cell.k), 0) + cell.numerator
            below[cell.key, cell.k] = below.get((cell.key, cell.k), 0) + (cell.denominator or 0)
        for where, sum_ in above.items():
            assert sum_ == pytest.approx(whole[where].numerator, abs=0.01), (split, where)
            assert below[where] == pytest.approx(whole[where].denominator or 0, abs=0.01), (split, where)


@pytest.mark.parametrize("who", ["nora", "north", "analyst", "admin"])
def test_the_groups_of_a_split_add_up_to_the_whole(con: duckdb.DuckDBPyConnection, who: str) -> None:
    assert_splits_add_up(con, PEOPLE[who])


def test_the_groups_of_a_split_add_up_on_the_demo_company_too(demo_data_dir: Path) -> None:
    demo = opened(demo_data_dir)
    assert_splits_add_up(demo, system_viewer())
    demo.close()
