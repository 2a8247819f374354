"""Rows that could not be landed: kept with all their faults until they arrive mended.

A row leaves the quarantine when a row with its key lands, or (rows without a usable key) when a file of the same name
is imported in which the faulty row no longer stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from crm_core.lake.run import Run
from crm_core.lake.sql import lit
from crm_core.lake.store import QUARANTINE, ensure_lake
from crm_core.lake.validating import scalar
from crm_core.settings import Settings


@dataclass(frozen=True)
class QuarantinedRow:
    """One fault of one row that waits; `row` is the original row as JSON."""

    row_id: str
    batch_id: str
    source: str
    table: str
    source_id: str | None
    file: str
    line: int
    column: str
    value: str | None
    reason: str
    remedy: str
    row: str
    quarantined_at: datetime


@dataclass(frozen=True)
class Held:
    """What an import adds to the quarantine and what it clears."""

    n_new: int
    n_cleared: int

    def outputs(self, lake: Path, batch_id: str) -> Iterator[tuple[str, Path]]:
        """Query and target of each file to write."""
        if self.n_new:
            yield "SELECT * FROM held_new", lake / "_quarantine" / f"{batch_id}.parquet"
        if self.n_cleared:
            yield "SELECT * FROM held_cleared", lake / "_quarantine" / "cleared" / f"{batch_id}.parquet"


def open_sql(lake: Path) -> str:
    """SELECT of the entries that still wait."""
    entries, cleared = lit(str(lake / "_quarantine" / "*.parquet")), lit(str(lake / "_quarantine/cleared/*.parquet"))
    return (
        f"SELECT q.* FROM read_parquet({entries}, union_by_name=true) AS q ANTI JOIN "
        f"(SELECT row_id, max(batch_id) AS batch_id FROM read_parquet({cleared}, union_by_name=true) GROUP BY row_id) "
        f"AS c ON c.row_id = q.row_id AND c.batch_id > q.batch_id"
    )


def prepare(con: duckdb.DuckDBPyConnection, run: Run, batch_id: str) -> Held:
    """Work out what is new in the quarantine and what this import clears; writes nothing yet."""
    names = ", ".join(f.name if f.name not in ("table", "column") else f'"{f.name}"' for f in QUARANTINE)
    now = lit(run.now.isoformat(sep=" "))
    parts = [_faulty_sql(run, no) for no in range(len(run.raws))]
    con.execute("CREATE TABLE faulty AS " + " UNION ALL ".join(p for p in parts))
    con.execute(f"CREATE TABLE waiting AS {open_sql(run.lake)}")
    con.execute(
        f"CREATE TABLE held_new AS SELECT {names} FROM (SELECT *, {lit(batch_id)} AS batch_id, "
        f"TIMESTAMP {now} AS quarantined_at FROM faulty) WHERE row_id NOT IN (SELECT row_id FROM waiting)"
    )
    con.execute(f"CREATE TABLE held_cleared AS {_cleared_sql(run, batch_id)}")
    return Held(
        scalar(con, "SELECT count(DISTINCT row_id) FROM held_new"), scalar(con, "SELECT count(*) FROM held_cleared")
    )


def _faulty_sql(run: Run, index: int) -> str:
    """Faults of one file with the row they stand in, as the quarantine stores them."""
    raw = run.raws[index]
    pairs = ", ".join(f"{lit(name)}, c{i}" for i, name in enumerate(raw.header))
    tables = " ".join(f"WHEN {p.no} THEN {lit(p.table.name)}" for p in run.plans if p.raw is raw)
    row = f"CAST(CASE WHEN f.rid < 0 THEN json_object('_line', b.text) ELSE json_object({pairs}) END AS VARCHAR)"
    file, source = lit(raw.path.name), lit(run.mapping.source)
    return (
        f"SELECT md5(concat_ws('|', {source}, \"table\", file, row_json)) AS row_id, * FROM ("
        f"SELECT {source} AS source, "
        f'CASE f.plan_no {tables} ELSE \'\' END AS "table", f.source_id, {file} AS file, f.line, f.col AS "column", '
        f"f.value, f.reason, f.remedy, f.keys, {row} AS row_json "
        f"FROM faults AS f LEFT JOIN {raw.table} AS r ON r.rowid = f.rid "
        f"LEFT JOIN {raw.broken} AS b ON f.rid < 0 AND b.line = f.line WHERE f.file_no = {raw.no})"
    )


def _cleared_sql(run: Run, batch_id: str) -> str:
    source = lit(run.mapping.source)
    keys = " UNION ALL ".join(
        f"SELECT {lit(name)} AS t, source_id FROM in_{name}" for name in dict.fromkeys(p.table.name for p in run.plans)
    )
    files = ", ".join(lit(raw.path.name) for raw in run.raws)
    return (
        f"SELECT DISTINCT row_id, {lit(batch_id)} AS batch_id FROM waiting AS w WHERE source = {source} "
        f"AND row_id NOT IN (SELECT row_id FROM faulty) AND ((w.source_id IS NOT NULL AND EXISTS "
        f'(SELECT 1 FROM ({keys}) AS k WHERE k.t = w."table" AND k.source_id = w.source_id)) '
        f"OR (w.source_id IS NULL AND w.file IN ({files})))"
    )


def quarantined_rows(settings: Settings, source: str | None = None, limit: int = 1000) -> list[QuarantinedRow]:
    """Faults of rows that wait, newest first: one entry per row and fault."""
    lake = ensure_lake(settings)
    where = f"WHERE source = {lit(source)}" if source else ""
    with duckdb.connect() as con:
        found = con.execute(
            f'SELECT row_id, batch_id, source, "table", source_id, file, line, "column", value, reason, remedy, '
            f"row_json, quarantined_at FROM ({open_sql(lake)}) {where} "
            f"ORDER BY quarantined_at DESC, file, line LIMIT {int(limit)}"
        ).fetchall()
    return [QuarantinedRow(*row) for row in found]
