"""Who was right: when people and the model differed, who was nearer to what came. By groups, never by person."""

from __future__ import annotations

import streamlit as st

from pages._kit import gateway, judged, shell

ctx = shell.context()
shell.header(ctx, "Who was right, people or the model?", facts=judged.FACTS)
page = gateway.who_was_right(ctx.viewer)
if page.is_empty:
    shell.empty(" ".join([page.why_empty, judged.due(ctx, page)]).strip())
    judged.left_out(ctx, page)
    st.page_link("pages/trust/disagreements.py", label="Open Disagreements", icon=":material/forum:")
    st.stop()

judged.answer(page)
if page.total:
    dimension = judged.dimension(page)
    if dimension:
        judged.groups(ctx, page, dimension)
judged.left_out(ctx, page)
judged.how_it_is_counted(page)
