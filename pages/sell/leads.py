"""Leads: who is ready to buy within 90 days, why, what it may bring, and whom nobody has touched."""

from __future__ import annotations

import streamlit as st

from crm_core.views import sell
from pages._kit import (
    answer,
    disagree,
    duties,
    filters,
    first_view,
    gateway,
    leads,
    several,
    shell,
    state,
    tables,
    words,
)
from pages._kit.questions import LEAD

ctx = shell.context()
shell.header(ctx, "Who is ready to buy within 90 days?", "lead")
everybody = gateway.leads(ctx.viewer, sell.LeadFilter())
asked = st.query_params.get(state.LEAD, "")
# Asked for first: what is out of scope must not look like a list without it.
wanted_lead = gateway.lead(ctx.viewer, asked) if asked else None
if not everybody.n_in_scope and wanted_lead is None:
    shell.empty(everybody.why_empty)
    st.stop()
if not everybody.model_version:
    st.warning(
        f"**No model:** {words.plain(everybody.no_model_reason)}. The list is ordered by simple rules instead: "
        "signs that anybody can check.",
        icon=":material/rule:",
    )
leads.figures(ctx, everybody)
wanted = filters.leads(everybody)
page = everybody if wanted == sell.LeadFilter() else gateway.leads(ctx.viewer, wanted)
if page.is_empty and wanted_lead is None:
    shell.empty(page.why_empty)
    st.stop()

first_view.waiting(page, LEAD)
chosen = wanted_lead or page.rows[0]
if state.is_phone():
    if wanted_lead:
        leads.chosen(ctx, page, wanted_lead)
    leads.listed(ctx, page)
elif page.points:
    picture, card = st.columns([3, 2], gap="medium")
    with picture:
        leads.picture(ctx, page, chosen.lead_id)
    with card:
        leads.chosen(ctx, page, chosen)
else:
    leads.chosen(ctx, page, chosen)
if page.is_empty:
    shell.empty(page.why_empty)
    st.stop()
if not state.is_phone():
    is_of_many = several.bar(ctx, LEAD, page)
    tables.leads(ctx, page, chosen.lead_id, is_of_many=is_of_many)
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    shell.note(f"The list has {words.number(len(page.rows))} of {words.counted(page.n_matching, 'lead')}.")
    st.download_button(
        "Download the list",
        lambda: tables.leads_csv(ctx, page),
        file_name=f"leads-{ctx.frame.as_of}.csv",
        mime="text/csv",
        on_click="ignore",
        key="download",
    )
disagree.open_form(ctx)
answer.open_form(ctx)
first_view.open_form(ctx)
duties.open_asked(ctx)
