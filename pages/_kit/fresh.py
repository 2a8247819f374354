"""A tab that stays open while builds come and go offers the newer figures; filters stay as they are."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from crm_core import views
from crm_core.errors import CrmError
from pages._kit import words

SHOWN = "_build_shown"
LOOK_EVERY_SECONDS = 60


def watch() -> None:
    """Remember which build this run shows, and look from time to time whether another one serves."""
    st.session_state[SHOWN] = views.build_key()
    _look()


@st.fragment(run_every=LOOK_EVERY_SECONDS)
def _look() -> None:
    newer = newer_than(st.session_state.get(SHOWN, ""))
    if newer is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="fresh"):
        st.markdown(f":material/update: New figures of {words.time(newer)}.", width="stretch")
        if st.button("Show them", key="fresh_show"):
            st.rerun()


def newer_than(shown: str) -> datetime | None:
    """When the build that serves was made (UTC), if it is not the one that is shown."""
    try:
        serves = views.build_key()
    except CrmError:
        # Half-swapped or gone: what is on the screen stays readable.
        return None
    return None if not shown or serves == shown else datetime.fromisoformat(serves.split()[1])
