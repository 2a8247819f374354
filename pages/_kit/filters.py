"""What a person may narrow a list down to; every choice stands in the address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import streamlit as st

from crm_core.views import sell
from pages._kit import state

TEAM, REGION = ("team", "Team", "teams"), ("region", "Region", "regions")
SEGMENT, SOURCE = ("segment", "Segment", "segments"), ("source", "Source", "sources")
ASKING = (
    "Only those about whom there is not enough evidence, most money first; each with the question that would settle it."
)
Choices = Mapping[str, tuple[str, ...]]


def risk(page: sell.parts.RiskPage) -> sell.RiskFilter:
    """Controls of the Risk page and what they say.

    Parameters
    ----------
    page : sell.parts.RiskPage
        The page without filters: it knows the choices.
    """

    def lists() -> None:
        _lists(page.choices, (TEAM, REGION, SEGMENT))
        _one("Renewal", state.RENEWALS, "renewal")
        _one("Order", state.ORDERS, "order")

    _narrowed("risk", state.RISK_KEYS, lists, lambda: _signs("Chance of leaving"))
    return state.risk_filter()


def leads(page: sell.parts.LeadsPage) -> sell.LeadFilter:
    """Controls of the Leads page and what they say.

    Parameters
    ----------
    page : sell.parts.LeadsPage
        The page without filters: it knows the choices.
    """

    def lists() -> None:
        _lists(page.choices, (TEAM, REGION, SOURCE))
        _one("Order", state.LEAD_ORDERS, "order_leads")

    def signs() -> None:
        _signs("Chance of buying")
        st.toggle("Only those without a logged touch", key="untouched", bind="query-params")

    _narrowed("leads", state.LEAD_KEYS, lists, signs)
    return state.lead_filter()


def _narrowed(page: str, keys: Sequence[str], lists: Callable[[], None], signs: Callable[[], None]) -> None:
    state.recall(page, keys)
    if state.is_phone():
        with st.expander("Narrow down", key="filters"):
            _rows("vertical", lists, signs)
    else:
        _rows("horizontal", lists, signs)
    state.keep(page, keys)


def _rows(direction: str, lists: Callable[[], None], signs: Callable[[], None]) -> None:
    with st.container(horizontal=direction == "horizontal", vertical_alignment="bottom", key="filter_lists"):
        st.text_input(
            "Find", key="find", bind="query-params", placeholder="Part of a name", label_visibility="collapsed"
        )
        lists()
    with st.container(horizontal=direction == "horizontal", vertical_alignment="center", key="filter_signs"):
        signs()


def _lists(choices: Choices, wanted: Sequence[tuple[str, str, str]]) -> None:
    """One control each; one with a single choice is left out."""
    for key, label, name in wanted:
        known = choices.get(name, ())
        if len(known) > 1:
            st.multiselect(label, known, key=key, bind="query-params", placeholder=label, label_visibility="collapsed")


def _one(label: str, choices: Iterable[str], key: str) -> None:
    st.selectbox(label, list(choices), key=key, bind="query-params", label_visibility="collapsed")


def _signs(chance: str) -> None:
    st.pills(
        chance,
        list(state.TIERS),
        selection_mode="multi",
        key="tier",
        bind="query-params",
        label_visibility="collapsed",
    )
    st.toggle("Only where people disagree", key="disputed", bind="query-params")
    st.toggle("Worth a question", key="asking", bind="query-params", help=ASKING)
