"""Data health: which streams are alive, what waits and what it costs, what has landed."""

from __future__ import annotations

import streamlit as st

from pages._kit import duties, gateway, health, shell, tasks, unseen, words

ctx = shell.context()
shell.header(ctx, "Can the data be trusted today?")
page = gateway.data_health(ctx.viewer)
duties.vacancies(ctx)
if page.is_empty:
    shell.empty(page.why_empty)
    st.stop()

st.markdown(f"#### {words.plain(health.answer(ctx, page))}")
shell.note(health.as_of_the_build(ctx))
health.feeds(page)
tasks.block(ctx, gateway.fix_tasks(ctx.viewer))
unseen.block(ctx, gateway.unseen(ctx.viewer))
health.faults(ctx, page)
health.findings(ctx, page)
health.landed(ctx, page)
tasks.open_form(ctx)
