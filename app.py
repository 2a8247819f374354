"""The frame: every page runs inside it, also one that is opened by its address."""

from __future__ import annotations

import streamlit as st

from pages._kit import fresh, paper, shell, tour

SIDEBAR_POINTS = 250

# Before the navigation, which would otherwise fetch each page's icon from the network for the browser's tab.
st.set_page_config(page_icon="⚖️", layout="wide", initial_sidebar_state=SIDEBAR_POINTS)


def start() -> None:
    """The front door leads to the page that answers this person's question of most mornings."""
    st.switch_page(shell.first_page(), query_params=st.query_params.to_dict())


page = st.navigation(
    {
        "": [st.Page(start, title="Start", default=True, visibility="hidden")],
        "Sell": [
            st.Page("pages/sell/today.py", title="Today", icon=":material/today:"),
            st.Page("pages/sell/risk.py", title="Risk", icon=":material/trending_down:"),
            st.Page("pages/sell/leads.py", title="Leads", icon=":material/person_add:"),
            st.Page("pages/sell/pipeline.py", title="Pipeline", icon=":material/filter_alt:"),
            st.Page("pages/sell/account.py", title="Account", icon=":material/apartment:"),
            st.Page("pages/sell/your_words.py", title="Your words", icon=":material/record_voice_over:"),
        ],
        "Steer": [
            st.Page("pages/steer/meeting.py", title="Meeting", icon=":material/groups:"),
            st.Page("pages/steer/weekly.py", title="Weekly hour", icon=":material/event_repeat:"),
            st.Page("pages/steer/responsibilities.py", title="Responsibilities", icon=":material/badge:"),
        ],
        "Explore": [
            st.Page("pages/explore/explore.py", title="Explore", icon=":material/query_stats:"),
        ],
        "Trust": [
            st.Page("pages/trust/model.py", title="Model", icon=":material/balance:"),
            st.Page("pages/trust/data_health.py", title="Data health", icon=":material/monitor_heart:"),
            st.Page("pages/trust/disagreements.py", title="Disagreements", icon=":material/forum:"),
            st.Page("pages/trust/who_was_right.py", title="Who was right", icon=":material/how_to_reg:"),
            st.Page("pages/trust/triage.py", title="Triage", icon=":material/inbox:"),
        ],
    },
    expanded=True,
)
st.set_page_config(page_title=f"{page.title} · Second Opinion")
with shell.guarded():
    paper.style()
    shell.sidebar()
    fresh.watch()
    tour.top(page.url_path)
    page.run()
