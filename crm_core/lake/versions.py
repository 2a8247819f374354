"""Compare staged rows with what the lake has: new, changed, already there, or older than what is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from crm_core.lake.sql import lit
from crm_core.lake.staging import row_hash
from crm_core.lake.tables import Table


@dataclass(frozen=True)
class Incoming:
    """One staged table that feeds a table of the lake."""

    no: int
    staged: str
    is_dated_by_data: bool = False
    has_known_at: bool = False
    may_be_empty: bool = False


def union_of(table: Table, parts: list[Incoming]) -> str:
    """SELECT of all good rows that arrive for a table."""
    names = ", ".join(c.name for c in table.columns)
    return " UNION ALL ".join(
        f"SELECT {p.no} AS no, rid, source_id, happened_at, known_at, {names}, h, {p.is_dated_by_data} AS is_dated, "
        f"{p.has_known_at} AS has_known FROM {p.staged} WHERE NOT bad"
        for p in parts
    )


def judge(
    con: duckdb.DuckDBPyConnection, table: Table, parts: list[Incoming], files: list[Path], now: datetime
) -> None:
    """Create `verdict_<table>`: no, rid, verdict, known_at, is_update for every arriving row."""
    con.execute(f"CREATE VIEW in_{table.name} AS {union_of(table, parts)}")
    has_past = _load_past(con, table, files)
    is_empty = "value IS NULL" if table.name == "attributes" else "false"
    if not has_past:
        con.execute(
            f"CREATE VIEW verdict_{table.name} AS SELECT no, rid, known_at, false AS is_update, "
            f"CASE WHEN {is_empty} THEN 'nothing' ELSE 'new' END AS verdict FROM in_{table.name}"
        )
        return
    moment = f"TIMESTAMP {lit(now.isoformat(sep=' '))}"
    same = f"SELECT 1 FROM past_{table.name} AS p WHERE p.source_id = i.source_id AND p.known_at = i.known_at"
    h = "CASE WHEN i.is_dated THEN {0}.h_dated ELSE {0}.h END"
    con.execute(
        f"CREATE TABLE verdict_{table.name} AS SELECT no, rid, "
        f"CASE WHEN verdict = 'now' THEN greatest({moment}, last_known_at + INTERVAL 1 MICROSECOND) ELSE known_at END "
        f"AS known_at, verdict <> 'new' AS is_update, verdict FROM ("
        f"SELECT i.no, i.rid, i.known_at, l.known_at AS last_known_at, CASE "
        f"WHEN l.source_id IS NULL THEN CASE WHEN {is_empty} THEN 'nothing' ELSE 'new' END "
        f"WHEN {h.format('l')} = i.h THEN 'there' "
        f"WHEN NOT i.has_known THEN 'now' "
        f"WHEN i.known_at > l.known_at THEN 'later' "
        f"WHEN EXISTS ({same} AND {h.format('p')} = i.h) THEN 'there' "
        f"WHEN EXISTS ({same}) THEN 'now' ELSE 'outdated' END AS verdict "
        f"FROM in_{table.name} AS i LEFT JOIN last_{table.name} AS l USING (source_id))"
    )


def order_history(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Settle keys that arrive several times: one version follows the other, unchanged ones fall away."""
    has_past = _exists(con, f"last_{table.name}")
    before = f"LEFT JOIN last_{table.name} AS l USING (source_id)" if has_past else ""
    last_h = "CASE WHEN i.is_dated THEN l.h_dated ELSE l.h END" if has_past else "NULL"
    is_later = "AND (l.source_id IS NULL OR i.known_at > l.known_at)" if has_past else ""
    con.execute(
        f"CREATE OR REPLACE TABLE history AS SELECT no, rid, known_at, previous IS NOT NULL AS is_update, "
        f"CASE WHEN previous = h THEN 'there' WHEN previous IS NULL THEN 'new' ELSE 'later' END AS verdict FROM ("
        f"SELECT i.no, i.rid, i.known_at, i.h, coalesce(lag(i.h) OVER (PARTITION BY source_id ORDER BY i.known_at), "
        f"{last_h}) AS previous FROM in_{table.name} AS i {before} "
        f"WHERE source_id IN (SELECT source_id FROM in_{table.name} GROUP BY source_id HAVING count(*) > 1) {is_later})"
    )
    con.execute(
        f"CREATE TABLE settled AS SELECT * FROM verdict_{table.name} AS v "
        f"ANTI JOIN history USING (no, rid) UNION ALL BY NAME SELECT * FROM history"
    )
    con.execute(f"DROP {'TABLE' if has_past else 'VIEW'} verdict_{table.name}")
    con.execute(f"ALTER TABLE settled RENAME TO verdict_{table.name}")


def _load_past(con: duckdb.DuckDBPyConnection, table: Table, files: list[Path]) -> bool:
    """Create `past_` (versions of the arriving keys in the lake) and `last_` (the newest of each)."""
    if not files:
        return False
    listed = ", ".join(lit(str(f)) for f in files)
    con.execute(
        f"CREATE TABLE past_{table.name} AS SELECT source_id, known_at, {row_hash(table, False)} AS h, "
        f"{row_hash(table, True)} AS h_dated FROM read_parquet([{listed}], union_by_name=true) "
        f"WHERE source = getvariable('source') AND source_id IN (SELECT source_id FROM in_{table.name})"
    )
    con.execute(
        f"CREATE TABLE last_{table.name} AS SELECT source_id, max(known_at) AS known_at, "
        f"arg_max(h, known_at) AS h, arg_max(h_dated, known_at) AS h_dated FROM past_{table.name} GROUP BY source_id"
    )
    return True


def is_first(con: duckdb.DuckDBPyConnection, table: Table) -> bool:
    """True when every row arrives for the first time and the verdict is the same for all."""
    return not _exists(con, f"verdict_{table.name}")


def _exists(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    return con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [name]).fetchone() is not None
