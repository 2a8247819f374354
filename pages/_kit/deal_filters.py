"""What a person may narrow the pipeline down to, and the day to compare with; every choice stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import streamlit as st

from crm_core.views import sell
from pages._kit import state
from pages._kit.shell import Context

SINCE = "since"
KEYS = ("team", "region", "product", "stage", "closing")
LISTS = (
    ("team", "Team", "teams"),
    ("region", "Region", "regions"),
    ("product", "Product", "products"),
    ("stage", "Stage", "stages"),
)
CLOSINGS = {
    "Closing: any day": "",
    "Expected close has passed": "overdue",
    "Closing within 30 days": "30",
    "Closing within 90 days": "90",
    "Closing later": "later",
    "No day for closing": "unknown",
}
LONGEST_DAYS = 365


def chosen(choices: Mapping[str, tuple[str, ...]]) -> sell.PipelineFilter:
    """Controls of the Pipeline page and what they say; a control with one choice is left out."""
    state.recall("pipeline", KEYS)
    # What was chosen before may be gone with a new build.
    for key, _, name in LISTS:
        if key in st.session_state:
            st.session_state[key] = [v for v in st.session_state[key] or () if v in choices.get(name, ())]
    if state.is_phone():
        with st.expander("Narrow down", key="filters"):
            _controls(choices, is_wide=False)
    else:
        _controls(choices, is_wide=True)
    state.keep("pipeline", KEYS)
    at = st.session_state
    return sell.PipelineFilter(
        teams=tuple(at.get("team", ())),
        regions=tuple(at.get("region", ())),
        products=tuple(at.get("product", ())),
        stages=tuple(at.get("stage", ())),
        closing=CLOSINGS.get(at.get("closing", ""), ""),
    )


def _controls(choices: Mapping[str, tuple[str, ...]], *, is_wide: bool) -> None:
    with st.container(horizontal=is_wide, vertical_alignment="bottom", key="filter_lists"):
        for key, label, name in LISTS:
            known = choices.get(name, ())
            if len(known) > 1:
                st.multiselect(
                    label, known, key=key, bind="query-params", placeholder=label, label_visibility="collapsed"
                )
        st.selectbox("Closing", list(CLOSINGS), key="closing", bind="query-params", label_visibility="collapsed")


def since(ctx: Context, usual: date) -> date:
    """The day to compare with; a day that makes no sense becomes the usual one."""
    newest = ctx.frame.as_of - timedelta(days=1)
    day = st.date_input(
        "What moved since",
        usual,
        min_value=newest - timedelta(days=LONGEST_DAYS),
        max_value=newest,
        key=SINCE,
        bind="query-params",
        label_visibility="collapsed",
        required=True,
        format="YYYY-MM-DD",
        width=140,
    )
    return day if isinstance(day, date) else usual
