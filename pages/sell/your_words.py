"""Your words: what you said against the model, and what it led to."""

from __future__ import annotations

import streamlit as st

from pages._kit import balance, gateway, shell, state, your_words

ctx = shell.context()
shell.header(ctx, "What came of your words?")
page = gateway.your_words(ctx.viewer)
if page.is_empty:
    shell.empty(page.why_empty)
    risk = "pages/sell/risk.py"
    st.page_link(risk, label="Open Risk", icon=":material/trending_down:", query_params=state.with_persona({}))
    st.stop()

your_words.arrive(page)
st.markdown(f"#### {your_words.answer(page)}")
your_words.listed(ctx, page)
balance.balance(ctx)
shell.note("Only you see this page as it is. What you take back or what has expired stays readable.")
your_words.looked_at(ctx, page)
