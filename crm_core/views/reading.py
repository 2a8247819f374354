"""Read the current build: one shared read-only connection per build, one cursor per question."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import Any

import duckdb

from crm_core.errors import NoWarehouseError
from crm_core.settings import settings
from crm_core.warehouse import BuildFolder, BuildInfo, build_info, current_build, open_read_only

_open: dict[str, duckdb.DuckDBPyConnection] = {}
_lock = threading.Lock()
KEPT_OPEN = 3


def told(meaning: str, default: Any = ...) -> Any:
    """A field of a read model with the sentence that explains it to a person."""
    if default is ...:
        return field(metadata={"help": meaning})
    return field(default=default, metadata={"help": meaning})


def current() -> tuple[BuildFolder, BuildInfo]:
    """The build that serves and what it is made from."""
    folder = current_build(settings())
    return folder, build_info(folder)


@contextmanager
def reading(folder: BuildFolder) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor of its own on a build.

    Raises
    ------
    NoWarehouseError
        The build lacks a table a page needs.
    """
    key = str(folder.path)
    with _lock:
        if key not in _open:
            while len(_open) >= KEPT_OPEN:
                oldest = next(iter(_open))
                _open.pop(oldest).close()
                BuildFolder(Path(oldest)).let_go()
            _open[key] = open_read_only(folder)
        cursor = _open[key].cursor()
    try:
        yield cursor
    except duckdb.CatalogException as error:
        raise NoWarehouseError(
            "The current build lacks a table",
            where=f"build {folder.build_id}",
            why=str(error).splitlines()[0],
            remedy="run `python -m crm_core build`",
        ) from error
    finally:
        cursor.close()


def rows(con: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Result rows as dicts by column name."""
    result = con.execute(sql, dict(params or {}))
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
