"""To disagree with a score, and to take it back: one form, one action, one receipt."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from crm_core import actions, clock
from crm_core.access import Capability, Viewer, may
from crm_core.actions import Disagree
from crm_core.errors import CrmError
from crm_core.settings import settings
from pages._kit import first_view, gateway, state, words
from pages._kit.questions import CHURN, Question
from pages._kit.shell import Context, note

FORM = "form"
WHAT_HAPPENS = (
    "Your view is kept with your name and with what the model says now, and stands beside the model's number. "
    "The number itself is not changed. Both stay on record for the day the outcome is known; nobody is ranked by it."
)


@dataclass(frozen=True)
class Form:
    """A form that is open: about whom, on which page, and the key that lets it be stored only once."""

    question: Question
    entity_id: str
    place: str
    key: str


def button(ctx: Context, entity_id: str, *, key: str, is_primary: bool, question: Question = CHURN) -> None:
    """The button that opens the form; out of reach for a role that only reads."""
    allowed = may(ctx.viewer, Capability.DISAGREE)
    pressed = st.button(
        "Disagree",
        key=f"disagree_{key}",
        type="primary" if is_primary else "secondary",
        disabled=not allowed,
        help=None if allowed else "Your role only reads.",
    )
    if pressed:
        st.session_state[FORM] = Form(question, entity_id, key, uuid.uuid4().hex)


def open_form(ctx: Context, places: tuple[str, ...] | None = None) -> None:
    """Show the form if one is open on this page; call it once, at the end of the page."""
    form: Form | None = st.session_state.get(FORM)
    if form is not None and (places is None or form.entity_id in places):
        _dialog(ctx, form)


def forget() -> None:
    """The form was closed without sending it."""
    st.session_state.pop(FORM, None)


@st.dialog("Disagree with the model", width="medium", on_dismiss=forget)
def _dialog(ctx: Context, form: Form) -> None:
    try:
        score = gateway.shown_score(ctx.viewer, form.question.code, form.entity_id)
    except CrmError as error:
        st.error(words.plain(error.sentence()))
        return
    st.markdown(f"**{words.plain(score.entity_name)}**")
    if score.tier == first_view.TIER:
        note(first_view.WAITS)
    elif score.probability is None:
        note(f"The model has no number for this {form.question.one}. Your view counts all the same.")
    else:
        note(f"The model says: {words.chance(score.probability, score.low, score.high)} {form.question.event}.")
    with st.form(f"disagree_{form.key}", border=False):
        request = _asked(form)
        note(WHAT_HAPPENS)
        sent = st.form_submit_button("Record my view", type="primary", key="disagree_send")
    if sent:
        _send(ctx.viewer, request)


def _asked(form: Form) -> Disagree | None:
    """The form's fields and what they say; None as long as something is missing."""
    question = form.question
    codes, said_as = list(actions.words.BELIEFS[question.code]), question.beliefs
    belief = st.segmented_control("What do you believe?", codes, format_func=said_as.__getitem__, key="disagree_belief")
    reason = st.selectbox(
        "Why?",
        list(actions.words.REASONS),
        index=None,
        format_func=lambda code: actions.words.REASONS[code],
        placeholder="Choose a reason",
        key="disagree_reason",
    )
    said = st.text_area("Your words (optional)", placeholder=question.example, key="disagree_words", height=90)
    left, right = st.columns(2)
    own = left.number_input(
        "Your own number (optional)",
        min_value=0,
        max_value=100,
        value=None,
        key="disagree_chance",
        placeholder="of 100",
        help=f"Of 100 {question.one}s like this, how many {question.they_do} within 90 days?",
    )
    today = clock.today()
    until = right.date_input(
        "Until when does it count?",
        value=today + timedelta(days=settings().override_days),
        min_value=today,
        max_value=today + timedelta(days=366),
        format="DD/MM/YYYY",
        key="disagree_until",
    )
    if belief is None or reason is None:
        return None
    number = None if own is None else own / 100
    return Disagree(question.code, form.entity_id, belief, number, reason, said or "", until, form.key)


def _send(viewer: Viewer, request: Disagree | None) -> None:
    if request is None:
        st.error("Say what you believe and why; the rest is optional. Nothing was stored yet.")
        return
    try:
        receipt = actions.disagree(viewer, request)
    except CrmError as error:
        st.error(words.plain(error.sentence()))
        return
    st.session_state[state.RECEIPT] = receipt.message
    forget()
    st.rerun()


def withdraw(ctx: Context, entry_id: str, *, key: str) -> None:
    """The button that takes back one's own word."""
    if not st.button("Withdraw", key=f"withdraw_{key}", help="It stays in the history, but no longer counts."):
        return
    try:
        receipt = actions.withdraw(ctx.viewer, entry_id, f"withdraw-{entry_id}")
    except CrmError as error:
        st.error(words.plain(error.sentence()))
        return
    st.session_state[state.RECEIPT] = receipt.message
    st.rerun()
