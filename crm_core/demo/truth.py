"""The truth of the demo company, for tests and benchmarks only: the pipeline never reads it (a test proves that)."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from crm_core.demo.parameters import Company
from crm_core.demo.people import DEAD_FEED, blind_cells
from crm_core.demo.world import Slice, generate


def write_truth(company: Company, folder: Path) -> dict[str, int]:
    """Write the truth as Parquet: one file per part, ids as the product has them (`demo:C-00001`).

    Parameters
    ----------
    company : Company
        What to generate.
    folder : Path
        Usually `settings().truth_dir`.

    Returns
    -------
    dict of str to int
        Rows per folder: `churn` (customer × as-of date: probability, outcome where known), `lead` (lead × as-of date,
        open leads), `duplicates` (pairs), `happy` (customers at almost no risk on the last day), `blind` (owner × feed
        that never delivers), `dead_feed`.
    """
    counts = start_truth(folder)
    for chunk in company.chunks():
        suffix = f"-{chunk.index:05d}"
        for name, rows in truth_parts(generate(chunk), folder, suffix).items():
            counts[name] = counts.get(name, 0) + rows
    return counts


def truth_parts(part: Slice, folder: Path, suffix: str) -> dict[str, int]:
    """Write the truth of one slice."""
    for name, rows in part.truth.items():
        _write(rows, folder / name / f"part{suffix}.parquet")
    return {name: rows.num_rows for name, rows in part.truth.items()}


def start_truth(folder: Path) -> dict[str, int]:
    """Forget the truth of an earlier company and write what holds for every slice."""
    for old in folder.glob("*/part*.parquet"):
        old.unlink()
    dead = pa.table({"feed": pa.array([DEAD_FEED])})
    _write(blind_cells(), folder / "blind" / "part.parquet")
    _write(dead, folder / "dead_feed" / "part.parquet")
    return {"blind": blind_cells().num_rows, "dead_feed": 1}


def _write(rows: pa.Table, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {}
    for name in rows.column_names:
        column = rows[name].cast(pa.string()) if pa.types.is_dictionary(rows[name].type) else rows[name]
        columns[name] = column
    pq.write_table(pa.table(columns), path)
