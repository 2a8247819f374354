"""Disagreements: what people said against the model, then and now."""

from __future__ import annotations

import streamlit as st

from pages._kit import gateway, ledger, shell, state, words

ctx = shell.context()
shell.header(ctx, "Where do people see it differently?")
page = gateway.disagreements(ctx.viewer)
if page.is_empty:
    shell.empty(page.why_empty)
    st.page_link("pages/sell/risk.py", label="Open Risk", icon=":material/trending_down:")
    st.stop()

money = words.money(page.value_in_force, ctx.currency)
with st.container(horizontal=True):
    st.metric("In force today", words.number(page.n_in_force), border=True, width=162)
    st.metric("Said by you", words.number(page.n_own), border=True, width=162)
    st.metric("These customers pay", f"{money} a year", border=True, width=220)

rows = ledger.chosen(page)
if not rows:
    shell.empty("Nothing of this kind. Choose All to see what was said before.")
    st.stop()
if state.is_phone():
    ledger.cards(ctx, rows)
else:
    ledger.table(ctx, rows)
shell.note("What was withdrawn, replaced or has expired stays readable. Nobody is ranked by being right or wrong.")
st.download_button(
    "Download the list",
    lambda: ledger.as_file(ctx, rows),
    file_name=f"disagreements-{ctx.frame.as_of}.csv",
    mime="text/csv",
    on_click="ignore",
    key="download",
)
