"""Attributes and outcomes of staged entity rows, as staged tables of their own."""

from __future__ import annotations

import duckdb

from crm_core.lake.mapping_load import ENTITIES
from crm_core.lake.planning import Plan
from crm_core.lake.sql import lit, type_name
from crm_core.lake.staging import row_hash
from crm_core.lake.tables import TABLES
from crm_core.lake.versions import Incoming


def stage_attributes(con: duckdb.DuckDBPyConnection, plan: Plan) -> Incoming | None:
    """One row per entity and custom attribute; empty values too, they may replace earlier ones."""
    if not plan.attributes:
        return None
    staged = f"staged_{plan.no}_attributes"
    names = ", ".join(a.column for a in plan.attributes)
    about = ", ".join(
        f"({lit(a.column)}, {i}, {lit(a.name)}, {lit(a.type)}, {lit(a.purpose)})" for i, a in enumerate(plan.attributes)
    )
    table = TABLES["attributes"]
    con.execute(
        f"CREATE TABLE {staged} AS SELECT *, {row_hash(table, plan.is_dated_by_data)} AS h, false AS bad FROM ("
        f"SELECT u.rid * {len(plan.attributes)} + b.i AS rid, u.source_id || '|' || b.name AS source_id, "
        f"u.happened_at, u.known_at, {lit(ENTITIES[plan.table.name])} AS entity, "
        f"{lit(plan.mapping.source + ':')} || u.source_id AS entity_id, b.name, b.type, u.value, b.purpose "
        f"FROM (SELECT rid, source_id, happened_at, known_at, {names} FROM {plan.staged} "
        f"WHERE NOT bad) UNPIVOT INCLUDE NULLS (value FOR a IN ({names})) AS u "
        f"JOIN (VALUES {about}) AS b(a, i, name, type, purpose) ON b.a = u.a)"
    )
    return Incoming(plan.no, staged, plan.is_dated_by_data, bool(plan.entry.known_at))


def stage_outcome(con: duckdb.DuckDBPyConnection, plan: Plan) -> Incoming | None:
    """One row per entity whose answer is known."""
    spec = plan.entry.outcome
    if spec is None:
        return None
    staged = f"staged_{plan.no}_outcomes"
    table = TABLES["outcomes"]
    entity_column = f"{ENTITIES[plan.table.name]}_id"
    columns = ", ".join(
        {
            entity_column: f"{lit(plan.mapping.source + ':')} || source_id",
            "question": lit(spec.question),
            "outcome": "o",
        }.get(c.name, f"CAST(NULL AS {type_name(c.type)})")
        + f" AS {c.name}"
        for c in table.columns
    )
    con.execute(
        f"CREATE TABLE {staged} AS SELECT *, {row_hash(table, plan.is_dated_by_data)} AS h, false AS bad FROM ("
        f"SELECT rid, source_id || '|' || {lit(spec.question)} AS source_id, happened_at, "
        f"coalesce(o_known_at, known_at) AS known_at, {columns} FROM {plan.staged} WHERE NOT bad AND o IS NOT NULL)"
    )
    return Incoming(plan.no, staged, plan.is_dated_by_data, bool(spec.known_at or plan.entry.known_at))
