"""What is known about one customer: four boxes of answers, and the lists behind them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from crm_core.views import sell
from pages._kit import cards, disagree, people, state, words
from pages._kit.shell import Context, note

KINDS = {
    "call": "Calls",
    "email": "E-mails",
    "meeting": "Meetings",
    "visit": "Visits",
    "login": "Use of the product",
    "order": "Orders",
    "invoice": "Invoices",
    "contract": "Contracts",
    "nps": "Surveys",
    "csat": "Surveys",
}
LINES = 20
WHO_BEGAN = {"inbound": "from the customer", "outbound": "from us"}


def who(page: sell.AccountPage) -> str:
    """Who the customer is, on one line."""
    since = f"customer since {page.customer_since.year}" if page.customer_since else ""
    owner = f"owner {page.owner_name}" if page.owner_name else "no owner"
    parts = (page.segment, page.industry, page.country, owner, since, page.website)
    return " · ".join(words.plain(part) for part in parts if part)


def boxes(ctx: Context, page: sell.AccountPage) -> None:
    """The model, people, evidence and the contract, side by side and of one size."""
    for column, box in zip(st.columns(4, gap="small"), (_model, _people, _evidence, _contract), strict=True):
        with column, st.container(border=True, height="stretch"):
            box(ctx, page)


def _model(ctx: Context, page: sell.AccountPage) -> None:
    st.markdown("**The model**")
    if page.left_on:
        st.markdown(f"This customer left on {ctx.day(page.left_on)}; there is nothing to predict any more.")
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


def _change(ctx: Context, page: sell.AccountPage) -> str:
    before = [p for p in page.history if (ctx.frame.as_of - p.as_of).days >= 25]
    if not before or page.probability is None:
        return ""
    step = (page.probability - before[-1].probability) * 100
    if abs(step) < 1:
        return f"As on {ctx.day(before[-1].as_of)}."
    return f"{'▲' if step > 0 else '▼'} {abs(step):.0f} since {ctx.day(before[-1].as_of)}."


def _rules(page: sell.AccountPage) -> None:
    signs = [sign for sign in page.rule_reasons.split("; ") if sign]
    if signs:
        st.markdown("Signs that anybody can check:\n" + "\n".join(f"- {words.plain(sign)}" for sign in signs))


def _people(ctx: Context, page: sell.AccountPage) -> None:
    st.markdown("**People**")
    standing = [said for said in page.opinions if said.state == "in force"]
    for said in standing:
        people.word(ctx, said, is_large=True)
    if len({said.belief for said in standing}) > 1:
        st.badge("people disagree", color="blue")
    if not standing:
        st.markdown("Nobody sees it differently from the model so far.")
        if page.may_disagree and page.left_on is None:
            note("You know better? Press Disagree.")


def _evidence(ctx: Context, page: sell.AccountPage) -> None:
    st.markdown("**What it rests on**")
    contact = words.ago(page.last_contact_at, ctx.frame.as_of)
    lines = [f"last contact that was logged: {contact}", f"{words.counted(page.n_events, 'event')} logged"]
    lines.append(words.counted(page.n_tickets_open, "ticket") + " open")
    lines.append(
        "no survey answer" if page.nps_latest is None else f"latest survey answer: {page.nps_latest:.0f} of 10"
    )
    st.markdown("\n".join(f"- {line}" for line in lines))
    for code in page.doubts:
        st.markdown(f":material/help: {words.plain(words.doubts([code]))}")
    for feed in ctx.frame.silent_feeds:
        title, days = words.plain(feed.title), words.counted(feed.days, "day")
        st.markdown(f":orange[:material/warning: {title} silent for {days}: what came since is not in the number]")


def _contract(ctx: Context, page: sell.AccountPage) -> None:
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
    lines += [f"renews by itself: {renews}"]
    left_out = page.n_foreign_lines
    lines += [f"not in the sum: {words.foreign(left_out, page.foreign_currency)}"] if left_out else []
    lines += ["renewal is signed"] if page.has_signed_renewal else []
    lines += [words.counted(page.seats, "seat")] if page.seats is not None else []
    st.markdown("\n".join(f"- {line}" for line in lines))


def timeline(ctx: Context, page: sell.AccountPage) -> None:
    """What happened, newest first, by kind."""
    titles = sorted({KINDS.get(event.kind, event.kind.capitalize()) for event in page.timeline})
    if not titles:
        note("Nothing was logged about this customer.")
        return
    wanted = st.pills(
        "Only", titles, selection_mode="multi", default=_met(titles), key="kinds", label_visibility="collapsed"
    )
    rows = [e for e in page.timeline if not wanted or KINDS.get(e.kind, e.kind.capitalize()) in wanted]
    columns = {
        "When": [ctx.day(e.happened_at) for e in rows],
        "What": [" ".join(part for part in (e.kind, WHO_BEGAN.get(e.direction or "", "")) if part) for e in rows],
        "Colleague": [e.owner_name or "" for e in rows],
        "How it went": [_outcome(ctx, e) for e in rows],
        "Notes": [e.words or "" for e in rows],
    }
    _table(columns, "timeline_table", wide="Notes", row_height=64, what=150)
    note(f"The newest {words.number(len(page.timeline))} of {words.number(page.n_events)}; times are UTC.")


def _met(titles: list[str]) -> list[str]:
    """Where people met; use and invoices come by the hundred and are asked for."""
    return [title for title in titles if title not in {"Use of the product", "Invoices", "Orders"}]


def _outcome(ctx: Context, event: Any) -> str:
    money = "" if event.amount is None else words.money(event.amount, ctx.currency, is_exact=True)
    minutes = "" if event.duration_minutes is None else f"{event.duration_minutes:.0f} min"
    quantity = ""
    if event.quantity is not None:
        unit = {"login": "uses", "nps": "of 10", "csat": "of 5", "contract": "seats"}.get(event.kind, "")
        quantity = f"{words.number(event.quantity)} {unit}".strip()
    return " · ".join(part for part in (event.outcome, quantity, money, minutes) if part)


def tickets(ctx: Context, page: sell.AccountPage) -> None:
    """Support cases, newest first."""
    if not page.tickets:
        note("No ticket was ever opened.")
        return
    columns = {
        "Opened": [ctx.day(t.opened_at) for t in page.tickets],
        "State": [_ticket_state(ctx, t) for t in page.tickets],
        "Priority": [t.priority or "" for t in page.tickets],
        "First answer": [_hours(t.opened_at, t.first_response_at) for t in page.tickets],
        "Satisfied": ["" if t.csat is None else f"{t.csat:.0f} of 5" for t in page.tickets],
        "About": [t.words or "" for t in page.tickets],
    }
    _table(columns, "tickets_table", wide="About")


def _ticket_state(ctx: Context, ticket: Any) -> str:
    again = f", opened again {ctx.day(ticket.reopened_at)}" if ticket.reopened_at else ""
    return (f"closed {ctx.day(ticket.closed_at)}" if ticket.closed_at else "open") + again


def _hours(begin: Any, end: Any) -> str:
    if end is None:
        return "none yet"
    hours = (end - begin).total_seconds() / 3600
    return "within the hour" if hours < 1 else f"after {hours:.0f} h" if hours < 48 else f"after {hours / 24:.0f} days"


def contacts(ctx: Context, page: sell.AccountPage) -> None:
    """People at the customer; who has left stands last."""
    if not page.people:
        note("No person is known at this customer.")
        return
    columns = {
        "Name": [p.full_name for p in page.people],
        "Title": [p.title or "" for p in page.people],
        "Part": [(p.role or "") + (f" · left {ctx.day(p.left_on)}" if p.left_on else "") for p in page.people],
        "E-mail": [p.email or "" for p in page.people],
        "Phone": [p.phone or "" for p in page.people],
        "Checked": [ctx.day(p.verified_on) if p.verified_on else "never" for p in page.people],
    }
    _table(columns, "people_table", wide="Part")


def contracts(ctx: Context, page: sell.AccountPage) -> None:
    """Contract lines, newest first."""
    if not page.contracts:
        note("No contract is known.")
        return
    columns: dict[str, list[Any]] = {
        "Product": [c.product or "" for c in page.contracts],
        "From": [ctx.day(c.started_on) for c in page.contracts],
        "Until": [ctx.day(c.ends_on) for c in page.contracts],
        "A month": [words.money(c.mrr, c.currency or ctx.currency, is_exact=True) for c in page.contracts],
        "Seats": [c.seats for c in page.contracts],
        "Renews by itself": [{True: "yes", False: "no", None: ""}[c.is_auto_renew] for c in page.contracts],
        "Ended early": [ctx.day(c.cancelled_on) if c.cancelled_on else "" for c in page.contracts],
    }
    _table(columns, "contracts_table", wide="Product")


def fields(ctx: Context, page: sell.AccountPage) -> None:
    """Fields of the source system that the model may use."""
    if not page.attributes:
        note("The source system sent no further fields.")
        return
    names = [name.replace("_", " ").capitalize() for name, _ in page.attributes]
    _table({"Field": names, "Value": [value for _, value in page.attributes]}, "fields_table", wide="Value")


def said(ctx: Context, page: sell.AccountPage) -> None:
    """Everything people said about this customer, newest first, with what the model said then."""
    if not page.opinions:
        note("Nobody has disagreed with the model about this customer.")
    for opinion in page.opinions:
        with st.container(border=True):
            people.word(ctx, opinion, is_long=True)
            if opinion.is_own and opinion.state == "in force":
                disagree.withdraw(ctx, opinion.entry_id, key=opinion.entry_id)


def _table(columns: dict[str, list[Any]], key: str, *, wide: str, row_height: int = 36, what: int = 0) -> None:
    if state.is_phone():
        _lines(columns)
        return
    config = {wide: st.column_config.TextColumn(width=460)}
    if what:
        config |= {"When": st.column_config.TextColumn(width=75), "What": st.column_config.TextColumn(width=what)}
    n = len(next(iter(columns.values())))
    height = 38 + row_height * min(n, 10)
    st.dataframe(
        columns,
        key=key,
        hide_index=True,
        column_config=config,
        row_height=row_height,
        height=height,
        placeholder="",
    )


def _lines(columns: dict[str, list[Any]]) -> None:
    """The top of a list for a narrow screen: nothing cut off, nothing to be pushed sideways."""
    found = list(zip(*columns.values(), strict=True))
    for first, *rest in found[:LINES]:
        more = " · ".join(words.plain(str(cell)) for cell in rest if cell not in ("", None))
        st.markdown(f"**{words.plain(str(first))}** · {more}")
    if len(found) > LINES:
        note(f"The first {LINES} of {words.number(len(found))}; a wider screen shows all.")
