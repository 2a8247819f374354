"""To disagree with a score, or with several at once, and to take it back: one form, one action, one receipt."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from crm_core import actions, clock
from crm_core.access import Capability, may
from crm_core.actions import Disagree
from crm_core.errors import CrmError
from crm_core.settings import settings
from crm_core.views import sell, trust
from pages._kit import first_view, gateway, people, sending, shell, state, words
from pages._kit.questions import CHURN, QUESTIONS, Question
from pages._kit.shell import Context, note

FORM = "form"
NAMED = 8
LONG_AGO, FAR_AHEAD = date(1900, 1, 1), date(2999, 12, 31)
SHORTCUT = "D"
READS = "Your role only reads."
WHAT_HAPPENS = (
    "Your view is kept with your name and with what the model says now, and stands beside the model's number. "
    "The number itself is not changed. A steward answers you within {answer}."
)
JUDGED = "Both stay on record for the day the outcome is known; nobody is ranked by it."
TOO_LATE = (
    "The scores are {days} days old: what is said today is not compared with the outcome, because part of it could be "
    "seen by now."
)
ONE_BY_ONE = "A number of your own is about one of them: disagree there to give it."


@dataclass(frozen=True)
class Form:
    """A form that is open.

    Parameters
    ----------
    question : Question
    about : tuple of (entity_id, name)
        Customers or leads; the names are needed of several only.
    key : str
        Lets it be stored only once.
    before : Opinion, optional
        What it begins with: a view that is to be said again.
    """

    question: Question
    about: tuple[tuple[str, str], ...]
    key: str
    before: sell.parts.Opinion | None = None

    @property
    def is_of_many(self) -> bool:
        """Whether it is about several at once."""
        return len(self.about) > 1


def begin(question: Question, about: Sequence[tuple[str, str]], before: sell.parts.Opinion | None = None) -> None:
    """Have the form shown by `open_form`: about these (entity_id, name)."""
    st.session_state[FORM] = Form(question, tuple(about), uuid.uuid4().hex, before)


def button(
    ctx: Context,
    entity_id: str,
    *,
    key: str,
    is_primary: bool,
    question: Question = CHURN,
    has_shortcut: bool = False,
) -> None:
    """The button that opens the form; out of reach for a role that only reads."""
    allowed = may(ctx.viewer, Capability.DISAGREE)
    pressed = st.button(
        "Disagree",
        key=f"disagree_{key}",
        type="primary" if is_primary else "secondary",
        disabled=not allowed,
        help=None if allowed else READS,
        shortcut=SHORTCUT if has_shortcut and allowed and not state.is_phone() else None,
    )
    if pressed:
        begin(question, [(entity_id, "")])


def again(ctx: Context, said: sell.parts.Opinion) -> None:
    """The button that says a view of one's own again: the form, filled in with what was said."""
    allowed = may(ctx.viewer, Capability.DISAGREE)
    if st.button("Say it again", key=f"again_{said.entry_id}", disabled=not allowed, help=None if allowed else READS):
        begin(QUESTIONS[said.question], [(said.entity_id, "")], said)


def open_form(ctx: Context, places: tuple[str, ...] | None = None) -> None:
    """Show the form if one is open on this page; call it once, at the end of the page."""
    form: Form | None = st.session_state.get(FORM)
    if form is None or not (places is None or all(key in places for key, _ in form.about)):
        return
    if not form.is_of_many and _waits(ctx, form):
        forget()
    else:
        _dialog(ctx, form)


def _waits(ctx: Context, form: Form) -> bool:
    """Whether the number waits for the viewer's own view: then that form opens instead, wherever this was asked for."""
    entity_id = form.about[0][0]
    try:
        score = gateway.shown_score(ctx.viewer, form.question.code, entity_id)
    except CrmError:
        return False
    if score.tier != first_view.TIER:
        return False
    first_view.begin((entity_id, score.entity_name), form.question)
    return True


def forget() -> None:
    """The form was closed without sending it."""
    st.session_state.pop(FORM, None)


@st.dialog("Disagree with the model", width="medium", on_dismiss=forget)
def _dialog(ctx: Context, form: Form) -> None:
    try:
        _about_many(form) if form.is_of_many else _about_one(ctx, form)
    except CrmError as error:
        st.error(words.plain(error.sentence()))
        typed = st.session_state.get("disagree_words")
        if typed:
            note("What you had written, to be copied:")
            st.text(typed)
        return
    with st.form(f"disagree_{form.key}", border=False):
        requests = _asked(form)
        answer = words.counted(settings().answer_days, "day")
        note(f"{WHAT_HAPPENS.format(answer=answer)} {_judged(ctx)}")
        sent = st.form_submit_button("Record my view", type="primary", key="disagree_send")
    if sent:
        _send(ctx, form, requests)


def _judged(ctx: Context) -> str:
    """Whether the word will be compared with what comes."""
    days = (clock.today() - ctx.frame.as_of).days
    return TOO_LATE.format(days=days) if days > trust.parts.LATE_DAYS else JUDGED


def _about_many(form: Form) -> None:
    names = [words.plain(name) for _, name in form.about]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    st.markdown(f"**{words.counted(len(names), form.question.one)}**: {', '.join(names[:NAMED])}{more}")
    note(f"One view with one reason for all of them. {ONE_BY_ONE}")


def _about_one(ctx: Context, form: Form) -> None:
    question, (entity_id, _) = form.question, form.about[0]
    score = gateway.shown_score(ctx.viewer, question.code, entity_id)
    st.markdown(f"**{words.plain(score.entity_name)}**")
    if score.probability is None:
        note(f"The model has no number for this {question.one}. Your view counts all the same.")
    else:
        note(f"The model says: {words.chance(score.probability, score.low, score.high)} {question.event}.")
    own = next((said for said in gateway.standing(ctx.viewer, question.code, entity_id) if said.is_own), None)
    if own is not None:
        with st.container(border=True, key="own_view"):
            people.word(ctx, own)
            note("This is your view today. What you record now replaces it; both stay in the history.")
            withdraw(ctx, own.entry_id, key="form")


def _asked(form: Form) -> tuple[Disagree, ...]:
    """The form's fields and what they say; nothing as long as something is missing."""
    question, before = form.question, form.before
    belief = st.segmented_control(
        "What do you believe?",
        list(actions.words.BELIEFS[question.code]),
        default=before.belief_code if before else None,
        format_func=question.beliefs.__getitem__,
        key="disagree_belief",
    )
    reason = st.pills(
        "Why?",
        list(actions.words.REASONS),
        default=before.reason_code if before and before.reason_code in actions.words.REASONS else None,
        format_func=actions.words.REASONS.__getitem__,
        key="disagree_reason",
    )
    said = st.text_area(
        "Your words (optional)",
        value=before.words if before else "",
        placeholder=question.example,
        key="disagree_words",
        height=90,
    )
    left, right = (None, st.container()) if form.is_of_many else st.columns(2)
    own = None if left is None else _own_number(left, form)
    until = _last_day(right)
    if belief is None or reason is None:
        return ()
    return tuple(
        Disagree(question.code, key, belief, own, reason, said or "", until, _once(form, key)) for key, _ in form.about
    )


def _last_day(place: st.delta_generator.DeltaGenerator) -> date:
    day: date = place.date_input(
        "Until when does it count?",
        value=clock.today() + timedelta(days=settings().override_days),
        # Within narrower bounds the field stores the last day it liked; the action says what is wrong.
        min_value=LONG_AGO,
        max_value=FAR_AHEAD,
        format="DD/MM/YYYY",
        key="disagree_until",
    )
    return day


def _own_number(place: st.delta_generator.DeltaGenerator, form: Form) -> float | None:
    before = form.before.probability if form.before else None
    own = place.number_input(
        "Your own number (optional)",
        min_value=0,
        max_value=100,
        value=None if before is None else round(before * 100),
        key="disagree_chance",
        placeholder="of 100",
        help=f"Of 100 {form.question.one}s like this, how many {form.question.they_do} within 90 days?",
    )
    return None if own is None else own / 100


def _once(form: Form, entity_id: str) -> str:
    """Key of one row of the form, however often and from wherever it is sent."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{form.key} {entity_id}").hex


def _send(ctx: Context, form: Form, requests: tuple[Disagree, ...]) -> None:
    if not requests:
        st.error("Say what you believe and why; the rest is optional. Nothing was stored yet.")
        return

    def store() -> actions.Receipt:
        # The form may have been open for long: who sends it is who he is now.
        viewer = shell.same_person(ctx.viewer)
        if form.is_of_many:
            return actions.disagree_all(viewer, requests, named=dict(form.about))
        return actions.disagree(viewer, requests[0])

    sending.send(store, lambda: state.forget_many(form.question.page), forget)


def withdraw(ctx: Context, entry_id: str, *, key: str) -> None:
    """The button that takes back one's own word."""
    if st.button("Withdraw", key=f"withdraw_{key}", help="It stays in the history, but no longer counts."):
        sending.send(lambda: actions.withdraw(ctx.viewer, entry_id, f"withdraw-{entry_id}"), forget)
