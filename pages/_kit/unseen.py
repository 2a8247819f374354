"""Who is not seen: a list that asks for help with the data and blames nobody."""

from __future__ import annotations

import streamlit as st

from crm_core.views import trust
from pages._kit import evidence, files, paper, state, words
from pages._kit.shell import Context, note

MEANS = (
    "What nobody logs looks as if it had not happened. Scores of these customers and leads leave the source out "
    "instead of taking it for zero. Often a connection is missing, or things are noted elsewhere: ask, and connect it."
)


def block(ctx: Context, page: trust.unseen.UnseenPage) -> None:
    """Owner by source, with what was logged against what is usual."""
    if not page.may_see:
        return
    st.markdown("##### Who is not seen")
    if page.is_empty:
        note(page.why_empty)
        return
    note(MEANS)
    if state.is_phone():
        for row in page.rows:
            with st.container(border=True):
                st.markdown(
                    f"**{words.plain(row.title)}** · {words.plain(row.owner_name or 'nobody named')}  \n"
                    f"{_logged(row)}{_since(ctx, row)}  \n:small[:gray[{words.plain(row.team or 'no team')}]]"
                )
        return
    columns = {
        "Source": [row.title for row in page.rows],
        "Logged in 90 days": [_logged(row) for row in page.rows],
        "Since": [ctx.day(row.since) for row in page.rows],
        "In care": [row.n_in_care for row in page.rows],
        "Team": [row.team or "" for row in page.rows],
        "Ask": [row.owner_name or "" for row in page.rows],
    }
    st.dataframe(
        files.on_screen(columns),
        key="unseen",
        hide_index=True,
        height="content",
        column_config={
            "Logged in 90 days": st.column_config.TextColumn(help="Against what is usual for so many in care."),
            "In care": st.column_config.NumberColumn(help="Customers and open leads.", format="localized"),
            "Since": st.column_config.TextColumn(help="As far as the data reach back."),
        },
        alt=f"{words.counted(len(page.rows), 'owner and source', 'owners and sources')} where little is logged",
    )
    paper.table(columns)


def _logged(row: trust.unseen.Unseen) -> str:
    """'14 calls logged where about 160 are usual'."""
    things = evidence.things_of(row.feed)
    return f"{words.number(row.n_logged)} {things} where about {words.number(row.n_usual)} are usual"


def _since(ctx: Context, row: trust.unseen.Unseen) -> str:
    return f"; since {ctx.day(row.since)}" if row.since else ""
