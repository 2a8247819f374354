"""Account: one customer, the model's view and people's views, and what both rest on."""

from __future__ import annotations

import streamlit as st

from crm_core.views import sell
from pages._kit import charts, disagree, facts, gateway, shell, state, words

ctx = shell.context()
customer = st.query_params.get(state.CUSTOMER, "")
if not customer:
    shell.header(ctx, "Whose account?", "churn")
    known = gateway.risk(ctx.viewer, sell.RiskFilter())
    names = {point.customer_id: point.name for point in known.points} or {r.customer_id: r.name for r in known.rows}
    if not names:
        shell.empty(known.why_empty)
        st.stop()
    st.selectbox(
        "Customer",
        sorted(names, key=lambda key: names[key].casefold()),
        index=None,
        format_func=lambda key: names[key],
        placeholder="Type a part of the name",
        key="pick",
    )
    shell.note("Those most likely to leave:")
    with st.container(horizontal=True):
        for row in known.rows[:8]:
            if st.button(words.plain(row.name), key=f"pick_{row.customer_id}"):
                state.open_account(row.customer_id)
    if st.session_state.get("pick"):
        state.open_account(st.session_state["pick"])
    st.stop()

page = gateway.account(ctx.viewer, customer)
title, actions = st.columns([5, 1], vertical_alignment="top")
with title:
    shell.header(ctx, words.plain(page.name), "churn", facts.who(page))
with actions, st.container(horizontal=True, horizontal_alignment="right"):
    if page.left_on is None:
        disagree.button(ctx, page.customer_id, key="account", is_primary=True)
facts.boxes(ctx, page)

if page.reasons:
    st.subheader("Why", anchor=False)
    charts.reasons(page, ctx.caption, is_narrow=state.is_phone())
if page.history:
    st.subheader("Over time", anchor=False)
    charts.chance_over_time(page, ctx.caption)

tabs = {
    "Timeline": facts.timeline,
    f"Tickets ({len(page.tickets)})": facts.tickets,
    f"People ({len(page.people)})": facts.contacts,
    f"Contract ({len(page.contracts)})": facts.contracts,
    "Fields": facts.fields,
    f"What was said ({len(page.opinions)})": facts.said,
}
for tab, draw in zip(st.tabs(list(tabs)), tabs.values(), strict=True):
    with tab:
        draw(ctx, page)
disagree.open_form(ctx, (page.customer_id,))
