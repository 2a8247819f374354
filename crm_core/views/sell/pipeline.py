"""The Pipeline page: open deals by stage, what they may bring, which stand still, what moved, which contracts end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from crm_core.access import Viewer
from crm_core.settings import settings
from crm_core.views.measures import MeasureFilter, measure
from crm_core.views.reading import current, reading, told
from crm_core.views.sell.deals import DealRow, PipelineFilter, Scoped, scoped
from crm_core.views.sell.moves import Move, Renewal, moves, renewals

LIST_LENGTH = 200
STALLED = 50
SINCE_DAYS = 7
YEAR = 365
MONTH = 30.4
EVERYTHING = PipelineFilter()


@dataclass(frozen=True)
class StageLine:
    """One stage: the viewer's open deals in it, and how deals of the whole company fare in it."""

    stage: str = told("Stage; empty where nobody said it.")
    n: int = told("Open deals in it.")
    n_unknown: int = told("Of these, deals whose value is not known: they are in no sum.")
    amount: float = told("Value of the open deals in it.")
    weighted_amount: float = told("Value times the chance of the stage.")
    n_stalled: int = told("Stalled deals in it.")
    stalled_amount: float = told("Value of the stalled deals in it.")
    win_rate: float | None = told("Of 100 deals of the company that were in it and closed, so many were won.")
    n_closed: int | None = told("Deals of the company that were in it and closed.")
    median_days: float | None = told("Median stay in it, in days.")
    conversion_to_next: float | None = told("Of 100 deals that left it, so many went further or were won.")


@dataclass(frozen=True)
class Coverage:
    """What should close within 90 days against the target of a quarter; the measure `pipeline_coverage`."""

    value: float | None = told("How many times the target is covered; empty without a target.")
    closing: float = told("Value of open deals expected to close within 90 days.")
    target: float = told("Target of a quarter.")
    basis: str = told("given: set for the teams; won: won per quarter in the last 12 months; mixed: both.")


@dataclass(frozen=True)
class Pace:
    """What the last 12 months say about how fast open deals turn into money."""

    n_closed: int = told("Deals closed in the last 12 months.")
    n_won: int = told("Of these, won.")
    won_amount: float = told("What the won ones were worth.")
    average_won: float | None = told("What a won deal was worth on average, of those with a value.")
    median_days: float | None = told("Median days from the first to the last day of a won deal.")
    monthly: float | None = told(
        "Open deals × share won × what a won deal is worth ÷ days it takes: money a month at the pace of the last year."
    )


@dataclass(frozen=True)
class WinRate:
    """How many deals of a group were won in the last 12 months."""

    group: str | None = told("Source or team; empty: no lead before it, or no team.")
    n_closed: int = told("Deals closed in the last 12 months.")
    n_won: int = told("Of these, won.")


@dataclass(frozen=True)
class Totals:
    """The figures on top: open deals under the filter."""

    n_in_scope: int = told("Deals you may see, open or closed.")
    n_open: int = told("Open deals.")
    amount: float = told("Their value, as far as known.")
    n_unknown: int = told("Open deals without a value.")
    n_foreign: int = told("Open deals in a currency without a rate.")
    weighted_amount: float | None = told("Value times the chance of the stage; empty while no deal has closed.")
    n_stalled: int = told("Open deals that stand still.")
    stalled_amount: float = told("Their value.")


@dataclass(frozen=True)
class PipelinePage:
    """Everything the Pipeline page shows."""

    totals: Totals = told("The figures on top.")
    coverage: Coverage = told("Against the target.")
    pace: Pace = told("How fast deals turn into money.")
    stages: tuple[StageLine, ...] = told("Open deals by stage, first stage first.")
    since: date = told("Day that what moved is compared with.")
    moves: tuple[Move, ...] = told("What moved since that day.")
    stalled: tuple[DealRow, ...] = told("Deals that stand still, most money first.")
    deals: tuple[DealRow, ...] = told("Open deals, most money first.")
    by_source: tuple[WinRate, ...] = told("Deals won by source, most deals first.")
    by_team: tuple[WinRate, ...] = told("Deals won by team, most deals first.")
    renewals: tuple[Renewal, ...] = told("Contracts that end within 90 days, those not signed again first.")
    n_renewals: int = told("Of these, not signed again.")
    renewals_value: float = told("Their yearly value.")
    choices: dict[str, tuple[str, ...]] = told("Teams, regions, products and stages there are to choose from.")

    @property
    def is_empty(self) -> bool:
        """Whether no open deal is left to show."""
        return not self.totals.n_open

    @property
    def why_empty(self) -> str:
        """What to do about it."""
        if not self.totals.n_in_scope:
            return "No deal is in your scope. Deals come with the import of the table opportunities."
        return "No open deal matches. Remove a filter."


def pipeline(viewer: Viewer, chosen: PipelineFilter = EVERYTHING) -> PipelinePage:
    """The Pipeline page for this viewer and these filters."""
    folder, info = current()
    since = min(chosen.since or info.as_of - timedelta(days=SINCE_DAYS), info.as_of)
    with reading(folder) as con:
        deals = scoped(con, viewer, chosen, info.as_of)
        totals = Totals(**deals.rows(_TOTALS)[0])
        ending, n_renewals, value = renewals(con, viewer, chosen, info.as_of)
        return PipelinePage(
            totals=totals,
            coverage=_coverage(deals, chosen),
            pace=_pace(deals),
            stages=tuple(StageLine(**row) for row in deals.rows(_STAGES)),
            since=since,
            moves=moves(deals, since),
            stalled=deals.listed("(from o where is_stalled)", "d.amount desc nulls last", STALLED),
            deals=deals.listed("o", "d.amount desc nulls last", LIST_LENGTH),
            by_source=_win_rates(deals, "source_channel"),
            by_team=_win_rates(deals, "team"),
            renewals=ending,
            n_renewals=n_renewals,
            renewals_value=value,
            choices=_choices(scoped(con, viewer, EVERYTHING, info.as_of)),
        )


_TOTALS = """
    select (select count(*) from d) as n_in_scope, count(*) as n_open, coalesce(sum(amount), 0) as amount,
        count(*) filter (where amount_given is null) as n_unknown,
        count(*) filter (where amount is null and amount_given is not null) as n_foreign,
        sum(weighted_amount) as weighted_amount, count(*) filter (where is_stalled) as n_stalled,
        coalesce(sum(amount) filter (where is_stalled), 0) as stalled_amount
    from o
"""

_STAGES = """
    select coalesce(s.stage, o.stage, '') as stage, count(o.deal_id) as n,
        count(o.deal_id) filter (where o.amount is null) as n_unknown, coalesce(sum(o.amount), 0) as amount,
        coalesce(sum(o.weighted_amount), 0) as weighted_amount, count(*) filter (where o.is_stalled) as n_stalled,
        coalesce(sum(o.amount) filter (where o.is_stalled), 0) as stalled_amount, any_value(s.win_rate) as win_rate,
        any_value(s.n_closed) as n_closed, any_value(s.median_days) as median_days,
        any_value(s.conversion_to_next) as conversion_to_next
    from o full join marts.mart_stage as s on o.stage = s.stage
    where o.deal_id is not null or not s.is_closed
    group by all order by any_value(s.stage_rank) nulls last, 1
"""


def _coverage(deals: Scoped, chosen: PipelineFilter) -> Coverage:
    narrowed = MeasureFilter(teams=chosen.teams, regions=chosen.regions, product_lines=chosen.products)
    found = measure(deals.con, deals.viewer, ["pipeline_coverage"], chosen=narrowed)
    if not found:
        return Coverage(None, 0.0, 0.0, "won")
    teams = {row["team"] for row in deals.rows("select distinct team from o")}
    with_target = teams & set(settings().quarter_targets)
    basis = "won" if not with_target else "given" if with_target == teams else "mixed"
    return Coverage(found[0].value, found[0].numerator, found[0].denominator or 0.0, basis)


def _pace(deals: Scoped) -> Pace:
    sql = f"""
        select count(*) as n_closed, count(*) filter (where is_won) as n_won,
            coalesce(sum(amount) filter (where is_won), 0) as won_amount,
            avg(amount) filter (where is_won) as average_won,
            median(date_diff('day', created_at, closed_at)) filter (where is_won) as median_days,
            (select count(*) from o) as n_open
        from d where is_won is not null and closed_at::date > as_of - {YEAR}
    """
    row = deals.rows(sql)[0]
    n_open, usual = row.pop("n_open"), row["average_won"]
    monthly = None
    if row["n_won"] and usual is not None and row["median_days"]:
        monthly = n_open * row["n_won"] / row["n_closed"] * usual / row["median_days"] * MONTH
    return Pace(**row, monthly=monthly)


def _win_rates(deals: Scoped, column: str) -> tuple[WinRate, ...]:
    sql = f"""
        select {column} as "group", count(*) as n_closed, count(*) filter (where is_won) as n_won
        from d where is_won is not null and closed_at::date > as_of - {YEAR} group by all order by n_closed desc, 1
    """
    return tuple(WinRate(**row) for row in deals.rows(sql))


def _choices(everything: Scoped) -> dict[str, tuple[str, ...]]:
    sql = """
        select list(distinct team order by team) as teams, list(distinct region order by region) as regions,
            list(distinct product_line order by product_line) as products,
            list(distinct stage order by stage) filter (where closed_at is null) as stages from d
    """
    found = everything.rows(sql)[0]
    return {name: tuple(v for v in values or () if v) for name, values in found.items()}
