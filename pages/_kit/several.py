"""To choose several rows of a list and say one thing of all of them."""

from __future__ import annotations

import streamlit as st

from crm_core.access import Capability, may
from crm_core.views import sell
from pages._kit import disagree, first_view, state
from pages._kit.questions import Question
from pages._kit.shell import Context

MOST = 50


def bar(ctx: Context, question: Question, page: sell.parts.RiskPage | sell.parts.LeadsPage) -> bool:
    """The switch above the list and, where it is on, what to do with those chosen; says whether it is on."""
    if not may(ctx.viewer, Capability.DISAGREE):
        return False
    with st.container(horizontal=True, vertical_alignment="center", key=f"{question.page}_several_bar"):
        is_on = st.toggle(
            "Choose several",
            key=f"{question.page}_several",
            help=f"Tick rows of the list and say one thing, with one reason, of up to {MOST} of them.",
        )
        if is_on:
            _do(question, page)
    return is_on


def _do(question: Question, page: sell.parts.RiskPage | sell.parts.LeadsPage) -> None:
    names = {row.key: row.name for row in page.rows if not first_view.is_asked(row)}
    ticked = [row for row in page.rows if row.key in state.many(question.page)]
    chosen = [row.key for row in ticked if row.key in names]
    n_waiting = len(ticked) - len(chosen)
    n = len(chosen)
    label = f"Disagree with {n}" if n else "Disagree"
    if st.button(label, key=f"{question.page}_disagree_many", type="primary", disabled=not 0 < n <= MOST):
        disagree.begin(question, [(key, names[key]) for key in chosen])
    if n > MOST:
        st.markdown(f":orange[:material/warning: {n} are chosen; {MOST} at once at most. Take {n - MOST} out.]")
    elif n_waiting:
        st.markdown(f":gray[{n_waiting} left out: the number waits for your own view.]")
    elif not n:
        st.markdown(f":gray[Tick the {question.one}s you mean, at the left of the list.]")
    elif st.button("Choose none", key=f"{question.page}_none", type="tertiary"):
        state.forget_many(question.page)
        st.rerun()
