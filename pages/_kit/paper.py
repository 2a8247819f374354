"""What the theme cannot say: a page on paper, and words on what is chosen.

On paper there is nothing to press, a page is as long as its content, and lists are plain tables that are not cut off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import streamlit as st

from pages._kit import words

LINES = 40
# By Streamlit's own class names and our keys. A list on the screen is drawn by hand and ends at its frame, so on paper
# a plain table stands in its place.
STYLE = """<style>
@media screen { .stElementContainer:has(> .stHtml > .paper) { display: none; } }
/* What is chosen is written in the theme's main colour, on a tint of it too pale to read in the dark. */
.stButtonGroup button[data-selected="true"] * { color: light-dark(#005A8C, #7CC3EC); }
/* A dialog stands outside of what knows whether it is dark; there it is written like everything else. */
[role="dialog"] .stButtonGroup button[data-selected="true"],
[role="dialog"] .stButtonGroup button[data-selected="true"] * { color: inherit !important; font-weight: 600; }
@media print {
  @page { size: landscape; margin: 10mm; }
  .stSidebar, .stAppHeader, .stAppViewContainer > a, .stAppViewContainer > button, .stElementToolbar, .stTooltipIcon,
  .stElementContainer:has(> .stButton, > .stDownloadButton, > .stTextInput, > .stSelectbox, > .stMultiSelect),
  .stElementContainer:has(> .stButtonGroup, > .stCheckbox, > .stDateInput, > .stNumberInput, > .stRadio, > .stSlider),
  .stElementContainer:has(> .stPageLink, > .stSpinner), .stToast, .stPopover, .st-key-tour, .st-key-fresh,
  .stElementContainer:has(+ .stElementContainer > .stHtml > .paper) { display: none !important; }
  .stApp, .stAppViewContainer, .stMain, div:has(> .stMain) {
    position: static !important; overflow: visible !important; height: auto !important; display: block !important;
  }
  .stMain * { max-width: 100%; }
  .stMainBlockContainer { padding: 0 !important; }
  .stMetric, .stPlotlyChart, .stAlert, .paper tr { break-inside: avoid; }
  .stColumn { min-width: 0 !important; }
  /* Pictures keep the width they had on the screen: smaller, so that none is cut off. */
  .stPlotlyChart { zoom: 0.68; }
  h1, h2, h3 { break-after: avoid; }
  /* A committee gets two pages. */
  .st-key-meeting { zoom: 0.78; }
  .st-key-meeting .stPlotlyChart { zoom: 0.87; }
  .paper { width: 100%; border-collapse: collapse; font-size: 9pt; }
  .paper th, .paper td { text-align: left; vertical-align: top; padding: 2pt 5pt; border-bottom: 0.5pt solid #999; }
}
</style>"""


def style() -> None:
    """Send the rules once a run; they take no room on the page."""
    st.html(STYLE)


def table(columns: Mapping[str, Any], shown: Iterable[str] | None = None) -> None:
    """The same list for paper, unseen on the screen; call it right after the list, in the same container.

    Parameters
    ----------
    columns : mapping
        As for `st.dataframe`.
    shown : iterable of str, optional
        Columns that are shown; default: all.
    """
    names = [name for name in (columns if shown is None else shown) if name in columns]
    lines = list(zip(*(columns[name][:LINES] for name in names), strict=True))
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in line) + "</tr>" for line in lines)
    n = len(columns[names[0]]) if names else 0
    more = f"<tr><td colspan='{len(names)}'>The first {LINES} of {words.number(n)}.</td></tr>" if n > LINES else ""
    # Hidden from readers of the screen, who have the list itself.
    st.html(
        f"<table class='paper' aria-hidden='true'><thead><tr>{head}</tr></thead><tbody>{body}{more}</tbody></table>"
    )


def _cell(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return words.number(cell, 0 if isinstance(cell, int) or cell.is_integer() else 1)
    return escape(", ".join(map(str, cell)) if isinstance(cell, list | tuple) else str(cell))
