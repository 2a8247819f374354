"""The same row twice changes nothing; a changed row is a new version; the order of imports does not matter."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_core.clock import utc_now
from tests.lake.conftest import SHOP, Lake

HEADER = "id,name,since,spend\n"
HISTORY = """
source: shop
files:
  - file: "customers*.csv"
    table: customers
    key: id
    known_at: told
    fields: {name: name}
    attributes: [{column: spend, type: number}]
"""


def test_the_same_file_twice_changes_nothing(lake: Lake, many: Any) -> None:
    first = lake.land(lake.file("customers.csv", many(50)))
    before = lake.files()
    second = lake.land(lake.file("customers.csv", many(50)))
    assert (first.n_landed, second.n_landed, second.batch_id) == (100, 0, "")
    assert [t.n_there for t in second.tables] == [50, 50]
    assert lake.files() == before
    assert next(second.lines()) == "shop: nothing new"


def test_a_changed_row_is_a_new_version_known_now(lake: Lake) -> None:
    lake.land(lake.file("customers.csv", HEADER + "1,Old,2025-01-01,5\n2,Same,2025-01-01,6\n"))
    start = utc_now()
    report = lake.land(lake.file("customers.csv", HEADER + "1,New,2025-01-01,5\n2,Same,2025-01-01,6\n"))
    assert [(t.table, t.n_updated, t.n_there) for t in report.tables] == [("customers", 1, 1), ("attributes", 0, 2)]
    rows = lake.query("SELECT name, is_update, known_at FROM {customers} WHERE source_id = '1' ORDER BY known_at")
    assert [row[:2] for row in rows] == [("Old", False), ("New", True)]
    assert rows[0][2] == datetime.combine(date(2025, 1, 1), time.min)
    assert rows[1][2] >= start


def test_a_value_that_becomes_empty_replaces_the_old_one(lake: Lake) -> None:
    lake.land(lake.file("customers.csv", HEADER + "1,A,2025-01-01,5\n"))
    lake.land(lake.file("customers.csv", HEADER + "1,A,2025-01-01,\n"))
    assert lake.current("attributes", "value") == [(None,)]
    assert lake.land(lake.file("customers.csv", HEADER + "1,A,2025-01-01,\n")).n_landed == 0


def test_a_row_can_change_back(lake: Lake) -> None:
    for name in ("A", "B", "A"):
        assert lake.land(lake.file("customers.csv", HEADER + f"1,{name},2025-01-01,5\n")).n_landed > 0
    assert lake.current("customers", "name") == [("A",)]


def test_the_date_of_the_file_is_no_change(lake: Lake) -> None:
    mapping = SHOP.replace("snapshot_on: 2026-06-30\n", "").replace(", created_on: since", "")
    file = lake.file("customers.csv", HEADER + "1,A,,5\n")
    lake.land(file, mapping=mapping)
    import os

    os.utime(file, (1e9, 1e9))
    assert lake.land(file, mapping=mapping).n_landed == 0


def test_rows_with_a_date_of_knowledge_are_a_history(lake: Lake) -> None:
    text = "id,name,told,spend\n1,B,2025-03-01,1\n1,A,2025-01-01,1\n1,B,2025-04-01,2\n"
    lake.land(lake.file("customers.csv", text), mapping=HISTORY)
    rows = lake.query("SELECT name, known_at::DATE::VARCHAR, is_update FROM {customers} ORDER BY known_at")
    assert rows == [("A", "2025-01-01", False), ("B", "2025-03-01", True)]
    values = lake.query("SELECT value, is_update FROM {attributes} ORDER BY known_at")
    assert values == [("1", False), ("2", True)]
    assert lake.land(lake.file("customers.csv", text), mapping=HISTORY).n_landed == 0


def test_an_older_version_that_comes_late_does_not_become_current(lake: Lake) -> None:
    lake.land(lake.file("customers.csv", "id,name,told,spend\n1,New,2025-03-01,1\n"), mapping=HISTORY)
    report = lake.land(lake.file("customers.csv", "id,name,told,spend\n1,Old,2025-01-01,1\n"), mapping=HISTORY)
    assert report.tables[0].n_outdated == 1
    assert lake.current("customers", "name") == [("New",)]


def test_identical_repeats_are_folded_and_counted(lake: Lake) -> None:
    report = lake.land(lake.file("customers.csv", HEADER + "1,A,2025-01-01,5\n" * 3))
    assert (report.tables[0].n_new, report.tables[0].n_folded, report.faults) == (1, 2, ())


ROWS = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from("ABC"), st.integers(1, 9)), unique_by=lambda r: r[0], min_size=1
)


@settings(max_examples=6)
@given(rows=ROWS, data=st.data())
def test_any_split_and_order_of_the_same_rows_gives_the_same_current_state(
    rows: list[Any], data: st.DataObject
) -> None:
    lines = [f"{i},{name},2025-01-0{n},{n}\n" for i, name, n in rows]
    shuffled = data.draw(st.permutations([*lines, *data.draw(st.lists(st.sampled_from(lines), max_size=4))]))
    cut = data.draw(st.integers(0, len(shuffled)))
    pieces = [p for p in (shuffled[:cut], shuffled[cut:]) if p]
    states = []
    for parts, at_once in (([lines], True), (pieces, True), (pieces, False)):
        with tempfile.TemporaryDirectory() as folder:
            lake = Lake(Path(folder))
            files = [lake.file(f"customers_{i}.csv", HEADER + "".join(p)) for i, p in enumerate(parts)]
            for batch in [files] if at_once else [[f] for f in files]:
                lake.land(*batch)
            columns = "source_id, happened_at, known_at, is_update, "
            states.append(
                [
                    lake.current("customers", columns + "name, created_on"),
                    lake.current("attributes", columns + "entity_id, name, type, value, purpose"),
                ]
            )
            shutil.rmtree(lake.settings.data_dir)
    assert states[1:] == states[:-1]
