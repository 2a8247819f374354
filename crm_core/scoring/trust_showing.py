"""Which cells may be shown on their own, so that nobody's own record can be worked out from two of them.

A cell is shown where its own words and what its shown sisters leave over of the cell above each come from nobody, or
from at least 5 people with 20 cases, of whom nobody said more than half. Smaller cells are hidden until that holds; for
them the cell above speaks.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from crm_core.scoring.trust_policy import ANY, KEYS, MIN_CASES, MIN_PEOPLE, Cell, Key


def shown(found: Sequence[Cell], rows: pd.DataFrame) -> frozenset[Key]:
    """Keys of the cells that may be shown.

    Parameters
    ----------
    found : sequence of Cell
        Cells that stand on their own.
    rows : DataFrame
        The words they were learned from, as `trust_policy.usable` gives them.
    """
    keys = {cell.key: cell for cell in found if cell.key == (ANY, ANY, ANY) and _is_enough(rows)}
    for depth in range(1, len(KEYS) + 1):
        for above in [key for key in keys if _depth(key) == depth - 1]:
            inside = rows[_inside(rows, above)]
            children = [c for c in found if _depth(c.key) == depth and c.key[: depth - 1] == above[: depth - 1]]
            safe = [cell for cell in children if _is_enough(inside[_inside(inside, cell.key)])]
            keys |= {cell.key: cell for cell in _safe(safe, inside)}
    return frozenset(keys)


def _safe(children: Sequence[Cell], rows: pd.DataFrame) -> list[Cell]:
    """The largest of these cells, as many as leave nothing thin over."""
    kept = sorted(children, key=lambda cell: (-cell.n, cell.key))
    while kept:
        rest = rows
        for cell in kept:
            rest = rest[~_inside(rest, cell.key)]
        if not len(rest) or _is_enough(rest):
            break
        kept.pop()
    return kept


def _is_enough(rows: pd.DataFrame) -> bool:
    said = rows["who"].value_counts()
    return len(rows) >= MIN_CASES and len(said) >= MIN_PEOPLE and bool(2 * said.max() <= len(rows))


def _depth(key: Key) -> int:
    return sum(part != ANY for part in key)


def _inside(rows: pd.DataFrame, key: Key) -> pd.Series:
    """Which words lie in a cell."""
    inside = pd.Series(True, index=rows.index)
    for column, value in zip(KEYS, key, strict=True):
        if value != ANY:
            inside &= rows[column] == value
    return inside
