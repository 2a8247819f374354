"""What an installation chooses, and what comes too late: the measures of the 20 customers, worked out anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from crm_core import warehouse
from crm_core.settings import Settings
from crm_core.views.measures import MeasureFilter, measure
from tests.views.twenty import AS_OF, PEOPLE

ADMIN = PEOPLE["admin"]
Rerun = Callable[..., Any]


@pytest.fixture
def rerun(built_twenty: Path, tmp_path: Path) -> Rerun:
    """Work the measures out anew in a copy of the build, with other settings."""

    @contextmanager
    def worked_out(change: str = "", **chosen: Any) -> Iterator[duckdb.DuckDBPyConnection]:
        shutil.copytree(built_twenty, tmp_path / "data")
        where = Settings(data_dir=tmp_path / "data", **chosen)
        folder = warehouse.current_build(where)
        variables: dict[str, Any] = {
            "lake_dir": str(folder.lake),
            "ledger_dir": str(folder.ledger),
            "as_of": AS_OF.isoformat(),
        }
        variables |= {"history_start": "2024-01-02", "n_history": 1, **where.money}
        warehouse.run_dbt(where, folder, ["int_deal", "mart_deal", "int_measure_contract+"], variables)
        warehouse.run_dbt(where, folder, ["int_measure_deals+"], variables)
        con = warehouse.open_read_only(folder)
        yield con
        con.close()

    return worked_out


def test_a_target_belongs_to_its_team_and_is_not_split_further(rerun: Rerun) -> None:
    with rerun(quarter_targets={"North": 1500.0, "Ghosts' team": 100.0}) as con:

        def coverage(**more: Any) -> dict[str | None, tuple[float, float | None]]:
            found = measure(con, more.pop("viewer", ADMIN), ["pipeline_coverage"], **more)
            return {cell.group: (cell.numerator, cell.denominator) for cell in found}

        by_team = {"North": (3000, 1500), "South": (800, 1725), "Ghosts' team": (0, 100)}
        assert coverage(split="team") == by_team
        assert coverage() == {None: (3800, 3325)}
        assert coverage(viewer=PEOPLE["north"]) == {None: (3000, 1500)}
        assert coverage(viewer=PEOPLE["noah"]) == {None: (0, 0)}, "no rep has a target of his own"
        assert coverage(split="region") == {"South": (800, 1500), "Overseas": (0, 225), None: (3000, 1600)}
        west = MeasureFilter(regions=("West",))
        assert coverage(chosen=west) == {None: (0, 0)}, "a region's share of a team's target is unknown"


def test_dollars_count_by_their_rate(rerun: Rerun) -> None:
    with rerun(rates={"USD": 0.5}) as con:
        (cell,) = measure(con, PEOPLE["sam"], ["pipeline_amount"])
        assert cell.value == 500 + 1500 * 0.5
