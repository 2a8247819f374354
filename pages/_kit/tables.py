"""Lists: what is shown, and the same as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from crm_core.views import sell
from pages._kit import evidence, first_view, paper, state, words
from pages._kit.questions import CHURN, LEAD, Question
from pages._kit.shell import Context

ROW_HEIGHT, HEADER_HEIGHT, ROWS_SHOWN = 82, 36, 8
# A spreadsheet takes a cell that begins like this for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Columns = dict[str, list[Any]]


def risk(ctx: Context, page: sell.RiskPage, chosen: str) -> None:
    """The ranked list; a row is chosen by a click on its mark or the picture."""
    _ranked(CHURN, page, _risk_columns(ctx, page), _risk_config(ctx), (chosen, state.choose_customer))


def leads(ctx: Context, page: sell.parts.LeadsPage, chosen: str) -> None:
    """The ranked list; a row is chosen by a click on its mark or the picture."""
    _ranked(LEAD, page, _lead_columns(ctx, page), _lead_config(ctx), (chosen, state.choose_lead))


def point_chosen(picture: str, choose: Callable[[str], None]) -> Callable[[], None]:
    """What happens when a mark in the picture with this key is clicked."""

    def change() -> None:
        points = st.session_state[picture]["selection"]["points"]
        key = next((point.get("customdata") for point in points if point.get("customdata")), None)
        if key:
            choose(key if isinstance(key, str) else key[0])

    return change


def _ranked(
    question: Question,
    page: sell.RiskPage | sell.parts.LeadsPage,
    columns: Columns,
    config: dict[str, Any],
    choice: tuple[str, Callable[[str], None]],
) -> None:
    chosen, choose = choice
    name = f"{question.page}_table"
    keys = [row.key for row in page.rows]
    if chosen in keys:
        st.session_state[name] = {"selection": {"rows": [keys.index(chosen)], "columns": [], "cells": []}}

    def row_chosen() -> None:
        rows = st.session_state[name]["selection"]["rows"]
        if rows and rows[0] < len(keys):
            choose(keys[rows[0]])

    st.dataframe(
        columns,
        key=name,
        height=HEADER_HEIGHT + min(len(keys), ROWS_SHOWN) * ROW_HEIGHT,
        row_height=ROW_HEIGHT,
        hide_index=True,
        column_order=[column for column in columns if column != "Owner" or question is LEAD],
        column_config=config,
        on_select=row_chosen,
        selection_mode="single-row-required",
        placeholder="",
        alt=f"{words.counted(page.n_matching, question.one)}, {words.number(len(keys))} listed",
    )
    paper.table(columns, [column for column in columns if column != "Owner" or question is LEAD])


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
    said = [" · ".join(words.opinion(o.who_name, o.belief, o.probability) for o in r.opinions) for r in rows]
    return {**why, "People say": said}


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
            width=92,
            help=f"Of 100 {question.event}: so many, the model says.",
        ),
        "Range": make.TextColumn(width=56, help=f"95 times of 100 the true rate of such {question.one}s lies in here."),
        "Chance": make.TextColumn(
            width=84,
            help="high: at least 3 times the usual odds; medium: 1.5 times; low: below. Shapes as in the picture.",
        ),
        "Rests on": make.TextColumn(
            width=64, help="Sources that could see it, of those there are; little: what is missing could change it."
        ),
        "Why": make.TextColumn(width=214, help="What raises (+) or lowers (−) the chance, in points of 100."),
        "Signs": make.TextColumn(width=400, help="Signs that anybody can check; the more, the higher on the list."),
        "People say": make.TextColumn(width=96, help="What colleagues believe, as long as it counts."),
        "Owner": make.TextColumn(width=130),
    }


def _risk_columns(ctx: Context, page: sell.RiskPage) -> Columns:
    rows = page.rows
    return {
        "Customer": [row.name for row in rows],
        **_model_columns(CHURN, page, rows),
        "Pays a year": [words.pays(r, ctx.currency) for r in rows],
        "Renewal": [ctx.day(r.renewal_on) for r in rows],
        **_reason_columns(page, rows),
        "Last contact": [words.ago(r.last_contact_at, ctx.frame.as_of) for r in rows],
        "Owner": [r.owner_name or "" for r in rows],
    }


def _risk_config(ctx: Context) -> dict[str, Any]:
    make = st.column_config
    return {
        **_shared_config(CHURN),
        "Customer": make.TextColumn(width=135),
        "Pays a year": make.TextColumn(width=76, alignment="right", help="What the customer pays in a year."),
        "Renewal": make.TextColumn(width=62, help="Day the contract ends."),
        "Last contact": make.TextColumn(width=88, help=f"Before {ctx.day(ctx.frame.as_of)}, as far as logged."),
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
        "Last touch": [words.ago(r.last_touch_at, ctx.frame.as_of) for r in rows],
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
        "People say": make.TextColumn(width=92, help="What colleagues believe, as long as it counts."),
        "Source": make.TextColumn(width=76),
        "Came in": make.TextColumn(width=80),
        "First touch": make.TextColumn(width=76, help="How long it waited until one of us got in touch."),
        "Last touch": make.TextColumn(width=80, help=f"In either direction, before {ctx.day(ctx.frame.as_of)}."),
        "Owner": make.TextColumn(width=110),
    }


def as_csv(columns: Mapping[str, Sequence[Any]]) -> bytes:
    """A list as a file for a spreadsheet: UTF-8 with a mark, nothing in it taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(cell, list):
        cell = ", ".join(str(part) for part in cell)
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def risk_csv(ctx: Context, page: sell.RiskPage) -> bytes:
    """The list of Risk as it is shown."""
    exact = {"Pays a year": [_exact(r.yearly_value) for r in page.rows]}
    if any(r.n_foreign_lines for r in page.rows):
        exact["Lines without a rate"] = [r.n_foreign_lines for r in page.rows]
    days = {"Renewal": [_iso(r.renewal_on) for r in page.rows]}
    contact = {"Last contact": [_iso(r.last_contact_at) for r in page.rows]}
    return as_csv(_risk_columns(ctx, page) | exact | days | contact)


def leads_csv(ctx: Context, page: sell.parts.LeadsPage) -> bytes:
    """The list of Leads as it is shown."""
    rows = page.rows
    exact: Columns = {
        "Worth": [_exact(r.amount) for r in rows],
        "Worth is the usual one": ["yes" if r.is_usual_amount else "no" for r in rows],
        "Came in": [_iso(r.created_at) for r in rows],
        "First touch": [r.hours_to_first_touch for r in rows],
        "Last touch": [_iso(r.last_touch_at) for r in rows],
    }
    columns = _lead_columns(ctx, page) | exact
    return as_csv({name.replace("First touch", "First touch after hours"): cells for name, cells in columns.items()})


def _exact(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _iso(moment: Any) -> str:
    return "" if moment is None else str(moment)[:10]
