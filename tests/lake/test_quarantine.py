"""Bad rows wait with all their faults and leave when they arrive mended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crm_core.errors import BatchRejectedError
from crm_core.lake import quarantined_rows
from tests.lake.conftest import Lake


def test_a_bad_row_keeps_its_original_and_all_its_faults(lake: Lake, many: Any) -> None:
    report = lake.land(lake.file("customers.csv", many(50) + "x,,31/02/2025,lots\n"))
    rows = quarantined_rows(lake.settings)
    assert {(r.column, r.value) for r in rows} == {("name", None), ("since", "31/02/2025"), ("spend", "lots")}
    assert len({r.row_id for r in rows}) == 1
    assert json.loads(rows[0].row) == {"id": "x", "name": None, "since": "31/02/2025", "spend": "lots"}
    assert (rows[0].line, rows[0].source_id, rows[0].table) == (52, "x", "customers")
    assert (report.n_quarantined, len(report.faults)) == (1, 3)


def test_the_same_bad_row_again_is_not_kept_twice(lake: Lake, many: Any) -> None:
    file = lake.file("customers.csv", many(50) + "x,X,31/02/2025,1\n")
    lake.land(file)
    before = lake.files()
    assert lake.land(file).batch_id == ""
    assert lake.files() == before
    assert len(quarantined_rows(lake.settings)) == 1


def test_a_mended_row_lands_and_leaves_the_quarantine(lake: Lake, many: Any) -> None:
    lake.land(lake.file("customers.csv", many(50) + "x,X,31/02/2025,1\n"))
    report = lake.land(lake.file("customers_mended.csv", "id,name,since,spend\nx,X,2025-02-28,1\n"))
    assert (report.n_landed, report.n_cleared) == (2, 1)
    assert quarantined_rows(lake.settings) == []
    lake.land(lake.file("customers.csv", many(50) + "x,X,31/02/2025,1\n"))
    assert len(quarantined_rows(lake.settings)) == 1


def test_a_row_without_key_leaves_when_its_file_arrives_without_it(lake: Lake, many: Any) -> None:
    lake.land(lake.file("customers.csv", many(50) + ",X,2025-02-28,1\nbroken\n"))
    assert len(quarantined_rows(lake.settings)) == 2
    lake.land(lake.file("customers.csv", many(50)))
    assert quarantined_rows(lake.settings) == []


def test_too_many_bad_rows_stop_the_whole_batch_with_the_top_reasons(lake: Lake, many: Any) -> None:
    good = lake.file("customers_good.csv", many(10))
    bad = lake.file("customers_bad.csv", "id,name,since,spend\n" + "".join(f"x{i},X,31/02/2025,1\n" for i in range(9)))
    with pytest.raises(BatchRejectedError) as caught:
        lake.land(good, bad)
    assert caught.value.where == "customers_bad.csv"
    assert "since is no day of the calendar" in caught.value.why
    assert "(9×, first in line 2)" in caught.value.why
    assert lake.files() == set()


def test_a_dry_run_shows_what_would_land_and_writes_nothing(lake: Lake, many: Any) -> None:
    report = lake.land(lake.file("customers.csv", many(50) + "x,X,31/02/2025,1\n"), dry_run=True)
    assert (report.n_landed, report.n_quarantined, report.batch_id, report.is_dry_run) == (100, 1, "", True)
    assert lake.files() == set()
    refused = lake.land(lake.file("customers.csv", "id,name,since,spend\nx,X,31/02/2025,1\n"), dry_run=True)
    assert refused.is_rejected
    assert "would be refused" in next(refused.lines())


def test_repeated_faults_are_counted_with_examples(lake: Lake, many: Any) -> None:
    bad = "".join(f"x{i},X,2025-01-01,n/a\n" for i in range(9))
    (fault,) = lake.land(lake.file("customers.csv", many(400) + bad)).faults
    assert (fault.count, fault.lines) == (9, (402, 403, 404, 405, 406))
    assert "9 rows, lines 402, 403" in fault.sentence()


def test_the_line_is_right_after_broken_lines(lake: Lake, many: Any) -> None:
    text = many(60).splitlines(keepends=True)
    text[5] = "only,three,columns\n"
    text[20] = "x,X,soon,1\n"
    report = lake.land(lake.file("customers.csv", "".join(text)))
    assert sorted(f.line for f in report.faults) == [6, 21]
