"""One's own disagreements with their answers."""

from __future__ import annotations

import streamlit as st

from crm_core import actions
from crm_core.views import sell
from pages._kit import cards, disagree, people, state, verdicts, words
from pages._kit.shell import Context

ROWS = "n_own_words"
NEW = "new_own_words"


def answer(page: sell.parts.YourWordsPage) -> str:
    """What has come of it, in a sentence: Markdown."""
    said = words.counted(len(page.rows), "disagreement")
    count = "counts" if page.n_in_force == 1 else "count"
    n = page.n_waiting
    waits = f"{words.number(n)} {'waits' if n == 1 else 'wait'} for an answer" if n else "none waits for an answer"
    new = f", {words.counted(page.n_new, 'answer')} {'is' if page.n_new == 1 else 'are'} new" if page.n_new else ""
    return f"{said}: {words.number(page.n_in_force)} {count} today, {waits}{new}."


def listed(ctx: Context, page: sell.parts.YourWordsPage) -> None:
    """The disagreements, each with its answer or the clock; what was new on this visit keeps its place."""
    for row in _drawn(page):
        said = row.case.opinion
        with st.container(border=True, key=f"own_{said.entry_id}", gap="xsmall"):
            st.markdown(f"**{words.plain(row.name or 'no longer in your scope')}**")
            people.word(ctx, said, is_long=True)
            verdicts.answer(ctx, row, is_new=said.entry_id in st.session_state.get(NEW, ()))
            with st.container(horizontal=True):
                if row.name and st.button("Open", key=f"open_{said.entry_id}"):
                    state.open_found("lead" if said.question == "lead" else "customer", said.entity_id)
                if said.state == "in force":
                    disagree.withdraw(ctx, said.entry_id, key=said.entry_id)
    n = st.session_state.get(ROWS, cards.CARDS)
    if n < len(page.rows) and st.button(f"Show more ({words.number(len(page.rows) - n)})", key="more_own"):
        st.session_state[ROWS] = n + cards.CARDS
        st.rerun()


def arrive(page: sell.parts.YourWordsPage) -> None:
    """Remember what is new: looking at it must not make it jump while the page is open."""
    if state.has_come():
        st.session_state.pop(ROWS, None)
        st.session_state.pop(NEW, None)
    known = st.session_state.get(NEW, ())
    new = [row.case.opinion.entry_id for row in page.rows if row.is_new]
    st.session_state[NEW] = (*known, *(entry_id for entry_id in new if entry_id not in known))


def looked_at(ctx: Context, page: sell.parts.YourWordsPage) -> None:
    """Remember which new answers were seen: those that were drawn. Today names the others until they are, too."""
    seen = [row.case.news_at for row in _drawn(page) if row.is_new and row.case.news_at]
    if seen:
        actions.triaging.answers_seen(ctx.viewer, seen)


def _drawn(page: sell.parts.YourWordsPage) -> tuple[sell.parts.OwnWord, ...]:
    """Rows as far as they are shown: first what was new when the person came, in that order."""
    place = {entry_id: n for n, entry_id in enumerate(st.session_state.get(NEW, ()))}
    rows = sorted(page.rows, key=lambda row: place.get(row.case.opinion.entry_id, len(place)))
    return tuple(rows[: st.session_state.get(ROWS, cards.CARDS)])
