"""Straight to the lake is the same as through CSV and the shipped mapping; the truth stays apart."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from crm_core.demo import Company, write_csv, write_lake, write_truth
from crm_core.errors import InputError
from crm_core.lake import TABLES, import_files, load_mapping
from crm_core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SMALL = Company(customers=120)
# the pipeline never reads the truth; these may know of it
MAY_KNOW = ("crm_core/demo/", "tests/", "benchmarks/", "crm_core/settings.py")
READS_TRUTH = re.compile(r"truth_dir|demo_truth")


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    where = Settings(data_dir=tmp_path_factory.mktemp("straight"))
    write_lake(SMALL, where, workers=1, with_truth=True)
    return where


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    where = Settings(data_dir=tmp_path_factory.mktemp("imported"))
    write_csv(SMALL, where.data_dir / "csv")
    report = import_files(load_mapping("demo"), sorted((where.data_dir / "csv").glob("*.csv")), where)
    assert not report.faults
    assert not any(report.unmapped.values())
    return where


@pytest.mark.parametrize("table", sorted(TABLES))
def test_lake_files_have_exactly_the_declared_schema(table: str, straight: Settings) -> None:
    files = list((straight.lake_dir / table).glob("*.parquet"))
    assert files
    for path in files:
        assert pq.read_schema(path).equals(TABLES[table].schema())


@pytest.mark.parametrize("table", sorted(TABLES))
def test_straight_and_imported_rows_are_the_same(table: str, straight: Settings, imported: Settings) -> None:
    sides = [
        f"(select * exclude (batch_id) from read_parquet('{where.lake_dir}/{table}/*.parquet', union_by_name = true))"
        for where in (straight, imported)
    ]
    with duckdb.connect() as con:
        for one, other in (sides, reversed(sides)):
            assert con.execute(f"from {one} except all from {other}").fetchall() == []


def test_every_slice_is_a_batch_with_a_manifest(straight: Settings) -> None:
    batches = {path.stem for path in (straight.lake_dir / "_batches").glob("*.json")}
    named = {path.stem.partition("__")[2] for path in straight.lake_dir.glob("*/demo__*.parquet")}
    assert batches == named


def test_writing_the_same_company_again_changes_nothing(straight: Settings) -> None:
    before = {path: path.stat().st_size for path in straight.lake_dir.rglob("*.parquet")}
    write_lake(SMALL, straight, workers=1)
    assert {path: path.stat().st_size for path in straight.lake_dir.rglob("*.parquet")} == before


def test_two_demo_companies_are_not_mixed(straight: Settings) -> None:
    with pytest.raises(InputError, match="another demo company"):
        write_lake(Company(customers=130), straight, workers=1)


def test_the_truth_is_the_same_by_both_ways(straight: Settings, tmp_path: Path) -> None:
    write_truth(SMALL, tmp_path)
    for part in ("churn", "lead", "duplicates", "happy", "blind", "dead_feed"):
        assert pq.read_table(tmp_path / part).equals(pq.read_table(straight.truth_dir / part))


def test_nothing_outside_the_demo_and_its_judges_reads_the_truth() -> None:
    code = [*ROOT.glob("*.py"), *(p for top in ("crm_core", "pages") for p in (ROOT / top).rglob("*"))]
    reads = [
        (path.relative_to(ROOT).as_posix(), line.strip())
        for path in code
        if path.suffix in (".py", ".sql", ".yml", ".yaml")
        and not path.relative_to(ROOT).as_posix().startswith(MAY_KNOW)
        for line in path.read_text(encoding="utf-8").splitlines()
        if READS_TRUTH.search(line)
    ]
    # the command line may have it written; reading it would need another line
    assert [read for read in reads if not (read[0] == "crm_core/__main__.py" and "write_truth(" in read[1])] == []
