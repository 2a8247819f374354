"""What a page remembers: in the address, so that it survives a reload and can be sent to a colleague."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from crm_core.access import Role, Viewer
from crm_core.views import sell

PERSONA = "persona"
AS = "as"
CUSTOMER = "customer"
DEAL = "deal"
BRIEF = "brief"
LEAD = "lead"
FOUND_ON = {
    "customer": ("pages/sell/account.py", CUSTOMER),
    "lead": ("pages/sell/leads.py", LEAD),
    "deal": ("pages/sell/pipeline.py", DEAL),
}
CHOSEN = "risk_chosen"
RECEIPT = "receipt"
NUDGED = "nudged"
MANY = "_many_"
RISK_KEYS = ("team", "region", "segment", "tier", "renewal", "order", "disputed", "asking", "find", "show")
LEAD_KEYS = ("team", "region", "source", "tier", "order_leads", "untouched", "disputed", "asking", "find")
LEAD_ORDERS = {
    "Highest chance first": "chance",
    "Most money first": "money",
    "Waiting longest first": "waiting",
    "Newest first": "newest",
}
RENEWALS = {"Renewal: any time": None, **{f"Renewal within {n} days": n for n in (30, 60, 90, 180)}}
ORDERS = {"Highest chance first": "chance", "Most money in danger first": "money", "Next renewal first": "renewal"}
TIERS = {"high": "high", "medium": "medium", "low": "low", "not enough evidence": "unknown", "not scored yet": "none"}


def viewer_now(known: Sequence[Viewer]) -> Viewer:
    """Who is looking: the address says it, else what was chosen before, else the first sales manager."""
    by_key = {viewer.who: viewer for viewer in known}
    asked = st.query_params.get(AS)
    default = default_viewer(known).who
    who = asked if asked in by_key else st.session_state.get("_kept_persona", default)
    if who not in by_key:
        who = default
    if st.session_state.get(PERSONA) != who:
        st.session_state[PERSONA] = who
    if who != default and asked != who:
        st.query_params[AS] = who
    st.session_state["_kept_persona"] = who
    return by_key[who]


def default_viewer(known: Sequence[Viewer]) -> Viewer:
    """Whom the first screen is for: a sales manager, if there is one."""
    return next((viewer for viewer in known if viewer.role is Role.MANAGER), known[0])


def persona_chosen(default: str) -> Callable[[], None]:
    """What happens when another person is chosen: the address says so, and what he had chosen is forgotten."""

    def change() -> None:
        who = st.session_state[PERSONA]
        st.session_state["_kept_persona"] = who
        if who == default:
            st.query_params.pop(AS, None)
        else:
            st.query_params[AS] = who
        for key in (
            CHOSEN,
            RECEIPT,
            "form",
            "first_view_form",
            "_kept_risk",
            "_kept_pipeline",
            "_kept_leads",
            NUDGED,
            MANY + "risk",
            MANY + "leads",
        ):
            st.session_state.pop(key, None)
        st.query_params.pop(LEAD, None)

    return change


def recall(page: str, keys: Sequence[str]) -> None:
    """Give a page back its filters when somebody returns to it by the menu; an address with filters wins."""
    kept: dict[str, Any] = st.session_state.get(f"_kept_{page}", {})
    if any(key in st.session_state for key in keys) or any(key in st.query_params for key in keys):
        return
    for key, value in kept.items():
        st.session_state[key] = value


def keep(page: str, keys: Sequence[str]) -> None:
    """Remember a page's filters for `recall`."""
    st.session_state[f"_kept_{page}"] = {key: st.session_state[key] for key in keys if key in st.session_state}


def risk_filter() -> sell.RiskFilter:
    """The filters of the Risk page as its controls stand."""
    at = st.session_state
    return sell.RiskFilter(
        teams=tuple(at.get("team", ())),
        regions=tuple(at.get("region", ())),
        segments=tuple(at.get("segment", ())),
        tiers=tuple(TIERS[tier] for tier in at.get("tier", ())),
        renewal_within_days=RENEWALS.get(at.get("renewal", "")),
        disagreed_only=bool(at.get("disputed", False)),
        worth_asking=bool(at.get("asking", False)),
        order=ORDERS.get(at.get("order", ""), "chance"),
        name_part=str(at.get("find") or ""),
    )


def lead_filter() -> sell.LeadFilter:
    """The filters of the Leads page as its controls stand."""
    at = st.session_state
    return sell.LeadFilter(
        teams=tuple(at.get("team", ())),
        regions=tuple(at.get("region", ())),
        sources=tuple(at.get("source", ())),
        tiers=tuple(TIERS[tier] for tier in at.get("tier", ())),
        untouched_only=bool(at.get("untouched", False)),
        disagreed_only=bool(at.get("disputed", False)),
        worth_asking=bool(at.get("asking", False)),
        order=LEAD_ORDERS.get(at.get("order_leads", ""), "chance"),
        name_part=str(at.get("find") or ""),
    )


def choose_customer(customer_id: str) -> None:
    """A customer was chosen on the Risk page."""
    st.session_state[CHOSEN] = customer_id


def choose_lead(lead_id: str) -> None:
    """A lead was chosen: the address says so."""
    st.query_params[LEAD] = lead_id


def many(page: str) -> tuple[str, ...]:
    """Rows of this page's list that are chosen together, by their keys."""
    chosen: tuple[str, ...] = st.session_state.get(MANY + page, ())
    return chosen


def choose_many(page: str, keys: Sequence[str]) -> None:
    """These rows of this page's list were chosen together."""
    st.session_state[MANY + page] = tuple(keys)


def forget_many(page: str) -> None:
    """Nothing of this page's list is chosen together any more."""
    st.session_state.pop(MANY + page, None)


def only(key: str, choices: Sequence[str]) -> None:
    """Drop from a choice of several what is not on offer any more, such as the team of the person before."""
    if any(value not in choices for value in st.session_state.get(key, ())):
        st.session_state[key] = [value for value in st.session_state[key] if value in choices]


def on_page(name: str) -> None:
    """A page of this name is drawn now."""
    st.session_state["_page_before"] = st.session_state.get("_page_now")
    st.session_state["_page_now"] = name


def has_come() -> bool:
    """Whether the person has come to this page from another one, or is new here; false while he stays on it."""
    return bool(st.session_state.get("_page_before") != st.session_state.get("_page_now"))


def is_phone() -> bool:
    """Whether the browser says that it is a phone's."""
    return "Mobi" in st.context.headers.get("User-Agent", "")


def open_account(customer_id: str) -> None:
    """Go to the account, still as the same person."""
    st.switch_page("pages/sell/account.py", query_params=with_persona({CUSTOMER: customer_id}))


def wants_brief() -> bool:
    """Whether the address asks for the brief in place of the account."""
    return st.query_params.get(BRIEF) == "1"


def show_brief(wanted: bool) -> None:
    """Put the brief in place of the account, or take it away; the address says so."""
    if wanted:
        st.query_params[BRIEF] = "1"
    else:
        st.query_params.pop(BRIEF, None)


def open_found(kind: str, key: str) -> None:
    """Go to where a customer, a lead or a deal is shown, still as the same person."""
    page, name = FOUND_ON[kind]
    st.switch_page(page, query_params=with_persona({name: key}))


def with_persona(params: dict[str, str]) -> dict[str, str]:
    """These parameters of an address, and who is looking if the address says so now."""
    asked = st.query_params.get(AS)
    return {**params, **({AS: asked} if asked else {})}
