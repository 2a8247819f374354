"""The ledger as a list: what people said, what the model said then, and what it says now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from crm_core.views import DisagreementsPage, parts
from pages._kit import disagree, people, state, tables, words
from pages._kit.shell import Context

SHOWN = ("In force", "Mine", "All")
Rows = Sequence[parts.Disagreement]


def chosen(page: DisagreementsPage) -> Rows:
    """The disagreements that the control above the list asks for."""
    wanted = st.segmented_control(
        "Show", SHOWN, default=SHOWN[0], required=True, key="which", bind="query-params", label_visibility="collapsed"
    )
    if wanted == "Mine":
        return [row for row in page.rows if row.opinion.is_own]
    if wanted == "All":
        return page.rows
    return [row for row in page.rows if row.opinion.state == "in force"]


def table(ctx: Context, rows: Rows) -> None:
    """The list; a click on a mark chooses one."""
    st.dataframe(
        _columns(ctx, rows),
        key="ledger_table",
        hide_index=True,
        row_height=52,
        height=38 + 52 * min(len(rows), 10),
        column_config={
            "About": st.column_config.TextColumn(pinned=True, width=180),
            "Why": st.column_config.TextColumn(width=220),
            "Model then": st.column_config.TextColumn(width=130, help="What the model said when they disagreed."),
            "Model now": st.column_config.TextColumn(width=130, help="What the model says in this build."),
        },
        on_select="rerun",
        selection_mode="single-row-required",
        placeholder="",
    )


def detail(ctx: Context, rows: Rows) -> None:
    """The chosen one in full, with what can be done."""
    picked = st.session_state["ledger_table"]["selection"]["rows"]
    row = rows[picked[0]] if picked and picked[0] < len(rows) else rows[0]
    said = row.opinion
    with st.container(border=True, key="chosen"):
        st.markdown(f"**{words.plain(row.entity_name)}**")
        people.word(ctx, said, is_long=True)
        st.markdown(f"The model now: **{words.chance(row.now_probability, row.now_low, row.now_high)}**")
        with st.container(horizontal=True):
            if said.question == "churn" and st.button("Open account", key="open_chosen", type="primary"):
                state.open_account(said.entity_id)
            if said.is_own and said.state == "in force":
                disagree.withdraw(ctx, said.entry_id, key="chosen")


def as_file(ctx: Context, rows: Rows) -> bytes:
    """The list as a file for a spreadsheet, with the words."""
    return tables.as_csv(_columns(ctx, rows) | {"Words": [row.opinion.words for row in rows]})


def _columns(ctx: Context, rows: Rows) -> dict[str, list[Any]]:
    said = [row.opinion for row in rows]
    return {
        "About": [row.entity_name for row in rows],
        "Who": [o.who_name for o in said],
        "Believes": [words.opinion("", o.belief, o.probability).removeprefix(": ") for o in said],
        "Why": [o.reason for o in said],
        "Model then": [words.chance(o.shown_probability, o.shown_low, o.shown_high) for o in said],
        "Model now": [words.chance(row.now_probability, row.now_low, row.now_high) for row in rows],
        "Pays a year": [words.money(row.money_at_stake, ctx.currency) for row in rows],
        "Said": [ctx.day(o.recorded_at) for o in said],
        "Until": [ctx.day(o.expires_on) for o in said],
        "State": [o.state for o in said],
    }
