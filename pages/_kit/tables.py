"""Lists: what is shown, and the same as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from crm_core.views import sell
from pages._kit import state, words
from pages._kit.shell import Context

ROW_HEIGHT, HEADER_HEIGHT, ROWS_SHOWN = 82, 36, 8
# A spreadsheet takes a cell that begins like this for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def risk(ctx: Context, page: sell.RiskPage, chosen: str) -> None:
    """The ranked list; a row is chosen by a click on its mark or the picture."""
    keys = [row.customer_id for row in page.rows]
    st.session_state["_risk_keys"] = keys
    if chosen in keys:
        st.session_state["risk_table"] = {"selection": {"rows": [keys.index(chosen)], "columns": [], "cells": []}}
    columns = _risk_columns(ctx, page)
    n = min(len(keys), ROWS_SHOWN)
    st.dataframe(
        columns,
        key="risk_table",
        height=HEADER_HEIGHT + n * ROW_HEIGHT,
        row_height=ROW_HEIGHT,
        hide_index=True,
        column_order=[name for name in columns if name != "Owner"],
        column_config=_risk_config(ctx),
        on_select=row_chosen,
        selection_mode="single-row-required",
        placeholder="",
        alt=f"{words.counted(page.n_matching, 'customer')}, {len(keys):,} listed",
    )


def row_chosen() -> None:
    """A mark in the list was clicked."""
    rows = st.session_state["risk_table"]["selection"]["rows"]
    keys = st.session_state.get("_risk_keys", [])
    if rows and rows[0] < len(keys):
        st.session_state[state.CHOSEN] = keys[rows[0]]


def point_chosen() -> None:
    """A customer in the picture was clicked."""
    points = st.session_state["risk_picture"]["selection"]["points"]
    key = next((point.get("customdata") for point in points if point.get("customdata")), None)
    if key:
        st.session_state[state.CHOSEN] = key if isinstance(key, str) else key[0]


def _risk_columns(ctx: Context, page: sell.RiskPage) -> dict[str, list[Any]]:
    rows = page.rows
    shown: dict[str, list[Any]] = {"Customer": [row.name for row in rows]}
    if page.model_version:
        shown["Of 100 leave"] = [None if r.probability is None else round(r.probability * 100) for r in rows]
        shown["Range"] = [words.span(r.low, r.high) for r in rows]
        shown["Chance"] = [f"{words.SHAPES[r.tier]} {words.TIERS[r.tier]}" for r in rows]
    shown["Pays a year"] = [words.money(r.yearly_value, ctx.currency) for r in rows]
    shown["Renewal"] = [ctx.day(r.renewal_on) for r in rows]
    if page.model_version:
        shown["Why"] = [" · ".join(words.reason(w.sentence, w.points) for w in r.reasons) for r in rows]
    else:
        shown["Signs"] = [r.rule_reasons or "none" for r in rows]
    shown["People say"] = [
        " · ".join(words.opinion(o.who_name, o.belief, o.probability) for o in r.opinions) for r in rows
    ]
    shown["Last contact"] = [words.ago(r.last_contact_at, ctx.frame.as_of) for r in rows]
    shown["Owner"] = [r.owner_name or "" for r in rows]
    return shown


def _risk_config(ctx: Context) -> dict[str, Any]:
    make = st.column_config
    return {
        "Customer": make.TextColumn(width=135),
        "Of 100 leave": make.ProgressColumn(
            min_value=0,
            max_value=100,
            format="%d",
            color="gray",
            width=92,
            help="Of 100 customers like this, so many leave within 90 days: what the model says.",
        ),
        "Range": make.TextColumn(width=56, help="95 times of 100 the true rate of such customers lies in here."),
        "Chance": make.TextColumn(
            width=84,
            help="high: at least 3 times the usual odds; medium: 1.5 times; low: below. Shapes as in the picture.",
        ),
        "Pays a year": make.TextColumn(width=76, alignment="right", help="What the customer pays in a year."),
        "Renewal": make.TextColumn(width=62, help="Day the contract ends."),
        "Why": make.TextColumn(width=262, help="What raises (+) or lowers (−) the chance, in points of 100."),
        "Signs": make.TextColumn(width=400, help="Signs that anybody can check; the more, the higher on the list."),
        "People say": make.TextColumn(width=112, help="What colleagues believe, as long as it counts."),
        "Last contact": make.TextColumn(width=88, help=f"Before {ctx.day(ctx.frame.as_of)}, as far as logged."),
        "Owner": make.TextColumn(width=130),
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
    exact = {"Pays a year": [None if r.yearly_value is None else round(r.yearly_value, 2) for r in page.rows]}
    days = {"Renewal": [r.renewal_on.isoformat() if r.renewal_on else "" for r in page.rows]}
    contact = {"Last contact": [r.last_contact_at.date().isoformat() if r.last_contact_at else "" for r in page.rows]}
    return as_csv(_risk_columns(ctx, page) | exact | days | contact)
