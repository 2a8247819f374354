"""Read the current build: one shared read-only connection per build, one cursor per question."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import field
from pathlib import Path
from typing import Any

import duckdb

from crm_core.errors import NoWarehouseError
from crm_core.ledger import Ledger, open_ledger
from crm_core.settings import Settings, settings
from crm_core.warehouse import BuildFolder, BuildInfo, build_info, current_build, open_read_only

_open: dict[str, duckdb.DuckDBPyConnection] = {}
_lock = threading.Lock()
_books: dict[tuple[str, int, int], Ledger] = {}
_builds: dict[str, tuple[tuple[int, ...], BuildFolder, BuildInfo]] = {}
KEPT_OPEN = 3


def told(meaning: str, default: Any = ...) -> Any:
    """A field of a read model with the sentence that explains it to a person."""
    if default is ...:
        return field(metadata={"help": meaning})
    return field(default=default, metadata={"help": meaning})


def current() -> tuple[BuildFolder, BuildInfo]:
    """The build that serves and what it is made from."""
    at = settings()
    key = str(at.warehouse_dir)
    known = _builds.get(key)
    if known and known[0] and known[0] == _marks(at, known[1]):
        return known[1], known[2]
    folder = current_build(at)
    marks = _marks(at, folder)
    info = build_info(folder)
    # Where something was swapped meanwhile, the marks differ at the next question.
    _builds[key] = (marks, folder, info)
    return folder, info


def _marks(at: Settings, folder: BuildFolder) -> tuple[int, ...]:
    """When the pointer and the build's own files were made: the same marks, the same answer."""
    marks: list[int] = []
    for path in (at.warehouse_dir / "current.json", folder.path / "build.json", folder.database):
        try:
            found = path.stat()
        except OSError:
            return ()
        marks += (found.st_ino, found.st_mtime_ns, found.st_size)
    return tuple(marks)


def book() -> Ledger:
    """The ledger for reading, opened once a process and file; not to be closed by who reads."""
    dsn = settings().ledger_dsn
    with _lock:
        key = _which_file(dsn)
        if key not in _books:
            opened = open_ledger(settings())
            for gone in [old for old in _books if old[0] == dsn or len(_books) >= KEPT_OPEN]:
                _books.pop(gone).close()
            # Opening makes the file where there was none.
            key = _which_file(dsn)
            _books[key] = opened
        return _books[key]


def _which_file(dsn: str) -> tuple[str, int, int]:
    """The ledger's file as the disk knows it: one put in its place is another one."""
    if dsn.startswith("sqlite:///"):
        with suppress(OSError):
            found = Path(dsn.removeprefix("sqlite:///")).stat()
            return dsn, found.st_dev, found.st_ino
    return dsn, 0, 0


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
