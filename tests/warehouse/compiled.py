"""The warehouse's own SQL, compiled by dbt once and then run on small lakes in memory: a build in a second, not ten."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from crm_core import identity
from crm_core.ledger import StoredEntry, words
from crm_core.ledger.snapshot import write_snapshot
from crm_core.warehouse.runner import PROJECT

LAKE, LEDGER = "@LAKE@", "@LEDGER@"
AS_OF = date(2026, 6, 30)
N_HISTORY = 5


def spine_day(k: int) -> date:
    """As-of date number `k`, 0 = the newest."""
    return AS_OF - timedelta(days=30 * k)


@dataclass(frozen=True)
class Model:
    """One model with the name dbt would give its table."""

    name: str
    relation: str
    sql: str


def compile_models(folder: Path) -> list[Model]:
    """Models of staging, features, labels and judgements in the order they need each other; compiled once a session."""
    done = folder / "models.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            done.write_text(json.dumps(_compiled(folder)), encoding="utf-8")
    return [Model(*row) for row in json.loads(done.read_text(encoding="utf-8"))]


def _compiled(folder: Path) -> list[list[str]]:
    variables: dict[str, Any] = {
        "lake_dir": LAKE,
        "ledger_dir": LEDGER,
        "as_of": AS_OF.isoformat(),
        "n_history": N_HISTORY,
        "meant": dict(words.MEANT),
    }
    variables["history_start"] = "2025-01-01"
    command = [sys.executable, "-m", "dbt.cli.main", "compile", "--quiet", "--vars", json.dumps(variables)]
    command += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    command += ["--target-path", str(folder / "target"), "--log-path", str(folder)]
    command += ["--select", "staging", "features", "labels", "mart_judgement", "mart_judged_cell"]
    build = {"CRM_BUILD_FILE": str(folder / "warehouse.duckdb"), "CRM_BUILD_TEMP": str(folder)}
    done = subprocess.run(command, env=os.environ | build, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    nodes = json.loads((folder / "target" / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    wanted = {key: node for key, node in nodes.items() if node.get("compiled_code")}
    models = {key: node for key, node in wanted.items() if node["resource_type"] == "model"}
    return [[node["name"], node["relation_name"], node["compiled_code"]] for node in _in_order(models)]


def _in_order(nodes: dict[str, Any]) -> list[Any]:
    ready: dict[str, Any] = {}
    while len(ready) < len(nodes):
        for key, node in nodes.items():
            needs = [n for n in node["depends_on"]["nodes"] if n in nodes]
            if key not in ready and all(n in ready for n in needs):
                ready[key] = node
    return list(ready.values())


class Built:
    """Features and labels of a lake, in memory."""

    def __init__(self, models: list[Model], lake: Path, answers: Sequence[StoredEntry] = ()) -> None:
        ledger = write_snapshot(answers, lake).parent
        self.con = duckdb.connect()
        self.con.execute("attach ':memory:' as warehouse")
        self.con.execute("use warehouse")
        self.con.execute("set threads = 1")
        for schema in ("staging", "features", "labels", "marts"):
            self.con.execute(f"create schema {schema}")
        identity.resolve(self.con, lake, AS_OF)
        for model in models:
            self.con.execute(
                f"create table {model.relation} as {model.sql.replace(LAKE, str(lake)).replace(LEDGER, str(ledger))}"
            )

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        return self.con.execute(query).fetchall()

    def cells(self, table: str, until: date) -> dict[tuple[Any, ...], Any]:
        """Every cell of a feature table at dates up to `until`, by its row's key and its column."""
        keys = {"feat_customer": 1, "feat_lead": 1, "feat_attribute": 2}[table]
        key = ["entity_id", "name"] if keys == 2 else [table.replace("feat_", "") + "_id"]
        found = self.con.execute(f"select * from features.{table} where as_of <= ?", [until])
        names = [column[0] for column in found.description or []]
        cells: dict[tuple[Any, ...], Any] = {}
        for row in found.fetchall():
            values = dict(zip(names, row, strict=True))
            where = tuple(values[k] for k in (*key, "as_of"))
            cells |= {(*where, name): value for name, value in values.items()}
        return cells

    def close(self) -> None:
        self.con.close()
