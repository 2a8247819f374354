"""One's own balance, for oneself alone: how often one was nearer than the model, and the cases one by one."""

from __future__ import annotations

import streamlit as st

from crm_core.views import sell
from pages._kit import gateway, state, words
from pages._kit.model import listed
from pages._kit.shell import Context, empty, note

CASES = 10
CAME = {("churn", True): "They left.", ("churn", False): "They stayed.",
        ("lead", True): "They bought.", ("lead", False): "They did not buy."}  # fmt: skip


def balance(ctx: Context) -> None:
    """What became of the viewer's own views; nobody else sees it."""
    own = gateway.own_balance(ctx.viewer)
    st.markdown("##### What became of your views")
    note("Only you see this: no colleague, manager, steward or administrator does.")
    if own.is_empty or own.total is None:
        empty(" ".join([own.why_empty, _waits(ctx, own)]).strip())
        return
    st.markdown(summary(own.total))
    if not own.total.is_few and len(own.by_reason) > 1:
        listed("By reason", [by_reason(figures) for figures in own.by_reason])
    with st.expander(f"Case by case ({words.number(len(own.cases))})"):
        for case in own.cases[:CASES] if state.is_phone() else own.cases:
            st.markdown(told(ctx, case))
        if state.is_phone() and len(own.cases) > CASES:
            note(f"The newest {CASES} of {words.number(len(own.cases))}; a wider screen shows all.")
    note(words.plain(" ".join([_waits(ctx, own), _left_out(own)]).strip()))


def summary(figures: sell.parts.OwnFigures) -> str:
    """All judged views in two sentences; Markdown."""
    many = words.counted(figures.n, "view")
    if figures.is_few:
        return f"The outcome of {many} of yours is known: too few to tell who is nearer as a rule."
    return (
        f"Of {many} of yours whose outcome is known, you were nearer than the model in "
        f"**{words.number(figures.n_nearer, _digits(figures))}**. On average you were "
        f"off by {words.number(figures.off_person * 100)}, the model by {words.number(figures.off_machine * 100)} "
        "(0 is right and sure, 25 says nothing, 100 is wrong and sure)."
    )


def by_reason(figures: sell.parts.OwnFigures) -> str:
    """One reason in a sentence; Markdown."""
    name = words.plain(figures.reason)
    if figures.is_few:
        return f"**{name}:** {words.counted(figures.n, 'view')}, too few to tell."
    return (
        f"**{name}:** you were nearer in {words.number(figures.n_nearer, _digits(figures))} of "
        f"{words.number(figures.n)}; you were off by {words.number(figures.off_person * 100)}, the model "
        f"by {words.number(figures.off_machine * 100)}."
    )


def told(ctx: Context, case: sell.parts.OwnCase) -> str:
    """One case in words: what you said, what the model said, what came; Markdown."""
    own = f" ({words.of_100(case.probability)} of 100)" if case.probability is not None else ""
    return (
        f"**{words.plain(case.entity_name)}**, {ctx.day(case.said_on)}. You said: {words.plain(case.belief)}{own}. "
        f"The model said {words.of_100(case.p_machine)} of 100. {CAME[case.question, case.happened]}"
    )


def _digits(figures: sell.parts.OwnFigures) -> int:
    """Equally near counts half."""
    return 0 if figures.n_nearer == int(figures.n_nearer) else 1


def _waits(ctx: Context, own: sell.parts.OwnBalance) -> str:
    if not own.n_waiting or own.next_due is None:
        return ""
    verb = "waits for its" if own.n_waiting == 1 else "wait for their"
    return f"{words.counted(own.n_waiting, 'view')} of yours {verb} outcome, the first until {ctx.day(own.next_due)}."


def _left_out(own: sell.parts.OwnBalance) -> str:
    if not own.n_left_out:
        return ""
    return (
        f"{words.number(own.n_left_out)} more cannot be compared: said more than 30 days after the day of the score, "
        "taken back, replaced, or about a score without a number."
    )
