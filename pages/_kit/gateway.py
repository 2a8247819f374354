"""What pages read: the views behind the one cache, which never shows one viewer what was made for another."""

from __future__ import annotations

from typing import Any

import streamlit as st

from crm_core import clock, views
from crm_core.access import Viewer, scope_key
from crm_core.settings import settings
from crm_core.views import AccountPage, DisagreementsPage, Frame, RiskFilter, RiskPage

# Enough for a team that looks at the same morning; each entry is a page's worth of rows.
KEPT = 200
Key = tuple[Any, ...]


def personas() -> tuple[Viewer, ...]:
    """People the demo's switch offers."""
    return _personas((str(settings().data_dir), views.build_key()))


def frame(viewer: Viewer) -> Frame:
    """The header for this viewer."""
    return _frame(_key(viewer), viewer)


def risk(viewer: Viewer, chosen: RiskFilter) -> RiskPage:
    """The Risk page for this viewer and these filters."""
    return _risk(_key(viewer, has_opinions=True), viewer, chosen)


def account(viewer: Viewer, customer_id: str) -> AccountPage:
    """The Account page of one customer."""
    return _account(_key(viewer, has_opinions=True), viewer, customer_id)


def disagreements(viewer: Viewer) -> DisagreementsPage:
    """The ledger as this viewer may see it."""
    return _disagreements(_key(viewer, has_opinions=True), viewer)


def _key(viewer: Viewer, *, has_opinions: bool = False) -> Key:
    """Everything an answer depends on beside its arguments: who asks, which build, what was said, and the day."""
    key: Key = (scope_key(viewer), str(settings().data_dir), views.build_key())
    return (*key, views.ledger_key(), clock.today()) if has_opinions else key


@st.cache_data(max_entries=5, show_spinner=False)
def _personas(key: Key) -> tuple[Viewer, ...]:
    return views.personas()


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _frame(key: Key, _viewer: Viewer) -> Frame:
    return views.frame(_viewer)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _risk(key: Key, _viewer: Viewer, chosen: RiskFilter) -> RiskPage:
    return views.risk(_viewer, chosen)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _account(key: Key, _viewer: Viewer, customer_id: str) -> AccountPage:
    return views.account(_viewer, customer_id)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _disagreements(key: Key, _viewer: Viewer) -> DisagreementsPage:
    return views.disagreements(_viewer)
