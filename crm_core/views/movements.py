"""What changed since an earlier build: one score's movement with its causes, and their sums over many customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from crm_core.views.first_view import UNKNOWN
from crm_core.views.reading import rows, told

CAUSES = ("behaviour", "late_data", "sight", "model", "definition")
TOLD = 2


@dataclass(frozen=True)
class MovedFeature:
    """One thing that moved the score, before and after."""

    cause: str = told("Cause it belongs to.")
    before: str = told("What was to be said then.")
    after: str = told("What is to be said now.")


@dataclass(frozen=True)
class Part:
    """What one cause has moved."""

    cause: str = told("behaviour, late_data, sight, model or definition.")
    change: float = told("By how much; all parts add up to the movement.")


@dataclass(frozen=True)
class Movement:
    """How one score has moved since an earlier build, and why."""

    since: date = told("Day of the earlier score.")
    before: float | None = told("Chance then; empty where there was not enough evidence.")
    now: float | None = told("Chance now; empty where there is not enough evidence.")
    was_withheld: bool = told("There was not enough evidence then.")
    is_withheld: bool = told("There is not enough evidence now.")
    parts: tuple[Part, ...] = told("What moved it; empty where it cannot be told apart or a number is withheld.")
    why_not: str = told("Why it cannot be told apart; empty where it can.")
    features: tuple[MovedFeature, ...] = told("What moved most inside behaviour and late data.")
    feeds_lost: tuple[str, ...] = told("Feeds that could see the customer then and cannot now.")
    feeds_regained: tuple[str, ...] = told("Feeds that can see the customer now and could not then.")
    version_before: str = told("Version of the model then.")
    version_now: str = told("Version of the model now.")


@dataclass(frozen=True)
class CauseSum:
    """What one cause has moved in all customers together."""

    cause: str = told("behaviour, late_data, sight, model or definition; unsplit where it cannot be told apart.")
    value: float = told("Chance times yearly value, summed.")
    customers: float = told("Chances, summed: so many customers more or fewer are expected to leave.")


@dataclass(frozen=True)
class Movements:
    """How the chances of many customers have moved together since an earlier build, and why."""

    since: date = told("Day of the earlier scores.")
    n_customers: int = told("Customers with a score then and now.")
    value_before: float = told("Chance times yearly value then, summed.")
    value_now: float = told("Chance times yearly value now, summed.")
    customers_before: float = told("Customers expected to leave then.")
    customers_now: float = told("Customers expected to leave now.")
    causes: tuple[CauseSum, ...] = told("What moved the sums; they add up.")
    n_lost_sight: int = told("Customers with enough evidence then and not now.")
    value_lost_sight: float = told("What these pay in a year.")
    n_regained_sight: int = told("Customers with enough evidence now and not then.")


def movement(con: duckdb.DuckDBPyConnection, question: str, key: str) -> Movement | None:
    """How this score has moved since about a month ago; None where no earlier build can be compared."""
    about = {"question": question, "key": key}
    found = rows(con, _ONE, about)
    if not found:
        return None
    row = found[0]
    parts = tuple(Part(cause, row.pop(cause)) for cause in CAUSES)
    build, is_split = row.pop("from_build"), row.pop("is_split")
    # A number that is withheld must not be found again as the sum of its parts.
    row["before"] = None if row["was_withheld"] else row["before"]
    row["now"] = None if row["is_withheld"] else row["now"]
    is_told = is_split and not (row["was_withheld"] or row["is_withheld"])
    for name in ("feeds_lost", "feeds_regained"):
        row[name] = tuple(feed for feed in (row[name] or "").split(",") if feed)
    return Movement(
        **row,
        parts=tuple(part for part in parts if part.change) if is_told else (),
        features=_features(con, about | {"build": build}) if is_told else (),
    )


_ONE = f"""
    select m.from_build, m.from_as_of as since, m.is_split, m.why_not,
        {", ".join(f"m.{cause}" for cause in CAUSES)},
        coalesce(m.was_withheld or m.tier_before = '{UNKNOWN}', false) as was_withheld,
        coalesce(s.tier = '{UNKNOWN}', false) as is_withheld,
        m.p_before as before, m.p_after as now, m.feeds_lost, m.feeds_regained, m.version_before,
        m.version_after as version_now
    from marts.mart_movement as m
    inner join marts.mart_score as s on m.question = s.question and m.entity_id = s.entity_id
    where m.question = $question and m.entity_id = $key and m.is_default
"""


def _features(con: duckdb.DuckDBPyConnection, about: Mapping[str, Any]) -> tuple[MovedFeature, ...]:
    sql = f"""
        select cause, said_before as before, said_after as after from marts.mart_movement_reason
        where question = $question and entity_id = $key and from_build = $build and rank <= {TOLD}
        order by cause, rank
    """
    return tuple(MovedFeature(**row) for row in rows(con, sql, about))


def movements(con: duckdb.DuckDBPyConnection, population: str, params: Mapping[str, Any]) -> Movements | None:
    """How the chances of leaving of a population have moved since about a month ago.

    Parameters
    ----------
    population : str
        SQL that gives customer_id and yearly_value, already kept to what the viewer may see.
    """
    found = rows(con, _SUMS.format(population=population), params)[0]
    if found["since"] is None:
        return None
    causes = tuple(
        CauseSum(cause, found.pop(f"{cause}_value"), found.pop(f"{cause}_customers")) for cause in (*CAUSES, "unsplit")
    )
    return Movements(**found, causes=tuple(c for c in causes if c.value or c.customers))


def _sum(cause: str) -> str:
    change = f"case when is_seen then {cause} else 0 end"
    return (
        f"coalesce(sum(({change}) * coalesce(yearly_value, 0)), 0) as {cause}_value, "
        f"coalesce(sum({change}), 0) as {cause}_customers"
    )


_SUMS = f"""
    with compared as (
        select p.yearly_value, m.* exclude ({", ".join(CAUSES)}),
            {", ".join(f"case when m.is_split then m.{cause} else 0 end as {cause}" for cause in CAUSES)},
            case when m.is_split then 0 else m.p_after - m.p_before end as unsplit,
            coalesce(m.was_withheld or m.tier_before = '{UNKNOWN}', false) as was_unknown,
            coalesce(s.tier = '{UNKNOWN}', false) as is_unknown
        from ({{population}}) as p
        inner join marts.mart_movement as m
            on m.question = 'churn' and m.entity_id = p.customer_id and m.is_default
        inner join marts.mart_score as s on s.question = 'churn' and s.entity_id = p.customer_id
    ),
    judged as (select *, not was_unknown and not is_unknown as is_seen from compared)
    select max(from_as_of) as since, count(*) filter (where is_seen) as n_customers,
        coalesce(sum(p_before * coalesce(yearly_value, 0)) filter (where is_seen), 0) as value_before,
        coalesce(sum(p_after * coalesce(yearly_value, 0)) filter (where is_seen), 0) as value_now,
        coalesce(sum(p_before) filter (where is_seen), 0) as customers_before,
        coalesce(sum(p_after) filter (where is_seen), 0) as customers_now,
        {", ".join(_sum(cause) for cause in (*CAUSES, "unsplit"))},
        count(*) filter (where is_unknown and not was_unknown) as n_lost_sight,
        coalesce(sum(yearly_value) filter (where is_unknown and not was_unknown), 0) as value_lost_sight,
        count(*) filter (where was_unknown and not is_unknown) as n_regained_sight
    from judged
"""
