"""What moved the scores between two real builds of the small demo: each cause only where it belongs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from crm_core import pipeline
from crm_core.settings import Settings
from crm_core.warehouse import build_info, current_build

pytestmark = pytest.mark.slow
CAUSES = ("behaviour", "late_data", "sight", "model", "definition")
MONTH = timedelta(days=33)


@pytest.fixture
def build(copy_of_demo: Path) -> Callable[..., str]:
    """Build the copy anew; returns the build's number."""

    def call(**about: Any) -> str:
        return pipeline.build(Settings(data_dir=copy_of_demo), **about).build_id

    return call


def asked(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(current_build(Settings(data_dir=folder)).database), read_only=True) as con:
        return con.execute(sql).fetchall()


def moved(folder: Path, from_build: str) -> dict[str, float]:
    """Sum of each cause's absolute effect on leaving, after a check that every movement adds up exactly."""
    whole = "p_after - p_before - " + " - ".join(CAUSES)
    bad = f"select * from marts.mart_movement where from_build = '{from_build}' and is_split and abs({whole}) > 1e-12"
    assert asked(folder, bad) == []
    sums = ", ".join(f"coalesce(sum(abs({cause})), 0)" for cause in CAUSES)
    of = f"from marts.mart_movement where question = 'churn' and from_build = '{from_build}' and is_split"
    return dict(zip(CAUSES, asked(folder, f"select {sums} {of}")[0], strict=True))


def day_of(folder: Path) -> date:
    return build_info(current_build(Settings(data_dir=folder))).as_of


def log_late(folder: Path, customer: str, first: date, known: date) -> None:
    """Thirty heavy days of use that had happened by a day and were told only afterwards."""
    path = next(p for p in (folder / "lake" / "interactions").glob("*.parquet") if pq.read_metadata(p).num_rows)
    like = pq.read_table(path).filter(pc.equal(pq.read_table(path)["kind"], "login")).slice(0, 1).to_pylist()[0]
    rows = []
    for i in range(30):
        at = datetime.combine(first - timedelta(days=i), datetime.min.time())
        rows.append(
            like
            | {
                "source": "demo",
                "source_id": f"{customer}-{i}",
                "batch_id": "late",
                "happened_at": at,
                "known_at": datetime.combine(known, datetime.min.time()),
                "is_update": False,
                "customer_id": customer,
                "kind": "login",
                "quantity": 500.0,
            }
        )
    batches = folder / "lake" / "_batches"
    landed = json.loads(next(batches.glob("*.json")).read_text())
    (batches / "late.json").write_text(json.dumps(landed | {"batch_id": "late"}))
    pq.write_table(pa.Table.from_pylist(rows, schema=pq.read_schema(path)), path.with_name("demo__late.parquet"))


def test_a_month_later_late_rows_and_behaviour_are_told_apart_exactly(
    copy_of_demo: Path, build: Callable[..., str]
) -> None:
    today = day_of(copy_of_demo)
    scored = "select entity_id from marts.mart_score where question = 'churn' order by probability desc"
    still_here = {row[0] for row in asked(copy_of_demo, scored)}
    earlier = build(as_of=today - MONTH)
    assert asked(copy_of_demo, "select * from marts.mart_movement") == [], "nothing is compared with a later day"
    customer = next(row[0] for row in asked(copy_of_demo, scored) if row[0] in still_here)
    log_late(copy_of_demo, customer, today - MONTH - timedelta(days=2), today - timedelta(days=20))
    build()
    found = moved(copy_of_demo, earlier)
    assert found["behaviour"] > 0.1
    assert found["model"] == found["definition"] == 0
    one = f"from marts.mart_movement where entity_id = '{customer}' and from_build = '{earlier}'"
    assert asked(copy_of_demo, f"select abs(late_data) > 0.001, is_default, is_split {one}") == [(True, True, True)]
    said = asked(copy_of_demo, f"select cause from marts.mart_movement_reason where entity_id = '{customer}'")
    assert ("late_data",) in said
    n_late, n = asked(copy_of_demo, f"select count(*) filter (late_data <> 0), count(*) from marts.mart_movement "
                                    f"where question = 'churn' and from_build = '{earlier}'")[0]  # fmt: skip
    assert 0 < n_late < n / 4, "most customers have nothing that came late"


def test_the_same_day_with_the_same_data_has_moved_nothing_and_a_new_model_only_by_itself(
    copy_of_demo: Path, build: Callable[..., str]
) -> None:
    first = build_info(current_build(Settings(data_dir=copy_of_demo))).build_id
    second = build()
    assert set(moved(copy_of_demo, first).values()) == {0.0}
    build(retrain=True)
    found = moved(copy_of_demo, second)
    assert all(found[cause] == 0 for cause in CAUSES if cause != "model")
    told = "select distinct version_before <> version_after from marts.mart_movement where question = 'churn'"
    assert asked(copy_of_demo, told) in ([(True,)], [(False,)])


def test_without_the_earlier_model_the_movement_is_told_and_not_split(
    copy_of_demo: Path, build: Callable[..., str]
) -> None:
    first = build_info(current_build(Settings(data_dir=copy_of_demo))).build_id
    name = f"{first}_churn.parquet"
    scores = copy_of_demo / "scores" / "scores" / name
    told = pq.read_table(scores)
    at = told.schema.get_field_index("model_version")
    pq.write_table(told.set_column(at, "model_version", [["77"] * told.num_rows]), scores)
    build()
    of = f"from marts.mart_movement where question = 'churn' and from_build = '{first}'"
    assert asked(copy_of_demo, f"select distinct is_split, why_not, behaviour {of}") == [
        (False, "version 77 of the model is gone or damaged", None)
    ]


def test_kept_rows_say_what_they_mean_and_damaged_ones_are_passed_over(
    copy_of_demo: Path, build: Callable[..., str]
) -> None:
    kept = sorted((copy_of_demo / "scores" / "features").glob("*_churn.parquet"))
    said = json.loads(pq.read_schema(kept[-1]).metadata[b"second_opinion"])
    assert {"as_of", "features", "outcome"} <= set(said)
    assert len(said["features"]) > 50
    before = kept[-1].read_bytes()
    kept[-1].write_bytes(before[: len(before) // 2])
    build()
    assert asked(copy_of_demo, "select * from marts.mart_movement where question = 'churn'") == []
    assert kept[-1].read_bytes() == before[: len(before) // 2], "what is kept is never written again"
