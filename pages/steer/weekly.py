"""The weekly hour: what did we learn this week? For the model's owner and sales, together."""

from __future__ import annotations

import streamlit as st

from pages._kit import gateway, shell, weekly

ctx = shell.context()
shell.header(ctx, "What did we learn this week?")
page = gateway.weekly(ctx.viewer, weekly.chosen())
if page.is_empty:
    shell.empty(page.why_empty)
    st.page_link("pages/sell/risk.py", label="Open Risk", icon=":material/trending_down:")
    st.stop()
with st.container(key="weekly"):
    weekly.weeks(ctx, page)
    if page.is_ahead:
        weekly.ahead(ctx, page)
        st.stop()
    weekly.floor(page)
    weekly.disputed(ctx, page)
    weekly.led_to(ctx, page)
    weekly.rising(page)
    weekly.errors(ctx, page)
