"""What moved most: the newest scores against those of about a month before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb

from crm_core.views.first_view import UNKNOWN
from crm_core.views.reading import rows
from crm_core.views.shown import EVERYTHING_ELSE
from crm_core.views.steer.parts import Move, Moves

LISTED = 5
LOOK_BACK_DAYS = 30
NOTABLE = 0.05


def moves(con: duckdb.DuckDBPyConnection, population: str, params: Mapping[str, Any], as_of: date) -> Moves:
    """Customers of this population by how far their chance has moved, weighted by money."""
    since = _earlier_day(con, as_of)
    if since is None:
        return Moves(None, (), 0, 0.0, 0, 0.0)
    about = {**params, "since": since}
    totals = rows(
        con,
        f"""
        select count(*) filter (where change >= {NOTABLE}) as n_up,
            coalesce(sum(yearly_value) filter (where change >= {NOTABLE}), 0) as value_up,
            count(*) filter (where change <= -{NOTABLE}) as n_down,
            coalesce(sum(yearly_value) filter (where change <= -{NOTABLE}), 0) as value_down
        from ({_changes(population)})
        """,
        about,
    )[0]
    found = rows(
        con,
        f"select * from ({_changes(population)}) where abs(change) >= 0.005 "
        f"order by coalesce(yearly_value, 0) * abs(change) desc, abs(change) desc, customer_id limit {LISTED}",
        about,
    )
    why = _reasons(con, [row["customer_id"] for row in found])
    listed = tuple(_move(row, why.get(row["customer_id"], [])) for row in found)
    return Moves(since, listed, **totals)


def _earlier_day(con: duckdb.DuckDBPyConnection, as_of: date) -> date | None:
    found = rows(
        con,
        f"""
        select as_of from marts.mart_score_history
        where question = 'churn' and as_of < $as_of::date and probability is not null
        group by as_of
        order by abs(date_diff('day', as_of, $as_of::date) - {LOOK_BACK_DAYS}), as_of
        limit 1
        """,
        {"as_of": as_of.isoformat()},
    )
    return found[0]["as_of"] if found else None


def _changes(population: str) -> str:
    # The same model then and now, where it has scored that day too: else a new model would look like a new customer.
    return f"""
        with earlier as (
            select h.entity_id, h.probability, h.tier,
                row_number() over (
                    partition by h.entity_id
                    order by h.model_version = p.model_version desc, h.is_backcast, h.scored_at desc
                ) as rank
            from marts.mart_score_history as h
            inner join ({population}) as p on h.entity_id = p.customer_id
            where h.question = 'churn' and h.as_of = $since and h.probability is not null
        )
        select p.customer_id, p.name, p.yearly_value, e.probability as before, p.probability as now,
            p.probability - e.probability as change
        from ({population}) as p
        inner join earlier as e on e.entity_id = p.customer_id and e.rank = 1 and e.tier is distinct from '{UNKNOWN}'
        where p.probability is not null
    """


def _reasons(con: duckdb.DuckDBPyConnection, keys: list[str]) -> dict[str, list[tuple[str, float]]]:
    found = rows(
        con,
        f"select entity_id, sentence, points from marts.mart_reason where question = 'churn' "
        f"and feature <> '{EVERYTHING_ELSE}' and entity_id in (select unnest($keys)) order by entity_id, rank",
        {"keys": keys},
    )
    why: dict[str, list[tuple[str, float]]] = {}
    for row in found:
        why.setdefault(row["entity_id"], []).append((row["sentence"], row["points"]))
    return why


def _move(row: dict[str, Any], reasons: list[tuple[str, float]]) -> Move:
    change = row.pop("change")
    return Move(**row, reason=next((said for said, points in reasons if points * change > 0), ""))
