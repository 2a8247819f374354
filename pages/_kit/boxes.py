"""One customer on one line and in four boxes: the model, people, what it rests on, the contract."""

from __future__ import annotations

import streamlit as st

from crm_core.views import sell
from pages._kit import answer, cards, evidence, first_view, movement, people, words
from pages._kit.shell import Context, note


def who(page: sell.parts.AccountPage) -> str:
    """Who the customer is, on one line."""
    since = f"customer since {page.customer_since.year}" if page.customer_since else ""
    owner = f"owner {page.owner_name}" if page.owner_name else "no owner"
    parts = (page.segment, page.industry, page.country, owner, since, page.website)
    return " · ".join(words.plain(part) for part in parts if part)


def boxes(ctx: Context, page: sell.parts.AccountPage) -> None:
    """The model, people, evidence and the contract, side by side and of one size."""
    for column, box in zip(st.columns(4, gap="small"), (_model, _people, _evidence, _contract), strict=True):
        with column, st.container(border=True, height="stretch"):
            box(ctx, page)


def _model(ctx: Context, page: sell.parts.AccountPage) -> None:
    st.markdown("**The model**")
    if page.left_on:
        st.markdown(f"This customer left on {ctx.day(page.left_on)}; there is nothing to predict any more.")
        return
    if first_view.is_asked(page):
        cards.tier(page.tier)
        st.markdown(first_view.WAITS)
        first_view.button((page.customer_id, page.name), key="account")
        return
    if page.evidence.is_withheld:
        cards.tier(page.tier)
        st.markdown(evidence.no_number(page.evidence, "customer"))
        return
    if page.probability is None:
        running = "no number: there is no model, or it knows too little about this customer"
        st.markdown(f"It has {running if page.is_in_population else 'no number: no contract is running'}.")
        _rules(page)
        return
    st.markdown(f"## {words.of_100(page.probability)} of 100 leave")
    cards.tier(page.tier)
    usual = "" if page.base_rate is None else f" Usual here: {words.of_100(page.base_rate)}."
    st.markdown(f"of customers like this, within 90 days (range {words.span(page.low, page.high)}).{usual}")
    change = _change(ctx, page)
    if change:
        st.markdown(change)


def _change(ctx: Context, page: sell.parts.AccountPage) -> str:
    if page.moved and not page.moved.was_withheld:
        return movement.short(ctx, page.moved)
    before = [p for p in page.history if (ctx.frame.as_of - p.as_of).days >= 25]
    if not before or page.probability is None:
        return ""
    step = (page.probability - before[-1].probability) * 100
    if abs(step) < 1:
        return f"The same as on {ctx.day(before[-1].as_of)}."
    return f"{'▲' if step > 0 else '▼'} {abs(step):.0f} since {ctx.day(before[-1].as_of)}."


def _rules(page: sell.parts.AccountPage) -> None:
    signs = [sign for sign in page.rule_reasons.split("; ") if sign]
    if signs:
        st.markdown("Signs that anybody can check:\n" + "\n".join(f"- {words.plain(sign)}" for sign in signs))


def _people(ctx: Context, page: sell.parts.AccountPage) -> None:
    st.markdown("**People**")
    standing = [said for said in page.opinions if said.state == "in force"]
    for said in standing:
        people.word(ctx, said, is_large=True)
    people.together(page.both, is_large=True)
    people.known(ctx, page.facts[: people.FACTS])
    if not standing:
        st.markdown("Nobody sees it differently from the model so far.")
        if page.may_disagree and page.left_on is None and not first_view.is_asked(page):
            note("You know better? Press Disagree.")


def _evidence(ctx: Context, page: sell.parts.AccountPage) -> None:
    st.markdown("**What it rests on**")
    contact = words.logged(page.last_contact_at, ctx.frame.as_of)
    lines = [contact, f"{words.counted(page.n_events, 'event')} logged"]
    n_open = page.n_tickets_open
    lines.append("open tickets not known" if n_open is None else words.counted(n_open, "ticket") + " open")
    lines.append(
        "no survey answer" if page.nps_latest is None else f"latest survey answer: {page.nps_latest:.0f} of 10"
    )
    st.markdown("\n".join(f"- {line}" for line in lines))
    for code in page.doubts:
        st.markdown(f":material/help: {words.plain(words.doubts([code]))}")
    evidence.said(ctx, page.evidence, "customer", is_told=True)
    if page.left_on is None:
        answer.button(ctx, page.evidence, (page.customer_id, page.name), key="account")


def _contract(ctx: Context, page: sell.parts.AccountPage) -> None:
    st.markdown("**Contract**")
    if page.left_on:
        st.markdown(f"Ended on {ctx.day(page.left_on)}.")
        return
    if not page.is_in_population and page.renewal_on is None:
        st.markdown("No contract is running.")
        return
    st.markdown(f"## {words.money(page.yearly_value, ctx.currency, is_exact=True)} a year")
    renews = {True: "yes", False: "no", None: "not known"}[page.is_auto_renew]
    lines = [f"ends {ctx.day(page.renewal_on)}" if page.renewal_on else "no end agreed"]
    if page.renewal_on and page.renewal_on >= ctx.frame.as_of:
        lines[0] += f", {words.ago(page.renewal_on, ctx.frame.as_of)}"
    lines += [f"auto-renew: {renews}"]
    left_out = page.n_foreign_lines
    lines += [f"not in the sum: {words.foreign(left_out, page.foreign_currency)}"] if left_out else []
    lines += ["renewal is signed"] if page.has_signed_renewal else []
    lines += [words.counted(page.seats, "seat")] if page.seats is not None else []
    st.markdown("\n".join(f"- {line}" for line in lines))
