"""Customers and leads as cards: the answer, the money, why, what people say, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from crm_core.views import sell
from pages._kit import answer, disagree, duties, evidence, first_view, people, state, words
from pages._kit.questions import CHURN, Question
from pages._kit.shell import Context, note

CARDS = 10
COLOURS = {"high": "red", "medium": "orange", "low": "green", "unknown": "gray", "none": "gray", "yours": "blue"}
Figure = tuple[str, str, str, str]
"""Label, value, what stands under it, help."""


def figures(shown: Sequence[Figure]) -> None:
    """The figures on top of a page, side by side; two a row on a phone."""
    quiet: Any = {"delta_color": "off", "delta_arrow": "off", "border": True}
    is_phone = state.is_phone()
    places = [st.container(horizontal=True, key="figures")] * 4 if is_phone else st.columns(4, gap="small")
    for place, (label, value, more, tip) in zip(places, shown, strict=True):
        place.metric(label, value, more, help=None if is_phone else tip, width=170 if is_phone else "stretch", **quiet)


def total(ctx: Context, n: int, value: float) -> str:
    """A sum of money over so many; 'none' where there is nobody."""
    return words.money(value, ctx.currency) if n else "none"


def risk_figures(ctx: Context, page: sell.parts.RiskPage) -> None:
    """The four figures of Risk: what is in danger, what comes up, what is not known, where people disagree."""
    totals = page.totals
    if totals is None:
        return
    silent = words.counted(len(ctx.frame.silent_feeds), "feed") + " silent"
    renewing = f"{words.number(totals.n_renewals)}, of them {words.number(totals.n_renewals_high)} high"
    unscored = "Not enough evidence" if page.model_version else "Without a score"
    shown = (
        ("Money in danger", totals.n_high, totals.value_high, f"{words.number(totals.n_high)} with a high chance"),
        ("Renewals in 90 days", totals.n_renewals, totals.value_renewals, renewing),
        (unscored, totals.n_withheld, totals.value_withheld, f"{words.number(totals.n_withheld)} · {silent}"),
        ("People disagree", totals.n_disagreed, totals.value_disagreed, words.counted(totals.n_disagreed, "customer")),
    )
    a_year = "" if state.is_phone() else " a year"
    figures(
        [
            (label, total(ctx, n, value) + (a_year if n else ""), more, tip)
            for (label, n, value, more), tip in zip(shown, _RISK_HELPS, strict=True)
        ]
    )


def asked_about(ctx: Context, page: sell.parts.RiskPage) -> str:
    """Why the list is shorter than the scope; empty where it is not: Markdown."""
    n = ctx.frame.n_customers
    if not 0 < page.n_in_scope < n:
        return ""
    running = f"{words.number(page.n_in_scope)} of the {words.counted(n, 'customer')} in your scope"
    return f"{running} have a running contract; the others cannot leave and are not listed."


_RISK_HELPS = (
    "Yearly value of customers with at least 3 times the usual odds of leaving.",
    "Yearly value of contracts that end within 90 days and are not signed again.",
    "Yearly value of customers without a number: too little is seen, or all hangs on the rest. See Worth a question.",
    "Yearly value of customers about whom somebody sees it differently from the model.",
)


def tier(code: str) -> None:
    """How high a chance is, by word and colour."""
    st.markdown(f":{COLOURS[code]}-badge[{words.TIERS[code]}]")


def chosen(ctx: Context, page: sell.parts.RiskPage, customer_id: str) -> None:
    """The customer chosen in the list or the picture, with what can be done."""
    row = next((r for r in page.rows if r.customer_id == customer_id), page.rows[0])
    with st.container(border=True, key="chosen"):
        _customer(ctx, page, row, key="chosen", is_primary=True)


def risk(ctx: Context, page: sell.parts.RiskPage) -> None:
    """The list as cards, for a narrow screen."""
    listed(page, CHURN, lambda row: _customer(ctx, page, row, key=row.customer_id, is_primary=False))


def listed(page: sell.parts.RiskPage | sell.parts.LeadsPage, question: Question, draw: Callable[[Any], None]) -> None:
    """The top of a list as cards, and more if asked for."""
    n = st.session_state.get("n_cards", CARDS)
    for row in page.rows[:n]:
        with st.container(border=True):
            draw(row)
    note(f"{words.number(min(n, len(page.rows)))} of {words.counted(page.n_matching, question.one)} are shown.")
    if n < len(page.rows) and st.button("Show more", key="more_cards"):
        st.session_state["n_cards"] = n + CARDS
        st.rerun()


def scored(
    ctx: Context, question: Question, page: sell.parts.ScoredPage, row: sell.parts.ScoredRow, facts: Sequence[str]
) -> None:
    """What is said of one score: name, chance, facts, reasons, doubts, what people say."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{words.plain(row.name)}**")
        is_told = row.probability is not None or row.evidence.is_withheld or first_view.is_asked(row)
        if page.model_version and is_told:
            tier(row.tier)
    if row.probability is not None:
        usual = f" Usual here: {words.of_100(page.base_rate)}." if page.base_rate is not None else ""
        st.markdown(question.told(row.probability, row.low, row.high) + usual)
    if first_view.is_asked(row):
        st.markdown(first_view.WAITS)
    note(" · ".join(words.plain(fact) for fact in facts))
    evidence.said(ctx, row.evidence, question.one)
    signs = [f"{'▲' if r.points > 0 else '▼'} {words.plain(words.reason(r.sentence, r.points))}" for r in row.reasons]
    rules = [] if row.evidence.is_withheld else [words.plain(sign) for sign in row.rule_reasons.split("; ") if sign]
    st.markdown("  \n".join(signs or rules))
    if row.doubts:
        note(f":material/help: {words.plain(words.doubts(row.doubts, question.one))}")
    people.known(ctx, row.facts[: people.FACTS])
    for said in row.opinions:
        people.word(ctx, said)
    people.together(row.both)


def _customer(ctx: Context, page: sell.parts.RiskPage, row: sell.parts.RiskRow, *, key: str, is_primary: bool) -> None:
    facts = [
        f"{words.pays(row, ctx.currency)} a year",
        f"renewal {ctx.day(row.renewal_on)}" if row.renewal_on else "no renewal date",
        words.logged(row.last_contact_at, ctx.frame.as_of),
        row.owner_name or "no owner",
    ]
    scored(ctx, CHURN, page, row, facts)
    with st.container(horizontal=True):
        if st.button("Open account", key=f"open_{key}"):
            state.open_account(row.customer_id)
        if first_view.is_asked(row):
            first_view.button((row.customer_id, row.name), key=key)
        else:
            disagree.button(ctx, row.customer_id, key=key, is_primary=is_primary, has_shortcut=is_primary)
        answer.button(ctx, row.evidence, (row.customer_id, row.name), key=key)
        duties.button(ctx, row.customer_id, key=key)
