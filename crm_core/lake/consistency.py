"""Contradictions between rows that are fine each for itself: counted and reported, never a reason to refuse."""

from __future__ import annotations

from pathlib import Path

import duckdb

from crm_core.lake.planning import Plan
from crm_core.lake.sql import lit
from crm_core.lake.tables import TABLES, Table
from crm_core.lake.validating import scalar
from crm_core.lake.versions import Incoming

_ORDER = {
    "subscriptions": (("started_on", "ends_on"), ("started_on", "cancelled_on")),
    "tickets": (("opened_at", "first_response_at"), ("opened_at", "closed_at")),
    "opportunities": (("created_at", "closed_at"),),
    "leads": (("created_at", "converted_at"), ("created_at", "disqualified_at")),
}
_ONLY_AFTER_SIGN_UP = ("interactions", "tickets", "subscriptions", "surveys")


def contradictions(
    con: duckdb.DuckDBPyConnection, plans: list[Plan], incoming: dict[str, list[Incoming]], lake: Path
) -> list[str]:
    """Findings about what arrives, each with its count."""
    found = []
    for name in incoming:
        found += _in_wrong_order(con, name)
        found += _dangling(con, TABLES[name], incoming, lake)
    for name in (n for n in _ONLY_AFTER_SIGN_UP if n in incoming):
        found += _before_sign_up(con, name, incoming, lake)
    for plan in plans:
        for i, look in enumerate(plan.lookups):
            n = scalar(con, f"SELECT count(*) FROM {plan.staged} WHERE NOT bad AND happened_at < l{i}")
            found += [f"{plan.table.name}: {n:,} rows happened before their row of {look.table} began"] if n else []
    return found


def _in_wrong_order(con: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    found = []
    for first, second in _ORDER.get(name, ()):
        n = scalar(con, f"SELECT count(*) FROM in_{name} WHERE {second} < {first}")
        found += [f"{name}: {n:,} rows have {second} before {first}"] if n else []
    return found


def _known(table: str, column: str, incoming: dict[str, list[Incoming]], lake: Path, source: str) -> str:
    """SELECT of (key, column) of all rows of a table, arriving ones and those of the lake."""
    glob = lit(str(lake / table / "*.parquet"))
    past = f"SELECT source || ':' || source_id AS key, {column} AS value FROM read_parquet({glob}, union_by_name=true)"
    if table not in incoming:
        return past
    return f"{past} UNION ALL SELECT {lit(source + ':')} || source_id, {column} FROM in_{table}"


def _dangling(
    con: duckdb.DuckDBPyConnection, table: Table, incoming: dict[str, list[Incoming]], lake: Path
) -> list[str]:
    found = []
    for column in table.columns:
        if not column.refers_to:
            continue
        known = _known(column.refers_to, "source_id", incoming, lake, _source(con))
        n = scalar(
            con,
            f"SELECT count(*) FROM in_{table.name} WHERE {column.name} IS NOT NULL "
            f"AND {column.name} NOT IN (SELECT key FROM ({known}))",
        )
        text = f"{table.name}: {n:,} rows name a {column.name} that is not in {column.refers_to} (yet)"
        found += [text] if n else []
    return found


def _before_sign_up(
    con: duckdb.DuckDBPyConnection, name: str, incoming: dict[str, list[Incoming]], lake: Path
) -> list[str]:
    known = _known("customers", "created_on", incoming, lake, _source(con))
    n = scalar(
        con,
        f"SELECT count(*) FROM in_{name} AS i JOIN (SELECT key, min(value) AS created_on FROM ({known}) GROUP BY key) "
        f"AS c ON c.key = i.customer_id WHERE CAST(i.happened_at AS DATE) < c.created_on",
    )
    return [f"{name}: {n:,} rows happened before their customer's created_on"] if n else []


def _source(con: duckdb.DuckDBPyConnection) -> str:
    row = con.execute("SELECT getvariable('source')").fetchone()
    return str(row[0]) if row else ""
