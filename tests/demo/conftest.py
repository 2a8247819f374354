"""The demo company of 2,000 customers in a DuckDB connection, made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest

from crm_core.demo import Company, generate
from crm_core.demo.people import employee_table, feed_table

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def ask() -> Iterator[Ask]:
    """Answer of a query on the default company: lake tables by name, truth as `truth_<part>`."""
    company = Company()
    (chunk,) = company.chunks()
    part = generate(chunk)
    tables = {**part.tables, "employees": employee_table(company), "feeds": feed_table(company)}
    with duckdb.connect() as con:
        for name, rows in {**tables, **{f"truth_{name}": rows for name, rows in part.truth.items()}}.items():
            con.register("incoming", rows)
            con.execute(f"create table {name} as select * from incoming")
            con.unregister("incoming")
        yield lambda query: con.execute(query).fetchall()
