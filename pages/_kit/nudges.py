"""What a person does with a suggestion, at one click: the buttons, the receipt, and the way back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from crm_core import actions, clock
from crm_core.access import Viewer
from crm_core.errors import CrmError
from pages._kit import state, words
from pages._kit.shell import Context

NONCE = "_nudge_nonce"
CALL = (("done", "Done"), ("later", "Later"), ("not_useful", "Not useful"))
PROMISE = (("kept", "Kept"), ("later", "Later"), ("not_useful", "Not useful"))
MEANS = {
    "done": "Away for 14 days.",
    "later": "Back tomorrow.",
    "not_useful": "Away for 60 days. Only you see that you said so.",
    "kept": "Away for good.",
}


@dataclass(frozen=True)
class About:
    """What a suggestion is about."""

    question: str
    key: str
    name: str


@dataclass(frozen=True)
class Told:
    """What is said after a click."""

    about: About
    message: str
    nonce: str
    is_stored: bool


def buttons(ctx: Context, about: About, choices: Sequence[tuple[str, str]], *, key: str, may: bool) -> None:
    """One button for each thing that can be done; out of reach for a role that only reads."""
    nonce = st.session_state.setdefault(NONCE, uuid.uuid4().hex)
    for belief, label in choices:
        st.button(
            label,
            key=f"{belief}_{key}",
            on_click=_store,
            args=(ctx.viewer, about, belief, nonce),
            disabled=not may,
            help=MEANS[belief] if may else "Your role only reads.",
        )


def receipt(ctx: Context) -> None:
    """What was stored a moment ago, with the way back."""
    told: Told | None = st.session_state.get(state.NUDGED)
    if told is None:
        return
    said = f"{words.plain(told.about.name)}: {words.plain(told.message)}"
    if not told.is_stored:
        st.error(said)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="nudged"):
        st.markdown(f":green[:material/check: {said}]", width="stretch")
        st.button("Undo", key="undo", type="tertiary", on_click=_undo, args=(ctx.viewer, told.about, told.nonce))


def _undo(viewer: Viewer, about: About, nonce: str) -> None:
    _store(viewer, about, "later", nonce, is_back=True)


def _store(viewer: Viewer, about: About, belief: str, nonce: str, *, is_back: bool = False) -> None:
    until = clock.today() if is_back else None
    # The key is that of the button as it was drawn: a click that arrives twice is one.
    once = uuid.uuid5(uuid.NAMESPACE_OID, repr((nonce, about.question, about.key, belief, is_back))).hex
    try:
        stored = actions.nudge(viewer, actions.Nudge(about.question, about.key, belief, once, until))
    except CrmError as error:
        st.session_state[state.NUDGED] = Told(about, error.sentence(), nonce, is_stored=False)
        return
    st.session_state[NONCE] = uuid.uuid4().hex
    # The line above the list may be out of sight.
    st.toast(f"{words.plain(about.name)}: {words.plain(stored.message)}", icon=":material/check:")
    if is_back:
        st.session_state.pop(state.NUDGED, None)
    else:
        st.session_state[state.NUDGED] = Told(about, stored.message, nonce, is_stored=True)
