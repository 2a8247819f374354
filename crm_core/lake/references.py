"""Tables that say which row a `via` column means: rows of this import first, then the lake's newest versions."""

from __future__ import annotations

from pathlib import Path

import duckdb

from crm_core.lake.planning import Plan
from crm_core.lake.sql import lit
from crm_core.lake.store import batch_files
from crm_core.lake.tables import TABLES


def create_references(con: duckdb.DuckDBPyConnection, plan: Plan, plans: list[Plan], lake: Path) -> None:
    """Create the lookup tables a plan joins: source_id, value, started_at."""
    for look in plan.lookups:
        started = TABLES[look.table].happened_from or "happened_at"
        picked = f"source_id, {look.field} AS value, CAST({started} AS TIMESTAMP) AS started_at"
        parts = [
            f"SELECT {picked}, 1 AS rank, known_at FROM {p.staged} WHERE NOT bad"
            for p in plans
            if p.table.name == look.table and not p.lookups
        ]
        files = ", ".join(lit(str(f)) for f in batch_files(lake, look.table, plan.mapping.source))
        if files:
            past = f"read_parquet([{files}], union_by_name=true) WHERE source = {lit(plan.mapping.source)}"
            parts.append(f"SELECT {picked}, 0 AS rank, known_at FROM {past}")
        rows = (
            " UNION ALL ".join(parts)
            or "SELECT '' AS source_id, '' AS value, NULL AS started_at, 0 AS rank, NULL AS known_at WHERE false"
        )
        newest = "{'rank': rank, 'known_at': known_at}"
        con.execute(
            f"CREATE TABLE {look.refs} AS SELECT source_id, arg_max(value, {newest}) AS value, "
            f"arg_max(started_at, {newest}) AS started_at FROM ({rows}) GROUP BY source_id"
        )
