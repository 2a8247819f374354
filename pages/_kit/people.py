"""What people say, always in the colour of people, beside the model's number and of the same size."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from crm_core.views import sell
from pages._kit import words
from pages._kit.shell import Context, note

FACTS = 3
"""So many of the newest facts stand beside a score; the timeline of the account has all."""


def together(both: sell.parts.Both | None, *, is_large: bool = False) -> None:
    """The third number, called by its name: what model and people say together, and what such words were worth."""
    if both is None:
        return
    said = f"Both together: {words.of_100(both.probability)} of 100"
    st.markdown(f"#### {said}" if is_large else f":material/join_inner: **{said}**")
    if both.nearer is not None and both.n is not None:
        times, reason = words.of_10(both.nearer), words.plain(both.reason)
        cases = words.counted(both.n, "case")
        note(f"In such cases ({reason}) people were right {times} times of 10 ({cases}){_in_spite(both)}.")


def _in_spite(both: sell.parts.Both) -> str:
    """Why a word counts though it is less often nearer than the model, or does not: how far off each was decides."""
    is_mostly_nearer = both.nearer is not None and both.nearer >= 0.5
    if both.is_weighed and not is_mostly_nearer:
        return "; it counts all the same, because the model was far off when they were"
    if not both.is_weighed and is_mostly_nearer:
        return "; it does not count, because they were far off when they were not"
    return ""


def known(ctx: Context, facts: Sequence[sell.parts.KnownFact]) -> None:
    """What people knew and no source said, each with the day it was told and the day from which a model counts it."""
    for fact in facts:
        sign = {True: " ▲", False: " ▼", None: ""}[fact.raises]
        since = f"{_since(ctx, fact)} · from {fact.who_name}"
        st.markdown(f":blue[:material/person:{sign} **{words.plain(fact.fact)}**] · {words.plain(since)}")
        if fact.words:
            st.text(fact.words)


def _since(ctx: Context, fact: sell.parts.KnownFact) -> str:
    told = f"told on {ctx.day(fact.said_at)}"
    if fact.counts_from is None:
        why = "which way it points is not known" if fact.raises is None else "stewards name different facts"
        return f"{told}, counted by no model: {why}"
    counts = ctx.day(fact.counts_from)
    return f"told and known since {counts}" if counts == ctx.day(fact.said_at) else f"{told}, counts from {counts}"


def word(
    ctx: Context, said: sell.parts.Opinion, *, is_long: bool = False, is_large: bool = False, is_of_many: bool = False
) -> None:
    """One person's word: who, what, why, until when; the long form adds when, the own words and the model then.

    Said of many at once, there is not one number of the model.
    """
    if said.is_contested:
        st.badge(words.DISAGREE, icon=":material/group:", color="blue")
    until = f" · until {ctx.day(said.expires_on)}" if said.expires_on else ""
    belief = words.plain(words.opinion(said.who_name, said.belief, said.probability))
    why = f":blue[{words.plain(said.reason)}{until}]"
    st.markdown(f"## :blue[{belief}]\n{why}" if is_large else f":blue[:material/person: **{belief}**]  \n{why}")
    if not is_long:
        return
    if said.words:
        st.text(said.words)
    then = f"the model said {words.chance(said.shown_probability, said.shown_low, said.shown_high)} then · "
    state = said.state if said.state != "in force" else "counts today"
    st.markdown(f":small[:gray[Said {ctx.day(said.recorded_at)} · {'' if is_of_many else then}{state}]]")
