"""Movements since an earlier build, put into a build that has none, so that their sums can be worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

SINCE = date(2026, 5, 31)
PARTS = ("behaviour", "late_data", "sight", "model", "definition")
BLANK: dict[str, Any] = {
    "question": "churn",
    "from_build": "0000",
    "from_as_of": SINCE,
    "is_default": True,
    "tier_before": "low",
    "was_withheld": False,
    "is_split": True,
    "why_not": "",
    "feeds_lost": "",
    "feeds_regained": "",
    "version_before": "1",
    "version_after": "1",
}


def move(folder: Path, key: str, before: float, **told: Any) -> None:
    """Let a score have moved from `before` by the parts told, to the sum of both."""
    parts = {name: float(told.pop(name, 0.0)) for name in PARTS}
    row = BLANK | {"entity_id": key, "p_before": before, "p_after": before + sum(parts.values())} | parts | told
    with _open(folder) as con:
        names = ", ".join(row)
        con.execute(f"insert into marts.mart_movement ({names}) values ({', '.join(f'${n}' for n in row)})", row)


def because(folder: Path, key: str, cause: str, before: str, after: str, rank: int = 1) -> None:
    """Let a feature have moved a score."""
    with _open(folder) as con:
        con.execute(
            "insert into marts.mart_movement_reason values ('churn', $k, '0000', $c, $f, 'F', $b, $a, 0.1, $r)",
            {"k": key, "c": cause, "f": f"f{rank}", "b": before, "a": after, "r": rank},
        )


def set_tier(folder: Path, key: str, tier: str) -> None:
    """Give a customer another tier today."""
    with _open(folder) as con:
        con.execute("update marts.mart_score set tier = $t where entity_id = $k", {"t": tier, "k": key})


def _open(folder: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(next(folder.glob("warehouse/builds/*/warehouse.duckdb"))))
