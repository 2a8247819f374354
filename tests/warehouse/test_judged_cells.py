"""What is shown of who was right: groups in which nobody's own record can be found, and figures anybody can check."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from crm_core.views.trust import parts
from crm_core.warehouse.runner import PROJECT
from tests.warehouse.compiled import compile_models

PEOPLE, CASES = 5, 20
Cells = Callable[[pd.DataFrame], pd.DataFrame]
Group = tuple[str, int, int] | tuple[str, int, int, int]


@dataclass(frozen=True)
class Case:
    """A judged case, as far as it is counted."""

    value: str
    who: str
    about: str
    machine: float
    person: float


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cells]:
    """`cells(cases)`: the groups that the warehouse shows of judged cases."""
    models = {model.name: model for model in compile_models(tmp_path_factory.mktemp("compiled"))}
    con = duckdb.connect()
    con.execute("attach ':memory:' as warehouse")
    con.execute("use warehouse")
    con.execute("create schema labels")
    con.execute("create schema marts")

    def shown(cases: pd.DataFrame) -> pd.DataFrame:
        con.register("given_cases", cases)
        con.execute("create or replace table labels.int_judged_case as select * from given_cases")
        for name in ("int_judged_group", "mart_judged_cell"):
            con.execute(f"create or replace table {models[name].relation} as {models[name].sql}")
        return con.execute("select * from marts.mart_judged_cell").df()

    yield shown
    con.close()


def frame(cases: list[Case]) -> pd.DataFrame:
    """The cases by one dimension, and together."""
    rows = []
    for n, case in enumerate(cases):
        nearer = 0.5 if case.machine == case.person else float(case.person < case.machine)
        for dimension, value in (("all", "all"), ("region", case.value)):
            figures = {"brier_machine": case.machine, "brier_person": case.person, "nearer": nearer}
            figures |= {"gain": case.machine - case.person}
            rows.append({"entry_id": str(n), "dimension": dimension, "value": value, "who": case.who,
                         "about": case.about, **figures})  # fmt: skip
    return pd.DataFrame(rows)


def made(groups: list[Group], seed: int = 0) -> list[Case]:
    """Cases of groups (value, people, cases); people of two groups may be the same.

    A fourth number: so many of the cases were said by somebody who speaks nowhere else.
    """
    roll = random.Random(seed)
    return [
        Case(
            value,
            f"only {value}" if n < sum(loud) else f"e{n % people}",
            f"churn c{roll.randrange(max(1, size // 2))}",
            roll.random(),
            roll.random(),
        )
        for value, people, size, *loud in groups
        for n in range(size)
    ]


def kinds(shown: pd.DataFrame) -> list[tuple[str, Any, int]]:
    """Kind, value and number of groups of the rows of the dimension."""
    rows = shown[shown["dimension"] == "region"]
    found = rows[["kind", "value", "n_groups"]].itertuples(index=False)
    return sorted((k, None if pd.isna(v) else v, int(n)) for k, v, n in found)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        # Large enough groups stand alone.
        ([("a", 5, 20), ("b", 6, 30)], [("group", "a", 1), ("group", "b", 1)]),
        # Too small ones stand together, where they are enough.
        ([("a", 5, 40), ("b", 4, 30), ("c", 5, 19)], [("group", "a", 1), ("other", None, 2)]),
        # One hidden alone could be found by subtraction: the smallest of the others joins it.
        ([("a", 5, 40), ("b", 5, 30), ("c", 1, 1)], [("group", "a", 1), ("other", None, 2)]),
        # So could two hidden ones together, where they are not enough.
        ([("a", 9, 40), ("b", 5, 30), ("c", 3, 9), ("d", 3, 9)], [("group", "a", 1), ("other", None, 3)]),
        # With one large group there is nothing it could be shown beside.
        ([("a", 9, 40), ("b", 4, 25)], [("hidden", None, 2)]),
        # Many small ones that are enough only together are no split at all, but harm nobody.
        ([("a", 3, 10), ("b", 4, 9), ("c", 5, 9)], [("other", None, 3)]),
        ([("a", 4, 10), ("b", 4, 9)], [("hidden", None, 2)]),
        # A group of which one person said more than half is nearly his own record: as small as any other.
        ([("a", 5, 40), ("b", 5, 30), ("c", 9, 20, 11)], [("group", "a", 1), ("other", None, 2)]),
        ([("a", 5, 40), ("b", 5, 30), ("c", 9, 20, 10)], [("group", "a", 1), ("group", "b", 1), ("group", "c", 1)]),
        # Where he said more than half of it even with the next one, nothing is shown.
        ([("a", 5, 40), ("b", 5, 30), ("c", 9, 99, 80)], [("hidden", None, 3)]),
    ],
)
def test_a_small_group_is_never_shown_and_cannot_be_found_by_subtraction(
    cells: Cells, groups: list[Group], expected: list[tuple[str, Any, int]]
) -> None:
    assert kinds(cells(frame(made(groups)))) == expected


sizes = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 45), st.integers(0, 45)), min_size=1, max_size=8)


@limits(max_examples=60)
@given(groups=sizes, seed=st.integers(0, 99))
def test_whatever_the_groups_everything_that_can_be_worked_out_holds_enough_people_and_cases(
    cells: Cells, groups: list[tuple[int, int, int]], seed: int
) -> None:
    cases = made([(f"g{n}", people, size, loud) for n, (people, size, loud) in enumerate(groups)], seed)
    shown = cells(frame(cases))
    seen = shown[shown["kind"] != "hidden"]
    assert (seen["n_people"] >= PEOPLE).all()
    assert (seen["n_cases"] >= CASES).all()
    hidden = shown[shown["kind"] == "hidden"]
    told = [c for c in shown.columns if c not in ("dimension", "kind", "n_groups")]
    assert hidden[told].isna().all().all()
    for _, rows in shown.groupby("dimension"):
        # All or nothing: the shown groups add up to the total, so that subtracting leaves nothing over.
        assert set(rows["kind"]) == {"hidden"} or rows["n_cases"].sum() == len(cases)
        assert rows["n_groups"].sum() in (1, len(groups))
        alone = set(rows["value"].dropna()) - {"all"}
        for row in rows.itertuples():
            if row.kind != "hidden" and row.value != "all":
                said = [c.who for c in cases if (c.value == row.value if row.kind == "group" else c.value not in alone)]
                assert 2 * max(Counter(said).values()) <= len(said) == row.n_cases


def test_the_figures_are_brier_s_with_an_interval_over_customers(cells: Cells) -> None:
    cases = made([("a", 7, 60), ("b", 5, 25)], 3)
    shown = cells(frame(cases))
    row = shown[shown["value"] == "a"].iloc[0]
    own = [c for c in cases if c.value == "a"]
    gain = sum(c.machine - c.person for c in own) / 60
    sums: dict[str, list[float]] = {}
    for c in own:
        sums.setdefault(c.about, []).append(c.machine - c.person)
    m = len(sums)
    error = math.sqrt(sum((sum(s) - len(s) * gain) ** 2 for s in sums.values()) * m / (m - 1)) / 60
    assert (row["n_cases"], row["n_people"], row["n_about"]) == (60, 7, m)
    assert row["off_machine"] == pytest.approx(sum(c.machine for c in own) / 60, abs=0.0051)
    assert row["off_person"] == pytest.approx(sum(c.person for c in own) / 60, abs=0.0051)
    assert (row["gain_low"], row["gain_high"]) == pytest.approx((gain - 1.96 * error, gain + 1.96 * error), abs=0.0051)
    share = sum(c.person < c.machine for c in own) / 60
    middle = (share + 1.96**2 / (2 * m)) / (1 + 1.96**2 / m)
    half = 1.96 / (1 + 1.96**2 / m) * math.sqrt(share * (1 - share) / m + 1.96**2 / (4 * m**2))
    assert (row["nearer_low"], row["nearer_high"]) == pytest.approx((middle - half, middle + half), abs=0.0051)


def test_of_few_customers_no_interval_is_claimed(cells: Cells) -> None:
    cases = [Case("a", f"e{n % 6}", f"churn c{n % 9}", 0.5, 0.1) for n in range(40)]
    row = cells(frame(cases)).iloc[0]
    assert row["nearer"] == 1.0
    assert row[["gain_low", "gain_high", "nearer_low", "nearer_high", "who_was_nearer"]].isna().all()


@pytest.mark.parametrize(
    ("machine", "person", "who"), [(0.4, 0.1, "people"), (0.1, 0.4, "model"), (0.2, 0.2, "neither")]
)
def test_somebody_is_called_nearer_only_beyond_chance(cells: Cells, machine: float, person: float, who: str) -> None:
    cases = [Case("a", f"e{n % 6}", f"churn c{n}", machine + n % 2 / 99, person + n % 2 / 99) for n in range(40)]
    row = cells(frame(cases)).iloc[0]
    assert row["who_was_nearer"] == who
    assert row["nearer"] == {"people": 1.0, "model": 0.0, "neither": 0.5}[who]


def test_no_single_case_can_be_told_from_two_groups_that_differ_by_it(cells: Cells) -> None:
    row = cells(frame(made([("a", 7, 60)], 5))).iloc[0]
    figures = ["off_machine", "off_person", "gain", "gain_low", "gain_high", "nearer", "nearer_low", "nearer_high"]
    assert [round(row[f], 2) for f in figures] == pytest.approx([row[f] for f in figures], abs=1e-12)


def test_the_models_live_where_pages_do_not_read() -> None:
    homes = {path.stem: path.parent.name for path in (PROJECT / "models").rglob("*judge*.sql")}
    assert {name for name, home in homes.items() if home == "marts"} == {"mart_judgement", "mart_judged_cell"}


def test_what_the_page_says_of_the_guard_is_what_the_warehouse_does() -> None:
    macros = (PROJECT / "macros" / "judging.sql").read_text(encoding="utf-8")
    least = dict(re.findall(r"macro (least_\w+)\(\) -%\}(\d+)\{", macros))
    assert least == {"least_people": str(parts.LEAST_PEOPLE), "least_cases": str(parts.LEAST_CASES)}
    assert (PEOPLE, CASES) == (parts.LEAST_PEOPLE, parts.LEAST_CASES)
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert project["vars"]["late_days"] == parts.LATE_DAYS
