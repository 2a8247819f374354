"""A tour of the demo company: six steps from "whom do I call?" to "I disagree", offered once to everybody."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from crm_core import actions, views
from crm_core.access import Viewer
from crm_core.errors import CrmError
from crm_core.views import sell
from pages._kit import gateway, shell, state

TOUR = "tour"
PAGES = Path(__file__).resolve().parent.parent
RISK = "sell/risk.py"


@dataclass(frozen=True)
class Step:
    """One step: on which page, and one sentence about what is to be seen there."""

    page: str
    words: str
    is_about_customer: bool = False
    is_brief: bool = False


STEPS = (
    Step("sell/today.py", "**Whom do I call?** Today lists ten calls, each with why now and the money at stake."),
    Step(RISK, "**What is in danger?** Risk puts everybody in order: the chance of leaving and what they pay a year."),
    Step("sell/account.py", "**Why this one?** Every number comes with its reasons, in points of 100.", True),
    Step(
        "sell/account.py",
        "**What must I know?** *Brief* has promises, open tickets and people on one screen.",
        True,
        True,
    ),
    Step("sell/account.py", "**You know better?** *Disagree* takes 20 seconds; your word stands beside it.", True),
    Step("trust/disagreements.py", "**I disagree.** Here both views wait for the day the outcome is known."),
)


def top(page: str) -> None:
    """The step that the address asks for, or the offer of a tour to who has not seen it; nothing outside of the demo.

    Parameters
    ----------
    page : str
        Address of the page; the front door has none and shows nothing, as it leads on at once.
    """
    viewer: Viewer = st.session_state[shell.VIEWER]
    if not page or not gateway.frame(viewer).is_demo:
        return
    n = _asked()
    with st.sidebar:
        if not n and st.button("Take the tour", key="tour_start", type="tertiary", icon=":material/explore:"):
            _go(viewer, 1)
    if n:
        _card(viewer, n)
    elif not _is_seen(viewer):
        _offer(viewer)


def _asked() -> int:
    asked = st.query_params.get(TOUR, "")
    return int(asked) if asked.isdecimal() and 1 <= int(asked) <= len(STEPS) else 0


def _card(viewer: Viewer, n: int) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=TOUR):
        st.markdown(f":blue[Step {n} of {len(STEPS)}] {STEPS[n - 1].words}", width="stretch")
        is_last = n == len(STEPS)
        if not is_last and st.button("Skip", key="tour_skip", type="tertiary", on_click=_seen, args=(viewer,)):
            _leave()
        if is_last and st.button("Finish", key="tour_finish", on_click=_seen, args=(viewer,)):
            _leave()
        if not is_last and st.button("Next", key="tour_next"):
            _go(viewer, n + 1)


def _offer(viewer: Viewer) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=TOUR):
        st.markdown("New here? Six steps from *whom do I call* to *I disagree*.", width="stretch")
        st.button("Not now", key="tour_not_now", type="tertiary", on_click=_seen, args=(viewer,))
        if st.button("Take the tour, one minute", key="tour_take"):
            _go(viewer, 1)


def _go(viewer: Viewer, n: int) -> None:
    step = STEPS[n - 1]
    page = step.page if (PAGES / step.page).exists() else RISK
    params = {TOUR: str(n)}
    if step.is_about_customer:
        params[state.BRIEF] = "1" if step.is_brief else ""
        params[state.CUSTOMER] = st.query_params.get(state.CUSTOMER) or _first(viewer)
    st.switch_page(f"pages/{page}", query_params=state.with_persona({k: v for k, v in params.items() if v}))


def _first(viewer: Viewer) -> str:
    rows = gateway.risk(viewer, sell.RiskFilter()).rows
    return rows[0].customer_id if rows else ""


def _leave() -> None:
    st.query_params.pop(TOUR, None)
    st.rerun()


def _is_seen(viewer: Viewer) -> bool:
    if st.session_state.get("_tour_seen") != viewer.who and views.tour_seen(viewer):
        st.session_state["_tour_seen"] = viewer.who
    return st.session_state.get("_tour_seen") == viewer.who


def _seen(viewer: Viewer) -> None:
    st.session_state["_tour_seen"] = viewer.who
    try:
        actions.tour_seen(viewer)
    except CrmError as error:
        # It will be offered again another day; nothing else is lost.
        shell.log.warning("%s", error)
