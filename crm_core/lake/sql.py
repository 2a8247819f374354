"""Small pieces of SQL text, written once."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from crm_core.lake.tables import BOOL, DATE, INT, MONEY, REAL, TIME

_TYPES = {BOOL: "BOOLEAN", DATE: "DATE", INT: "BIGINT", MONEY: "DECIMAL(18,2)", REAL: "DOUBLE", TIME: "TIMESTAMP"}


def lit(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def among(expr: str, values: Iterable[str]) -> str:
    """Condition that `expr` is one of the values; never NULL."""
    listed = ", ".join(lit(v) for v in values)
    return f"coalesce({expr} IN ({listed}), false)" if listed else "false"


def type_name(kind: pa.DataType) -> str:
    """DuckDB's name of a lake type."""
    return _TYPES.get(kind, "VARCHAR")
