"""Which earlier builds a build is compared with, and what is kept of it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from crm_core.scoring.comparing import baselines
from crm_core.scoring.kept import Meaning, builds_kept, keep, read_kept
from crm_core.settings import Settings
from tests.scoring.conftest import DAY, matrix_of, simulated

AGO = {n: DAY - timedelta(days=n) for n in (0, 1, 7, 29, 33, 90)}


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        ([], []),
        ([(2, -1)], []),
        ([(3, 0), (2, 0)], [3]),
        ([(4, 1), (3, 7), (2, 29), (1, 90)], [4, 2]),
        ([(4, 0), (3, 33), (2, 29)], [4, 2]),
        ([(4, 90), (3, 1), (2, 33)], [4, 2]),
        ([(2, 29)], [2]),
    ],
)
def test_a_build_is_compared_with_the_one_before_and_the_one_nearest_to_a_month_back(
    found: list[tuple[int, int]], chosen: list[int]
) -> None:
    kept = [(f"{build:04d}", DAY - timedelta(days=days)) for build, days in found]
    assert [build for build, _ in baselines(kept, DAY)] == [f"{build:04d}" for build in chosen]


def kept_in(folder: Path, name: str, day: date = DAY) -> Path:
    """One build's rows in the history of scores."""
    pending = folder / "pending"
    pending.mkdir(exist_ok=True)
    keep(matrix_of(simulated(40)), "churn", day, Meaning({"mrr": "abc"}, "def"), pending)
    target = folder / "scores" / "features" / f"{name}_churn.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    return (pending / "features_churn.parquet").rename(target)


def test_builds_kept_are_the_readable_ones_newest_first(tmp_path: Path) -> None:
    kept_in(tmp_path, "0001", AGO[33])
    kept_in(tmp_path, "0002", DAY)
    kept_in(tmp_path, "0003", DAY).write_bytes(b"half a file")
    where = Settings(data_dir=tmp_path)
    assert builds_kept(where, "churn") == [("0002", DAY), ("0001", AGO[33])]
    assert builds_kept(where, "lead") == []


def test_rows_without_their_scores_or_damaged_are_not_compared(tmp_path: Path) -> None:
    kept_in(tmp_path, "0001")
    assert read_kept(Settings(data_dir=tmp_path), "churn", "0001") is None
    assert read_kept(Settings(data_dir=tmp_path), "churn", "0002") is None


def test_what_is_kept_is_what_a_model_reads(tmp_path: Path) -> None:
    rows = simulated(40)
    kept_in(tmp_path, "0001")
    found = pq.read_table(tmp_path / "scores" / "features" / "0001_churn.parquet").to_pandas()
    newest = rows[rows["as_of"] == DAY].reset_index(drop=True)
    assert found["entity_id"].tolist() == newest["entity_id"].tolist()
    np.testing.assert_array_equal(found["mrr"].to_numpy(), newest["mrr"].to_numpy(dtype=np.float32))
    assert found["segment"].fillna("-").tolist() == newest["segment"].fillna("-").tolist()
