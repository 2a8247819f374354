"""Write a batch to the lake and tell what was written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from crm_core.lake.planning import Plan
from crm_core.lake.quarantine import Held
from crm_core.lake.report import Fault, ImportReport, TableReport
from crm_core.lake.run import Run
from crm_core.lake.sql import lit, type_name
from crm_core.lake.store import commit, discard
from crm_core.lake.tables import TABLES, Table
from crm_core.lake.versions import is_first

_LANDS = "('new', 'later', 'now')"


def make_report(run: Run, faults: tuple[Fault, ...], *, is_rejected: bool) -> ImportReport:
    """The report of a run as far as it has come."""
    return ImportReport(
        source=run.mapping.source,
        batch_id="",
        landed_at=run.now,
        tables=tuple(_table_reports(run)),
        faults=faults,
        unmapped=dict(run.unmapped),
        warnings=tuple(run.warnings),
        notes=tuple(dict.fromkeys(run.notes)),
        is_dry_run=run.is_dry,
        is_rejected=is_rejected,
    )


def _table_reports(run: Run) -> list[TableReport]:
    counts: dict[tuple[str, int], dict[str, int]] = {}
    for name in run.incoming:
        rows = run.con.execute(f"SELECT no, verdict, count(*) FROM verdict_{name} GROUP BY ALL").fetchall()
        for no, verdict, n in rows:
            counts.setdefault((name, no), {})[verdict] = n
    reports = []
    for plan in run.plans:
        tally = run.tallies[plan.no]
        main = _counted(plan, plan.table.name, counts)
        n_filtered = _n_filtered(run, plan)
        n_bad = tally.n_bad + (plan.raw.n_broken if _is_first(run, plan) else 0)
        reports.append(replace(main, n_quarantined=n_bad, n_folded=tally.n_folded, n_filtered=n_filtered))
        long = [n for n in ("attributes", "outcomes") if (n, plan.no) in counts and n != plan.table.name]
        reports += [_counted(plan, name, counts) for name in long]
    return reports


def _n_filtered(run: Run, plan: Plan) -> int:
    if plan.entry.where is None:
        return 0
    row = run.con.execute(f"SELECT count(*) FROM {plan.staged}").fetchone()
    return plan.raw.n_rows - (int(row[0]) if row else 0)


def _is_first(run: Run, plan: Plan) -> bool:
    return next(p for p in run.plans if p.raw is plan.raw) is plan


def _counted(plan: Plan, table: str, counts: dict[tuple[str, int], dict[str, int]]) -> TableReport:
    mine = counts.get((table, plan.no), {})
    return TableReport(
        file=plan.raw.path.name,
        table=table,
        n_read=plan.raw.n_rows + plan.raw.n_broken,
        n_new=mine.get("new", 0),
        n_updated=mine.get("later", 0) + mine.get("now", 0),
        n_there=mine.get("there", 0),
        n_outdated=mine.get("outdated", 0),
    )


def write_batch(run: Run, report: ImportReport, batch_id: str, held: Held) -> ImportReport:
    """Write everything under temporary names, then commit; on any failure nothing is left behind."""
    files: dict[Path, Path] = {}
    try:
        for name in run.incoming:
            n = sum(t.n_new + t.n_updated for t in report.tables if t.table == name)
            if n:
                final = run.lake / name / f"{run.mapping.source}__{batch_id}.parquet"
                files[_temporary(final)] = final
                _copy(run, TABLES[name], _temporary(final), batch_id)
                run.tell(f"wrote {name}", n)
        for query, final in held.outputs(run.lake, batch_id):
            files[_temporary(final)] = final
            run.con.execute(_copy_sql(query, _temporary(final)))
        landed = replace(report, batch_id=batch_id, n_cleared=held.n_cleared)
        commit(run.lake, batch_id, files, _manifest(run, landed, held.n_new))
    except BaseException:
        discard(files, run.lake, batch_id)
        raise
    return landed


def _temporary(final: Path) -> Path:
    return final.with_name(f"{final.name}.tmp")


def _copy_sql(query: str, target: Path) -> str:
    return f"COPY ({query}) TO {lit(str(target))} (FORMAT parquet, COMPRESSION zstd)"


def _copy(run: Run, table: Table, target: Path, batch_id: str) -> None:
    columns = ", ".join(f"CAST(i.{c.name} AS {type_name(c.type)}) AS {c.name}" for c in table.columns)
    if is_first(run.con, table):
        verdicts = "i.known_at, false AS is_update"
        rows = f"in_{table.name} AS i" + (" WHERE i.value IS NOT NULL" if table.name == "attributes" else "")
    else:
        verdicts = "v.known_at, v.is_update"
        rows = f"in_{table.name} AS i JOIN verdict_{table.name} AS v USING (no, rid) WHERE v.verdict IN {_LANDS}"
    query = (
        f"SELECT {lit(run.mapping.source)} AS source, i.source_id, {lit(batch_id)} AS batch_id, i.happened_at, "
        f"{verdicts}, {columns} FROM {rows}"
    )
    run.con.execute(_copy_sql(query, target))


def _manifest(run: Run, report: ImportReport, n_held: int) -> dict[str, Any]:
    rows: dict[str, int] = {}
    for t in report.tables:
        rows[t.table] = rows.get(t.table, 0) + t.n_new + t.n_updated
    return {
        "batch_id": report.batch_id,
        "source": report.source,
        "mapping": run.mapping.name,
        "files": [{"name": r.path.name, "sha256": r.sha256, "rows": r.n_rows + r.n_broken} for r in run.raws],
        "landed_at": report.landed_at.isoformat(),
        "rows": rows,
        "files_of": {name: _files_of(report, name) for name in rows},
        "quarantined": n_held,
        "cleared": report.n_cleared,
        "faults": [{"sentence": f.sentence(), "count": f.count} for f in report.faults],
        "warnings": list(report.warnings),
        "notes": list(report.notes),
        "unmapped": {file: list(columns) for file, columns in report.unmapped.items()},
    }


def _files_of(report: ImportReport, table: str) -> list[str]:
    """Files from which something of a table landed."""
    return sorted({t.file for t in report.tables if t.table == table and t.n_new + t.n_updated})
