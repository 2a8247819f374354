"""Turn the texts of one file into typed rows of one table, and mark the rows that cannot be.

One (file, entry) becomes one table `staged_<no>` of the work database: rid, source_id, happened_at, known_at, the
table's own columns, custom attributes a0…, the outcome, two hashes (of the row; of everything said in it) and `bad`.
"""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb

from crm_core.lake import forms
from crm_core.lake.detecting import Detector
from crm_core.lake.mapping import FieldSpec, FileMapping, Mapping, Moment
from crm_core.lake.planning import MEND, MEND_DATE, Check, Lookup, Plan
from crm_core.lake.reading import RawFile
from crm_core.lake.sql import lit, type_name
from crm_core.lake.tables import BOOL, DATE, INT, MONEY, REAL, TIME, Column, Table


def plan_rows(no: int, mapping: Mapping, entry: FileMapping, table: Table, raw: RawFile, detector: Detector) -> Plan:
    """Decide how every column of the table comes out of the file; nothing is computed yet."""
    plan = Plan(no, mapping, entry, table, raw, detector)
    for name, spec in entry.fields.items():
        column = table.column(name)
        if column is not None:
            _plan_field(plan, column, spec)
    for column in table.columns:
        plan.values.setdefault(column.name, f"CAST(NULL AS {type_name(column.type)})")
    _plan_key(plan)
    _plan_moments(plan)
    return plan


def stage_rows(con: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """Compute the staged table of a plan."""
    bad = " OR ".join(f"coalesce({check.bad}, false)" for check in plan.checks) or "false"
    row = row_hash(plan.table, with_date=plan.is_dated_by_data)
    said = [a.column for a in plan.attributes] + [c for c in ("o", "o_known_at") if c in plan.values]
    columns = ", ".join(["rid", *plan.values])
    con.execute(
        f"CREATE TABLE {plan.staged} AS SELECT {columns}, {row} AS h, hash({', '.join(['h', *said])}) AS h_said, "
        f"{bad} AS bad FROM ({plan.inner()})"
    )


def row_hash(table: Table, with_date: bool) -> str:
    """SQL of a hash over what a row says; the same for staged rows and for rows of the lake."""
    names = [c.name for c in table.columns] + (["happened_at"] if with_date else [])
    return f"hash({', '.join(names)})"


def _plan_key(plan: Plan) -> None:
    if plan.entry.is_by_row_number:
        plan.values["source_id"] = "CAST(t.rid + 1 AS VARCHAR)"
        return
    parts = [plan.text(plan.clean(column)) for column in plan.entry.key]
    plan.values["source_id"] = " || '|' || ".join(f"t.{part}" for part in parts)
    label = ", ".join(plan.entry.key)
    plan.checks.append(Check(label, "NULL", "source_id IS NULL", lit("has no key"), "fill in the key"))


def _plan_field(plan: Plan, column: Column, spec: FieldSpec) -> None:
    if spec.value is not None:
        sql, label = lit(spec.value), "value"
    else:
        cleaned = [plan.clean(c, spec.null) for c in spec.column]
        sql = cleaned[0] if len(cleaned) == 1 else f"nullif(concat_ws(' ', {', '.join(cleaned)}), '')"
        label = ", ".join(spec.column)
    text = f"t.{plan.text(_translated(sql, spec))}"
    if spec.via:
        _plan_lookup(plan, column, spec, text, label)
    else:
        plan.values[column.name] = _typed(plan, column, spec, text, label)
    if column.is_required and spec.value is None:
        why = lit(f"is missing, but {plan.table.name} needs {column.name}")
        plan.checks.append(Check(label, "NULL", f"{text[2:]} IS NULL", why, "fill it in at the source"))


def _translated(sql: str, spec: FieldSpec) -> str:
    if not spec.map:
        return sql
    cases = " ".join(f"WHEN {lit(k)} THEN {_null(v)}" for k, v in spec.map.items())
    other = sql if spec.otherwise is None else f"CASE WHEN {sql} IS NOT NULL THEN {_null(spec.otherwise)} END"
    return f"CASE {sql} {cases} ELSE {other} END"


def _null(text: str) -> str:
    return "NULL" if text in ("", "~", "null") else lit(text)


def _plan_lookup(plan: Plan, column: Column, spec: FieldSpec, text: str, label: str) -> None:
    n = len(plan.lookups)
    look = Lookup(spec.via or "", f"refs_{plan.no}_{n}", text[2:], column.name)
    plan.lookups.append(look)
    plan.values[column.name] = f"r{n}.value"
    plan.values[f"l{n}"] = f"r{n}.started_at"
    reason = lit(f"names no row of {spec.via} that is known")
    remedy = f"import the file of {spec.via} first, or together with this one"
    plan.checks.append(Check(label, look.text, f"{look.text} IS NOT NULL AND {column.name} IS NULL", reason, remedy))


def _typed(plan: Plan, column: Column, spec: FieldSpec, text: str, label: str) -> str:
    """SQL of a field's value; adds the check that its text can be read."""
    if column.type not in (BOOL, DATE, INT, MONEY, REAL, TIME):
        is_reference = column.refers_to or column.name == "entity_id"
        return f"{lit((spec.of or plan.mapping.source) + ':')} || {text}" if is_reference else text
    sql = plan.texts[text[2:]]
    bare = text[2:]
    if column.type in (DATE, TIME):
        found = plan.detector.date_forms(sql, label)
        value = f"CAST({forms.moments(text, found)} AS {type_name(column.type)})"
        reason, remedy = forms.why_no_moment(bare, found), MEND_DATE
    elif column.type == BOOL:
        value = forms.truth(text)
        reason, remedy = lit("is neither yes nor no"), "translate it with `map:` in the mapping"
    else:
        reader = {INT: forms.whole, MONEY: forms.money}.get(column.type, forms.number)
        value = reader(text, plan.detector.number_style(sql, label))
        reason, remedy = forms.why_no_number(bare), MEND
    plan.checks.append(Check(label, bare, f"{bare} IS NOT NULL AND {column.name} IS NULL", reason, remedy))
    return value


def _plan_moments(plan: Plan) -> None:
    stamp = plan.mapping.snapshot_on or datetime.fromtimestamp(plan.raw.path.stat().st_mtime, UTC).date()
    fallback = f"TIMESTAMP {lit(stamp.isoformat())}"
    natural = plan.table.happened_from
    if plan.entry.happened_at is not None:
        happened, plan.is_dated_by_data = plan_moment(plan, plan.entry.happened_at, is_required=True), True
    elif natural and natural in plan.entry.fields:
        happened = f"coalesce(CAST({plan.values[natural]} AS TIMESTAMP), {fallback})"
    else:
        happened = fallback
    plan.values["happened_at"] = happened
    known = plan_moment(plan, plan.entry.known_at) if plan.entry.known_at else happened
    plan.values["known_at"] = f"coalesce({known}, {happened})"


def plan_moment(plan: Plan, when: Moment, *, is_required: bool = False) -> str:
    """SQL of a moment; adds the check that its text can be read."""
    if when.day is not None:
        return f"TIMESTAMP {lit(when.day.isoformat())}"
    label = when.column or ""
    sql = plan.clean(label)
    bare = plan.text(sql)
    found = plan.detector.date_forms(sql, label)
    value = forms.moments(f"t.{bare}", found)
    remedy = MEND_DATE
    bad = f"{bare} IS NOT NULL AND ({forms.moments(bare, found)}) IS NULL"
    plan.checks.append(Check(label, bare, bad, forms.why_no_moment(bare, found), remedy))
    if is_required:
        plan.checks.append(Check(label, "NULL", f"{bare} IS NULL", lit("is missing: the row has no date"), "add it"))
    return value
