"""What has landed and what waits, as a build is told of it."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from crm_core.lake import ensure_lake, snapshot, write_landings
from tests.lake.conftest import SHOP, Lake

DEALS = """
  - {file: "deals*.csv", table: opportunities, key: id, fields: {name: name, customer_id: of, amount: worth}}
  - file: "steps*.csv"
    table: opportunity_stages
    key: id
    fields: {opportunity_id: deal, stage: stage, entered_at: on}
"""


@pytest.fixture
def con() -> Any:
    with duckdb.connect() as connection:
        yield connection


def told(con: duckdb.DuckDBPyConnection, lake: Lake, columns: str, table: str) -> list[tuple[Any, ...]]:
    frozen = lake.folder / "frozen"
    snapshot(lake.settings, frozen)
    write_landings(con, frozen)
    return con.execute(f"select {columns} from meta.{table} order by all").fetchall()


def test_a_batch_is_told_by_table_with_the_names_of_its_files(lake: Lake, many: Any, con: Any) -> None:
    lake.land(lake.file("customers.csv", many(50) + "x,X,31/02/2025,1\n"))
    found = told(con, lake, "source, table_name, n_rows, files, n_quarantined", "landings")
    assert found == [("shop", "attributes", 50, ["customers.csv"], 0), ("shop", "customers", 50, ["customers.csv"], 1)]


def test_a_table_names_only_the_files_it_came_from(lake: Lake, many: Any, con: Any) -> None:
    deals = lake.file("deals.csv", "id,name,of,worth\nd1,Deal,c1,1\n")
    lake.land(lake.file("customers.csv", many(50)), deals, mapping=SHOP + DEALS)
    found = told(con, lake, "table_name, files", "landings")
    assert found[-1] == ("opportunities", ["deals.csv"])
    assert ("customers", ["customers.csv"]) in found


def test_a_bad_row_names_the_customer_it_is_about(lake: Lake, many: Any, con: Any) -> None:
    lake.land(lake.file("customers.csv", many(50) + "x,X,31/02/2025,1\n" + ",Y,2025-01-01,1\n"))
    found = told(con, lake, "line, column_name, value, customer_key", "faults")
    assert found == [(52, "since", "31/02/2025", "shop:x"), (53, "id", None, None)]


def test_a_bad_row_of_a_deal_s_stage_is_about_the_deal_s_customer(lake: Lake, con: Any) -> None:
    deals = "id,name,of,worth\n" + "".join(f"d{i},Deal {i},c{i},1\n" for i in range(40)) + "d99,Bad,c7,lots\n"
    steps = "id,deal,stage,on\n" + "".join(f"s{i},d{i},won,2026-01-01\n" for i in range(40)) + "s9,d5,won,soon\n"
    lake.land(lake.file("deals.csv", deals), lake.file("steps.csv", steps), mapping=SHOP + DEALS)
    found = told(con, lake, "table_name, value, customer_key", "faults")
    assert ("opportunities", "lots", "shop:c7") in found
    assert {("opportunity_stages", "soon", "shop:c5")} <= set(found)


def test_a_key_that_stands_twice_names_its_customer(lake: Lake, many: Any, con: Any) -> None:
    lake.land(lake.file("customers.csv", many(50) + "c3,Other name,2025-01-01,1\n"))
    assert told(con, lake, "column_name, customer_key", "faults") == [("id", "shop:c3")]


def test_contradictions_and_columns_left_out_are_kept_with_the_batch(lake: Lake, many: Any, con: Any) -> None:
    text = many(50).replace("spend\n", "spend,extra\n").replace("\n", ",1\n").replace("extra,1\n", "extra\n")
    deals = "id,name,of,worth\nd1,Deal,nobody,1\n"
    lake.land(lake.file("customers.csv", text), lake.file("deals.csv", deals), mapping=SHOP + DEALS)
    found = told(con, lake, "kind, sentence", "findings")
    assert ("contradiction", "opportunities: 1 rows name a customer_id that is not in customers (yet)") in found
    assert ("unmapped", "customers.csv: extra") in found


def test_what_was_held_before_keys_were_kept_is_told_without_a_customer(lake: Lake, many: Any, con: Any) -> None:
    lake.land(lake.file("customers.csv", many(50) + "x,X,31/02/2025,1\n"))
    for path in (lake.settings.lake_dir / "_quarantine").glob("*.parquet"):
        pq.write_table(pq.read_table(path).drop(["keys"]), path)
    assert told(con, lake, "value, customer_key", "faults") == [("31/02/2025", None)]


def test_a_lake_without_any_batch_and_a_damaged_manifest_tell_nothing(lake: Lake, con: Any) -> None:
    ensure_lake(lake.settings)
    (lake.settings.lake_dir / "_batches" / "b.json").write_text("{")
    assert told(con, lake, "*", "landings") == []
    assert con.execute("select count(*) from meta.faults").fetchall() == [(0,)]


def test_an_import_after_the_freezing_is_not_told(lake: Lake, many: Any, con: Any) -> None:
    lake.land(lake.file("customers.csv", many(50)))
    snapshot(lake.settings, lake.folder / "frozen")
    lake.land(lake.file("customers_more.csv", "id,name,since,spend\n" + "n1,New,2025-01-01,1\n"))
    write_landings(con, lake.folder / "frozen")
    assert con.execute("select sum(n_rows) from meta.landings where table_name = 'customers'").fetchall() == [(50,)]
