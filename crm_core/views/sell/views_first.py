"""Whose number waits for the viewer's own view, as Today lists it."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from crm_core.access import Viewer, row_filter
from crm_core.views.first_view import Waiting
from crm_core.views.reading import rows, told
from crm_core.views.shown import lead_name

LISTED = 3


@dataclass(frozen=True)
class ViewFirst:
    """One customer or lead about whom the viewer is asked before he sees the model's number."""

    question: str = told("churn for a customer, lead for a lead.")
    entity_id: str = told("Customer or lead.")
    name: str = told("Name people use.")
    money: float | None = told("What the customer pays in a year, or what the lead's deal is worth.")


def listed(con: duckdb.DuckDBPyConnection, viewer: Viewer, first: Waiting) -> tuple[ViewFirst, ...]:
    """The three with the most money: a place that says nothing about the chance."""
    if not any(first.values()):
        return ()
    seen = row_filter(viewer, "m")
    sql = f"""
        select 'churn' as question, m.customer_id as entity_id, m.name, m.yearly_value as money
        from marts.mart_customer as m where m.customer_id in (select unnest($churn)) and {seen.sql}
        union all
        select 'lead', m.lead_id, {lead_name(viewer)}, coalesce(m.deal_amount, m.usual_amount)
        from marts.mart_lead as m where m.lead_id in (select unnest($lead)) and {seen.sql}
        order by money desc nulls last, entity_id limit {LISTED}
    """
    keys = {question: sorted(first.get(question, ())) for question in ("churn", "lead")}
    return tuple(ViewFirst(**row) for row in rows(con, sql, {**seen.params, **keys}))
