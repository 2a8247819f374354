"""Risk: who may leave within 90 days, why, what is at stake, and what people say about it."""

from __future__ import annotations

import streamlit as st

from crm_core.views import sell
from pages._kit import (
    answer,
    cards,
    charts,
    disagree,
    duties,
    filters,
    first_view,
    gateway,
    several,
    shell,
    state,
    tables,
    words,
)
from pages._kit.questions import CHURN

ctx = shell.context()
everybody = gateway.risk(ctx.viewer, sell.RiskFilter())
shell.header(ctx, "Who may leave within 90 days?", "churn", cards.asked_about(ctx, everybody))
if not everybody.n_in_scope:
    shell.empty(everybody.why_empty)
    st.stop()
if not everybody.model_version:
    st.warning(
        f"**No model:** {words.plain(everybody.no_model_reason)}. The list is ordered by simple rules instead: "
        "signs that anybody can check.",
        icon=":material/rule:",
    )
cards.risk_figures(ctx, everybody)
wanted = filters.risk(everybody)
page = everybody if wanted == sell.RiskFilter() else gateway.risk(ctx.viewer, wanted)
if page.is_empty:
    shell.empty(page.why_empty)
    st.stop()

first_view.waiting(page, CHURN)
chosen = st.session_state.get(state.CHOSEN, "")
if chosen not in {row.customer_id for row in page.rows}:
    chosen = page.rows[0].customer_id
click = tables.point_chosen("risk_picture", state.choose_customer)
if state.is_phone():
    cards.risk(ctx, page)
    if page.points:
        charts.risk_and_money(page, chosen, ctx.caption, click)
elif page.points:
    picture, card = st.columns([3, 2], gap="medium")
    with picture:
        charts.risk_and_money(page, chosen, ctx.caption, click)
    with card:
        cards.chosen(ctx, page, chosen)
else:
    cards.chosen(ctx, page, chosen)
if not state.is_phone():
    is_of_many = several.bar(ctx, CHURN, page)
    tables.risk(ctx, page, chosen, is_of_many=is_of_many)
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    shell.note(f"The list has {words.number(len(page.rows))} of {words.counted(page.n_matching, 'customer')}.")
    st.download_button(
        "Download the list",
        lambda: tables.risk_csv(ctx, page),
        file_name=f"risk-{ctx.frame.as_of}.csv",
        mime="text/csv",
        on_click="ignore",
        key="download",
    )
disagree.open_form(ctx)
answer.open_form(ctx)
first_view.open_form(ctx)
duties.open_asked(ctx)
