"""Where people and model disagree most: by money and distance, never by person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb

from crm_core.access import Viewer, row_filter
from crm_core.views.first_view import scores
from crm_core.views.opinions import Opinion, in_force, opinions
from crm_core.views.reading import rows
from crm_core.views.shown import ENTITY, lead_name
from crm_core.views.steer.parts import Dispute


def disputes(con: duckdb.DuckDBPyConnection, viewer: Viewer, where: str, params: dict[str, Any]) -> tuple[Dispute, ...]:
    """Customers and leads with a disagreement in force, the most money times distance first.

    Parameters
    ----------
    where : str
        Condition about `m`, a customer or a lead, beside what the viewer may see.
    """
    found: list[Dispute] = []
    for question in ENTITY:
        standing = in_force(opinions(con, viewer, question))
        facts = _facts(con, viewer, question, (sorted(standing), where, params)) if standing else ()
        found += [_dispute(question, row, standing[row["entity_id"]]) for row in facts]
    return tuple(sorted(found, key=lambda d: (-(d.money or 0.0) * d.distance, -d.distance, d.name, d.entity_id)))


def _facts(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, question: str, asked: tuple[list[str], str, dict[str, Any]]
) -> Iterable[dict[str, Any]]:
    keys, where, params = asked
    entity, seen = ENTITY[question], row_filter(viewer, "m")
    name, money = ("m.name", "m.yearly_value") if entity == "customer" else (lead_name(viewer), "m.deal_amount")
    return rows(
        con,
        f"""
        select m.{entity}_id as entity_id, {name} as name, {money} as money, s.probability, s.low, s.high
        from marts.mart_{entity} as m
        inner join {scores(viewer)} as s on s.question = $question and s.entity_id = m.{entity}_id
        where m.{entity}_id in (select unnest($keys)) and s.probability is not null and {seen.sql} and {where}
        """,
        {**params, **seen.params, "keys": keys, "question": question},
    )


def _dispute(question: str, row: dict[str, Any], said: list[Opinion]) -> Dispute:
    distance = max(abs(row["probability"] - opinion.stands_for) for opinion in said)
    return Dispute(question, **row, opinions=tuple(said), distance=distance)
