"""A pipeline whose steps take no time, so that what surrounds them can be tested: lock, swap, recovery, pruning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crm_core import pipeline, warehouse
from crm_core.settings import Settings
from tests.warehouse.company import write_lake

DAY = datetime(2026, 6, 30, 12)  # noqa: DTZ001 - times are UTC without a zone


@pytest.fixture
def where(data_dir: Path) -> Settings:
    """Settings of a data folder with one customer who called once a year ago and once on 30 June 2026."""
    common = {"source": "crm", "is_update": False}
    first = DAY.replace(year=2025)
    call = {"customer_id": "crm:1", "kind": "call"}
    times = [{"happened_at": t, "known_at": t} for t in (first, DAY)]
    rows: dict[str, list[dict[str, Any]]] = {
        "customers": [{**common, **times[0], "source_id": "1", "name": "One"}],
        "interactions": [{**common, **call, **t, "source_id": str(i)} for i, t in enumerate(times)],
    }
    write_lake(data_dir / "lake", rows)
    (data_dir / "lake" / "_batches").mkdir()
    (data_dir / "lake" / "_batches" / "b.json").write_text("{}")
    return Settings(data_dir=data_dir)


def scores_of(work: pipeline.Build) -> str:
    """A step that leaves the tables `_finish` counts, and a file of scores."""
    with work.database() as con:
        con.execute("create schema marts")
        con.execute("create table marts.mart_customer as select 1 as n")
        con.execute("create table marts.mart_lead as select 1 as n where false")
    table = pa.table({"build_id": [work.folder.build_id], "as_of": [work.as_of]})
    for kind in ("scores", "reasons", "features"):
        pq.write_table(table, work.folder.pending_scores / f"{kind}_churn.parquet")
    return "done"


Build = Callable[..., warehouse.BuildInfo]


@pytest.fixture
def quick(where: Settings, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Make a build of no content; `step` replaces its only step."""

    def build(step: Callable[[pipeline.Build], str] = scores_of, as_of: date | None = None, wait: float = 0) -> Any:
        monkeypatch.setattr(pipeline, "STEPS", [("step", step)])
        return pipeline.build(where, as_of=as_of, wait_seconds=wait)

    return build
