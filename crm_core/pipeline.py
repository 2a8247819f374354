"""One build: a list of steps, top to bottom. It is made aside, checked, and swapped in whole."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import duckdb

from crm_core import identity, lake, ledger, scoring, warehouse
from crm_core.clock import BUCKET_DAYS, spine, today, utc_now
from crm_core.errors import BuildError, InputError, NoWarehouseError
from crm_core.settings import Settings

MAX_HISTORY = 25
WARM_UP_DAYS = 90
EVENTS = ("interactions", "tickets", "surveys", "leads", "opportunity_stages")


@dataclass(frozen=True)
class Step:
    """Report of one step of a build."""

    name: str
    detail: str
    seconds: float


@dataclass
class Build:
    """What the steps of one build share."""

    settings: Settings
    folder: warehouse.BuildFolder
    as_of: date
    history_start: date
    n_history: int
    retrain: bool
    report: Callable[[Step], None]
    looks_back: bool = False
    began: datetime = field(default_factory=utc_now)
    verdicts: list[scoring.Verdict] = field(default_factory=list)

    def variables(self) -> dict[str, Any]:
        """dbt variables of this build."""
        return {
            "lake_dir": str(self.folder.lake),
            "ledger_dir": str(self.folder.ledger),
            "as_of": self.as_of.isoformat(),
            "history_start": self.history_start.isoformat(),
            "n_history": self.n_history,
            "churn_definition": self.settings.churn_definition,
            "inactivity_days": self.settings.inactivity_days,
            "build_id": self.folder.build_id,
            "meant": dict(ledger.words.MEANT),
            "facts": ledger.words.raising(),
            "answers_until": "" if self.looks_back else self.began.isoformat(" ", "seconds"),
            **self.settings.money,
        }

    @contextmanager
    def database(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The build's own file, writable, for one step."""
        con = duckdb.connect(str(self.folder.database))
        try:
            con.execute(f"set memory_limit = '{self.settings.memory_limit}'")
            con.execute(f"set temp_directory = '{self.folder.path / 'temp'}'")
            con.execute(f"set threads = {self.settings.threads}")
            yield con
        finally:
            con.close()


def build(
    settings: Settings,
    *,
    as_of: date | None = None,
    retrain: bool = False,
    wait_seconds: float = 0.0,
    report: Callable[[Step], None] = lambda step: None,
) -> warehouse.BuildInfo:
    """Make a build and let it serve.

    Parameters
    ----------
    as_of : date, optional
        Day to look from; default: the newest day anything happened, at most today.
    retrain : bool
        Train even if the champion is recent.
    wait_seconds : float
        How long to wait for another build to end.

    Raises
    ------
    CrmError
        What failed, why, and what to do; the build before it still serves.
    """
    began = time.perf_counter()
    with warehouse.building(settings, wait_seconds):
        _recover(settings)
        warehouse.prune(settings)
        lake.ensure_lake(settings)
        work = Build(settings, warehouse.new_build(settings), *_dates(settings, as_of), retrain, report, bool(as_of))
        try:
            info = _run(work, began)
        except BaseException as error:
            _discard(work)
            if isinstance(error, OSError | duckdb.Error) or (isinstance(error, Exception) and lake.is_disk_full(error)):
                raise _explained(error) from error
            raise
        warehouse.prune(settings)
    return info


def _discard(work: Build) -> None:
    """Remove a build that failed; one that serves already stays, the next build finishes what is missing."""
    with suppress(NoWarehouseError):
        if warehouse.current_build(work.settings).build_id == work.folder.build_id:
            return
    shutil.rmtree(work.folder.path, ignore_errors=True)


def _run(work: Build, began: float) -> warehouse.BuildInfo:
    for name, step in STEPS:
        start = time.perf_counter()
        work.report(Step(name, step(work), time.perf_counter() - start))
    return _finish(work, began)


def _explained(error: Exception) -> BuildError:
    is_full = lake.is_disk_full(error)
    remedy = "free some disk space" if is_full else "mend the cause"
    return BuildError(
        "The build was stopped: the disk is full" if is_full else "The build failed",
        why=" ".join(str(error).splitlines()[:2])[:300],
        remedy=f"{remedy} and run `python -m crm_core build` again; the build before it still serves",
    )


def _dates(settings: Settings, as_of: date | None) -> tuple[date, date, int]:
    """Day to look from, first day anything was known, and how many dates of history that allows."""
    con = duckdb.connect()
    bounds = []
    for table in EVENTS:
        path = f"{settings.lake_dir / table}/*.parquet"
        sql = (
            "select min(known_at)::date, max(happened_at)::date "
            "from read_parquet(?, union_by_name = true) where happened_at <= ?"
        )
        row = con.execute(sql, [path, utc_now()]).fetchone()
        if row and row[0]:
            bounds.append(row)
    if not bounds:
        path = f"{settings.lake_dir / 'customers'}/*.parquet"
        row = con.execute(
            "select max(known_at)::date, max(known_at)::date from read_parquet(?, union_by_name = true)", [path]
        ).fetchone()
        bounds = [row] if row and row[0] else []
    con.close()
    if not bounds:
        raise InputError(
            "There is nothing to build from",
            where="lake",
            why="no customers, leads or interactions have been landed",
            remedy="run `python -m crm_core demo`, or `python -m crm_core import MAPPING FILE…` with data of your own",
        )
    newest = as_of or min(today(), max(last for _, last in bounds))
    first = min(first for first, _ in bounds)
    if not first <= newest <= today():
        raise InputError(
            "There is nothing to see from that day",
            where=f"--as-of {newest}",
            why="it has not come yet" if newest > today() else f"the data begin on {first}",
            remedy=f"choose a day between {first} and {today()}",
        )
    n = ((newest - first).days - WARM_UP_DAYS) // BUCKET_DAYS + 1
    return newest, first, max(1, min(MAX_HISTORY, n))


def _freeze(work: Build) -> str:
    return f"{lake.snapshot(work.settings, work.folder.lake):,} files of the lake"


def _snapshot(work: Build) -> str:
    with ledger.open_ledger(work.settings) as book:
        book.snapshot(work.folder.path)
        return f"{len(book.entries()):,} entries"


def _resolve(work: Build) -> str:
    with work.database() as con:
        return f"{identity.resolve(con, work.folder.lake, work.as_of):,} customers"


def _derive(work: Build) -> str:
    run = warehouse.run_dbt(work.settings, work.folder, ["staging", "features", "labels"], work.variables())
    return f"{run.models} tables and views, {run.tests} checks, {work.n_history} dates up to {work.as_of:%d %b %Y}"


def _train_and_score(work: Build) -> str:
    said = []
    with work.database() as con:
        for question in scoring.questions().values():
            verdict = scoring.decide(
                con, work.settings, question, work.as_of, retrain=work.retrain, ledger=work.folder.ledger
            )
            said.append(f"{question.name}: {_score(work, con, verdict)}")
    return "; ".join(said)


def _score(work: Build, con: duckdb.DuckDBPyConnection, verdict: scoring.Verdict) -> str:
    if verdict.model is None:
        work.verdicts.append(verdict)
        return f"no model ({verdict.card.reason.split(':')[0]})"
    stamp = scoring.Stamp(work.folder.build_id, utc_now(), work.settings.currency, work.as_of)
    matrix = scoring.read_matrix(
        con, scoring.question(verdict.card.question), [work.as_of, *_backcast_dates(work, verdict)]
    )
    run = scoring.write_scores(verdict.model, matrix, stamp, work.folder.pending_scores)
    stored = scoring.store(work.settings, verdict, matrix, run.mean_abs)
    work.verdicts.append(stored)
    auc = f"AUC {stored.card.auc:.3f}" if stored.card.auc is not None else ""
    note = f" ({verdict.note})" if verdict.note else ""
    return f"version {stored.card.version} {auc}, {run.n_rows:,} scores{note}"


def _backcast_dates(work: Build, verdict: scoring.Verdict) -> list[date]:
    """Dates a new model has not learned from and no published score exists for."""
    card = verdict.card
    if not verdict.is_new or card.split != "time" or scoring.is_published(work.settings, card.question):
        return []
    return [d for d in spine(work.as_of, work.n_history)[1:] if d >= date.fromisoformat(card.test_from)]


def _compare(work: Build) -> str:
    with work.database() as con:
        n = scoring.explain_movements(con, work.settings, work.folder, work.as_of, work.variables(), work.verdicts)
    return f"{n:,} movements since earlier builds"


def _collect(work: Build) -> str:
    """Bring scores, reasons, cards and meanings into the build as tables."""
    with work.database() as con:
        n = scoring.collect(con, work.settings, work.folder.pending_scores)
        warehouse.write_meta(con, [(v.card.question, v.card.to_json(), v.note) for v in work.verdicts])
        waiting = lake.write_landings(con, work.folder.lake)
    return f"{n:,} scores in the history, {waiting:,} rows in quarantine"


def _publish(work: Build) -> str:
    run = warehouse.run_dbt(work.settings, work.folder, ["marts"], work.variables())
    warned = f", {len(run.warnings)} warnings" if run.warnings else ""
    return f"{run.models} tables for the pages, {run.tests} checks{warned}"


STEPS: list[tuple[str, Callable[[Build], str]]] = [
    ("freeze the lake", _freeze),
    ("read the ledger", _snapshot),
    ("who is who", _resolve),
    ("derive features", _derive),
    ("learn from people", lambda b: scoring.learn_from_people(b.database(), b.settings, keeps=not b.looks_back)),
    ("train and score", _train_and_score),
    ("what changed", _compare),
    ("collect", _collect),
    ("publish", _publish),
]


def _finish(work: Build, began: float) -> warehouse.BuildInfo:
    shutil.rmtree(work.folder.path / "temp", ignore_errors=True)
    with work.database() as con:
        counts = con.execute(
            "select (select count(*) from marts.mart_customer), (select count(*) from marts.mart_lead)"
        ).fetchone()
        con.execute("checkpoint")
    customers, leads = counts or (0, 0)
    models = {v.card.question: str(v.card.version) for v in work.verdicts if v.model}
    seconds = time.perf_counter() - began
    info = warehouse.BuildInfo(
        work.folder.build_id, work.as_of, utc_now().replace(microsecond=0), round(seconds, 1), customers, leads, models
    )
    warehouse.finish_build(work.folder, info)
    warehouse.swap_in(work.settings, work.folder)
    scoring.append(work.settings, work.folder.pending_scores, work.folder.build_id)
    scoring.confirm(work.settings, work.verdicts)
    return info


def _recover(settings: Settings) -> None:
    """Finish what a build that was killed right after its swap left undone."""
    try:
        folder = warehouse.current_build(settings)
    except NoWarehouseError:
        return
    scoring.append(settings, folder.pending_scores, folder.build_id)
