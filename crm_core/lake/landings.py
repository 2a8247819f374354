"""What has landed and what waits, as tables of a build: from the manifests and the quarantine of a lake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from crm_core.lake.quarantine import open_sql
from crm_core.lake.sql import lit

LANDED = (
    "batch_id varchar, source varchar, table_name varchar, n_rows bigint, landed_at timestamp, files varchar[], "
    "n_quarantined bigint, n_cleared bigint"
)
FINDINGS = "batch_id varchar, source varchar, landed_at timestamp, kind varchar, sentence varchar"


def write_landings(con: duckdb.DuckDBPyConnection, lake: Path) -> int:
    """Write `meta.landings`, `meta.findings` and `meta.faults` anew.

    Parameters
    ----------
    con : DuckDBPyConnection
        The build's own file.
    lake : Path
        The lake as it was frozen for the build.

    Returns
    -------
    int
        Rows that wait in the quarantine.
    """
    con.execute("create schema if not exists meta")
    manifests = [_manifest(path) for path in sorted((lake / "_batches").glob("*.json"))]
    _fill(con, "landings", LANDED, [row for m in manifests for row in _landed(m)])
    _fill(con, "findings", FINDINGS, [row for m in manifests for row in _findings(m)])
    return _write_faults(con, lake)


def _manifest(path: Path) -> dict[str, Any]:
    """A batch's own account of itself; one that cannot be read says nothing."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("batch_id") and found.get("landed_at") else {}


def _landed(manifest: dict[str, Any]) -> list[list[Any]]:
    """One row per table; counts of the whole batch stand in its first one. A batch of bad rows only has no table.

    Batches of before the files of each table were kept name all their files.
    """
    if not manifest:
        return []
    files = [Path(str(file.get("name", ""))).name for file in manifest.get("files", [])]
    files_of = manifest.get("files_of", {})
    held = [manifest.get("quarantined", 0), manifest.get("cleared", 0)]
    tables = [(name, n) for name, n in manifest.get("rows", {}).items() if n] or [("", 0)]
    return [
        [manifest["batch_id"], manifest.get("source", ""), name, n, manifest["landed_at"],
         files_of.get(name, files),
         *(held if i == 0 else [0, 0])]
        for i, (name, n) in enumerate(tables)
    ]  # fmt: skip


def _findings(manifest: dict[str, Any]) -> list[list[Any]]:
    if not manifest:
        return []
    told = [("contradiction", text) for text in manifest.get("warnings", [])]
    told += [("note", text) for text in manifest.get("notes", [])]
    told += [("unmapped", f"{file}: {', '.join(columns)}") for file, columns in manifest.get("unmapped", {}).items()]
    return [[manifest["batch_id"], manifest.get("source", ""), manifest["landed_at"], *row] for row in told]


def _fill(con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: list[list[Any]]) -> None:
    con.execute(f"create or replace table meta.{name} ({columns})")
    if rows:
        con.executemany(f"insert into meta.{name} values ({', '.join('?' * len(rows[0]))})", rows)


def _write_faults(con: duckdb.DuckDBPyConnection, lake: Path) -> int:
    """One row per fault of a row that waits, with the key of the customer whom the row is about, where it says so."""
    waiting = open_sql(lake) if (lake / "_quarantine").is_dir() else "select null where false"
    # Rows that were held before keys were kept have none.
    columns = 'row_id, batch_id, source, "table" as table_name, source_id, file, line, "column" as column_name, '
    blank = ", ".join(
        f'cast(null as {kind}) as "{name}"'
        for name, kind in (*((n, "varchar") for n in _TEXTS), ("line", "bigint"), ("quarantined_at", "timestamp"))
    )
    con.execute(
        f"create or replace table meta.faults as "
        f"with waiting as (select * from (select {blank} where false) union all by name {waiting}), "
        f"named as (select {columns} value, reason, remedy, quarantined_at, "
        f"json_extract_string(keys, '$.customer_id') as customer_key, "
        f"json_extract_string(keys, '$.opportunity_id') as deal_key from waiting) "
        f"select n.* exclude (customer_key, deal_key), coalesce(n.customer_key, d.customer_id) as customer_key "
        f"from named as n left join {_deals(lake)} as d on d.deal_key = n.deal_key order by file, line, column_name"
    )
    row = con.execute("select count(distinct row_id) from meta.faults").fetchone()
    return int(row[0]) if row else 0


_TEXTS = (
    "row_id", "batch_id", "source", "table", "source_id", "file", "column", "value", "reason", "remedy", "row_json",
    "keys",
)  # fmt: skip


def _deals(lake: Path) -> str:
    files = lit(str(lake / "opportunities" / "*.parquet"))
    return (
        f"(select source || ':' || source_id as deal_key, max(customer_id) as customer_id "
        f"from read_parquet({files}, union_by_name=true) where customer_id is not null group by 1)"
    )
