"""The brief: one screen for whoever takes over a call."""

from __future__ import annotations

import streamlit as st

from crm_core.views import sell
from pages._kit import people, state, words
from pages._kit.shell import Context, note

CHANGED = 0.2
UNREAD = "Stands in notes, which your role does not read."


def button() -> None:
    """The button that puts the brief in place of the account, and the one that takes it away again."""
    if state.wants_brief():
        st.button("Whole account", key="brief_off", on_click=state.show_brief, args=(False,))
    else:
        tip = "One screen for a call: what was promised, open tickets, mood, renewal, people."
        st.button("Brief", key="brief_on", on_click=state.show_brief, args=(True,), help=tip)


def show(ctx: Context, page: sell.parts.Brief) -> None:
    """All of it, three columns wide or one below the other."""
    parts = (
        ((_ask, "What to ask"), (_mood, "Mood")),
        ((_promised, "What we promised"), (_tickets, "Open tickets"), (_contract, "Contract")),
        ((_contacts, "Last talks"), (_people, "People there"), (_said, "What colleagues say")),
    )
    for column, drawn in zip(st.columns(3, gap="small"), parts, strict=True):
        with column:
            for draw, title in drawn:
                with st.container(border=True):
                    st.markdown(f"**{title}**")
                    draw(ctx, page)


def _ask(ctx: Context, page: sell.parts.Brief) -> None:
    if not page.questions:
        st.markdown("Nothing is open. How are they?")
    st.markdown("\n".join(f"{n}. {words.plain(asked)}" for n, asked in enumerate(page.questions, 1)))


def _promised(ctx: Context, page: sell.parts.Brief) -> None:
    if not page.may_read_words:
        st.markdown(UNREAD)
        return
    if not page.promises:
        st.markdown("No promise was noted within 90 days.")
        return
    lines = []
    for made in page.promises:
        who = words.plain(made.who_name or "somebody")
        said = f"{who}, {ctx.day(made.promised_at)} · {_kept(ctx, made)}"
        lines.append(f"- {words.plain(made.words)}  \n  :small[:gray[{said}]]")
    st.markdown("\n".join(lines))
    if page.n_promises > len(page.promises):
        note(f"The newest {len(page.promises)} of {words.number(page.n_promises)} within 90 days.")


def _kept(ctx: Context, made: sell.parts.Promise) -> str:
    """Kept or open; and what was logged since, because nobody may have marked it."""
    if made.is_kept:
        return ":green[kept, as you noted]"
    is_late = made.due_on < ctx.frame.as_of
    due = f":orange[open, due {ctx.day(made.due_on)}]" if is_late else f"open, due {ctx.day(made.due_on)}"
    since = f" · {words.counted(made.n_contacts_since, 'talk')} since" if made.n_contacts_since else ""
    return due + since


def _tickets(ctx: Context, page: sell.parts.Brief) -> None:
    if not page.tickets:
        st.markdown("None.")
        return
    lines = []
    for ticket in page.tickets:
        about = (
            words.plain(ticket.words) if ticket.words else "Ticket" if page.may_read_words else "Subject not readable"
        )
        parts = [f"opened {words.ago(ticket.opened_at, ctx.frame.as_of)}", ticket.priority or ""]
        parts += ["opened again"] if ticket.reopened_at else []
        parts += [] if ticket.first_response_at else ["no answer yet"]
        lines.append(f"- {about}  \n  :small[:gray[{words.plain(' · '.join(p for p in parts if p))}]]")
    st.markdown("\n".join(lines))
    if (page.n_tickets_open or 0) > len(page.tickets):
        note(f"The newest {len(page.tickets)} of {words.number(page.n_tickets_open or 0)}.")


def _mood(ctx: Context, page: sell.parts.Brief) -> None:
    mood = page.mood
    lines = [mood_in_words(mood.now, mood.before, mood.n_now)]
    if mood.nps is None:
        lines.append("No survey answer known.")
    else:
        said = f": “{words.plain(mood.nps_words)}”" if mood.nps_words else ""
        lines.append(f"Would recommend us: {mood.nps:.0f} of 10 on {ctx.day(mood.nps_at)}{said}")
    if mood.csat is not None:
        over = words.counted(mood.n_csat, "ticket")
        lines.append(f"Our answers to tickets: {words.number(mood.csat, 1)} of 5 within a year ({over})")
    st.markdown("\n".join(f"- {line}" for line in lines))


def mood_in_words(now: float | None, before: float | None, n_now: int) -> str:
    """How the last talks went, and against those before."""
    if now is None:
        return "Too few talks with a mood to say."
    how = "good" if now >= 0.25 else "bad" if now <= -0.25 else "mixed"
    if before is None:
        return f"Last {n_now} talks: {how}."
    step = now - before
    than = "better than before" if step > CHANGED else "worse than before" if step < -CHANGED else "as before"
    return f"Last {n_now} talks: {how}, {than}."


def _contract(ctx: Context, page: sell.parts.Brief) -> None:
    if page.left_on:
        st.markdown(f"Ended on {ctx.day(page.left_on)}.")
        return
    if page.yearly_value is None:
        st.markdown("No contract is running.")
        return
    ends = "no end agreed"
    if page.renewal_on:
        ends = f"ends {ctx.day(page.renewal_on)}, {words.ago(page.renewal_on, ctx.frame.as_of)}"
    renews = {True: "yes", False: "no", None: "not known"}[page.is_auto_renew]
    lines = [f"**{words.money(page.yearly_value, ctx.currency, is_exact=True)} a year**", ends, f"auto-renew: {renews}"]
    left_out = page.n_foreign_lines
    lines += [f"not in the sum: {words.foreign(left_out, page.foreign_currency)}"] if left_out else []
    lines += ["renewal is signed"] if page.has_signed_renewal else []
    st.markdown("\n".join(f"- {line}" for line in lines))


def _people(ctx: Context, page: sell.parts.Brief) -> None:
    if not page.people:
        st.markdown("Nobody is known.")
        return
    lines = []
    for person in page.people:
        name, part = words.plain(person.full_name), " · ".join(p for p in (person.role, person.title) if p)
        left = f" · :orange[left {ctx.day(person.left_on)}]" if person.left_on else ""
        lines.append(f"- **{name}** :small[:gray[{words.plain(part)}]]{left}")
    st.markdown("\n".join(lines))


def _contacts(ctx: Context, page: sell.parts.Brief) -> None:
    if not page.contacts:
        st.markdown("No talk was ever logged.")
        return
    began = {"inbound": "from them", "outbound": "from us"}
    lines = []
    for talk in page.contacts:
        head = " ".join(p for p in (talk.kind, began.get(talk.direction or "", "")) if p).capitalize()
        who = f" · {words.plain(talk.who_name)}" if talk.who_name else ""
        said = f"  \n  {words.plain(talk.words)}" if talk.words else ""
        lines.append(f"- **{ctx.day(talk.happened_at)}** :small[:gray[{words.plain(head)}{who}]]{said}")
    st.markdown("\n".join(lines))
    if not page.may_read_words:
        note(UNREAD)


def _said(ctx: Context, page: sell.parts.Brief) -> None:
    people.known(ctx, page.facts[: people.FACTS])
    for said in page.opinions:
        people.word(ctx, said)
    if not page.opinions:
        st.markdown("Nobody sees it differently from the model.")
