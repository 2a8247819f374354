"""One's own disagreements with their answers."""

from __future__ import annotations

import streamlit as st

from crm_core import actions
from crm_core.views import sell
from pages._kit import cards, disagree, people, state, verdicts, words
from pages._kit.shell import Context

ROWS = "n_own_words"


def answer(page: sell.parts.YourWordsPage) -> str:
    """What has come of it, in a sentence: Markdown."""
    said = words.counted(len(page.rows), "disagreement")
    count = "counts" if page.n_in_force == 1 else "count"
    n = page.n_waiting
    waits = f"{words.number(n)} {'waits' if n == 1 else 'wait'} for an answer" if n else "none waits for an answer"
    new = f", {words.counted(page.n_new, 'answer')} {'is' if page.n_new == 1 else 'are'} new" if page.n_new else ""
    return f"{said}: {words.number(page.n_in_force)} {count} today, {waits}{new}."


def listed(ctx: Context, page: sell.parts.YourWordsPage) -> None:
    """The disagreements, newest first, each with its answer or the clock."""
    n = st.session_state.get(ROWS, cards.CARDS)
    for row in page.rows[:n]:
        said = row.case.opinion
        with st.container(border=True, key=f"own_{said.entry_id}", gap="xsmall"):
            st.markdown(f"**{words.plain(row.name or 'no longer in your scope')}**")
            people.word(ctx, said, is_long=True)
            verdicts.answer(ctx, row)
            with st.container(horizontal=True):
                if row.name and st.button("Open", key=f"open_{said.entry_id}"):
                    state.open_found("lead" if said.question == "lead" else "customer", said.entity_id)
                if said.state == "in force":
                    disagree.withdraw(ctx, said.entry_id, key=said.entry_id)
    if n < len(page.rows) and st.button("Show more", key="more_own"):
        st.session_state[ROWS] = n + cards.CARDS
        st.rerun()


def looked_at(ctx: Context, page: sell.parts.YourWordsPage) -> None:
    """Remember that the new answers were seen: Today stops naming them."""
    if page.n_new and page.newest_at:
        actions.triaging.answers_seen(ctx.viewer, page.newest_at)
