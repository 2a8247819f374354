"""What became of a disagreement, in words: the clock until an answer is due, and what a note has led to."""

from __future__ import annotations

import streamlit as st

from crm_core.actions import triaging
from crm_core.views import sell
from pages._kit import words
from pages._kit.shell import Context

NOBODY = ":red[nobody looks after it]"


def clock(case: sell.parts.Answer) -> str:
    """Until when an answer is due, as a badge with a word and a shape: Markdown."""
    n = case.days_left
    if n < 0:
        return f":red-badge[▲ {words.counted(-n, 'day')} overdue]"
    if n <= 1:
        return f":orange-badge[◆ due {'tomorrow' if n else 'today'}]"
    return f":gray-badge[● due in {words.counted(n, 'day')}]"


def sorted_as(verdict: sell.parts.Verdict) -> str:
    """'A new fact: Our champion has left': Markdown."""
    detail = f": {words.plain(verdict.detail)}" if verdict.detail else ""
    return f"{words.plain(triaging.SORTS.get(verdict.sort, verdict.sort))}{detail}"


def by_steward(ctx: Context, verdict: sell.parts.Verdict) -> str:
    """Who sorted it, when, and why, on one line: Markdown."""
    why = f": {words.plain(verdict.words)}" if verdict.words else ""
    return f":small[:gray[{words.plain(verdict.steward_name)}, {ctx.day(verdict.at)}]]{why}"


def in_short(answer: sell.parts.Answer | None, *, has_detail: bool = True) -> str:
    """'A new fact: Our champion has left', or how long it has waited for an answer: one line, plain text."""
    if answer is None or (answer.verdict is None and not answer.is_waiting):
        return ""
    if answer.verdict is not None:
        kind = triaging.SORTS.get(answer.verdict.sort, answer.verdict.sort)
        return f"{kind}: {answer.verdict.detail}" if has_detail and answer.verdict.detail else kind
    n = answer.days_left
    return f"{words.counted(-n, 'day')} overdue" if n < 0 else f"due in {words.counted(n, 'day')}"


def became(ctx: Context, answer: sell.parts.Answer | None) -> None:
    """What stewards made of anybody's disagreement, or the clock until it is answered."""
    if answer is None:
        return
    if answer.verdict is None:
        if answer.is_waiting:
            waits = "Stewards see it differently" if answer.stage == "pending" else "A steward has not answered yet"
            st.markdown(f"{waits}. {clock(answer)}")
        return
    mended = ""
    if answer.mended_at is not None:
        how = f": {words.plain(answer.mended_words)}" if answer.mended_words else ""
        mended = f"  \nMended on {ctx.day(answer.mended_at)} by {words.plain(answer.mended_by)}{how}"
    made_of = f":material/subdirectory_arrow_right: **{sorted_as(answer.verdict)}**"
    st.markdown(f"{made_of}  \n{by_steward(ctx, answer.verdict)}{mended}")


def answer(ctx: Context, row: sell.parts.OwnWord, *, is_new: bool) -> None:
    """The answer to one's own disagreement, or the clock until it is due."""
    case = row.case
    verdict = case.verdict
    if verdict is None:
        _not_yet(case)
        return
    new = " :blue-badge[new]" if is_new else ""
    st.markdown(f":material/subdirectory_arrow_right: {led_to(ctx, row)}{new}  \n{by_steward(ctx, verdict)}")


def _not_yet(case: sell.parts.Case) -> None:
    if not case.is_waiting:
        st.markdown(":small[:gray[Nobody answers it any more, because you took it back or said it anew.]]")
    elif case.stage == "pending":
        st.markdown(f"Stewards see it differently and will agree on one answer. {clock(case)}")
    else:
        st.markdown(f"A steward has not answered yet. {clock(case)}")


def led_to(ctx: Context, row: sell.parts.OwnWord) -> str:
    """'Your note led to …': Markdown."""
    case, verdict = row.case, row.case.verdict
    if verdict is None:
        return ""
    detail = words.plain(verdict.detail)
    if verdict.sort == "data_error":
        return f"Your note led to {_task(ctx, row)}"
    if verdict.sort == "new_fact":
        return _fact(ctx, case, detail)
    if verdict.sort == "missing_feature":
        n = case.n_asked
        asked = "you are the first to ask for it" if n <= 1 else f"{words.number(n)} people asked for it"
        return f"Your note led to an entry **on the wish list**: {detail}; {asked}."
    return f"Your note was noted as **an opinion**. {_beside(ctx, case.opinion)}"


def _fact(ctx: Context, case: sell.parts.Case, detail: str) -> str:
    said = case.opinion
    whom = "lead" if said.question == "lead" else "account"
    told = f"Your note led to **a fact on the {whom}**, told on {ctx.day(said.recorded_at)}: {detail}"
    ended = f" on {ctx.day(said.ended_on)}" if said.ended_on else ""
    return f"{told}; it ended when you took it back{ended}." if said.state == "withdrawn" else f"{told}."


def _beside(ctx: Context, said: sell.parts.Opinion) -> str:
    """Until when it stands beside the score, or why it does no longer."""
    ended = f" on {ctx.day(said.ended_on)}" if said.ended_on else ""
    if said.state == "withdrawn":
        return f"You took it back{ended}; since then it does not stand beside the score."
    if said.state == "replaced":
        return f"You said it anew{ended}; the newer word took its place."
    if said.state == "expired":
        return f"It stood beside the score until its last day{ended.replace(' on', ',', 1)}."
    until = f", {ctx.day(said.expires_on)}" if said.expires_on else ""
    return f"It stays beside the score until its last day{until}."


def _task(ctx: Context, row: sell.parts.OwnWord) -> str:
    case, feed = row.case, row.feed
    title = words.plain(feed.title if feed else "a source")
    is_owned = feed is not None and feed.owner_name is not None
    whose = (
        f"for {words.plain(feed.owner_name)}** ({title}): " if feed and is_owned else f"about {title}** ({NOBODY}): "
    )
    if case.mended_at is None:
        since = case.verdict.at if case.verdict else case.opinion.recorded_at
        return f"**a task {whose}open since {ctx.day(since)}."
    how = f": {words.plain(case.mended_words)}" if case.mended_words else "."
    return f"**a task {whose}done on {ctx.day(case.mended_at)} by {words.plain(case.mended_by)}{how}"
