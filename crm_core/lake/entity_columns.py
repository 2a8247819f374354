"""Columns that say more about an entity than the table has fields for: custom attributes and the outcome."""

from __future__ import annotations

from collections.abc import Iterator

from crm_core.lake import forms
from crm_core.lake.mapping import REST, AttributeSpec, FileMapping
from crm_core.lake.planning import MEND, AttributeColumn, Check, Plan
from crm_core.lake.sql import among, lit
from crm_core.lake.staging import plan_moment
from crm_core.protecting import is_protected_name


def plan_attributes(plan: Plan, rest: list[str]) -> None:
    """Add the custom attributes and the outcome of an entry; `rest` are the columns nobody else uses."""
    for spec, purpose in _attribute_specs(plan.entry, rest):
        name, column = spec.name or spec.column, spec.column
        is_caught = purpose == "feature" and is_protected_name(name, column)
        plan.protected_by_name += [name] if is_caught else []
        sql = plan.clean(column, spec.null)
        bare = plan.text(sql)
        kind = spec.type or plan.detector.attribute_type(sql, column)
        alias = f"a{len(plan.attributes)}"
        plan.attributes.append(AttributeColumn(alias, name, kind, "protected" if is_caught else purpose))
        plan.values[alias] = _attribute_value(plan, sql, bare, kind, column)
        if spec.type and spec.type != "text":
            bad = f"{bare} IS NOT NULL AND {alias} IS NULL"
            plan.checks.append(Check(column, bare, bad, _why_not(bare, kind), MEND))
    if plan.entry.outcome:
        _plan_outcome(plan)


def _why_not(bare: str, kind: str) -> str:
    return forms.why_no_number(bare) if kind == "number" else lit(f"is no {kind}")


def _attribute_specs(entry: FileMapping, rest: list[str]) -> Iterator[tuple[AttributeSpec, str]]:
    groups = ((entry.attributes, "feature"), (entry.protected, "protected"), (entry.after_outcome, "after_outcome"))
    for specs, purpose in groups:
        for spec in specs:
            if spec.column == REST:
                yield from ((AttributeSpec(column=column), purpose) for column in rest)
            else:
                yield spec, purpose


def _attribute_value(plan: Plan, sql: str, bare: str, kind: str, label: str) -> str:
    text = f"t.{bare}"
    if kind == "number":
        return forms.number_as_text(text, plan.detector.number_style(sql, label))
    if kind == "bool":
        return f"CAST({forms.truth(text)} AS VARCHAR)"
    if kind == "date":
        value = forms.moments(text, plan.detector.date_forms(sql, label))
        return f"regexp_replace(CAST({value} AS VARCHAR), ' 00:00:00$', '')"
    return text


def _plan_outcome(plan: Plan) -> None:
    spec = plan.entry.outcome
    if spec is None:
        return
    bare = plan.text(plan.clean(spec.column))
    low = f"lower(t.{bare})"
    yes = among(low, [v.lower() for v in spec.yes])
    no = among(low, [v.lower() for v in spec.no]) if spec.no else f"t.{bare} IS NOT NULL"
    plan.values["o"] = f"CASE WHEN {yes} THEN true WHEN {no} THEN false END"
    plan.values["o_known_at"] = plan_moment(plan, spec.known_at) if spec.known_at else "CAST(NULL AS TIMESTAMP)"
    reason = lit(f"is neither {'/'.join(spec.yes)} nor {'/'.join(spec.no)}")
    remedy = "add the value to `yes` or `no` of the outcome"
    plan.checks.append(Check(spec.column, bare, f"{bare} IS NOT NULL AND o IS NULL", reason, remedy))
