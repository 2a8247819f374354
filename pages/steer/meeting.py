"""Meeting: how we stand, what moved, what is at risk, where people and model disagree. What a committee opens."""

from __future__ import annotations

import streamlit as st

from crm_core.views import steer
from pages._kit import gateway, meeting, movement, shell

ctx = shell.context()
shell.header(ctx, "How do we stand?", "churn")
everything = gateway.meeting(ctx.viewer, steer.MeetingFilter())
with st.container(horizontal=True, vertical_alignment="center", key="filters"):
    wanted = meeting.filters(everything)
    page = everything if wanted == steer.MeetingFilter() else gateway.meeting(ctx.viewer, wanted)
    meeting.answer(page)
if page.is_empty:
    shell.empty(page.why_empty)
    st.stop()
with st.container(key="meeting"):
    meeting.figures(ctx, page)
    meeting.moved(ctx, page)
    movement.causes(ctx, page)
    meeting.danger(ctx, page)
    meeting.disputed(ctx, page)
