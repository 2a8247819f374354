"""To find a person beside a judgement, whatever object, table or line they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import pandas as pd

from crm_core.access import Viewer
from crm_core.access.pseudonyms import pseudonym
from tests.views.twenty import PEOPLE

JUDGES = re.compile(
    r"brier|nearer|off_(person|machine)|\boff by\b|gain|judge|(was|were|is|are)_?\s*(right|wrong)|hit_rate|balance",
    re.I,
)
"""Names of fields and columns, and words, that say how right somebody was."""
Row = dict[str, Any]


def strangers(viewer: Viewer) -> frozenset[str]:
    """All that names a person other than the viewer: key, name, pseudonym."""
    others = [person for person in PEOPLE.values() if person.who != viewer.who]
    return frozenset(text for p in others for text in (p.who, p.name, pseudonym(p.who)))


def objects(found: Any, path: str = "") -> Iterator[tuple[str, Row]]:
    """Every object or table row in what was returned, as what stands in it directly or in single parts of it."""
    if isinstance(found, pd.DataFrame):
        found = found.to_dict("records")
    if is_dataclass(found) or isinstance(found, Mapping):
        yield path, dict(_direct(found))
        parts = _parts(found)
        for name, part in parts:
            yield from objects(part, f"{path}.{name}")
    elif isinstance(found, Iterable) and not isinstance(found, str | bytes):
        for part in found:
            yield from objects(part, f"{path}[]")


def _parts(found: Any) -> list[tuple[str, Any]]:
    if isinstance(found, Mapping):
        return [(str(key), part) for key, part in found.items()]
    derived = [n for n, o in vars(type(found)).items() if isinstance(o, property)]
    return [(name, getattr(found, name)) for name in (*(f.name for f in fields(found)), *derived)]


def _direct(found: Any) -> Iterator[tuple[str, Any]]:
    """Plain values of an object and of the single objects in it; lists are rows of their own."""
    for name, part in _parts(found):
        if is_dataclass(part) or isinstance(part, Mapping):
            yield from ((f"{name}.{inner}", value) for inner, value in _direct(part))
        elif not isinstance(part, list | tuple | set | frozenset | pd.DataFrame):
            yield name, part


def is_leak(row: Row, names: frozenset[str]) -> bool:
    """Whether a row names somebody and says how right he was."""
    judges = any(JUDGES.search(name) for name in row) or any(JUDGES.search(str(value)) for value in row.values())
    return judges and any(who in str(value) for value in row.values() if isinstance(value, str) for who in names)


def leaks(found: Any, viewer: Viewer) -> list[str]:
    """Where somebody other than the viewer stands beside a judgement."""
    names = strangers(viewer)
    return [f"{path}: {row}" for path, row in objects(found) if is_leak(row, names)]


def numbers(found: Any) -> set[float]:
    """Every number in what was returned, to find one that belongs to somebody else."""
    values = (value for _, row in objects(found) for value in row.values())
    return {round(value, 6) for value in values if isinstance(value, float)}
