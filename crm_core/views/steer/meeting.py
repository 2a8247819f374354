"""The Meeting page, for a steering committee: how we stand, what moved, what is at risk, where people disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from crm_core.access import Viewer, row_filter
from crm_core.views.evidence import Evidence, evidence_of
from crm_core.views.first_view import UNKNOWN, YOURS, scores
from crm_core.views.measures import Cell, MeasureFilter, definitions, measure
from crm_core.views.movements import Movements, movements
from crm_core.views.reading import current, reading, rows, told
from crm_core.views.shown import ENTITY
from crm_core.views.steer.disputes import disputes
from crm_core.views.steer.moved import moves
from crm_core.views.steer.parts import MONTHS, Danger, Dispute, Kpi, Moves

KPIS = (
    "retention", "nrr", "grr", "lead_conversion", "clv", "nps", "first_response_hours", "pipeline_coverage",
    "win_rate", "override_rate",
)  # fmt: skip
BESIDE = "churn_rate"
LISTED = 5


@dataclass(frozen=True)
class MeetingFilter:
    """What the committee looks at; empty means all."""

    teams: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def conditions(self, alias: str) -> tuple[str, dict[str, list[str]]]:
        """The filter in SQL about a relation with team and region, and its parameters."""
        parts, params = ["true"], {}
        for name, values in (("team", self.teams), ("region", self.regions)):
            if values:
                parts.append(f"{alias}.{name} in (select unnest($meeting_{name}s))")
                params[f"meeting_{name}s"] = list(values)
        return " and ".join(parts), params


@dataclass(frozen=True)
class MeetingPage:
    """Everything the Meeting page shows."""

    kpis: tuple[Kpi, ...] = told("The ten figures, in the order of the page.")
    lost: Kpi | None = told("Customers lost in a month, shown beside the customers kept.")
    moved: Moves = told("What has moved since about a month ago.")
    causes: Movements | None = told("Why the chances have moved, summed; empty where no earlier build can be compared.")
    danger: tuple[Danger, ...] = told("Money at risk by segment, most first.")
    disputes: tuple[Dispute, ...] = told("Where people and model disagree most, by money and what there is to learn.")
    rests_on: Mapping[str, Evidence] = told("What the scores of both lists rest on, by customer or lead.")
    n_disputed: int = told("Customers and leads about whom somebody disagrees with the model.")
    value_disputed: float = told("What is at stake with all of them.")
    n_in_scope: int = told("Customers that can leave and match the filters.")
    n_leads: int = told("Leads that match the filters.")
    model_version: str | None = told("Version of the churn model.")
    teams: tuple[str, ...] = told("Teams to choose from.")
    regions: tuple[str, ...] = told("Regions to choose from.")

    @property
    def is_empty(self) -> bool:
        """Nothing to speak about."""
        return not (self.n_in_scope or self.n_leads or any(cell.numerator for k in self.kpis for cell in k.cells))

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        if self.teams or self.regions:
            return "No customer and no lead matches these filters. Remove one of them."
        return "No customer and no lead belongs to you or your team yet, so there is nothing to meet about."


def meeting(viewer: Viewer, chosen: MeetingFilter = MeetingFilter()) -> MeetingPage:
    """The Meeting page for this viewer and these filters."""
    folder, info = current()
    with reading(folder) as con:
        kpis = _kpis(con, viewer, MeasureFilter(teams=chosen.teams, regions=chosen.regions))
        where, params = chosen.conditions("m")
        seen = row_filter(viewer, "m")
        about: dict[str, Any] = {**params, **seen.params}
        population = f"{_POPULATION.format(scores=scores(viewer))} and {seen.sql} and {where}"
        disagreed = disputes(con, viewer, where, params)
        danger = _danger(con, population, {**about, "as_of": info.as_of.isoformat()})
        moved = moves(con, population, about, info.as_of)
        return MeetingPage(
            kpis=tuple(kpis[key] for key in KPIS if key in kpis),
            lost=kpis.get(BESIDE),
            moved=moved,
            causes=movements(con, f"select * from ({population}) where tier is distinct from '{YOURS}'", about),
            danger=danger,
            disputes=disagreed[:LISTED],
            rests_on=_rests_on(con, viewer, moved, disagreed[:LISTED], info.as_of),
            n_disputed=len(disagreed),
            value_disputed=sum(d.money or 0.0 for d in disagreed),
            n_in_scope=sum(d.n_customers for d in danger),
            n_leads=rows(con, f"select count(*) as n from marts.mart_lead as m where {seen.sql} and {where}", about)[0][
                "n"
            ],
            model_version=info.models.get("churn"),
            **_choices(con, viewer),
        )


def _rests_on(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, moved: Moves, disagreed: Sequence[Dispute], as_of: date
) -> dict[str, Evidence]:
    keys = {question: [d.entity_id for d in disagreed if d.question == question] for question in ENTITY}
    keys["churn"] += [row.customer_id for row in moved.rows]
    found: dict[str, Evidence] = {}
    for question, entity in ENTITY.items():
        found |= evidence_of(con, viewer, entity, keys[question], as_of)
    return found


_POPULATION = """
    select m.*, s.probability, s.tier, s.model_version
    from marts.mart_customer as m
    left join {scores} as s on s.question = 'churn' and s.entity_id = m.customer_id
    where (m.is_in_population or s.entity_id is not null) and m.left_on is null
"""


def _kpis(con: duckdb.DuckDBPyConnection, viewer: Viewer, chosen: MeasureFilter) -> dict[str, Kpi]:
    known = {m.key: m for m in definitions(con)}
    cells: dict[str, list[Cell]] = {}
    for cell in measure(con, viewer, (*KPIS, BESIDE), months=range(MONTHS), chosen=chosen):
        cells.setdefault(cell.key, []).append(cell)
    return {
        key: Kpi(known[key], tuple(sorted(cells.get(key, ()), key=lambda c: -c.k)))
        for key in (*KPIS, BESIDE)
        if key in known
    }


def _danger(con: duckdb.DuckDBPyConnection, population: str, params: dict[str, Any]) -> tuple[Danger, ...]:
    found = rows(
        con,
        f"""
        select segment, count(*) as n_customers, coalesce(sum(yearly_value), 0) as value,
            count(*) filter (where tier = 'high') as n_high,
            coalesce(sum(yearly_value) filter (where tier = 'high'), 0) as value_high,
            count(*) filter (where tier = '{UNKNOWN}') as n_unknown,
            coalesce(sum(yearly_value) filter (where tier = '{UNKNOWN}'), 0) as value_unknown,
            count(*) filter (where tier = 'high' and is_renewing) as n_renewals,
            coalesce(sum(yearly_value) filter (where tier = 'high' and is_renewing), 0) as value_renewals
        from (
            select *, date_diff('day', $as_of::date, renewal_on) between 0 and 90 and not has_signed_renewal
                as is_renewing
            from ({population})
        )
        group by segment
        order by value_high desc, n_high desc, value desc, segment
        """,
        params,
    )
    return tuple(Danger(**row) for row in found)


def _choices(con: duckdb.DuckDBPyConnection, viewer: Viewer) -> dict[str, tuple[str, ...]]:
    seen = row_filter(viewer)
    found = rows(
        con,
        f"""
        with known as (
            select team, region from marts.mart_customer where {seen.sql}
            union all
            select team, region from marts.mart_lead where {seen.sql}
        )
        select list(distinct team order by team) as teams, list(distinct region order by region) as regions from known
        """,
        seen.params,
    )[0]
    return {name: tuple(v for v in values or () if v) for name, values in found.items()}
