"""Lists as files for a spreadsheet: nothing that people wrote is ever taken for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

# A spreadsheet takes a cell that begins like this for a formula, also in the wide signs of East Asian keyboards.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# What may stand before the sign without being seen; some programs pass over it.
UNSEEN = " \t\r\n\v\f\x00\u00a0\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufeff" + "".join(
    chr(code) for code in range(0x202A, 0x202F)
)
MARK = "\u200b"
# Telephone numbers are copied from the screen and dialled: nothing may stand in them, and figures alone do no harm.
_FIGURES = re.compile(r"[+\-][\d\s()./,%-]*")


def as_csv(columns: Mapping[str, Sequence[Any]]) -> bytes:
    """A list as a file for a spreadsheet: UTF-8 with a mark, nothing in it taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([harmless(name) for name in columns])
    for row in zip(*columns.values(), strict=True):
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(cell, list):
        cell = ", ".join(str(part) for part in cell)
    return f"'{cell}" if _is_formula(cell) else cell


def on_screen(columns: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Columns of a list on the screen, which a reader may save as it stands by the button at its corner."""
    return {name: [marked(cell) for cell in cells] for name, cells in columns.items()}


def marked(cell: Any) -> Any:
    """A cell for the screen: a sign that nobody sees stands before what looks like a formula.

    Streamlit itself writes the file that a reader saves from the screen, and writes it as it is.
    """
    return MARK + cell if _is_formula(cell) and not _FIGURES.fullmatch(cell) else cell


def _is_formula(cell: Any) -> bool:
    return isinstance(cell, str) and (cell.startswith(FORMULA) or cell.lstrip(UNSEEN).startswith(FORMULA))
