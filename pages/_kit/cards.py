"""Customers as cards: the answer, the money, why, what people say, and what to do."""

from __future__ import annotations

import streamlit as st

from crm_core.views import RiskPage, parts
from pages._kit import disagree, people, state, words
from pages._kit.shell import Context

CARDS = 10
COLOURS = {"high": "red", "medium": "orange", "low": "green", "none": "gray"}


def figures(ctx: Context, page: RiskPage) -> None:
    """The four figures of Risk: what is in danger, what comes up, what is not known, where people disagree."""
    totals = page.totals
    if totals is None:
        return
    silent = words.counted(len(ctx.frame.silent_feeds), "feed") + " silent"
    shown = (
        ("Money in danger", totals.value_high, f"{words.counted(totals.n_high, 'customer')} with a high chance"),
        (
            "Renewals within 90 days",
            totals.value_renewals,
            f"{totals.n_renewals:,} not signed, {totals.n_renewals_high:,} of them high",
        ),
        ("Not enough evidence", totals.value_withheld, f"{words.counted(totals.n_withheld, 'customer')} · {silent}"),
        ("People disagree", totals.value_disagreed, words.counted(totals.n_disagreed, "customer")),
    )
    helps = ("Yearly value of customers with at least 3 times the usual odds of leaving.", *_HELPS)
    with st.container(horizontal=True, key="figures"):
        for (label, value, more), tip in zip(shown, helps, strict=True):
            money = f"{words.money(value, ctx.currency)} a year"
            st.metric(label, money, more, delta_color="off", delta_arrow="off", border=True, help=tip, width=230)


_HELPS = (
    "Yearly value of contracts that end within 90 days and are not signed again.",
    "Yearly value of customers about whom the model has no number.",
    "Yearly value of customers about whom somebody sees it differently from the model.",
)


def tier(code: str) -> None:
    """How high a chance is, by word and colour."""
    st.markdown(f":{COLOURS[code]}-badge[{words.TIERS[code]}]")


def chosen(ctx: Context, page: RiskPage, customer_id: str) -> None:
    """The customer chosen in the list or the picture, with what can be done."""
    row = next((r for r in page.rows if r.customer_id == customer_id), page.rows[0])
    with st.container(border=True, key="chosen"):
        _card(ctx, page, row, key="chosen", is_primary=True)


def risk(ctx: Context, page: RiskPage) -> None:
    """The top of the list as cards, for a narrow screen."""
    for row in page.rows[:CARDS]:
        with st.container(border=True):
            _card(ctx, page, row, key=row.customer_id, is_primary=False)
    if page.n_matching > CARDS:
        st.caption(f"{CARDS} of {page.n_matching:,}. Narrow down to see others, or turn the phone to the table.")


def _card(ctx: Context, page: RiskPage, row: parts.RiskRow, *, key: str, is_primary: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{words.plain(row.name)}**")
        if page.model_version:
            tier(row.tier)
    if row.probability is not None:
        usual = f" Usual here: {words.of_100(page.base_rate)}." if page.base_rate is not None else ""
        st.markdown(
            f"**{words.of_100(row.probability)} of 100** customers like this leave within 90 days "
            f"({words.span(row.low, row.high)}).{usual}"
        )
    facts = [
        f"{words.money(row.yearly_value, ctx.currency)} a year",
        f"renewal {ctx.day(row.renewal_on)}" if row.renewal_on else "no renewal date",
        f"last contact {words.ago(row.last_contact_at, ctx.frame.as_of)}",
        row.owner_name or "no owner",
    ]
    st.caption(" · ".join(words.plain(fact) for fact in facts))
    signs = [f"{words.points(reason.points)} {words.plain(reason.sentence)}" for reason in row.reasons]
    rules = [words.plain(sign) for sign in row.rule_reasons.split("; ") if sign]
    st.markdown("  \n".join(signs or rules))
    if row.doubts:
        st.caption(f":material/help: {words.plain(words.doubts(row.doubts))}")
    for said in row.opinions:
        people.word(ctx, said)
    with st.container(horizontal=True):
        if st.button("Open", key=f"open_{key}"):
            state.open_account(row.customer_id)
        disagree.button(ctx, row.customer_id, key=key, is_primary=is_primary)
