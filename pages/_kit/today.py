"""Furniture of the Today page: calls, promises, own views that end soon."""

from __future__ import annotations

import streamlit as st

from crm_core.views import sell
from pages._kit import answer, disagree, evidence, first_view, nudges, people, state, words
from pages._kit.nudges import About
from pages._kit.questions import QUESTIONS
from pages._kit.shell import Context, note

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
WIDTHS = (4.4, 1.5, 4.2)


def title(ctx: Context, page: sell.parts.TodayPage) -> str:
    """'Katrin, ten calls for today': Markdown."""
    n = len(page.calls)
    calls = f"{NUMBERS[n]} {'call' if n == 1 else 'calls'} for today"
    first = ctx.viewer.name.split(" ")[0]
    if ctx.viewer.who.startswith("system:") or not first:
        return calls
    return f"{words.plain(first)}, {calls[:1].lower()}{calls[1:]}"


def progress(page: sell.parts.TodayPage) -> None:
    """How much was done, and how much waits behind the ten."""
    waiting = f" · {words.number(page.n_waiting)} more wait behind these" if page.n_waiting > 0 else ""
    note(f"{words.number(page.n_done)} done this week{waiting}", tip=ORDER)


ORDER = (
    "Order: money × chance × urgency. A contract that ends soon, a lead without a logged touch of ours, a customer "
    "of whom nothing was logged for longer than usual are urgent; who was spoken to in the last three days waits."
)


def calls(ctx: Context, page: sell.parts.TodayPage) -> None:
    """Whom to call: who, why now, what is at stake, and what became of it."""
    with st.container(gap="xsmall", key="calls"):
        for n, call in enumerate(page.calls, start=1):
            with st.container(border=True, key=f"call_{n}", gap="xsmall"):
                if state.is_phone():
                    _card(ctx, page, call, n)
                else:
                    _line(ctx, page, call, n)


def promises(ctx: Context, page: sell.parts.TodayPage) -> None:
    """What we said we would do, the longest overdue first."""
    if not page.promises:
        return
    st.subheader(f"Promises due: {words.number(page.n_promises)}", anchor=False)
    if page.n_promises > len(page.promises):
        note(f"The {len(page.promises)} that wait longest; read from notes, and due by what their words say.")
    for promise in page.promises:
        about = About("promise", promise.promise_id, promise.name)
        overdue = (ctx.frame.as_of - promise.due_on).days
        due = f"due {ctx.day(promise.due_on)}" + (f", {words.counted(overdue, 'day')} ago" if overdue > 0 else "")
        said = f"said {ctx.day(promise.promised_at)}" + (f" by {promise.owner_name}" if promise.owner_name else "")
        with st.container(horizontal=True, vertical_alignment="center", key=f"promise_{promise.promise_id}"):
            st.markdown(
                f"**{words.plain(promise.name)}**: {words.plain(promise.words)}  \n"
                f":small[:gray[{words.plain(f'{due} · {said}')}]]",
                width="stretch",
            )
            if st.button("Open", key=f"open_{promise.promise_id}"):
                state.open_found(QUESTIONS[promise.question].one, promise.entity_id)
            _answers(ctx, page, about, promise.promise_id, nudges.PROMISE)


def views_first(ctx: Context, page: sell.parts.TodayPage) -> None:
    """Whose number waits for the viewer's own view, the most money first."""
    if not page.views_first:
        return
    st.subheader(f"Your view first: {words.number(page.n_views_first)}", anchor=False)
    note("What do you think of these, before you see the model's number?", tip=first_view.WHY)
    for first in page.views_first:
        question = QUESTIONS[first.question]
        worth = "worth not known" if first.money is None else words.money(first.money, ctx.currency)
        worth += " a year" if first.money is not None and first.question == "churn" else ""
        with st.container(horizontal=True, vertical_alignment="center", key=f"first_{first.entity_id}"):
            st.markdown(
                f"**{words.plain(first.name)}**  \n:small[:gray[{question.one} · {words.plain(worth)}]]",
                width="stretch",
            )
            key = f"first_{first.entity_id}"
            first_view.button((first.entity_id, first.name), key=key, is_primary=False, question=question)


def expiring(ctx: Context, page: sell.parts.TodayPage) -> None:
    """Own views that end within a week."""
    if not page.expiring:
        return
    st.subheader(f"Your words that end this week: {words.number(len(page.expiring))}", anchor=False)
    for ending in page.expiring:
        said = ending.opinion
        with st.container(horizontal=True, vertical_alignment="center", key=f"ending_{said.entry_id}"):
            st.markdown(
                f"**{words.plain(ending.name)}**: :blue[{words.plain(said.belief)}]  \n"
                f":small[:gray[{words.plain(said.reason)} · until {ctx.day(said.expires_on)}]]",
                width="stretch",
            )
            disagree.again(ctx, said)


def answers(page: sell.parts.TodayPage) -> None:
    """That a steward has answered, with the way there."""
    if not page.n_answers:
        return
    st.page_link(
        "pages/sell/your_words.py",
        label=f"Answers to your disagreements: {words.number(page.n_answers)}",
        icon=":material/mark_chat_unread:",
        query_params=state.with_persona({}),
    )


def _line(ctx: Context, page: sell.parts.TodayPage, call: sell.parts.Call, n: int) -> None:
    who, stake, answers = st.columns(WIDTHS, gap="small", vertical_alignment="center")
    who.markdown(f"**{n} · {words.plain(call.name)}**{_chance(call)}  \n{_why(call)}{_rests(ctx, call)}")
    stake.markdown(f"{_stake(ctx, call)}  \n{_contact(ctx, call)}")
    with answers, st.container(horizontal=True, horizontal_alignment="right", gap="xsmall", key=f"line_{n}"):
        _open(call, n)
        about = QUESTIONS[call.question]
        disagree.button(ctx, call.entity_id, key=f"call_{call.entity_id}", is_primary=False, question=about)
        _ask(ctx, call)
        _answers(ctx, page, About(call.question, call.entity_id, call.name), call.entity_id, nudges.CALL)
    for said in call.opinions:
        people.word(ctx, said)


def _card(ctx: Context, page: sell.parts.TodayPage, call: sell.parts.Call, n: int) -> None:
    st.markdown(f"**{n} · {words.plain(call.name)}**{_chance(call)}  \n{_stake(ctx, call)} · {_contact(ctx, call)}")
    st.markdown(f"{_why(call)}{_rests(ctx, call)}")
    for said in call.opinions:
        people.word(ctx, said)
    with st.container(horizontal=True, key=f"line_{n}"):
        _open(call, n)
        about = QUESTIONS[call.question]
        disagree.button(ctx, call.entity_id, key=f"call_{call.entity_id}", is_primary=False, question=about)
        _ask(ctx, call)
        _answers(ctx, page, About(call.question, call.entity_id, call.name), call.entity_id, nudges.CALL)


def _ask(ctx: Context, call: sell.parts.Call) -> None:
    if first_view.is_asked(call):
        about, key = (call.entity_id, call.name), f"call_{call.entity_id}"
        first_view.button(about, key=key, is_primary=False, question=QUESTIONS[call.question])
    if call.evidence.is_withheld:
        about = (call.entity_id, call.name)
        answer.button(ctx, call.evidence, about, key=f"call_{call.entity_id}", question=QUESTIONS[call.question])


def _answers(
    ctx: Context, page: sell.parts.TodayPage, about: About, key: str, choices: tuple[tuple[str, str], ...]
) -> None:
    """The buttons side by side; on a phone behind one."""
    if state.is_phone():
        with st.popover("Answer", key=f"answer_{key}"):
            nudges.buttons(ctx, about, choices, key=key, may=page.may_nudge)
    else:
        nudges.buttons(ctx, about, choices, key=key, may=page.may_nudge)


def _open(call: sell.parts.Call, n: int) -> None:
    if st.button("Open", key=f"open_{call.entity_id}", type="primary" if n == 1 else "secondary"):
        state.open_found(QUESTIONS[call.question].one, call.entity_id)


def _chance(call: sell.parts.Call) -> str:
    """The chance as a natural frequency, small: Markdown."""
    if first_view.is_asked(call):
        return f" :blue-badge[{words.TIERS[call.tier]}]"
    if call.evidence.is_withheld:
        return f" :gray-badge[{evidence.NOT_ENOUGH}]"
    if call.probability is None:
        return ""
    little = " :gray-badge[rests on little]" if call.evidence.is_fragile else ""
    usual = "" if call.base_rate is None else f", usual here {words.of_100(call.base_rate)}"
    they_do = QUESTIONS[call.question].they_do
    return f" :small[:gray[{words.chance(call.probability, call.low, call.high)} like this {they_do}{usual}]]{little}"


def _rests(ctx: Context, call: sell.parts.Call) -> str:
    """What the score rests on, on a line of its own: Markdown."""
    rests = evidence.brief(ctx, call.evidence)
    return f"  \n:small[:gray[{rests}]]" if rests else ""


def _why(call: sell.parts.Call) -> str:
    """Why now, the most urgent first: Markdown."""
    parts = []
    if call.is_untouched:
        asked = f"got in touch {words.counted(call.n_touches, 'time')}, " if call.n_touches else ""
        parts.append(f"**{asked}no answer of ours logged yet**" if asked else "**no touch of ours logged yet**")
    if call.days_to_renewal is not None:
        parts.append(f"**renewal {'today' if call.days_to_renewal == 0 else f'in {days(call.days_to_renewal)}'}**")
    if call.evidence.is_withheld:
        parts.append(f"**ask:** {evidence.question(call.evidence) or 'how are they?'}")
    parts += [words.plain(reason[:1].lower() + reason[1:]) for reason in call.reasons]
    kind = ":gray-badge[lead] " if call.question == "lead" else ""
    return kind + " · ".join(parts)


def days(n: int) -> str:
    """A number of days with its noun."""
    return words.counted(n, "day")


def _stake(ctx: Context, call: sell.parts.Call) -> str:
    if call.money is None:
        return "worth not known"
    if call.question == "lead":
        return f"**{words.worth(call.money, ctx.currency, is_usual=call.is_usual_money)}**"
    return f"**{words.money(call.money, ctx.currency)}** a year"


def _contact(ctx: Context, call: sell.parts.Call) -> str:
    if call.is_untouched and call.last_contact_at is not None:
        return f":small[:gray[they got in touch {words.ago(call.last_contact_at, ctx.frame.as_of)}]]"
    return f":small[:gray[{words.logged(call.last_contact_at, ctx.frame.as_of)}]]"
