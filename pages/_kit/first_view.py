"""To say what one thinks before the model's number is shown: one form, one action, one receipt."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from crm_core import actions
from crm_core.access import Viewer
from crm_core.views import sell, trust
from pages._kit import sending, state, words
from pages._kit.questions import CHURN, Question
from pages._kit.shell import Context, note

FORM = "first_view_form"
TIER = "yours"
ASK = "What do you think?"
# The same key that opens the form for disagreeing elsewhere: it asks the same of a person.
SHORTCUT = "D"
WAITS = "The model's number waits for your view, or for you to skip it."
WHY = (
    "You are asked about a few of yours before you see the number, drawn by lot each quarter. Only so can be told "
    "later what people know by themselves, and what the model adds. Nobody else sees what you say here."
)
Measured = trust.parts.FirstViews
Row = sell.parts.ScoredRow | sell.parts.AccountPage | sell.parts.Call


@dataclass(frozen=True)
class Form:
    """A form that is open: about whom, and the key that lets it be stored only once."""

    question: Question
    entity_id: str
    name: str
    key: str


def is_asked(row: Row) -> bool:
    """Whether the number of this row waits for the viewer's own view."""
    return row.tier == TIER


def begin(about: tuple[str, str], question: Question) -> None:
    """Have the form shown by `open_form`: about this (entity_id, name)."""
    st.session_state[FORM] = Form(question, *about, uuid.uuid4().hex)


def button(about: tuple[str, str], *, key: str, is_primary: bool = True, question: Question = CHURN) -> None:
    """The button that opens the form.

    Parameters
    ----------
    about : (entity_id, name)
    """
    shortcut = SHORTCUT if is_primary and not state.is_phone() else None
    if st.button(ASK, key=f"first_view_{key}", type="primary" if is_primary else "secondary", shortcut=shortcut):
        begin(about, question)


def waiting(page: sell.parts.RiskPage | sell.parts.LeadsPage, question: Question) -> None:
    """Above a list: how many numbers wait, and that their place says nothing."""
    if page.n_yours:
        said = words.counted(page.n_yours, question.one)
        wait = (
            "waits for what you think; it stands on top"
            if page.n_yours == 1
            else "wait for what you think; they stand on top"
        )
        note(f"**Your view first:** {said} {wait}, by money.", tip=WHY)


def measured(found: Sequence[Measured]) -> None:
    """What people knew before they saw the number, against the model; nothing while there are too few to tell."""
    if not found:
        return
    st.subheader("Where people had not seen the model's number", anchor=False)
    st.markdown("\n".join(f"- {sentence(one)}" for one in found))
    note(WHY)


def sentence(one: Measured) -> str:
    """Who was nearer of one question, in plain words: Markdown."""
    subject = "customers who may leave" if one.question == CHURN.code else "leads that may buy"
    off = f"people were off by {one.off_person * 100:.0f}, the model by {one.off_machine * 100:.0f}"
    verdict = "too close to tell"
    if one.gain_low is not None and one.gain_low > 0:
        verdict = "**people were nearer**"
    elif one.gain_high is not None and one.gain_high < 0:
        verdict = "**the model was nearer**"
    cases = f"{words.counted(one.n_cases, 'case')} of {words.number(one.n_people)} people"
    return f"Of {subject}: {off} (0 is right and sure, 25 says nothing): {verdict} ({cases})."


def open_form(ctx: Context, places: tuple[str, ...] | None = None) -> None:
    """Show the form if one is open on this page; call it once, at the end of the page."""
    form: Form | None = st.session_state.get(FORM)
    if form is not None and (places is None or form.entity_id in places):
        _dialog(ctx, form)


def forget() -> None:
    """The form was closed without sending it."""
    st.session_state.pop(FORM, None)


@st.dialog(ASK, width="medium", on_dismiss=forget)
def _dialog(ctx: Context, form: Form) -> None:
    question = form.question
    st.markdown(f"**{words.plain(form.name)}**")
    with st.form(f"first_view_{form.key}", border=False):
        belief = st.segmented_control(
            "Within 90 days",
            list(question.beliefs),
            format_func=question.beliefs.__getitem__,
            key="first_view_belief",
        )
        own = st.number_input(
            "Your own number (optional)",
            min_value=0,
            max_value=100,
            value=None,
            key="first_view_chance",
            placeholder="of 100",
            help=f"Of 100 {question.one}s like this, how many {question.they_do} within 90 days?",
        )
        note(WHY)
        with st.container(horizontal=True):
            sent = st.form_submit_button("Send", type="primary", key="first_view_send")
            skipped = st.form_submit_button("Skip: show me the number", key="first_view_skip")
    if sent and belief is None:
        st.error("Say what you believe, or skip it. Nothing was stored yet.")
    elif sent or skipped:
        said = actions.first_views.SKIPPED if skipped else str(belief)
        number = None if skipped or own is None else own / 100
        _send(ctx.viewer, actions.first_views.FirstView(question.code, form.entity_id, said, number, form.key))


def _send(viewer: Viewer, request: actions.first_views.FirstView) -> None:
    def choose() -> None:
        if request.question == CHURN.code:
            state.choose_customer(request.entity_key)

    sending.send(lambda: actions.first_views.first_view(viewer, request), forget, choose)
