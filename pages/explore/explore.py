"""Explore: any measure, split and filtered, as a picture, a table and a file. What an analyst opens."""

from __future__ import annotations

import streamlit as st

from pages._kit import explore, explored, gateway, shell, state, words

ctx = shell.context()
shell.header(ctx, "How has it developed?")
choices = gateway.explore_choices(ctx.viewer)
if not choices.measures or not choices.months:
    shell.empty("Nothing can be measured yet: this build knows no contract, lead, deal or ticket.")
    st.stop()
chosen = explore.controls(choices)
for remark in chosen.remarks:
    st.warning(words.plain(remark), icon=":material/link_off:")
page = gateway.explore(ctx.viewer, chosen.choice)
if page.is_empty:
    shell.empty(page.why_empty)
    st.stop()
if state.is_phone():
    explored.picture(ctx, page, chosen)
    explored.definition(ctx, page)
else:
    drawn, told = st.columns([7, 3], gap="medium")
    with drawn:
        explored.picture(ctx, page, chosen)
    with told:
        explored.definition(ctx, page)
explored.table(ctx, page)
explored.downloads(ctx, page, chosen)
