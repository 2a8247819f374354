"""The health of the data: streams, what has landed, what waits, what imports noticed; and the same as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from crm_core import clock
from crm_core.views import trust
from pages._kit import files, gateway, state, words
from pages._kit.shell import Context, note

SHAPES = {"alive": "●", "late": "◆", "silent": "▲", "unknown rhythm": "◌"}
COLOURS = {"alive": "green", "late": "orange", "silent": "red", "unknown rhythm": "gray"}
NO_MONEY = "that pay nothing now"
NO_OWNER = "nobody looks after it yet"
CARDS = 30
FALLEN = 0.5


def answer(ctx: Context, page: trust.DataHealthPage) -> str:
    """The state of the data in one or two sentences."""
    return f"{_of_feeds(page)} {_of_waiting(ctx, page)}"


def _of_feeds(page: trust.DataHealthPage) -> str:
    n, silent, late = len(page.feeds), page.n_in_state("silent"), page.n_in_state("late")
    if not n:
        return "No feed is declared, so nobody would notice a silent one."
    if silent:
        more = f", {words.number(late)} more late" if late else ""
        return f"{words.number(silent)} of {words.counted(n, 'feed')} {'is' if silent == 1 else 'are'} silent{more}."
    if late:
        return (
            f"{words.number(late)} of {words.counted(n, 'feed')} {'is' if late == 1 else 'are'} late, none is silent."
        )
    unknown = page.n_in_state("unknown rhythm")
    if unknown == n:
        return "No feed has a declared rhythm, so nobody would notice a silent one."
    if unknown:
        have = "has" if unknown == 1 else "have"
        some = f"{words.number(unknown)} of {words.counted(n, 'feed')}"
        return f"{some} {have} no declared rhythm; the others deliver in time."
    return "The only feed delivers in time." if n == 1 else f"All {words.number(n)} feeds deliver in time."


def _of_waiting(ctx: Context, page: trust.DataHealthPage) -> str:
    if not page.n_waiting:
        return "No row waits in quarantine."
    waits = f"{words.counted(page.n_waiting, 'row')} {'waits' if page.n_waiting == 1 else 'wait'} in quarantine"
    if page.n_customers:
        touched = words.counted(page.n_customers, "customer")
        worth = f"worth {words.money(page.value_waiting, ctx.currency)} a year" if page.value_waiting else NO_MONEY
        return f"{waits}, touching {touched} {worth}."
    if page.n_nameless == page.n_waiting:
        return f"{waits}; no customer we know is named, so the money touched is unknown."
    return f"{waits}, touching no customer you may see."


def as_of_the_build(ctx: Context) -> str:
    """How old this picture of the data is."""
    age = words.age(ctx.frame.built_at, clock.utc_now())
    return f"As the build found it ({age}). What was imported or mended since then shows after the next build."


def rhythm(hours: float | None) -> str:
    """How often a stream should deliver: 'every 4 hours', 'daily', 'weekly', 'every 30 days'."""
    if hours is None or hours <= 0:
        return "not declared"
    if hours < 24:
        return "hourly" if hours <= 1 else f"every {hours:g} hours"
    days = hours / 24
    return {1: "daily", 7: "weekly"}.get(days, f"every {days:g} days")  # type: ignore[call-overload, no-any-return]


def recent(feed: trust.parts.Feed) -> str:
    """Rows of the last 30 days against the usual ones."""
    if feed.n_usual_30d is None:
        return words.number(feed.n_30d)
    usual = round(feed.n_usual_30d)
    sign = "▼ " if feed.n_30d < FALLEN * feed.n_usual_30d else ""
    return f"{sign}{words.number(feed.n_30d)} (usual: {words.number(usual)})"


def state_of(feed: trust.parts.Feed) -> str:
    """State with its shape: colour is never the only sign."""
    return f"{SHAPES[feed.state]} {feed.state}"


def delivered(feed: trust.parts.Feed) -> str:
    """When it last delivered."""
    if feed.age_days is None:
        return "never"
    return {0: "today", 1: "yesterday"}.get(feed.age_days, f"{words.number(feed.age_days)} days ago")


def feeds(page: trust.DataHealthPage) -> None:
    """The streams: state, age, rhythm, rows, and whom to ask."""
    st.markdown("##### Feeds")
    if not page.feeds:
        note("None is declared. Land a table of feeds, with owner and rhythm, and a silent one is noticed.")
        return
    if state.is_phone():
        for feed in page.feeds:
            _feed_card(feed)
        return
    make = st.column_config.TextColumn
    st.dataframe(
        {
            "Feed": [files.marked(feed.title) for feed in page.feeds],
            "State": [state_of(feed) for feed in page.feeds],
            "Last delivered": [delivered(feed) for feed in page.feeds],
            "Should deliver": [rhythm(feed.expected_every_hours) for feed in page.feeds],
            "Rows in 30 days": [recent(feed) for feed in page.feeds],
            "Rows in all": [feed.n_rows for feed in page.feeds],
            "Ask": [files.marked(feed.owner) or NO_OWNER for feed in page.feeds],
        },
        key="feeds",
        hide_index=True,
        height="content",
        column_config={
            "State": make(help="late: past its rhythm; silent: three times past it. Days are counted whole."),
            "Last delivered": make(help="Counted back from the newest day of the data."),
            "Rows in 30 days": make(help="Against an average 30 days of the year before; ▼ fewer than half."),
            "Rows in all": st.column_config.NumberColumn(format="localized"),
            "Ask": make(help="Who looks after it."),
        },
        alt=f"{words.counted(len(page.feeds), 'feed')}, the worst first",
    )


def _feed_card(feed: trust.parts.Feed) -> None:
    ask = f"ask {words.plain(feed.owner)}" if feed.owner else NO_OWNER
    with st.container(border=True):
        st.markdown(
            f"**{words.plain(feed.title)}** :{COLOURS[feed.state]}-badge[{state_of(feed)}]  \n"
            f"delivered {delivered(feed)}, rhythm: {rhythm(feed.expected_every_hours)}  \n"
            f":small[:gray[rows in 30 days: {recent(feed)} · {ask}]]"
        )


def faults(ctx: Context, page: trust.DataHealthPage) -> None:
    """What is wrong with the rows that wait, with remedy and money."""
    st.markdown("##### Rows that wait in quarantine")
    if not page.faults:
        st.markdown(":green[:material/check_circle: Nothing waits.] Every row of every import has landed.")
        return
    if state.is_phone():
        for kind in page.faults[:CARDS]:
            _fault_card(ctx, kind)
    else:
        _fault_table(ctx, page.faults)
    n, more = page.n_nameless, page.n_fault_kinds - len(page.faults)
    parts = [f"{words.number(n)} of the rows {'names' if n == 1 else 'name'} no customer we know."] if n else []
    parts += (
        [f"The {words.number(len(page.faults))} faults that touch most are listed, {words.number(more)} more are not."]
        if more > 0
        else []
    )
    parts.append("A row leaves when it is mended at the source and imported again.")
    note(" ".join(parts))
    st.download_button(
        "Download the rows",
        lambda: as_file(gateway.fault_rows(ctx.viewer)),
        file_name=f"quarantine-{ctx.frame.as_of}.csv",
        mime="text/csv",
        on_click="ignore",
        key="download",
        help="Each row with file, line, what is wrong and what to do, as far as you may see whom it is about.",
    )


def _fault_table(ctx: Context, kinds: Sequence[trust.parts.FaultKind]) -> None:
    make = st.column_config.TextColumn
    st.dataframe(
        {
            "File": [files.marked(kind.file) for kind in kinds],
            "Column": [kind.column or "whole row" for kind in kinds],
            "What is wrong": [_wrong(kind) for kind in kinds],
            "What to do": [kind.remedy for kind in kinds],
            "Rows": [kind.n_rows for kind in kinds],
            "First line": [kind.first_line for kind in kinds],
            "Money touched": [touched(ctx, kind) for kind in kinds],
            "Since": [ctx.day(kind.since) for kind in kinds],
        },
        key="faults",
        hide_index=True,
        row_height=64,
        column_config={
            "File": make(width=120),
            "Column": make(width=100),
            "What is wrong": make(width=240),
            "What to do": make(width=240),
            "Rows": st.column_config.NumberColumn(format="localized", width=60),
            "First line": st.column_config.NumberColumn(width=70),
            "Money touched": make(width=125, help="What the customers concerned pay in a year, those you may see."),
            "Since": make(width=70),
        },
        alt=f"{words.counted(len(kinds), 'fault')}, most money first",
    )


def _fault_card(ctx: Context, kind: trust.parts.FaultKind) -> None:
    with st.container(border=True):
        st.markdown(
            f"**{words.plain(kind.file)}**, {words.plain(kind.column or 'whole row')}: {words.plain(_wrong(kind))}  \n"
            f"**{words.counted(kind.n_rows, 'row')}**, money touched: {words.plain(touched(ctx, kind))}  \n"
            f":small[:gray[{words.plain(kind.remedy)}]]"
        )


def _wrong(kind: trust.parts.FaultKind) -> str:
    return f"'{kind.example}' {kind.reason}" if kind.example else kind.reason


def touched(ctx: Context, kind: trust.parts.FaultKind) -> str:
    """Yearly value of the customers that rows of this fault are about."""
    if not kind.n_customers:
        return "unknown"
    money = words.money(kind.value, ctx.currency) if kind.value else "nothing now"
    return f"{money} ({words.counted(kind.n_customers, 'customer')})"


def landed(ctx: Context, page: trust.DataHealthPage) -> None:
    """What has landed, by source and table."""
    st.markdown("##### What has landed")
    if not page.landed:
        note("No import has told what it landed.")
        return
    if state.is_phone():
        st.markdown("\n".join(f"- {_landed_line(ctx, row)}" for row in page.landed))
        return
    st.dataframe(
        {
            "Source": [files.marked(row.source) for row in page.landed],
            "What": [row.table for row in page.landed],
            "Rows": [row.n_rows for row in page.landed],
            "Wait": [row.n_waiting for row in page.landed],
            "Imports": [row.n_batches for row in page.landed],
            "Last import": [row.last_at for row in page.landed],
            "From": [files.marked(", ".join(row.last_files)) for row in page.landed],
        },
        key="landed",
        hide_index=True,
        height=280 if len(page.landed) > 7 else "content",
        column_config={
            "Rows": st.column_config.NumberColumn(format="localized", help="Changed rows are counted again."),
            "Wait": st.column_config.NumberColumn(format="localized", help="Rows in quarantine."),
            "Last import": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", help="UTC"),
            "From": st.column_config.TextColumn(help="Files of the last import."),
        },
        alt=f"{words.counted(len(page.landed), 'table')}, those with rows that wait first",
    )


def _landed_line(ctx: Context, row: trust.parts.Landed) -> str:
    waits = f", **{words.number(row.n_waiting)} wait**" if row.n_waiting else ""
    last = f" :small[:gray[last {ctx.day(row.last_at)}]]" if row.last_at else ""
    return f"{words.plain(row.source)}, {words.plain(row.table)}: {words.counted(row.n_rows, 'row')}{waits}{last}"


def findings(ctx: Context, page: trust.DataHealthPage) -> None:
    """What imports noticed that did not stop a row: contradictions first, decisions in the drawer."""
    told = [f for f in page.findings if f.kind == "contradiction"]
    st.markdown("##### Contradictions between rows that landed")
    if not told:
        st.markdown(
            ":green[:material/check_circle: None found.] No row names something that is not there or comes too early."
        )
    else:
        st.markdown("\n".join(f"- {words.plain(f.sentence)} :small[:gray[{_from(ctx, f)}]]" for f in told))
    rest = [f for f in page.findings if f.kind != "contradiction"]
    if rest:
        with st.expander("What the imports decided"):
            st.markdown("\n".join(f"- {_decided(f)} :small[:gray[{_from(ctx, f)}]]" for f in rest))


def _decided(finding: trust.parts.Finding) -> str:
    return f"{'Not imported: ' if finding.kind == 'unmapped' else ''}{words.plain(finding.sentence)}"


def _from(ctx: Context, finding: trust.parts.Finding) -> str:
    return f"{words.plain(finding.source)}, {ctx.day(finding.landed_at)}"


def as_file(rows: Sequence[trust.FaultRow]) -> bytes:
    """The rows that wait, one line a fault, for a spreadsheet."""
    columns: dict[str, list[Any]] = {
        "File": [row.file for row in rows],
        "Line": [row.line for row in rows],
        "Column": [row.column for row in rows],
        "Value": [row.value for row in rows],
        "What is wrong": [row.reason for row in rows],
        "What to do": [row.remedy for row in rows],
        "Key": [row.key for row in rows],
        "Customer": [row.customer for row in rows],
    }
    return files.as_csv(columns)
