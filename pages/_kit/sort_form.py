"""The dialog in which a steward sorts: one disagreement, or all that were said in one go."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import streamlit as st

from crm_core import actions
from crm_core.actions import triaging
from crm_core.views import trust
from pages._kit import people, sending, words
from pages._kit.shell import Context, note

FORM = "triage_form"
NAMED = 3
WHAT_HAPPENS = {
    "data_error": "It becomes a task for who looks after the source, on Data health.",
    "new_fact": "It becomes a fact on the {whom}, told on {day}. Later scores may count it from today on.",
    "missing_feature": "It goes on the wish list for analysts. Name no person and no customer in it.",
    "opinion": "It stays beside the score until its last day; nothing else follows.",
}
OTHER = (
    "It stands on the {whom} in the person's own words, told on {day}. No model counts it, because which way it points "
    "is not known."
)


@dataclass(frozen=True)
class Form:
    """A form that is open: about which disagreements, and the key that stores it only once."""

    card: trust.triage.Together
    key: str
    is_again: bool


def begin(card: trust.triage.Together, *, is_again: bool = False) -> None:
    """Have the form shown by `show`."""
    st.session_state[FORM] = Form(card, uuid.uuid4().hex, is_again)


def show(ctx: Context, page: trust.triage.TriagePage) -> None:
    """Show the form if one is open; call it once, at the end of the page."""
    form: Form | None = st.session_state.get(FORM)
    if form is not None and page.may_sort:
        _dialog(ctx, form, page)


def forget() -> None:
    """The form was closed without sending it."""
    st.session_state.pop(FORM, None)


def about(card: trust.triage.Together) -> str:
    """Whom it is about: a name, or 'About 12 customers: Acme, Birk, Cord and 9 more'. Markdown."""
    names = [words.plain(row.name) for row in card.rows]
    if len(names) == 1:
        return names[0]
    kind = "lead" if card.first.case.opinion.question == "lead" else "customer"
    rest = f" and {words.number(len(names) - NAMED)} more" if len(names) > NAMED else ""
    return f"About {words.counted(len(names), kind)}: {', '.join(names[:NAMED])}{rest}"


def money(ctx: Context, card: trust.triage.Together) -> str:
    """What is at stake, of all together."""
    if card.money is None:
        return "worth not known"
    total = words.money(card.money, ctx.currency) + (" a year" if card.first.case.opinion.question == "churn" else "")
    return f"{total} together" if len(card.rows) > 1 else total


@st.dialog("What is it?", width="medium", on_dismiss=forget)
def _dialog(ctx: Context, form: Form, page: trust.triage.TriagePage) -> None:
    said, n = form.card.first.case.opinion, len(form.card.rows)
    st.markdown(f"**{about(form.card)}**")
    people.word(ctx, said, is_long=True, is_of_many=n > 1)
    sort = st.segmented_control(
        "Sort it into", list(triaging.SORTS), format_func=triaging.SORTS.__getitem__, key="triage_sort"
    )
    if sort is None:
        note(f"{words.plain(said.who_name)} gets an answer as soon as you have sorted it.")
        return
    detail = _detail(sort, said.question, page)
    if sort == "new_fact":
        _warn(said.belief_code, said.belief, said.question, detail)
    with st.form(f"triage_{form.key}_{sort}", border=False):
        why = st.text_area("Why? The person reads it.", key=f"triage_words_{sort}", height=90)
        is_other = sort == "new_fact" and detail == actions.words.OTHER_FACT
        whom = "lead" if said.question == "lead" else "account"
        note((OTHER if is_other else WHAT_HAPPENS[sort]).format(whom=whom, day=ctx.day(said.recorded_at)))
        sent = st.form_submit_button(
            f"Send the answer to all {n}" if n > 1 else "Send the answer", type="primary", key="triage_send"
        )
    if sent:
        _send(ctx, form, sort, detail, why or "")


def _warn(belief_code: str, belief: str, question: str, fact: str | None) -> None:
    """A fact that speaks against what the person believes may be the wrong choice; it is not forbidden."""
    raises = triaging.FACTS[question][fact].raises if fact else None
    if raises is None or raises == (belief_code in actions.words.EXPECTS_EVENT):
        return
    event = {"churn": "leaving", "lead": "buying"}[question]
    points = f"This fact makes {event} {'likelier' if raises else 'less likely'}"
    st.markdown(
        f":orange[:material/warning: {points}, but the person says: {words.plain(belief)}. Is it the right one?]"
    )


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
        facts = triaging.FACTS[question]
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


def _send(ctx: Context, form: Form, sort: str, detail: str | None, why: str) -> None:
    ids = [row.case.opinion.entry_id for row in form.card.rows]
    requests = [triaging.Triage(one, sort, detail, why, _once(form, sort, one)) for one in ids]

    def store() -> actions.Receipt:
        if len(requests) > 1:
            return triaging.triage_all(ctx.viewer, requests, is_again=form.is_again)
        return triaging.triage(ctx.viewer, requests[0])

    sending.send(store, forget)


def _once(form: Form, sort: str, entry_id: str) -> str:
    """Key of one answer of the form, however often it is sent."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{form.key} {sort} {entry_id}").hex
