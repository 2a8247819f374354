"""What is on record about one customer, as lists."""

from __future__ import annotations

from typing import Any

import streamlit as st

from crm_core.views import sell
from pages._kit import disagree, files, paper, people, state, verdicts, words
from pages._kit.shell import Context, note

SURVEYS = "Surveys"
KINDS = {
    "call": "Calls",
    "email": "E-mails",
    "meeting": "Meetings",
    "visit": "Visits",
    "login": "Use of the product",
    "order": "Orders",
    "invoice": "Invoices",
    "contract": "Contracts",
    "nps": SURVEYS,
    "csat": SURVEYS,
}
LINES = 20
WHO_BEGAN = {"inbound": "from the customer", "outbound": "from us"}


def timeline(ctx: Context, page: sell.parts.AccountPage) -> None:
    """What people knew, then what happened, newest first, by kind."""
    people.known(ctx, page.facts)
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
        "What": [_what(e) for e in rows],
        "Colleague": [e.owner_name or "" for e in rows],
        "How it went": [_outcome(ctx, e) for e in rows],
        "Notes": [e.words or "" for e in rows],
    }
    _table(columns, "timeline_table", wide="Notes", row_height=64, what=150)
    note(f"The newest {words.number(len(page.timeline))} of {words.number(page.n_events)}; times are UTC.")


def _what(event: Any) -> str:
    """'call from us'; a survey is answered by the customer anyway."""
    if KINDS.get(event.kind) == SURVEYS:
        return "survey"
    return " ".join(part for part in (event.kind, WHO_BEGAN.get(event.direction or "", "")) if part)


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


def tickets(ctx: Context, page: sell.parts.AccountPage) -> None:
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


def contacts(ctx: Context, page: sell.parts.AccountPage) -> None:
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


def contracts(ctx: Context, page: sell.parts.AccountPage) -> None:
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


def fields(ctx: Context, page: sell.parts.AccountPage) -> None:
    """Fields of the source system that the model may use."""
    if not page.attributes:
        note("The source system sent no further fields.")
        return
    names = [name.replace("_", " ").capitalize() for name, _ in page.attributes]
    _table({"Field": names, "Value": [value for _, value in page.attributes]}, "fields_table", wide="Value")


def said(ctx: Context, page: sell.parts.AccountPage) -> None:
    """Everything people said about this customer, newest first, with what the model said then."""
    if not page.opinions:
        note("Nobody has disagreed with the model about this customer.")
    for opinion in page.opinions:
        with st.container(border=True):
            people.word(ctx, opinion, is_long=True)
            verdicts.became(ctx, page.answers.get(opinion.entry_id))
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
        files.on_screen(columns),
        key=key,
        hide_index=True,
        column_config=config,
        row_height=row_height,
        height=height,
        placeholder="",
    )
    paper.table(columns)


def _lines(columns: dict[str, list[Any]]) -> None:
    """The top of a list for a narrow screen: nothing cut off, nothing to be pushed sideways."""
    found = list(zip(*columns.values(), strict=True))
    for first, *rest in found[:LINES]:
        more = " · ".join(words.plain(str(cell)) for cell in rest if cell not in ("", None))
        st.markdown(f"**{words.plain(str(first))}** · {more}")
    if len(found) > LINES:
        note(f"The first {LINES} of {words.number(len(found))}; a wider screen shows all.")
