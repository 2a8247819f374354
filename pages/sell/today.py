"""Today: ten calls, why now, what is at stake; promises that are due; own views that end soon."""

from __future__ import annotations

import streamlit as st

from pages._kit import answer, disagree, first_view, gateway, nudges, shell, today


@st.fragment
def board(ctx: shell.Context) -> None:
    """The whole page but the frame: a click makes only this anew, and nobody loses his place."""
    with shell.guarded():
        page = gateway.today(ctx.viewer)
        shell.header(ctx, today.title(ctx, page))
        today.progress(page)
        today.answers(page)
        nudges.receipt(ctx)
        if page.is_empty:
            shell.empty(page.why_empty)
        today.calls(ctx, page)
        today.views_first(ctx, page)
        today.promises(ctx, page)
        today.expiring(ctx, page)
        answer.open_form(ctx)
        disagree.open_form(ctx)
        first_view.open_form(ctx)


board(shell.context())
