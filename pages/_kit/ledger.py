"""The ledger as a list: what people said, what the model said then, and what it says now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from crm_core.views import trust
from pages._kit import disagree, evidence, files, paper, people, state, tables, verdicts, words
from pages._kit.shell import Context, note

CARDS, ROW_HEIGHT = 20, 64
SHOWN = ("In force", "Mine", "All")
Rows = Sequence[trust.parts.Disagreement]


def chosen(page: trust.parts.DisagreementsPage) -> Rows:
    """The disagreements that the control above the list asks for."""
    wanted = st.segmented_control(
        "Show", SHOWN, default=SHOWN[0], required=True, key="which", bind="query-params", label_visibility="collapsed"
    )
    if wanted == "Mine":
        return [row for row in page.rows if row.opinion.is_own]
    if wanted == "All":
        return page.rows
    return [row for row in page.rows if row.opinion.state == "in force"]


def table(ctx: Context, rows: Rows) -> None:
    """The list; a click on a mark chooses one, which stands below in full."""
    columns = _on_screen(ctx, rows)
    make = st.column_config.TextColumn
    st.dataframe(
        files.on_screen(columns),
        key="ledger_table",
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=tables.HEADER_HEIGHT + ROW_HEIGHT * min(len(rows), 10),
        column_config={
            "About": make(width=135),
            "Who": make(width=105),
            "Believes": make(width=120),
            "Why": make(width=145),
            "Model then": make(width=118, help="What the model said when they disagreed."),
            "Model now": make(width=118, help="What the model says in this build, and how many sources see it."),
            "Pays a year": make(width=76),
            "Said, until": make(width=90),
            "Answer": make(width=95, help="What stewards made of it, or until when they are to answer."),
        },
        on_select="rerun",
        selection_mode="single-row-required",
        placeholder="",
    )
    paper.table(columns)
    picked = st.session_state["ledger_table"]["selection"]["rows"]
    row = rows[picked[0]] if picked and picked[0] < len(rows) else rows[0]
    _card(ctx, row, key="chosen", is_primary=True)


def cards(ctx: Context, rows: Rows) -> None:
    """The list for a narrow screen."""
    for row in rows[:CARDS]:
        _card(ctx, row, key=row.opinion.entry_id, is_primary=False)
    if len(rows) > CARDS:
        note(f"The newest {CARDS} of {words.number(len(rows))}; a wider screen shows all.")


def _card(ctx: Context, row: trust.parts.Disagreement, *, key: str, is_primary: bool) -> None:
    said = row.opinion
    with st.container(border=True, key=key):
        st.markdown(f"**{words.plain(row.entity_name)}**")
        people.word(ctx, said, is_long=True)
        verdicts.became(ctx, row.answer)
        st.markdown(f"The model now: **{words.chance(row.now_probability, row.now_low, row.now_high)}**")
        if evidence.brief(ctx, row.evidence):
            note(f"{evidence.brief(ctx, row.evidence)}.")
        with st.container(horizontal=True):
            kind: Literal["primary", "secondary"] = "primary" if is_primary else "secondary"
            if said.question == "churn" and st.button("Open account", key=f"open_{key}", type=kind):
                state.open_account(said.entity_id)
            if said.question == "lead" and st.button("Open lead", key=f"open_{key}", type=kind):
                state.open_found("lead", said.entity_id)
            if said.is_own and said.state == "in force":
                disagree.withdraw(ctx, said.entry_id, key=key)


def as_file(ctx: Context, rows: Rows) -> bytes:
    """The list as a file for a spreadsheet, with the words."""
    return files.as_csv(
        _columns(ctx, rows)
        | {
            "Rests on": [evidence.for_file(row.evidence) for row in rows],
            "Words": [row.opinion.words for row in rows],
        }
    )


def _on_screen(ctx: Context, rows: Rows) -> dict[str, list[Any]]:
    """The list without what only the file and the chosen one say, so that nothing must be pushed sideways."""
    columns = _columns(ctx, rows)
    answers = [verdicts.in_short(row.answer, has_detail=False) for row in rows]
    columns["Model now"] = [
        " · ".join(filter(None, (now, evidence.short(row.evidence))))
        for now, row in zip(columns["Model now"], rows, strict=True)
    ]
    contested = zip(columns["Believes"], columns["State"], strict=True)
    return {k: v for k, v in columns.items() if k not in ("Said", "Until", "State")} | {
        "Believes": [f"{said}, {words.DISAGREE}" if state == words.DISAGREE else said for said, state in contested],
        "Said, until": [_counts(*when) for when in zip(*(columns[k] for k in ("Said", "Until", "State")), strict=True)],
        "Answer": answers,
    }


def _counts(said: str, until: str, state: str) -> str:
    if state in ("withdrawn", "replaced", "expired"):
        return f"{said}, {state}"
    return f"{said} – {until}"


def _columns(ctx: Context, rows: Rows) -> dict[str, list[Any]]:
    said = [row.opinion for row in rows]
    return {
        "About": [row.entity_name for row in rows],
        "Who": [o.who_name for o in said],
        "Believes": [words.opinion("", o.belief, o.probability).removeprefix(": ") for o in said],
        "Why": [o.reason for o in said],
        "Model then": [words.chance(o.shown_probability, o.shown_low, o.shown_high) for o in said],
        "Model now": [words.chance(row.now_probability, row.now_low, row.now_high) for row in rows],
        "Pays a year": [words.money(row.money_at_stake, ctx.currency) for row in rows],
        "Said": [ctx.day(o.recorded_at) for o in said],
        "Until": [ctx.day(o.expires_on) for o in said],
        "Answer": [verdicts.in_short(row.answer) for row in rows],
        "State": [words.DISAGREE if o.is_contested else o.state for o in said],
    }
