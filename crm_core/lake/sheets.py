"""Read one sheet of an Excel file as texts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from crm_core.errors import UnreadableFileError


def load_sheet(path: Path, name: str, sheet: str | None) -> tuple[pa.Table, int, tuple[str, ...]]:
    """The sheet as a table of texts, the number of its first row of data, and notes.

    Raises
    ------
    UnreadableFileError
        If the workbook is damaged, protected or has no such sheet.
    """
    try:
        with path.open("rb") as stream:
            book = CalamineWorkbook.from_filelike(stream)
            names = book.sheet_names
            chosen = _choose(names, sheet, name)
            data = book.get_sheet_by_name(chosen)
            rows = data.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableFileError(
            "The Excel file cannot be read",
            where=name,
            why=str(error).splitlines()[0],
            remedy="open it in a spreadsheet, remove a password if there is one, save it again or export CSV",
        ) from None
    start = next((i for i, row in enumerate(rows) if any(cell not in ("", None) for cell in row)), None)
    if start is None:
        raise UnreadableFileError("The sheet is empty", where=f"{name}, {chosen}", remedy="name another `sheet`")
    header = [as_text(cell) or "" for cell in rows[start]]
    body = rows[start + 1 :]
    while body and not any(cell not in ("", None) for cell in body[-1]):
        body.pop()
    columns = [pa.array([as_text(row[i]) for row in body], pa.string()) for i in range(len(header))]
    unread = [n for n in names if n != chosen]
    notes = (f"read the sheet '{chosen}'; not read: {', '.join(unread)}",) if unread else ()
    return pa.table(columns, names=header), start + 2, notes


def as_text(cell: Any) -> str | None:
    """A cell as a CSV would say it."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != time.min else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell.total_seconds())
    return str(cell)


def _choose(names: list[str], wanted: str | None, name: str) -> str:
    if wanted is None and names:
        return names[0]
    if wanted in names:
        return str(wanted)
    raise UnreadableFileError(
        f"There is no sheet '{wanted}'", where=name, why=f"the sheets are {', '.join(names)}", remedy="correct `sheet`"
    )
