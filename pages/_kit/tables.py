"""Lists: what is shown, and the same as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from crm_core.access import Capability, may
from crm_core.views import sell
from pages._kit import disagree, evidence, files, first_view, paper, state, words
from pages._kit.questions import CHURN, LEAD, Question
from pages._kit.shell import Context

ROW_HEIGHT, HEADER_HEIGHT, ROWS_SHOWN = 98, 36, 7
# Two views and that they contradict each other take more lines than reasons do.
MORE_LINES = 34
DISAGREE = "Disagree"
Columns = dict[str, list[Any]]
as_csv = files.as_csv


@dataclass(frozen=True)
class Choice:
    """What is chosen in a list: one row, or several together."""

    key: str
    choose: Callable[[str], None]
    is_of_many: bool


def risk(ctx: Context, page: sell.parts.RiskPage, chosen: str, *, is_of_many: bool = False) -> None:
    """The ranked list; a row is chosen by a click on its mark or the picture."""
    choice = Choice(chosen, state.choose_customer, is_of_many)
    _ranked(ctx, CHURN, page, (_risk_columns(ctx, page), _risk_config(ctx)), choice)


def leads(ctx: Context, page: sell.parts.LeadsPage, chosen: str, *, is_of_many: bool = False) -> None:
    """The ranked list; a row is chosen by a click on its mark or the picture."""
    choice = Choice(chosen, state.choose_lead, is_of_many)
    _ranked(ctx, LEAD, page, (_lead_columns(ctx, page), _lead_config(ctx)), choice)


def point_chosen(picture: str, choose: Callable[[str], None]) -> Callable[[], None]:
    """What happens when a mark in the picture with this key is clicked."""

    def change() -> None:
        points = st.session_state[picture]["selection"]["points"]
        key = next((point.get("customdata") for point in points if point.get("customdata")), None)
        if key:
            choose(key if isinstance(key, str) else key[0])

    return change


def _ranked(
    ctx: Context,
    question: Question,
    page: sell.parts.RiskPage | sell.parts.LeadsPage,
    content: tuple[Columns, dict[str, Any]],
    choice: Choice,
) -> None:
    columns, config = content
    name = f"{question.page}_table" + ("_many" if choice.is_of_many else "")
    keys = [row.key for row in page.rows]
    # Rows are remembered by key: another filter or order must not choose somebody else.
    wanted = state.many(question.page) if choice.is_of_many else (choice.key,)
    marked = [keys.index(key) for key in wanted if key in keys]
    if marked or choice.is_of_many:
        st.session_state[name] = {"selection": {"rows": marked, "columns": [], "cells": []}}
    shown = [column for column in columns if column != "Owner" or question is LEAD]
    on_screen = files.on_screen(columns)
    if may(ctx.viewer, Capability.DISAGREE):
        on_screen[DISAGREE] = [DISAGREE] * len(keys)
        config = config | {DISAGREE: _disagree_column(question, keys)}
    height = ROW_HEIGHT + (MORE_LINES if any(o.is_contested for row in page.rows for o in row.opinions) else 0)
    st.dataframe(
        on_screen,
        key=name,
        height=HEADER_HEIGHT + min(len(keys), ROWS_SHOWN) * height,
        row_height=height,
        hide_index=True,
        column_order=[*shown, DISAGREE] if DISAGREE in on_screen else shown,
        column_config=config,
        on_select=_row_chosen(name, question, keys, choice),
        selection_mode="multi-row" if choice.is_of_many else "single-row-required",
        placeholder="",
        alt=f"{words.counted(page.n_matching, question.one)}, {words.number(len(keys))} listed",
    )
    paper.table(columns, shown)


def _row_chosen(name: str, question: Question, keys: list[str], choice: Choice) -> Callable[[], None]:
    def change() -> None:
        chosen = [keys[n] for n in st.session_state[name]["selection"]["rows"] if n < len(keys)]
        if choice.is_of_many:
            state.choose_many(question.page, chosen)
        elif chosen:
            choice.choose(chosen[0])

    return change


def _disagree_column(question: Question, keys: list[str]) -> Any:
    """A button in every row: one press opens the form for that row."""
    name = f"{question.page}_row"

    def pressed() -> None:
        click = st.session_state[name]
        if click is not None and click["row"] < len(keys):
            disagree.begin(question, [(keys[click["row"]], "")])

    # At the left, where no width of the window cuts it off.
    return st.column_config.ButtonColumn("", width=90, pinned=True, on_click=pressed, key=name)


def _model_columns(question: Question, page: sell.parts.ScoredPage, rows: Sequence[sell.parts.ScoredRow]) -> Columns:
    """What the model says, if there is one."""
    if not page.model_version:
        return {}
    return {
        f"Of 100 {question.they_do}": [None if r.probability is None else round(r.probability * 100) for r in rows],
        "Range": [words.span(r.low, r.high) for r in rows],
        "Chance": [f"{words.SHAPES[r.tier]} {words.TIERS[r.tier]}" for r in rows],
        "Rests on": [evidence.short(r.evidence) for r in rows],
    }


def _reason_columns(page: sell.parts.ScoredPage, rows: Sequence[sell.parts.ScoredRow]) -> Columns:
    """Why, and what people say to it."""
    if page.model_version:
        why = {"Why": [" · ".join(words.reason(w.sentence, w.points) for w in r.reasons) or _asked(r) for r in rows]}
    else:
        why = {"Signs": [r.rule_reasons or "none" for r in rows]}
    return {**why, "People say": [words.said(r.opinions) for r in rows]}


def _asked(row: sell.parts.ScoredRow) -> str:
    """The question in place of reasons, where there is not enough evidence."""
    if first_view.is_asked(row):
        return f"{first_view.ASK} The number waits for your view."
    asked = evidence.question(row.evidence) if row.evidence.is_withheld else ""
    return f"Ask: {asked}" if asked else ""


def _shared_config(question: Question) -> dict[str, Any]:
    make = st.column_config
    return {
        f"Of 100 {question.they_do}": make.ProgressColumn(
            min_value=0,
            max_value=100,
            format="%d",
            color="gray",
            width=82,
            help=f"Of 100 {question.event}: so many, the model says.",
        ),
        "Range": make.TextColumn(width=52, help=f"95 times of 100 the true rate of such {question.one}s lies in here."),
        "Chance": make.TextColumn(
            width=78,
            help="high: at least 3 times the usual odds; medium: 1.5 times; low: below. Shapes as in the picture. "
            "Not enough evidence: the number is not shown. Not scored yet: the model has none.",
        ),
        "Rests on": make.TextColumn(
            width=64, help="Sources that could see it, of those there are; little: what is missing could change it."
        ),
        "Why": make.TextColumn(width=190, help="What raises (+) or lowers (−) the chance, in points of 100."),
        "Signs": make.TextColumn(width=400, help="Signs that anybody can check; the more, the higher on the list."),
        "People say": make.TextColumn(width=122, help="What colleagues believe and why they do, as long as it counts."),
        "Owner": make.TextColumn(width=130),
    }


def _risk_columns(ctx: Context, page: sell.parts.RiskPage) -> Columns:
    rows = page.rows
    return {
        "Customer": [row.name for row in rows],
        **_model_columns(CHURN, page, rows),
        "Pays a year": [words.pays(r, ctx.currency) for r in rows],
        "Renewal": [ctx.day(r.renewal_on) for r in rows],
        **_reason_columns(page, rows),
        "Last logged": [_contact(ctx, r.last_contact_at, r.evidence) for r in rows],
        "Owner": [r.owner_name or "" for r in rows],
    }


def _risk_config(ctx: Context) -> dict[str, Any]:
    make = st.column_config
    return {
        **_shared_config(CHURN),
        "Customer": make.TextColumn(width=118),
        "Pays a year": make.TextColumn(width=72, alignment="right", help="What the customer pays in a year."),
        "Renewal": make.TextColumn(width=56, help="Day the contract ends."),
        "Last logged": make.TextColumn(
            width=78, help=f"The last one before {ctx.day(ctx.frame.as_of)} that was logged, and what is not seen here."
        ),
    }


def _lead_columns(ctx: Context, page: sell.parts.LeadsPage) -> Columns:
    rows = page.rows
    return {
        "Lead": [row.name for row in rows],
        **_model_columns(LEAD, page, rows),
        "Worth": [words.worth(r.amount, ctx.currency, is_usual=r.is_usual_amount) for r in rows],
        **_reason_columns(page, rows),
        "Source": [r.source_channel or "" for r in rows],
        "Came in": [words.ago(r.created_at, ctx.frame.as_of) if r.created_at else "" for r in rows],
        "First touch": [words.first_touch(r.hours_to_first_touch) for r in rows],
        "Last logged": [_touch(ctx, r) for r in rows],
        "Owner": [r.owner_name or "" for r in rows],
    }


def _lead_config(ctx: Context) -> dict[str, Any]:
    make = st.column_config
    worth = "Worth of its deal; with ~: what a deal from this source usually brings."
    return {
        **_shared_config(LEAD),
        "Lead": make.TextColumn(width=116),
        "Worth": make.TextColumn(width=66, alignment="right", help=worth),
        "Why": make.TextColumn(width=150, help="What raises (+) or lowers (−) the chance, in points of 100."),
        "People say": make.TextColumn(width=116, help="What colleagues believe and why they do, as long as it counts."),
        "Source": make.TextColumn(width=76),
        "Came in": make.TextColumn(width=80),
        "First touch": make.TextColumn(width=76, help="How long it waited until one of us got in touch."),
        "Last logged": make.TextColumn(
            width=78, help=f"The last one in either direction that was logged before {ctx.day(ctx.frame.as_of)}."
        ),
        "Owner": make.TextColumn(width=110),
    }


def _contact(ctx: Context, moment: datetime | None, found: sell.parts.Evidence) -> str:
    """The last contact that was logged, and what kinds of it are not."""
    said = "none" if moment is None else words.ago(moment, ctx.frame.as_of)
    missing = evidence.unlogged(found)
    return f"{said}; {missing}" if missing else said


def _touch(ctx: Context, row: sell.parts.LeadRow) -> str:
    said = _contact(ctx, row.last_touch_at, row.evidence)
    return f"by them {said}" if row.is_untouched and row.last_touch_at is not None else said


def _rests_on(rows: Sequence[sell.parts.ScoredRow]) -> Columns:
    """What scores rest on, in a file: the whole sentence."""
    return {"Rests on": [evidence.for_file(r.evidence) for r in rows]}


def risk_csv(ctx: Context, page: sell.parts.RiskPage) -> bytes:
    """The list of Risk as it is shown."""
    exact = {"Pays a year": [_exact(r.yearly_value) for r in page.rows]}
    if any(r.n_foreign_lines for r in page.rows):
        exact["Lines without a rate"] = [r.n_foreign_lines for r in page.rows]
    days = {"Renewal": [_iso(r.renewal_on) for r in page.rows]}
    contact = {"Last logged": [_iso(r.last_contact_at) for r in page.rows]}
    return files.as_csv(_risk_columns(ctx, page) | exact | days | contact | _rests_on(page.rows))


def leads_csv(ctx: Context, page: sell.parts.LeadsPage) -> bytes:
    """The list of Leads as it is shown."""
    rows = page.rows
    exact: Columns = {
        "Worth": [_exact(r.amount) for r in rows],
        "Worth is the usual one": ["yes" if r.is_usual_amount else "no" for r in rows],
        "Came in": [_iso(r.created_at) for r in rows],
        "First touch": [r.hours_to_first_touch for r in rows],
        "Last logged": [_iso(r.last_touch_at) for r in rows],
    }
    columns = _lead_columns(ctx, page) | exact | _rests_on(rows)
    return files.as_csv(
        {name.replace("First touch", "First touch after hours"): cells for name, cells in columns.items()}
    )


def _exact(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _iso(moment: Any) -> str:
    return "" if moment is None else str(moment)[:10]
