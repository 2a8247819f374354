"""To answer what a source could not see: one question, one action, one receipt."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import streamlit as st

from crm_core import actions, clock
from crm_core.access import Capability, Viewer, may
from crm_core.views import sell
from pages._kit import evidence, sending, words
from pages._kit.questions import CHURN, Question
from pages._kit.shell import Context, note

FORM = "answer_form"
WHAT_HAPPENS = (
    "Your answer is kept with your name and stands in for what nobody logged, for 60 days. It counts from the next "
    "build on; answer again if it has changed."
)
DIRECTIONS = {"less": "Less", "same": "As much", "more": "More"}


@dataclass(frozen=True)
class Form:
    """A form that is open: about whom, which sources can be asked about, and the key that stores it only once."""

    question: Question
    entity_id: str
    name: str
    feeds: tuple[str, ...]
    key: str


def button(
    ctx: Context, row: sell.parts.Evidence, about: tuple[str, str], *, key: str, question: Question = CHURN
) -> None:
    """The button that opens the form, where there is something to ask.

    Parameters
    ----------
    about : (entity_id, name)
    """
    feeds = evidence.askable(row)
    if not feeds:
        return
    allowed = may(ctx.viewer, Capability.DISAGREE)
    is_urgent = row.is_withheld or row.is_fragile
    pressed = st.button(
        "Answer" if is_urgent else "Add what is missing",
        key=f"answer_of_{key}",
        icon=":material/contact_support:",
        disabled=not allowed,
        help=None if allowed else "Your role only reads.",
    )
    if pressed:
        st.session_state[FORM] = Form(question, *about, feeds, uuid.uuid4().hex)


def open_form(ctx: Context, places: tuple[str, ...] | None = None) -> None:
    """Show the form if one is open on this page; call it once, at the end of the page."""
    form: Form | None = st.session_state.get(FORM)
    if form is not None and (places is None or form.entity_id in places):
        _dialog(ctx, form)


def forget() -> None:
    """The form was closed without sending it."""
    st.session_state.pop(FORM, None)


@st.dialog("What do you know?", width="medium", on_dismiss=forget)
def _dialog(ctx: Context, form: Form) -> None:
    st.markdown(f"**{words.plain(form.name)}**")
    feed = form.feeds[0]
    if len(form.feeds) > 1:
        feed = st.segmented_control(
            "About", form.feeds, default=feed, required=True, format_func=evidence.things_of, key="answer_feed"
        )
    with st.form(f"answer_{form.key}_{feed}", border=False):
        st.markdown(evidence.FEEDS[feed].question)
        request = actions.answers.Answer(form.question.code, form.entity_id, feed, f"{form.key}-{feed}", **_asked(feed))
        note(WHAT_HAPPENS)
        sent = st.form_submit_button("Record my answer", type="primary", key="answer_send")
    if sent:
        _send(ctx.viewer, request)


def _asked(feed: str) -> dict[str, Any]:
    """The fields of this source's question and what they say."""
    if feed == "product_usage":
        said = st.segmented_control(
            "They use it", list(DIRECTIONS), format_func=DIRECTIONS.__getitem__, key="answer_use"
        )
        return {"direction": said}
    if feed == "tickets":
        return {"n_open": _count("Open problems", 500)}
    if feed == "surveys":
        return {"recommends": _count("Of 10", 10)}
    left, right = st.columns(2)
    today = clock.today()
    with left:
        often = _count("How often in 90 days", 500)
    last = right.date_input(
        "The last time (empty if never)",
        value=None,
        min_value=today - timedelta(days=366),
        max_value=today,
        format="DD/MM/YYYY",
        key="answer_last",
    )
    return {"n_in_90d": often, "last_on": last}


def _count(label: str, most: int) -> int | None:
    return st.number_input(label, min_value=0, max_value=most, value=None, step=1, key="answer_count")


def _send(viewer: Viewer, request: actions.answers.Answer) -> None:
    sending.send(lambda: actions.answers.answer(viewer, request), forget)
