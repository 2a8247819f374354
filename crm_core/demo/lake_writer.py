"""The demo company straight to the lake's Parquet files, slice by slice, for companies too large for CSV.

Every slice is a batch of its own, visible once its manifest is there. Words stay numbers with a word list up to the
file, which is what makes a million interactions a second possible.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crm_core.clock import utc_now
from crm_core.demo.columns import constant, flags
from crm_core.demo.parameters import Chunk, Company
from crm_core.demo.people import employee_table, feed_table
from crm_core.demo.truth import start_truth, truth_parts
from crm_core.demo.world import Slice, generate
from crm_core.errors import InputError
from crm_core.lake import TABLES, importing
from crm_core.settings import Settings

SOURCE = "demo"
PROTECTED = ("Salutation",)
AFTER_OUTCOME = ("Churn_Reason__c", "Lost_Reason__c")
Progress = Callable[[str, int, float], None]


def write_lake(
    company: Company,
    settings: Settings,
    progress: Progress | None = None,
    *,
    workers: int = 2,
    with_truth: bool = False,
) -> dict[str, int]:
    """Write the company into the lake of these settings, without the detour through CSV and import.

    Parameters
    ----------
    company : Company
        What to generate.
    settings : Settings
        Whose lake; files of the same company are replaced, another demo company there is an `InputError`.
    progress : callable, optional
        Called with (step, rows of all tables, seconds) after every slice.
    workers : int
        Processes; the result does not depend on it.
    with_truth : bool
        Also write the truth of every slice into `settings.truth_dir`.

    Returns
    -------
    dict of str to int
        Rows per table.
    """
    totals: dict[str, int] = {}
    began = time.perf_counter()
    tell = progress or (lambda step, rows, seconds: None)
    with importing(settings, lambda: tell("waiting for another import to end", 0, 0.0)):
        _refuse_another(company, settings.lake_dir)
        if with_truth:
            start_truth(settings.truth_dir)
        for name, rows in _run(company, settings, workers, with_truth):
            for table, count in rows.items():
                totals[table] = totals.get(table, 0) + count
            tell(name, sum(rows.values()), time.perf_counter() - began)
    return totals


def _run(company: Company, settings: Settings, workers: int, with_truth: bool) -> Iterator[tuple[str, dict[str, int]]]:
    batch = _batch(company, "people")
    rows = {"employees": employee_table(company), "feeds": feed_table(company)}
    yield "people", _land(settings.lake_dir, batch, rows)
    truth_dir = settings.truth_dir if with_truth else None
    chunks = list(company.chunks())
    if workers == 1 or len(chunks) == 1:
        for chunk in chunks:
            yield _slice_name(chunk), write_slice(chunk, settings.lake_dir, truth_dir)
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn) as pool:
        jobs = [(chunk, pool.submit(write_slice, chunk, settings.lake_dir, truth_dir)) for chunk in chunks]
        for chunk, job in jobs:
            yield _slice_name(chunk), job.result()


def _refuse_another(company: Company, lake_dir: Path) -> None:
    # rows of two companies would share ids, and nothing here compares versions as an import does
    mine = _batch(company, "")
    for manifest in (lake_dir / "_batches").glob("*.json"):
        if json.loads(manifest.read_text(encoding="utf-8"))["source"] == SOURCE and not manifest.stem.startswith(mine):
            raise InputError(
                "The lake already holds another demo company",
                where=str(lake_dir),
                why=f"batch {manifest.stem} is not of a company of {company.customers:,} customers",
                remedy="choose another data folder: CRM_DATA_DIR=somewhere python -m crm_core demo",
            )


def write_slice(chunk: Chunk, lake_dir: Path, truth_dir: Path | None) -> dict[str, int]:
    """Generate one slice and land it as one batch; returns rows per table."""
    part = generate(chunk)
    if truth_dir:
        truth_parts(part, truth_dir, f"-{chunk.index:05d}")
    return _land(lake_dir, _batch(chunk.company, f"{chunk.index:05d}"), part.tables | {"attributes": _long(part)})


def _slice_name(chunk: Chunk) -> str:
    return f"slice {chunk.index + 1}"


def _batch(company: Company, name: str) -> str:
    return f"demo-{company.as_of:%Y%m%d}-{company.customers}-{company.months}-{company.seed}-{name}"


def _land(lake_dir: Path, batch: str, tables: dict[str, pa.Table]) -> dict[str, int]:
    counts = {}
    for name, rows in tables.items():
        folder = lake_dir / name
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{SOURCE}__{batch}.parquet"
        _swap_in(target, partial(_write, lake_rows(name, rows, batch)))
        counts[name] = rows.num_rows
    manifest = {
        "batch_id": batch,
        "source": SOURCE,
        "mapping": "demo",
        "files": [],
        "landed_at": utc_now().isoformat(),
        "rows": counts,
        "quarantined": 0,
        "cleared": 0,
        "faults": [],
        "warnings": [],
        "notes": [],
        "unmapped": {},
    }
    (lake_dir / "_batches").mkdir(parents=True, exist_ok=True)
    text = json.dumps(manifest, indent=1)
    _swap_in(lake_dir / "_batches" / f"{batch}.json", lambda path: path.write_text(text, encoding="utf-8"))
    return counts


def lake_rows(table: str, rows: pa.Table, batch: str) -> pa.Table:
    """Rows as the lake has them: common columns first, foreign ids qualified, columns in order."""
    n = rows.num_rows
    common = {"source": constant(SOURCE, n), "batch_id": constant(batch, n), "is_update": flags(np.zeros(n))}
    columns = {}
    for field in TABLES[table].schema():
        if field.name in common:
            columns[field.name] = common[field.name]
            continue
        column = rows[field.name] if field.name in rows.column_names else pa.chunked_array([pa.nulls(n, field.type)])
        columns[field.name] = qualified(column) if field.name.endswith("_id") and field.name != "source_id" else column
    return pa.table(columns)


def qualified(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Ids with the source before them; for words by number only the word list changes."""
    if not pa.types.is_dictionary(column.type):
        return pc.binary_join_element_wise(pa.scalar(SOURCE), column, ":")
    done: dict[int, pa.Array] = {}
    chunks = []
    for chunk in column.chunks:
        words = chunk.dictionary
        key = words.buffers()[1].address if len(words) else 0
        if key not in done:
            done[key] = pc.binary_join_element_wise(pa.scalar(SOURCE), words, ":")
        chunks.append(pa.DictionaryArray.from_arrays(chunk.indices, done[key]))
    return pa.chunked_array(chunks, column.type)


def _long(part: Slice) -> pa.Table:
    tables = []
    for entity, wide in part.attributes.items():
        rows = part.tables[f"{entity}s"]
        for name in wide.column_names:
            filled = pc.is_valid(wide[name])
            values = wide[name].filter(filled)
            kind = "bool" if values.type == pa.bool_() else "number" if values.type == pa.int64() else "text"
            n = len(values)
            purpose = "protected" if name in PROTECTED else "after_outcome" if name in AFTER_OUTCOME else "feature"
            owners = rows["source_id"].filter(filled)
            tables.append(
                pa.table(
                    {
                        "source_id": pc.binary_join_element_wise(owners, name, "|"),
                        "happened_at": rows["happened_at"].filter(filled),
                        "known_at": rows["known_at"].filter(filled),
                        "entity": constant(entity, n),
                        "entity_id": owners,
                        "name": constant(name, n),
                        "type": constant(kind, n),
                        "value": values.cast(pa.string()),
                        "purpose": constant(purpose, n),
                    }
                )
            )
    return pa.concat_tables(tables)


def _write(rows: pa.Table, path: Path) -> None:
    words = [field.name for field in rows.schema if pa.types.is_dictionary(field.type)]
    # without the Arrow schema in the file, numbered words read back as plain text, as tables.py has them
    pq.write_table(
        rows,
        path,
        compression="lz4",
        use_dictionary=words,
        store_schema=False,
        write_statistics=["happened_at", "known_at"],
    )


def _swap_in(target: Path, write: Callable[[Path], object]) -> None:
    half = target.with_suffix(target.suffix + ".tmp")
    write(half)
    with half.open("rb") as file:
        os.fsync(file.fileno())
    half.replace(target)
