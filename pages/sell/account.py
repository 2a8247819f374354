"""Account: one customer, the model's view and people's views, what both rest on; and the brief for a call."""

from __future__ import annotations

import streamlit as st

from crm_core.views import sell
from pages._kit import (
    answer,
    boxes,
    brief,
    charts,
    disagree,
    duties,
    facts,
    first_view,
    gateway,
    history,
    movement,
    search,
    shell,
    state,
    words,
)

ctx = shell.context()
customer = st.query_params.get(state.CUSTOMER, "")
if not customer:
    shell.header(ctx, "Whose account?", "churn")
    search.box(ctx.viewer, "search_account", "Find a customer, lead or deal")
    known = gateway.risk(ctx.viewer, sell.RiskFilter())
    if known.is_empty:
        shell.empty(known.why_empty)
        st.stop()
    shell.note("Those most likely to leave:")
    with st.container(horizontal=True):
        for row in known.rows[:8]:
            if st.button(words.plain(row.name), key=f"pick_{row.customer_id}"):
                state.open_account(row.customer_id)
    st.stop()

page = gateway.account(ctx.viewer, customer)
title, actions = st.columns([5, 2], vertical_alignment="top")
with title:
    shell.header(ctx, words.plain(page.name), "churn", boxes.who(page))
with actions, st.container(horizontal=True, horizontal_alignment="right"):
    if page.left_on is None and not first_view.is_asked(page):
        disagree.button(ctx, page.customer_id, key="account", is_primary=True, has_shortcut=True)
    brief.button()
    duties.button(ctx, page.customer_id, key="account")
if state.wants_brief():
    brief.show(ctx, gateway.brief(ctx.viewer, customer))
    disagree.open_form(ctx, (page.customer_id,))
    duties.open_asked(ctx)
    st.stop()
boxes.boxes(ctx, page)

if page.reasons:
    st.subheader("Why", anchor=False)
    charts.reasons(page, ctx.caption, is_narrow=state.is_phone())
movement.since_then(ctx, page)
if page.history or page.opinions:
    st.subheader("Over time", anchor=False)
    history.chance_over_time(page, ctx.caption)

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
answer.open_form(ctx, (page.customer_id,))
first_view.open_form(ctx, (page.customer_id,))
duties.open_asked(ctx)
