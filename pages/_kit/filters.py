"""What a person may narrow the list of Risk down to; every choice stands in the address."""

from __future__ import annotations

import streamlit as st

from crm_core.views import sell
from pages._kit import state

LISTS = (("team", "Team", "teams"), ("region", "Region", "regions"), ("segment", "Segment", "segments"))


def risk(page: sell.RiskPage) -> sell.RiskFilter:
    """Controls of the Risk page and what they say; a control with one choice is left out.

    Parameters
    ----------
    page : sell.RiskPage
        The page without filters: it knows the choices.
    """
    state.recall("risk", state.RISK_KEYS)
    if state.is_phone():
        with st.expander("Narrow down", key="filters"):
            _controls(page, "vertical")
    else:
        _controls(page, "horizontal")
    state.keep("risk", state.RISK_KEYS)
    return state.risk_filter()


def _controls(page: sell.RiskPage, direction: str) -> None:
    with st.container(horizontal=direction == "horizontal", vertical_alignment="bottom", key="filter_lists"):
        st.text_input(
            "Find", key="find", bind="query-params", placeholder="Part of a name", label_visibility="collapsed"
        )
        for key, label, name in LISTS:
            choices = page.choices.get(name, ())
            if len(choices) > 1:
                st.multiselect(
                    label, choices, key=key, bind="query-params", placeholder=label, label_visibility="collapsed"
                )
        st.selectbox("Renewal", list(state.RENEWALS), key="renewal", bind="query-params", label_visibility="collapsed")
        st.selectbox("Order", list(state.ORDERS), key="order", bind="query-params", label_visibility="collapsed")
    with st.container(horizontal=direction == "horizontal", vertical_alignment="center", key="filter_signs"):
        st.pills(
            "Chance of leaving",
            list(state.TIERS),
            selection_mode="multi",
            key="tier",
            bind="query-params",
            label_visibility="collapsed",
        )
        st.toggle("Only where people disagree", key="disputed", bind="query-params")
