"""A lake of the test's own, and a small shop whose exports are written as the test needs them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from crm_core.lake import ImportReport, Mapping, import_files, load_mapping
from crm_core.settings import Settings

SHOP = """
source: shop
title: A shop
snapshot_on: 2026-06-30
files:
  - file: "customers*.csv"
    table: customers
    key: id
    fields: {name: name, created_on: since}
    attributes: [{column: spend, type: number}]
"""


class Lake:
    """Writes files, imports them and looks at what lies in the lake."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(data_dir=folder / "data")

    def file(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def mapping(self, text: str = SHOP) -> Mapping:
        return load_mapping(self.file("mapping.yml", text))

    def land(self, *files: Path, mapping: str = SHOP, dry_run: bool = False) -> ImportReport:
        return import_files(self.mapping(mapping), files, self.settings, dry_run=dry_run)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query in which {table} stands for a table of the lake."""
        tables = {p.name: f"read_parquet('{p}/*.parquet', union_by_name=true)" for p in self._tables()}
        with duckdb.connect() as con:
            return con.execute(sql.format(**tables)).fetchall()

    def current(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        """Newest version of each row."""
        return self.query(
            f"SELECT {columns} FROM {{{table}}} "
            "QUALIFY row_number() OVER (PARTITION BY source, source_id ORDER BY known_at DESC) = 1 ORDER BY source_id"
        )

    def files(self) -> set[str]:
        """Everything that lies in the lake but empty tables and locks."""
        lake = self.settings.lake_dir
        return {
            str(p.relative_to(lake))
            for p in lake.rglob("*")
            if p.is_file() and p.stem != "_empty" and p.suffix != ".lock"
        }

    def _tables(self) -> list[Path]:
        return [p for p in self.settings.lake_dir.iterdir() if p.is_dir() and not p.name.startswith("_")]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


@pytest.fixture
def many() -> Callable[[int], str]:
    """A clean export of n customers, so that one bad row is a small share."""
    return lambda n: "id,name,since,spend\n" + "".join(f"c{i},Name {i},2025-01-0{1 + i % 9},{i}\n" for i in range(n))
