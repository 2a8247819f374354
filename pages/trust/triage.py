"""Triage: what people said against the model and nobody has answered yet."""

from __future__ import annotations

import streamlit as st

from pages._kit import gateway, shell, sort_form, triage

ctx = shell.context()
shell.header(ctx, "What did people tell us?")
page = gateway.triage(ctx.viewer)
if not page.may_sort:
    triage.not_yours(page)
    triage.wishes(ctx, page)
    st.stop()

if page.is_empty:
    shell.empty(page.why_empty)
else:
    st.markdown(f"#### {triage.answer(page)}")
    triage.queue(ctx, page.queue)
triage.lately(ctx, page)
triage.wishes(ctx, page)
sort_form.show(ctx, page)
