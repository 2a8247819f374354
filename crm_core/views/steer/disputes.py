"""Where people and model disagree most: by money and what there is to learn, never by person.

One definition for Meeting and for the weekly hour. **Information** of a disagreement = distance x (1 + spread) x
(1 + what is not seen), where

- distance: the farthest any person's chance is from the model's, a word standing for `ledger.words.meant`;
- spread: how far people are apart among themselves, 0 for a single voice;
- what is not seen: 1 - the score's evidence, 0 where nobody weighed it.

So a case counts up to double where people contradict each other, and up to double where the model hardly saw anything.
The order is money x information; without a known amount of money a case comes last. The model's number is that of now;
of a past week it is the one shown when the newest of the views was said, with the evidence of then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from crm_core.access import Viewer, row_filter
from crm_core.views.first_view import scores
from crm_core.views.opinions import Opinion, in_force, opinions
from crm_core.views.reading import rows
from crm_core.views.shown import ENTITY, lead_name
from crm_core.views.steer.parts import Dispute

Standing = Mapping[str, list[Opinion]]
"""Customer or lead -> the views of it."""


def disputes(con: duckdb.DuckDBPyConnection, viewer: Viewer, where: str, params: dict[str, Any]) -> tuple[Dispute, ...]:
    """Customers and leads with a disagreement in force, what matters most first.

    Parameters
    ----------
    where : str
        Condition about `m`, a customer or a lead, beside what the viewer may see.
    """
    return ordered(
        dispute
        for question in ENTITY
        for dispute in about(con, viewer, question, in_force(opinions(con, viewer, question)), (where, params))
    )


def about(
    con: duckdb.DuckDBPyConnection,
    viewer: Viewer,
    question: str,
    standing: Standing,
    only: tuple[str, dict[str, Any]] = ("true", {}),
    *,
    as_then: bool = False,
) -> Iterable[Dispute]:
    """These views beside what the model says, now or `as_then`; a customer or lead without that number is left out."""
    found = _facts(con, viewer, question, (sorted(standing), *only)) if standing else ()
    measured = [_as_then(row, standing[row["entity_id"]]) if as_then else row for row in found]
    return [_dispute(question, row, standing[row["entity_id"]]) for row in measured if row["probability"] is not None]


def _as_then(row: dict[str, Any], said: list[Opinion]) -> dict[str, Any]:
    """The model's number as it was shown when the newest of these views was said."""
    newest = next((o for o in said if o.shown_probability is not None), said[0])
    then = {
        "probability": newest.shown_probability,
        "low": newest.shown_low,
        "high": newest.shown_high,
        "evidence": newest.shown_evidence,
    }
    return row | then


def ordered(found: Iterable[Dispute]) -> tuple[Dispute, ...]:
    """The most money times information first."""
    return tuple(sorted(found, key=lambda d: (-(d.money or 0.0) * d.information, -d.information, d.name, d.entity_id)))


def _facts(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, question: str, asked: tuple[list[str], str, dict[str, Any]]
) -> Iterable[dict[str, Any]]:
    keys, where, params = asked
    entity, seen = ENTITY[question], row_filter(viewer, "m")
    name, money = ("m.name", "m.yearly_value") if entity == "customer" else (lead_name(viewer), "m.deal_amount")
    return rows(
        con,
        f"""
        select m.{entity}_id as entity_id, {name} as name, {money} as money,
            s.probability, s.low, s.high, s.evidence, s.probability as now
        from marts.mart_{entity} as m
        left join {scores(viewer)} as s on s.question = $question and s.entity_id = m.{entity}_id
        where m.{entity}_id in (select unnest($keys)) and {seen.sql} and {where}
        """,
        {**params, **seen.params, "keys": keys, "question": question},
    )


def _dispute(question: str, row: dict[str, Any], said: list[Opinion]) -> Dispute:
    chances = [opinion.stands_for for opinion in said]
    return Dispute(
        question,
        **row,
        opinions=tuple(said),
        distance=max(abs(row["probability"] - chance) for chance in chances),
        spread=max(chances) - min(chances),
    )
