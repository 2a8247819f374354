"""Delimiter and header of a CSV, from a sample."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter
from dataclasses import dataclass

from crm_core.errors import UnreadableFileError

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_LINES = 50


@dataclass(frozen=True)
class Dialect:
    """How the text is divided."""

    delimiter: str
    header: tuple[str, ...]
    notes: tuple[str, ...] = ()


def find_dialect(sample: str, declared: str | None, expected: list[str], name: str) -> Dialect:
    """The delimiter under which the header holds most of the columns the mapping expects.

    Raises
    ------
    UnreadableFileError
        If the declared delimiter leaves one single column where another one would divide the line.
    """
    sample = sample.removeprefix("\ufeff")
    tries = {d: _rows(sample, d) for d in dict.fromkeys([*DELIMITERS, *([declared] if declared else [])])}
    best = max(tries, key=lambda d: _score(tries[d], expected))
    delimiter = declared or best
    header = tries[delimiter][0] if tries[delimiter] else []
    if declared and len(header) == 1 and len(expected) > 1 and len(tries[best][0]) > 1:
        raise UnreadableFileError(
            f"The delimiter {_word(declared)} leaves a single column",
            where=name,
            why=f"the first line is divided by {_word(best)}",
            remedy=f"write `delimiter: {best!r}` in the mapping, or leave it out",
        )
    names, notes = unique_names(header)
    return Dialect(delimiter, names, notes)


def unique_names(header: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Trimmed names, each used once; a note for each that had to be changed."""
    seen: Counter[str] = Counter()
    names, notes = [], []
    for n, raw in enumerate(header, start=1):
        name = unicodedata.normalize("NFC", raw).strip(" \t\r\n\u00a0\ufeff\u200b") or f"column_{n}"
        seen[name] += 1
        if seen[name] > 1:
            notes.append(
                f"the column '{name}' stands twice in the header; the later one is called '{name}_{seen[name]}'"
            )
            name = f"{name}_{seen[name]}"
        names.append(name)
    return tuple(names), tuple(notes)


def _rows(sample: str, delimiter: str) -> list[list[str]]:
    lines = sample.splitlines(keepends=True)
    whole = lines[:-1] if len(lines) > 1 and not lines[-1].endswith(("\n", "\r")) else lines
    rows: list[list[str]] = []
    try:
        for row in csv.reader(iter(whole or lines), delimiter=delimiter):
            if row:
                rows.append(row)
            if len(rows) >= _LINES:
                break
    except csv.Error:
        return rows
    return rows


def _score(rows: list[list[str]], expected: list[str]) -> tuple[int, float, int]:
    if not rows:
        return (0, 0.0, 0)
    width = len(rows[0])
    hits = len(set(unique_names(rows[0])[0]) & set(expected))
    even = sum(len(row) == width for row in rows) / len(rows) if width > 1 else 0.0
    return (hits, even, width)


def _word(delimiter: str) -> str:
    return f"{DELIMITERS.get(delimiter, 'sign')} ({delimiter!r})"
