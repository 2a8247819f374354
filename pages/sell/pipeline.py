"""Pipeline: what is open and what it may bring, what stands still, what moved, which contracts end soon."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from crm_core.views import sell
from pages._kit import deal_filters, deal_lists, gateway, pipeline, shell, state

ctx = shell.context()
shell.header(ctx, "What is in the pipeline?")
asked = st.query_params.get(state.DEAL, "")
if asked:
    pipeline.card(ctx, gateway.deal(ctx.viewer, asked), key="asked", is_primary=False)
everything = gateway.pipeline(ctx.viewer, sell.PipelineFilter())
if not everything.totals.n_in_scope:
    shell.empty(everything.why_empty)
    st.stop()

figures = st.container()
wanted = deal_filters.chosen(everything.choices)
picture, moved = st.columns([3, 2], gap="medium")
with moved, st.container(horizontal=True, vertical_alignment="center"):
    st.subheader("What moved since", anchor=False)
    wanted = replace(wanted, since=deal_filters.since(ctx, everything.since))
page = gateway.pipeline(ctx.viewer, wanted)
with moved:
    pipeline.moved(ctx, page)
with figures:
    pipeline.figures(ctx, page)
with picture:
    st.subheader("Where it stands", anchor=False)
    if page.is_empty:
        shell.empty(page.why_empty)
    else:
        pipeline.by_stage(ctx, page)
        pipeline.stages(ctx, page)

which = deal_lists.chosen()
deal_lists.draw(ctx, page, which)
st.download_button(
    "Download the list",
    lambda: deal_lists.as_file(ctx, page, which),
    file_name=f"pipeline-{which.lower().replace(' ', '-')}-{ctx.frame.as_of}.csv",
    mime="text/csv",
    on_click="ignore",
    key="download",
)
