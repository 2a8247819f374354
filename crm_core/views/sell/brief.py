"""The brief: what somebody who takes over a call has to know, so that the customer need not say it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb

from crm_core.access import Viewer, person_column, sees_free_text, text_column
from crm_core.ledger import Kind
from crm_core.views.first_view import YOURS
from crm_core.views.known import KnownFact
from crm_core.views.opinions import Opinion
from crm_core.views.reading import book, current, reading, rows, told
from crm_core.views.sell.account import AccountPage, account
from crm_core.views.sell.asking import Known, questions
from crm_core.views.sell.promises import due_on
from crm_core.views.sell.record import Contact, Ticket

PROMISES, CONTACTS, PEOPLE, TICKETS = 5, 3, 6, 5
MOOD_NOW, MOOD_BEFORE, MOOD_DAYS = 5, 10, 365
TALKS = ("call", "email", "meeting", "visit")


@dataclass(frozen=True)
class Promise:
    """Something we said we would do."""

    promise_id: str = told("Key of the promise.")
    words: str = told("The clause of the note that speaks of it.")
    who_name: str | None = told("Who promised.")
    promised_at: datetime = told("When (UTC).")
    due_on: date = told("Day by which it should be kept, going by its words; without a time in them a week after.")
    kind: str = told("Where: call, email, meeting.")
    is_kept: bool = told("You marked it as kept. Without a mark nobody knows.")
    n_contacts_since: int = told("Contacts that were logged since then.")


@dataclass(frozen=True)
class Mood:
    """How the last talks went, against those before."""

    now: float | None = told("Mood of the last five talks that have one, from -1 to 1; empty below three.")
    before: float | None = told("Mood of up to ten talks before these; empty below three.")
    n_now: int = told("Talks it rests on now.")
    nps: float | None = told("Latest answer to 'would you recommend us', 0 to 10.")
    nps_at: datetime | None = told("When they answered.")
    nps_words: str | None = told("What they wrote with it, if you may read it.")
    csat: float | None = told("Mean satisfaction with our answers to tickets within a year, 1 to 5.")
    n_csat: int = told("Tickets it rests on.")


@dataclass(frozen=True)
class LastContact:
    """One of the last talks."""

    happened_at: datetime = told("When (UTC).")
    kind: str = told("call, email, meeting or visit.")
    direction: str | None = told("Who started it.")
    who_name: str | None = told("Colleague who took part.")
    words: str | None = told("Note, if you may read it.")


@dataclass(frozen=True)
class Brief:
    """Everything the brief shows."""

    customer_id: str = told("Key of the customer.")
    name: str = told("Customer.")
    owner_name: str | None = told("Who looks after the customer.")
    yearly_value: float | None = told("What the customer pays in a year, as far as it can be added up.")
    n_foreign_lines: int = told("Running lines in a currency without a rate: not in the yearly value.")
    foreign_currency: str | None = told("Their currency, where it is one.")
    renewal_on: date | None = told("When the contract ends.")
    is_auto_renew: bool | None = told("Whether the contract renews by itself.")
    has_signed_renewal: bool = told("Whether the renewal is signed already.")
    left_on: date | None = told("Last day as a customer, if the customer left.")
    promises: tuple[Promise, ...] = told("What we promised within 90 days, newest first.")
    n_promises: int = told("How many promises there are in all.")
    tickets: tuple[Ticket, ...] = told("Open support cases, newest first.")
    n_tickets_open: int | None = told("How many are open in all; empty where no source could see.")
    mood: Mood = told("How the last talks went.")
    people: tuple[Contact, ...] = told("People at the customer and their part; who has left stands last.")
    contacts: tuple[LastContact, ...] = told("The last three talks.")
    opinions: tuple[Opinion, ...] = told("What people say about the score, as long as it counts.")
    facts: tuple[KnownFact, ...] = told("What people knew and no source said, newest first.")
    questions: tuple[str, ...] = told("What to ask, the most pressing first.")
    may_read_words: bool = told("Whether you may read notes and other people's words.")


def brief(viewer: Viewer, customer_id: str) -> Brief:
    """The brief on one customer.

    Raises
    ------
    AccessDeniedError
        Not in scope, or no such customer (not told apart).
    """
    page = account(viewer, customer_id)
    folder, info = current()
    with reading(folder) as con:
        promises, n_promises = _promises(con, viewer, page.customer_id)
        mood = _mood(con, viewer, page, info.as_of)
        contacts = _contacts(con, viewer, page.customer_id)
        raising = () if page.tier == YOURS else _raising(con, page.customer_id)
    tickets = tuple(ticket for ticket in page.tickets if ticket.is_open)
    standing = tuple(p.words for p in promises if not p.is_kept)
    known = Known(info.as_of, page, tickets, standing, (mood.now, mood.before), raising)
    return Brief(
        **{name: getattr(page, name) for name in _SAME},
        promises=promises[:PROMISES],
        n_promises=n_promises,
        tickets=tickets[:TICKETS],
        mood=mood,
        people=page.people[:PEOPLE],
        contacts=contacts,
        opinions=tuple(o for o in page.opinions if o.state == "in force"),
        questions=questions(known),
        may_read_words=sees_free_text(viewer),
    )


_SAME = (
    "customer_id", "name", "owner_name", "yearly_value", "n_foreign_lines", "foreign_currency", "renewal_on",
    "is_auto_renew", "has_signed_renewal", "left_on", "n_tickets_open", "facts",
)  # fmt: skip


def _promises(con: duckdb.DuckDBPyConnection, viewer: Viewer, key: str) -> tuple[tuple[Promise, ...], int]:
    """Only promises whose words the viewer may read: without its words a promise says nothing."""
    words = text_column(viewer, "p.words", visibility="p.visibility", owner="p.owner_id")
    sql = f"""
        select p.promise_id, {words} as words, {person_column(viewer, "p.owner_name", key="p.owner_id")} as who_name,
            p.promised_at, p.kind,
            (
                select count(*) from marts.mart_timeline as t
                where t.entity = 'customer' and t.entity_id = $key and t.happened_at > p.promised_at
                    and t.kind in (select unnest($talks))
            ) as n_contacts_since,
            count(*) over () as n
        from marts.mart_promise as p
        where p.entity = 'customer' and p.entity_id = $key and {words} is not null
        order by p.promised_at desc, p.promise_id limit {2 * PROMISES}
    """
    found = rows(con, sql, {"key": key, "talks": list(TALKS)})
    said = book().entries(
        question="promise", who=viewer.who, kinds=(Kind.NUDGE,), entity_keys=[row["promise_id"] for row in found]
    )
    newest = {entry.entity_key: entry.belief for entry in said}
    n = found[0]["n"] if found else 0
    made = (
        Promise(
            is_kept=newest.get(r["promise_id"]) == "kept",
            due_on=due_on(r["words"], r["promised_at"].date()),
            **{k: v for k, v in r.items() if k != "n"},
        )
        for r in found
    )
    return tuple(made), n


def _mood(con: duckdb.DuckDBPyConnection, viewer: Viewer, page: AccountPage, as_of: date) -> Mood:
    sql = """
        select sentiment from marts.mart_timeline
        where entity = 'customer' and entity_id = $key and sentiment is not null and happened_at >= $since
        order by happened_at desc limit $n
    """
    since = datetime.combine(as_of - timedelta(days=MOOD_DAYS), datetime.min.time())
    params = {"key": page.customer_id, "since": since, "n": MOOD_NOW + MOOD_BEFORE}
    felt = [row["sentiment"] for row in rows(con, sql, params)]
    words = text_column(viewer, "words", visibility="visibility", owner=None)
    sql = f"""
        select quantity as nps, happened_at as nps_at, {words} as nps_words from marts.mart_timeline
        where entity = 'customer' and entity_id = $key and kind = 'nps' order by happened_at desc limit 1
    """
    answer = rows(con, sql, {"key": page.customer_id})
    rated = [t.csat for t in page.tickets if t.csat is not None and t.opened_at >= since]
    return Mood(
        now=_mean(felt[:MOOD_NOW]),
        before=_mean(felt[MOOD_NOW:]),
        n_now=len(felt[:MOOD_NOW]),
        **(answer[0] if answer else {"nps": None, "nps_at": None, "nps_words": None}),
        csat=sum(rated) / len(rated) if rated else None,
        n_csat=len(rated),
    )


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if len(values) >= 3 else None


def _contacts(con: duckdb.DuckDBPyConnection, viewer: Viewer, key: str) -> tuple[LastContact, ...]:
    words = text_column(viewer, "words", visibility="visibility", owner="owner_id")
    sql = f"""
        select happened_at, kind, direction, {person_column(viewer, "owner_name", key="owner_id")} as who_name,
            {words} as words
        from marts.mart_timeline
        where entity = 'customer' and entity_id = $key and kind in (select unnest($talks))
        order by happened_at desc limit {CONTACTS}
    """
    return tuple(LastContact(**row) for row in rows(con, sql, {"key": key, "talks": list(TALKS)}))


def _raising(con: duckdb.DuckDBPyConnection, key: str) -> tuple[str, ...]:
    """Features that raise the chance of leaving by two points or more."""
    sql = """
        select feature from marts.mart_reason
        where question = 'churn' and entity_id = $key and points >= 0.02 order by rank
    """
    return tuple(row["feature"] for row in rows(con, sql, {"key": key}))
