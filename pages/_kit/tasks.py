"""Data errors that people found: fix-it tasks, and the form that says one is mended."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from crm_core import actions
from crm_core.settings import settings
from crm_core.views import trust
from pages._kit import sending, state, words
from pages._kit.shell import Context, note

FORM = "mend_form"
LISTED, MORE = 5, 20
N_SHOWN, SOURCE = "n_tasks", "task_source"
Tasks = Sequence[trust.tasks.Task]


@dataclass(frozen=True)
class Form:
    """A form that is open: about which task, and the key that stores it only once."""

    task: trust.tasks.Task
    key: str


def block(ctx: Context, page: trust.tasks.FixTasks) -> None:
    """What people found to be wrong, open ones first; and how many wait for an answer for too long."""
    st.markdown("##### What people found to be wrong")
    if page.n_overdue:
        late = words.counted(page.n_overdue, "disagreement")
        have = "has" if page.n_overdue == 1 else "have"
        st.markdown(
            f":red[▲ {late} {have} had no answer for longer than {words.counted(settings().answer_days, 'day')}.]"
        )
        st.page_link("pages/trust/triage.py", label="Open Triage", query_params=state.with_persona({}))
    if page.is_empty:
        note(page.why_empty)
        return
    waiting = [task for task in page.rows if task.mended_at is None]
    n = len(waiting)
    owners = f", :red[{words.number(page.n_ownerless)} of them without an owner]" if page.n_ownerless else ""
    st.markdown(f"{words.counted(n, 'task')} {'is' if n == 1 else 'are'} open{owners}." if n else "All are mended.")
    _waiting(ctx, _of_source(page, waiting))
    done = [task for task in page.rows if task.mended_at]
    if done:
        with st.expander(f"Mended in the last {trust.tasks.MENDED_DAYS} days: {words.number(len(done))}"):
            for task in done:
                _done(ctx, task)


def _of_source(page: trust.tasks.FixTasks, waiting: Tasks) -> Tasks:
    """The open ones of the source that is chosen; with few of them there is nothing to choose."""
    sources = {at.feed: at for at in page.by_source}
    if len(waiting) <= LISTED or len(sources) < 2:
        return waiting
    if st.session_state.get(SOURCE) not in sources:
        st.session_state.pop(SOURCE, None)
    chosen = st.pills(
        "Only those of one source",
        list(sources),
        format_func=lambda feed: (
            f"{sources[feed].title}{' (yours)' if sources[feed].is_own else ''} · {words.number(sources[feed].n)}"
        ),
        key=SOURCE,
    )
    return [task for task in waiting if chosen in (None, task.feed)]


def _waiting(ctx: Context, waiting: Tasks) -> None:
    own = sum(task.is_own for task in waiting)
    if len(waiting) > 1:
        note(
            f"Oldest first, the {words.number(own)} of your own sources before the others." if own else "Oldest first."
        )
    n = st.session_state.get(N_SHOWN, LISTED)
    for task in waiting[:n]:
        _boxed(ctx, task)
    if n < len(waiting) and st.button(f"Show more ({words.number(len(waiting) - n)})", key="more_tasks"):
        st.session_state[N_SHOWN] = n + MORE
        st.rerun()


def open_form(ctx: Context) -> None:
    """Show the form if one is open; call it once, at the end of the page."""
    form: Form | None = st.session_state.get(FORM)
    if form is not None:
        _dialog(ctx, form)


def forget() -> None:
    """The form was closed without sending it."""
    st.session_state.pop(FORM, None)


def _boxed(ctx: Context, task: trust.tasks.Task) -> None:
    with st.container(border=True, key=f"task_{task.disagreement_id}", gap="xsmall"):
        _open(ctx, task)


def _open(ctx: Context, task: trust.tasks.Task) -> None:
    whom = f"ask {words.plain(task.owner_name)}" if task.owner_name else ":red[nobody looks after this source]"
    st.markdown(f"**{words.plain(task.title)}** · {whom} · since {ctx.day(task.since)}  \n{_about(task)}")
    said = ((task.said_by, task.said_words), (task.steward_name, task.steward_words))
    lines = [f":small[:gray[{words.plain(who)}:]] {words.plain(what)}" for who, what in said if what]
    if lines:
        st.markdown("  \n".join(lines))
    with st.container(horizontal=True):
        if task.may_mend and st.button("Mark as mended", key=f"mend_{task.disagreement_id}"):
            st.session_state[FORM] = Form(task, uuid.uuid4().hex)
        if task.entity_id and st.button("Open", key=f"open_{task.disagreement_id}"):
            state.open_found("lead" if task.question == "lead" else "customer", task.entity_id)


def _about(task: trust.tasks.Task) -> str:
    if task.about:
        return f"about **{words.plain(task.about)}**"
    steward = words.plain(task.steward_name)
    return f"about somebody who is not in your scope or no longer in the data; {steward} knows more"


def _done(ctx: Context, task: trust.tasks.Task) -> None:
    by = f" by {words.plain(task.mended_by)}" if task.mended_by else ""
    how = f": {words.plain(task.mended_words)}" if task.mended_words else ""
    st.markdown(f"**{words.plain(task.title)}**, {_about(task)} · mended on {ctx.day(task.mended_at)}{by}{how}")


@st.dialog("Is it mended?", width="medium", on_dismiss=forget)
def _dialog(ctx: Context, form: Form) -> None:
    st.markdown(f"**{words.plain(form.task.title)}**, {_about(form.task)}")
    with st.form(f"mend_{form.key}", border=False):
        done = st.text_area("What was done? Who found it reads it.", key="mend_words", height=90)
        note("The data themselves change with the next import and build; this only says that it is done.")
        sent = st.form_submit_button("Mark as mended", type="primary", key="mend_send")
    if sent:
        _send(ctx, actions.triaging.Mend(form.task.disagreement_id, done or "", form.key))


def _send(ctx: Context, request: actions.triaging.Mend) -> None:
    sending.send(lambda: actions.triaging.mend(ctx.viewer, request), forget)
