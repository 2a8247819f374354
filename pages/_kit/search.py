"""Search on every page: what is typed stays in the session, what is found is one click away."""

from __future__ import annotations

import streamlit as st

from crm_core.access import Viewer
from crm_core.errors import CrmError
from crm_core.views import Hit
from pages._kit import gateway, state, words

ICONS = {
    "customer": ":material/apartment:",
    "lead": ":material/person_add:",
    "deal": ":material/handshake:",
}
NAME, MORE = 60, 90


@st.fragment
def box(viewer: Viewer, key: str = "search", label: str = "Search") -> None:
    """The field and, as soon as something stands in it, what was found; only this part of the page runs again."""
    chosen: Hit | None = st.session_state.pop(f"_{key}_chosen", None)
    if chosen is not None:
        state.open_found(chosen.kind, chosen.id)
    typed = st.text_input(
        label,
        key=key,
        type="search",
        live="300ms",
        placeholder="Customer, lead or deal",
        icon=":material/search:",
    )
    if typed and typed.strip():
        _found(viewer, typed.strip(), key)


def _found(viewer: Viewer, typed: str, key: str) -> None:
    try:
        hits = gateway.search(viewer, typed)
    except CrmError as error:
        st.markdown(words.plain(error.sentence()))
        return
    if not hits:
        st.markdown(f"Nothing in your scope is called “{words.plain(typed)}”.")
    with st.container(gap="xsmall", key=f"{key}_found"):
        for hit in hits:
            _entry(hit, key)


def _entry(hit: Hit, key: str) -> None:
    with st.container(gap=None):
        st.button(
            words.plain(_short(hit.name, NAME)),
            key=f"{key}_{hit.kind}_{hit.id}",
            type="tertiary",
            icon=ICONS[hit.kind],
            on_click=_choose,
            args=(key, hit),
            wrap=False,
        )
        if hit.more:
            st.markdown(f":small[:gray[{words.plain(_short(hit.more, MORE))}]]")


def _choose(key: str, hit: Hit) -> None:
    """Remember what was chosen and empty the field, so that the next page begins without a search."""
    st.session_state[key] = ""
    st.session_state[f"_{key}_chosen"] = hit


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"
