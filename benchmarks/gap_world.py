"""Demo companies in which contacts go unlogged: a known share of them, by habit of the rep or at random.

By habit: each rep × feed (calls, meetings) either logs everything or a twentieth; two habits in ten begin some time in
the last year. At random: every call and meeting is lost with the same chance. Shares are those of the last year. What
everybody did is the same in all worlds of a seed; only what was written down differs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import duckdb
import numpy as np
import pandas as pd

from crm_core import demo, identity, lake, settings
from crm_core.clock import BUCKET_DAYS
from crm_core.ledger.snapshot import write_snapshot
from crm_core.warehouse import feature_meanings
from crm_core.warehouse.runner import PROJECT

Mode = Literal["habit", "random"]
FEEDS = {"calls": "call", "meetings": "meeting"}
KEPT_BY_HABIT = 0.05
BEGINS_LATE = 0.2
N_HISTORY = 22
WINDOW = 90
PLACEHOLDER = "@LAKE@"
COVERAGE = "int_customer_coverage"


@dataclass(frozen=True)
class Habit:
    """One rep who stopped logging through one feed; from when on (None: he never did)."""

    owner_id: str
    feed: str
    since: date | None


@dataclass(frozen=True)
class World:
    """A company's warehouse in memory, with the truth behind it.

    `truth` has entity_id, as_of, probability and outcome of every customer under contract.
    """

    con: duckdb.DuckDBPyConnection
    as_of: date
    habits: tuple[Habit, ...]
    truth: pd.DataFrame
    unlogged: float


@dataclass(frozen=True)
class Job:
    """One world to be made.

    Parameters
    ----------
    share : float
        Share of calls and meetings that nobody writes down, 0 to 0.85.
    contact_weight : float
        How much more than in the demo company a silence counts.
    customers : int
        Size of the company.
    """

    seed: int
    mode: Mode
    share: float
    contact_weight: float = 1.0
    customers: int = demo.Company().customers

    @property
    def company(self) -> demo.Company:
        """The company with everything logged."""
        return demo.Company(self.customers, seed=self.seed, is_all_logged=True, contact_weight=self.contact_weight)


def write_company(job: Job, folder: Path) -> Path:
    """Write a company and its truth once; worlds take away from it."""
    data = settings.Settings(data_dir=folder / f"seed-{job.seed}-{job.contact_weight:g}-{job.customers}")
    if not data.lake_dir.exists():
        lake.ensure_lake(data)
        demo.write_lake(job.company, data, workers=1)
        demo.write_truth(job.company, data.truth_dir)
    return data.data_dir


def world(job: Job, folder: Path) -> World:
    """Build one world; the companies of all seeds lie in `folder`."""
    source, mode, share = write_company(job, folder), job.mode, job.share
    rng = np.random.default_rng([job.seed, int(100 * share), mode == "habit"])
    as_of = job.company.as_of
    with TemporaryDirectory(dir=folder) as place:
        thin, habits, unlogged = _thinned(source / "lake", Path(place), rng, mode, share)
        con = duckdb.connect()
        con.execute("set threads = 1")
        identity.resolve(con, thin, as_of)
        for name, relation, sql in compiled(str(folder), as_of):
            _make(con, name, relation, sql.replace(PLACEHOLDER, str(thin)))
            if name == "feat_customer":
                _make_naive(con, sql)
    return World(con, as_of, habits, truth_of(con, source, "churn"), unlogged)


def as_it_is(seed: int, question: str, folder: Path) -> World:
    """The demo company of a seed with its own gaps, built up to the features of one question."""
    company = demo.Company(seed=seed)
    data = settings.Settings(data_dir=folder / f"plain-{seed}")
    lake.ensure_lake(data)
    demo.write_lake(company, data, workers=1)
    demo.write_truth(company, data.truth_dir)
    write_snapshot((), data.lake_dir)
    con = duckdb.connect()
    con.execute("set threads = 1")
    identity.resolve(con, data.lake_dir, company.as_of)
    for name, relation, sql in compiled(str(folder), company.as_of, question):
        _make(con, name, relation, sql.replace(PLACEHOLDER, str(data.lake_dir)))
    return World(con, company.as_of, (), truth_of(con, data.data_dir, question), 0.0)


def truth_of(con: duckdb.DuckDBPyConnection, source: Path, question: str) -> pd.DataFrame:
    """True chances of a question's customers or leads as of every date."""
    key, outcome = ("customer_id", ", outcome") if question == "churn" else ("lead_id", "")
    truth = con.execute(
        f"select 'demo:' || {key} as entity_id, as_of, probability{outcome} from "
        f"read_parquet('{source}/demo_truth/{question}/*.parquet')"
    ).df()
    truth["as_of"] = pd.to_datetime(truth["as_of"]).dt.date
    return truth


def _thinned(
    source: Path, target: Path, rng: np.random.Generator, mode: Mode, share: float
) -> tuple[Path, tuple[Habit, ...], float]:
    for table in source.iterdir():
        if table.name != "interactions":
            (target / table.name).symlink_to(table)
    write_snapshot((), target)
    con = duckdb.connect()
    con.execute(f"create table rows as select * from read_parquet('{source}/interactions/*.parquet')")
    habits = _habits(con, rng, share) if mode == "habit" else ()
    con.execute("create table habits (owner_id varchar, kind varchar, since date)")
    for habit in habits:
        con.execute("insert into habits values (?, ?, ?)", [habit.owner_id, FEEDS[habit.feed], habit.since])
    lost = 0.0 if mode == "habit" else share
    seed = int(rng.integers(1 << 30))
    con.execute(
        f"""
        create table judged as
        select r.*, r.kind in ('call', 'meeting') and hash(r.source_id, {seed}) % 1000000 / 1000000.0 >= case
            when h.kind is not null and (h.since is null or r.happened_at >= h.since) then {KEPT_BY_HABIT}
            else {1 - lost} end as is_lost
        from rows as r left join habits as h on r.owner_id = h.owner_id and r.kind = h.kind
        """
    )
    counted = con.execute(
        "select avg(is_lost::int) from judged where kind in ('call', 'meeting') and happened_at >= ?",
        [demo.Company().as_of - timedelta(days=365)],
    ).fetchone()
    (target / "interactions").mkdir()
    con.execute(
        f"copy (select * exclude is_lost from judged where not is_lost) to '{target}/interactions/demo__world.parquet'"
    )
    return target, habits, float(counted[0]) if counted else 0.0


def _habits(con: duckdb.DuckDBPyConnection, rng: np.random.Generator, share: float) -> tuple[Habit, ...]:
    """Habits of reps taken in any order until so much of the last year goes unlogged."""
    newest = demo.Company().as_of
    year = newest - timedelta(days=365)
    rows = con.execute(
        "select owner_id, kind, happened_at::date as day from rows where kind in ('call', 'meeting') "
        "and happened_at >= ? and owner_id is not null",
        [year],
    ).df()
    rows["day"] = pd.to_datetime(rows["day"]).dt.date
    feed_of = {kind: feed for feed, kind in FEEDS.items()}
    cells = sorted({(o, k) for o, k in zip(rows["owner_id"], rows["kind"], strict=True)})
    lost, found = 0.0, []
    for i in rng.permutation(len(cells)):
        if lost >= share * len(rows):
            break
        owner, kind = cells[i]
        since = newest - timedelta(days=int(rng.integers(BUCKET_DAYS, 360))) if rng.random() < BEGINS_LATE else None
        own = (rows["owner_id"] == owner) & (rows["kind"] == kind) & (rows["day"] >= (since or year))
        lost += (1 - KEPT_BY_HABIT) * int(own.sum())
        found.append(Habit(owner, feed_of[kind], since))
    return tuple(found)


@cache
def compiled(folder: str, as_of: date, question: str = "churn") -> tuple[tuple[str, str, str], ...]:
    """Name, relation and SQL of the models below the marts, in the order they need each other."""
    import json

    entity = "customer" if question == "churn" else "lead"
    aside = Path(folder) / f"compiled-{question}-{os.getpid()}"
    variables: dict[str, Any] = {
        "lake_dir": PLACEHOLDER,
        "ledger_dir": f"{PLACEHOLDER}/ledger",
        "as_of": as_of.isoformat(),
        "n_history": N_HISTORY,
        "history_start": (as_of - timedelta(days=BUCKET_DAYS * (N_HISTORY + 3))).isoformat(),
    }
    command = [sys.executable, "-m", "dbt.cli.main", "compile", "--quiet", "--vars", json.dumps(variables)]
    command += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(aside)]
    command += ["--log-path", str(aside), "--select", f"+feat_{entity}", f"+label_{question}", "+feat_attribute"]
    build = {"CRM_BUILD_FILE": str(aside / "warehouse.duckdb"), "CRM_BUILD_TEMP": str(aside)}
    aside.mkdir(exist_ok=True)
    done = subprocess.run(command, env=os.environ | build, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the models do not compile: {done.stdout[-500:]}{done.stderr[-500:]}")
    nodes = json.loads((aside / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    wanted = {k: n for k, n in nodes.items() if n.get("compiled_code") and n["resource_type"] == "model"}
    order: list[str] = []
    while len(order) < len(wanted):
        ready = [k for k in wanted if k not in order and all(
            d in order for d in wanted[k]["depends_on"]["nodes"] if d in wanted)]  # fmt: skip
        order += sorted(ready)
    return tuple((wanted[k]["name"], wanted[k]["relation_name"], wanted[k]["compiled_code"]) for k in order)


def _make(con: duckdb.DuckDBPyConnection, name: str, relation: str, sql: str) -> None:
    _, schema, _ = relation.replace('"', "").split(".")
    con.execute(f"create schema if not exists {schema}")
    kind = "view" if schema == "staging" and name != "stg_interactions" else "table"
    con.execute(f"create {kind} {schema}.{name} as {_local(sql)}")


def _local(sql: str) -> str:
    """Names without the database they were compiled for."""
    return sql.replace('"warehouse".', "")


def _make_naive(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """The same features where nobody asks who could see: what was not logged counts as nothing, a silence as long."""
    flat = _local(sql).replace(f'"{COVERAGE}"', '"all_seen"')
    blind = ", ".join(
        f"cast(null as varchar) as {c}"
        for (c,) in con.execute(
            f"select column_name from information_schema.columns where table_name = '{COVERAGE}' "
            "and column_name like 'blind_%' and column_name <> 'blind_feeds'"
        ).fetchall()
    )
    con.execute(f"create view features.all_seen as select customer_id, k, as_of, '' as blind_feeds, {blind} "
                f"from features.{COVERAGE}")  # fmt: skip
    con.execute(f"create table features.naive as {flat}")
    filled = []
    for name, meaning in feature_meanings("feat_customer").items():
        if meaning.feeds - {"crm", "billing"}:
            empty = "720" if name.startswith("days_since") else "0"
            filled.append(f"coalesce({name}, {empty}) as {name}")
    con.execute(f"create table features.feat_naive as select * replace ({', '.join(filled)}) from features.naive")
