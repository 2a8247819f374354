"""To do what a form asks: the receipt on the page drawn anew, or what is wrong in the form, which stays open."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from crm_core.actions import Receipt
from crm_core.errors import CrmError
from pages._kit import state, words


def send(store: Callable[[], Receipt], *then: Callable[[], None]) -> None:
    """Store it; `then` is done before the page is drawn anew, and only if it was stored."""
    try:
        receipt = store()
    except CrmError as error:
        st.error(words.plain(error.sentence()))
        return
    st.session_state[state.RECEIPT] = receipt.message
    for step in then:
        step()
    st.rerun()
