"""The steward's queue: what waits, how it is sorted, what was answered lately, and the wish list."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from crm_core import actions
from crm_core.errors import CrmError
from crm_core.settings import settings
from crm_core.views import trust
from pages._kit import cards, paper, people, state, verdicts, words
from pages._kit.shell import Context, note

FORM = "triage_form"
WHAT_HAPPENS = {
    "data_error": "It becomes a task for who looks after the source, on Data health.",
    "new_fact": "It becomes a fact on the account, known since the day it was said. Later scores may use it.",
    "missing_feature": "It goes on the wish list for analysts. Name no person and no customer in it.",
    "opinion": "It stays beside the score until its last day; nothing else follows.",
}
ORDER = (
    "Order: money × distance × novelty. Distance: how far the person is from what the model said then. Novelty: 1 for "
    f"the first such view on a customer in {trust.triage.LIKE_DAYS} days, a half for the second, a third for the third."
)
Rows = Sequence[trust.triage.QueueRow]


@dataclass(frozen=True)
class Form:
    """A form that is open: about which disagreement, and the key that stores it only once."""

    row: trust.triage.QueueRow
    key: str


def not_yours(page: trust.triage.TriagePage) -> None:
    """One sentence for those who do not sort."""
    who = words.plain(", ".join(page.stewards) or "nobody is named yet")
    st.markdown(f"Data stewards sort what people tell us and answer everybody within {_days()}: {who}.")
    st.page_link(
        "pages/sell/your_words.py",
        label="See what your own words led to",
        icon=":material/record_voice_over:",
        query_params=state.with_persona({}),
    )


def answer(page: trust.triage.TriagePage) -> str:
    """How many wait, in a sentence: Markdown."""
    n = len(page.rows)
    waits = f"{words.counted(n, 'disagreement')} {'waits' if n == 1 else 'wait'} for an answer"
    late = f", :red[{words.number(page.n_overdue)} for longer than {_days()}]" if page.n_overdue else ""
    differ = f"; stewards differ about {words.number(page.n_pending)}" if page.n_pending else ""
    return f"{waits}{late}{differ}."


def queue(ctx: Context, rows: Rows) -> None:
    """What waits, the weightiest first."""
    note(f"The most money × distance × novelty first; an answer is due within {_days()}.", tip=ORDER)
    n = st.session_state.get("n_queue", cards.CARDS)
    for place, row in enumerate(rows[:n]):
        _waiting(ctx, row, is_first=place == 0)
    if n < len(rows) and st.button(f"Show more ({words.number(len(rows) - n)})", key="more_queue"):
        st.session_state["n_queue"] = n + cards.CARDS
        st.rerun()


def lately(ctx: Context, rows: Rows) -> None:
    """What was answered in the last 30 days; another steward may see it differently."""
    if not rows:
        return
    with st.expander(f"Answered in the last {trust.triage.SORTED_DAYS} days: {words.number(len(rows))}"):
        for row in rows:
            key = row.case.opinion.entry_id
            with st.container(horizontal=True, vertical_alignment="center", key=f"sorted_{key}"):
                verdict = row.case.verdict
                if verdict is None:
                    continue
                said = row.case.opinion
                who = f":blue[{words.plain(words.opinion(said.who_name, said.belief, said.probability))}]"
                by = words.plain(f"{verdict.steward_name}, {ctx.day(verdict.at)}: {verdict.words}")
                st.markdown(
                    f"**{words.plain(row.name)}** · {who}  \n{verdicts.sorted_as(verdict)} :small[:gray[{by}]]",
                    width="stretch",
                )
                if not row.case.opinion.state.startswith(("withdrawn", "replaced")):
                    _button(row, "Sort again", key=f"again_{key}", is_first=False)


def wishes(ctx: Context, page: trust.triage.TriagePage) -> None:
    """What the model should look at, counted."""
    if not page.may_read_wishes:
        return
    st.subheader("Wish list", anchor=False)
    if not page.wishes:
        note("Nothing is wished for yet. What stewards sort as something the model should look at is counted here.")
        return
    note("What the model should look at, as stewards wrote it down; who asked is not shown.")
    if state.is_phone():
        for wish in page.wishes:
            asked = f"{words.counted(wish.n_times, 'time')} by {words.counted(wish.n_people, 'person', 'people')}"
            money = words.money(wish.money, ctx.currency)
            st.markdown(f"**{words.plain(wish.wish)}**  \n{asked} · money touched: {money}")
        return
    columns = {
        "Wish": [wish.wish for wish in page.wishes],
        "Asked for": [words.counted(wish.n_times, "time") for wish in page.wishes],
        "By": [words.counted(wish.n_people, "person", "people") for wish in page.wishes],
        "Money touched": [words.money(wish.money, ctx.currency) for wish in page.wishes],
        "Last": [ctx.day(wish.newest_at) for wish in page.wishes],
    }
    st.dataframe(columns, key="wishes", hide_index=True, height="content", alt="Wish list, the most asked for first")
    paper.table(columns)


def open_form(ctx: Context, page: trust.triage.TriagePage) -> None:
    """Show the form if one is open; call it once, at the end of the page."""
    form: Form | None = st.session_state.get(FORM)
    if form is not None and page.may_sort:
        _dialog(ctx, form, page)


def forget() -> None:
    """The form was closed without sending it."""
    st.session_state.pop(FORM, None)


def _days() -> str:
    return words.counted(settings().answer_days, "day")


def _waiting(ctx: Context, row: trust.triage.QueueRow, *, is_first: bool) -> None:
    said, key = row.case.opinion, row.case.opinion.entry_id
    with st.container(border=True, key=f"waiting_{key}", gap="xsmall"):
        head, clock = st.columns([4, 1.4], vertical_alignment="center")
        head.markdown(f"**{words.plain(row.name)}** · {_money(ctx, row)}")
        clock.markdown(verdicts.clock(row.case))
        people.word(ctx, said, is_long=True)
        if row.case.stage == "pending":
            st.markdown(":orange-badge[◆ pending: stewards see it differently]")
        for verdict in row.case.verdicts:
            st.markdown(f"**{verdicts.sorted_as(verdict)}**  \n{verdicts.by_steward(ctx, verdict)}")
        with st.container(horizontal=True):
            _button(row, "Sort", key=f"sort_{key}", is_first=is_first)
            if st.button("Open", key=f"open_{key}", disabled=row.name == trust.triage.GONE):
                state.open_found("lead" if said.question == "lead" else "customer", said.entity_id)


def _button(row: trust.triage.QueueRow, label: str, *, key: str, is_first: bool) -> None:
    if st.button(label, key=key, type="primary" if is_first else "secondary"):
        st.session_state[FORM] = Form(row, uuid.uuid4().hex)


def _money(ctx: Context, row: trust.triage.QueueRow) -> str:
    if row.money is None:
        return "worth not known"
    return words.money(row.money, ctx.currency) + (" a year" if row.case.opinion.question == "churn" else "")


@st.dialog("What is it?", width="medium", on_dismiss=forget)
def _dialog(ctx: Context, form: Form, page: trust.triage.TriagePage) -> None:
    said = form.row.case.opinion
    st.markdown(f"**{words.plain(form.row.name)}**")
    people.word(ctx, said, is_long=True)
    sort = st.segmented_control(
        "Sort it into", list(actions.triaging.SORTS), format_func=actions.triaging.SORTS.__getitem__, key="triage_sort"
    )
    if sort is None:
        note(f"{words.plain(said.who_name)} gets an answer as soon as you have sorted it.")
        return
    with st.form(f"triage_{form.key}_{sort}", border=False):
        detail = _detail(sort, said.question, page)
        why = st.text_area("Why? The person reads it.", key=f"triage_words_{sort}", height=90)
        note(WHAT_HAPPENS[sort])
        sent = st.form_submit_button("Send the answer", type="primary", key="triage_send")
    if sent:
        _send(ctx, actions.triaging.Triage(said.entry_id, sort, detail, why or "", f"{form.key}-{sort}"))


def _detail(sort: str, question: str, page: trust.triage.TriagePage) -> str | None:
    """The field that goes with a sort and what it says."""
    if sort == "data_error":
        return st.selectbox(
            "Which source?",
            list(page.feeds),
            index=None,
            format_func=lambda feed: (
                f"{page.feeds[feed].title} · {page.feeds[feed].owner_name or 'nobody looks after it'}"
            ),
            placeholder="Choose a source",
            key="triage_feed",
        )
    if sort == "new_fact":
        facts = actions.triaging.FACTS[question]
        return st.selectbox(
            "Which fact?",
            list(facts),
            index=None,
            format_func=lambda code: facts[code].label,
            placeholder="Choose a fact",
            key="triage_fact",
        )
    if sort == "missing_feature":
        return st.selectbox(
            "What should the model look at?",
            [wish.wish for wish in page.wishes],
            index=None,
            placeholder="Choose a wish, or write a new one in a few words",
            accept_new_options=True,
            key="triage_wish",
        )
    return None


def _send(ctx: Context, request: actions.triaging.Triage) -> None:
    try:
        receipt = actions.triaging.triage(ctx.viewer, request)
    except CrmError as error:
        st.error(words.plain(error.sentence()))
        return
    st.session_state[state.RECEIPT] = receipt.message
    forget()
    st.rerun()
