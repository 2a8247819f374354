"""The models' own cases: given and expected rows in YAML beside them, run by dbt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

from crm_core import identity, ledger, warehouse
from crm_core.lake import ensure_lake
from crm_core.settings import Settings
from crm_core.warehouse.runner import PROJECT, DbtRun

VARIABLES = {"as_of": "2026-06-30", "n_history": 4}
Empty = tuple[Settings, warehouse.BuildFolder, DbtRun]


@pytest.fixture(scope="module")
def empty_build(tmp_path_factory: pytest.TempPathFactory) -> Empty:
    """Staging, features and labels of a lake without a row: tables of the right types for the cases."""
    where = Settings(data_dir=tmp_path_factory.mktemp("models"))
    ensure_lake(where)
    folder = warehouse.new_build(where)
    with duckdb.connect(str(folder.database)) as con:
        identity.resolve(con, where.lake_dir, date(2026, 6, 30))
    with ledger.open_ledger(where) as book:
        book.snapshot(folder.path)
    variables = VARIABLES | {"lake_dir": str(where.lake_dir), "ledger_dir": str(folder.ledger)}
    return where, folder, warehouse.run_dbt(where, folder, ["staging", "features", "labels"], variables)


def test_every_case_of_the_models_holds(empty_build: Empty, monkeypatch: pytest.MonkeyPatch) -> None:
    where, folder, _ = empty_build
    monkeypatch.setenv("CRM_BUILD_FILE", str(folder.database))
    monkeypatch.setenv("CRM_BUILD_TEMP", str(folder.path / "temp"))
    command = [sys.executable, "-m", "dbt.cli.main", "test", "--select", "test_type:unit", "--no-use-colors"]
    command += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--no-partial-parse"]
    command += ["--target-path", str(folder.path / "units"), "--log-path", str(folder.path)]
    command += ["--vars", json.dumps(VARIABLES | {"lake_dir": str(where.lake_dir), "ledger_dir": str(folder.ledger)})]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:]
    assert f"PASS={n_cases()} " in done.stdout


def n_cases() -> int:
    found = [yaml.safe_load(p.read_text(encoding="utf-8")) for p in Path(PROJECT / "models").rglob("_unit_tests.yml")]
    return sum(len(document["unit_tests"]) for document in found)


def test_an_empty_lake_gives_empty_tables_that_keep_every_promise(empty_build: Empty) -> None:
    _, folder, run = empty_build
    assert run.tests > 20
    assert run.warnings == ()
    with duckdb.connect(str(folder.database)) as con:
        assert con.execute("select count(*) from features.feat_customer").fetchall() == [(0,)]
        assert con.execute("select count(*) from features.int_spine").fetchall() == [(4,)]


def test_a_build_does_not_run_the_cases(empty_build: Empty) -> None:
    results = json.loads((empty_build[1].path / "temp" / "target" / "run_results.json").read_text(encoding="utf-8"))
    assert not [r["unique_id"] for r in results["results"] if r["unique_id"].startswith("unit_test.")]


def test_another_process_may_read_a_build_as_soon_as_dbt_is_done_with_it(empty_build: Empty) -> None:
    read = f"import os, duckdb; print(os.getpid()); duckdb.connect({str(empty_build[1].database)!r}, read_only=True)"
    done = subprocess.run([sys.executable, "-c", read], capture_output=True, text=True, check=False)
    assert done.returncode == 0, (os.getpid(), done.stdout, done.stderr)
