"""Lists of the Pipeline page: deals and renewals, as a table with the chosen one beside it, as cards, and as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from crm_core.views import sell
from pages._kit import cards, evidence, files, gateway, paper, pipeline, state, tables, words
from pages._kit.shell import Context, note

STALLED, OPEN, RENEWALS, WON = "Stalled", "All open", "Renewals", "Won and lost"
LISTS = (STALLED, OPEN, RENEWALS, WON)
ROW_HEIGHT, ROWS_SHOWN, CARDS = 36, 10, 10
Deals = Sequence[sell.parts.DealRow]


def chosen() -> str:
    """Which list is asked for."""
    return (
        st.segmented_control(
            "List", LISTS, default=STALLED, required=True, key="list", bind="query-params", label_visibility="collapsed"
        )
        or STALLED
    )


def draw(ctx: Context, page: sell.parts.PipelinePage, which: str) -> None:
    """The list asked for."""
    if which == WON:
        pipeline.pace(ctx, page)
        pipeline.win_rates(page)
    elif which == RENEWALS:
        _renewals(ctx, page)
    elif which == STALLED:
        _deals(ctx, page.stalled, page.totals.n_stalled, "No deal stands still.")
    else:
        _deals(ctx, page.deals, page.totals.n_open, "No deal is open.")


def as_file(ctx: Context, page: sell.parts.PipelinePage, which: str) -> bytes:
    """The list asked for as a file for a spreadsheet, numbers and days exact."""
    if which == WON:
        both = [("source", r) for r in page.by_source] + [("team", r) for r in page.by_team]
        return files.as_csv(
            {
                "By": [by for by, _ in both],
                "Group": [rate.group or "" for _, rate in both],
                "Closed": [rate.n_closed for _, rate in both],
                "Won": [rate.n_won for _, rate in both],
            }
        )
    if which == RENEWALS:
        rows = page.renewals
        exact: dict[str, list[Any]] = {
            "Ends": [r.renewal_on.isoformat() for r in rows],
            "Pays a year": [None if r.yearly_value is None else round(r.yearly_value, 2) for r in rows],
        }
        return files.as_csv(_renewal_columns(ctx, rows) | exact)
    deals = page.stalled if which == STALLED else page.deals
    exact = {
        "Worth": [None if r.amount is None else round(r.amount, 2) for r in deals],
        "Weighted": [None if r.weighted_amount is None else round(r.weighted_amount, 2) for r in deals],
        "Worth in the source": [r.amount_given for r in deals],
        "Currency": [r.currency or "" for r in deals],
        "In stage": [r.days_in_stage for r in deals],
        "Expected close": ["" if r.expected_close_on is None else r.expected_close_on.isoformat() for r in deals],
        "Team": [r.team or "" for r in deals],
        "Stalled": ["yes" if r.is_stalled else "no" for r in deals],
    }
    return files.as_csv(_deal_columns(ctx, deals) | exact)


def _deals(ctx: Context, rows: Deals, n: int, nothing: str) -> None:
    if not rows:
        note(nothing)
        return
    if state.is_phone():
        for row in rows[:CARDS]:
            _small_card(ctx, row)
        note(f"The {min(CARDS, len(rows))} with most money of {words.counted(n, 'deal')}; a wider screen shows more.")
        return
    left, right = st.columns([7, 3], gap="medium")
    with left:
        make = st.column_config.TextColumn
        config = {
            "Customer": make(width=150),
            "Deal": make(width=150),
            "Worth": make(width=75, alignment="right"),
            "In stage": make(width=75, help="Days since it came there."),
            "Expected close": make(width=105, help="What the sales person expects."),
        }
        row = rows[_table(_deal_columns(ctx, rows), config, "deal_table")]
        note(f"The list has {words.number(len(rows))} of {words.counted(n, 'deal')}, most money first.")
    with right:
        pipeline.card(ctx, gateway.deal(ctx.viewer, row.deal_id), key="chosen", is_primary=True)


def _small_card(ctx: Context, row: sell.parts.DealRow) -> None:
    with st.container(border=True):
        st.markdown(f"**{words.plain(row.who or 'nobody named')}** · **{words.plain(pipeline.worth(ctx, row))}**")
        parts = [row.stage or "no stage", _stay(row), pipeline.closing(ctx, row), row.owner_name or "no owner"]
        note(" · ".join(words.plain(part) for part in parts))
        pipeline.way_on(row, key=row.deal_id, is_primary=False)


def _deal_columns(ctx: Context, rows: Deals) -> dict[str, list[Any]]:
    return {
        "Customer": [row.who or "" for row in rows],
        "Deal": [row.name or "" for row in rows],
        "Worth": [pipeline.worth(ctx, row) for row in rows],
        "Stage": [row.stage or "no stage" for row in rows],
        "In stage": [f"{words.number(row.days_in_stage or 0)} days" for row in rows],
        "Expected close": [ctx.day(row.expected_close_on) for row in rows],
        "Owner": [row.owner_name or "" for row in rows],
    }


def _stay(row: sell.parts.DealRow) -> str:
    usual = "" if row.usual_days is None else f" (usual {row.usual_days:.0f})"
    return f"{words.number(row.days_in_stage or 0)} days{usual}"


def _renewals(ctx: Context, page: sell.parts.PipelinePage) -> None:
    rows = page.renewals
    if not rows:
        note("No contract ends within 90 days.")
        return
    value = words.plain(words.money(page.renewals_value, ctx.currency))
    contracts = words.counted(page.n_renewals, "contract")
    st.markdown(f"**{contracts}** worth **{value} a year** end within 90 days and are not signed again.")
    if state.is_phone():
        for row in rows[:CARDS]:
            with st.container(border=True, key=f"renewal_{row.customer_id}"):
                _renewal(ctx, row, is_primary=False)
        note(f"The next {min(CARDS, len(rows))}; a wider screen shows more.")
        return
    left, right = st.columns([7, 3], gap="medium")
    with left:
        make = st.column_config.TextColumn
        config = {
            "Customer": make(width=190),
            "Pays a year": make(width=110, alignment="right"),
            "Chance of leaving": make(help="high: at least 3 times the usual odds; medium: 1.5 times; low: below."),
        }
        row = rows[_table(_renewal_columns(ctx, rows), config, "renewal_table")]
        note(f"The list has {words.number(len(rows))}, those not signed again first.")
    with right, st.container(border=True, key="renewal_chosen"):
        _renewal(ctx, row, is_primary=True)


def _renewal(ctx: Context, row: sell.parts.Renewal, *, is_primary: bool) -> None:
    st.markdown(f"**{words.plain(row.name)}**")
    cards.tier(row.tier)
    signed = "signed again" if row.has_signed_renewal else "not signed again yet"
    days = words.ago(row.renewal_on, ctx.frame.as_of)
    pays, owner = f"{words.pays(row, ctx.currency)} a year", row.owner_name or "no owner"
    parts = [f"ends {ctx.day(row.renewal_on)}, {days}", pays, signed, owner]
    st.markdown("  \n".join(words.plain(part) for part in parts))
    kind: Any = "primary" if is_primary else "secondary"
    rests = evidence.brief(ctx, row.evidence)
    if rests:
        note(f"{rests}.")
    if st.button("Open account", key=f"open_renewal_{row.customer_id}", type=kind):
        state.open_account(row.customer_id)


def _renewal_columns(ctx: Context, rows: Sequence[sell.parts.Renewal]) -> dict[str, list[Any]]:
    return {
        "Customer": [row.name for row in rows],
        "Ends": [ctx.day(row.renewal_on) for row in rows],
        "Pays a year": [words.pays(row, ctx.currency) for row in rows],
        "Chance of leaving": [f"{words.SHAPES[row.tier]} {words.TIERS[row.tier]}" for row in rows],
        "Rests on": [evidence.short(row.evidence) for row in rows],
        "Next contract": ["signed" if row.has_signed_renewal else "not signed" for row in rows],
        "Owner": [row.owner_name or "" for row in rows],
    }


def _table(columns: dict[str, list[Any]], config: dict[str, Any], key: str) -> int:
    """A table of which one row is always chosen; its place."""
    n = len(next(iter(columns.values())))
    st.dataframe(
        files.on_screen(columns),
        key=key,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=tables.HEADER_HEIGHT + ROW_HEIGHT * min(n, ROWS_SHOWN),
        column_config=config,
        column_order=[name for name in columns if name != "Owner"],
        on_select="rerun",
        selection_mode="single-row-required",
        placeholder="",
    )
    paper.table(columns)
    picked = st.session_state[key]["selection"]["rows"]
    return picked[0] if picked and picked[0] < n else 0
