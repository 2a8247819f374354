"""The lake on disk: folders, lock, atomic commit, and tidying up after a crash.

A batch is committed by the rename of its manifest, the last of all renames. Data files that belong to no manifest are
what a killed import left behind; they are removed at the next start.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from crm_core.errors import CrmError
from crm_core.lake.tables import TABLES
from crm_core.settings import Settings

QUARANTINE = pa.schema(
    [
        *(pa.field(n, pa.string()) for n in ("row_id", "batch_id", "source", "table", "source_id", "file")),
        pa.field("line", pa.int64()),
        *(pa.field(n, pa.string()) for n in ("column", "value", "reason", "remedy", "row_json")),
        pa.field("quarantined_at", pa.timestamp("us")),
        pa.field("keys", pa.string()),
    ]
)
CLEARED = pa.schema([pa.field("row_id", pa.string()), pa.field("batch_id", pa.string())])
WAIT_SECONDS = 1800
_FULL = ("No space left", "disk is full", "File too large", "max_temp_directory_size", "ould not write")


def ensure_lake(settings: Settings) -> Path:
    """Create what is missing and remove what a killed import left; returns the lake's folder.

    Does not disturb an import that is running.
    """
    lake = settings.lake_dir
    for name, table in TABLES.items():
        _ensure_empty(lake / name / "_empty.parquet", table.schema())
    _ensure_empty(lake / "_quarantine" / "_empty.parquet", QUARANTINE)
    _ensure_empty(lake / "_quarantine" / "cleared" / "_empty.parquet", CLEARED)
    (lake / "_batches").mkdir(exist_ok=True)
    with (lake / "_import.lock").open("a") as handle:
        if _try_lock(handle.fileno()):
            _recover(lake)
    return lake


@contextmanager
def importing(settings: Settings, on_wait: Callable[[], None]) -> Iterator[Path]:
    """Hold the lake for writing; waits for another import. Yields the lake's folder, tidied."""
    ensure_lake(settings)
    lake = settings.lake_dir
    with (lake / "_import.lock").open("a") as handle:
        deadline, is_told = time.monotonic() + WAIT_SECONDS, False
        while not _try_lock(handle.fileno()):
            if not is_told:
                on_wait()
                is_told = True
            if time.monotonic() > deadline:
                raise CrmError("Another import is still running", remedy="wait until it ends, then import again")
            time.sleep(0.1)
        _recover(lake)
        yield lake


def snapshot(settings: Settings, folder: Path, on_wait: Callable[[], None] = lambda: None) -> int:
    """Link the lake as it is now into `folder`, so that an import during a build changes nothing for that build.

    Returns
    -------
    int
        Number of the tables' files. Files of the lake are never changed, so links cost no space; where a file system
        cannot link, they are copied.
    """
    n = 0
    with importing(settings, on_wait) as lake:
        for path in _kept(lake):
            target = folder / path.relative_to(lake)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                target.hardlink_to(path)
            except OSError:
                shutil.copy2(path, target)
            n += not path.parent.name.startswith("_")
    return n


def _kept(lake: Path) -> Iterator[Path]:
    """What a build looks at: the tables, what waits in the quarantine, and what each batch says of itself."""
    yield from (path for path in lake.glob("*/*.parquet") if path.parent.name != "_work")
    yield from lake.glob("_quarantine/cleared/*.parquet")
    yield from lake.glob("_batches/*.json")


@contextmanager
def work_folder(lake: Path) -> Iterator[Path]:
    """A folder for temporary files on the lake's own disk."""
    folder = lake / "_work" / uuid4().hex[:8]
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def disk_errors() -> Iterator[None]:
    """Say in plain words when the disk is full."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        if not is_disk_full(error):
            raise
        raise CrmError(
            "The import was stopped: the disk is full",
            why="nothing of this batch was landed; what was there before is untouched",
            remedy="free space on the disk of the data folder, then import the same files again",
        ) from error


def is_disk_full(error: Exception) -> bool:
    """True when an error of the system or of DuckDB means that no more can be written."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return any(sign in str(error) for sign in _FULL)


def new_batch_id(now: datetime) -> str:
    """Sorts by time."""
    return f"{now:%Y%m%dT%H%M%S%f}-{uuid4().hex[:6]}"


def batch_files(lake: Path, table: str, source: str) -> list[Path]:
    """Data files of one source in one table."""
    return sorted(lake.joinpath(table).glob(f"{source}__*.parquet"))


def commit(lake: Path, batch_id: str, files: dict[Path, Path], manifest: dict[str, Any]) -> None:
    """Make a batch visible: written files (temporary name → final name) first, the manifest last."""
    for temporary in files:
        _sync(temporary)
    for temporary, final in files.items():
        temporary.rename(final)
    for folder in {final.parent for final in files.values()}:
        _sync(folder)
    target = lake / "_batches" / f"{batch_id}.json"
    temporary = target.with_suffix(".json.tmp")
    temporary.write_text(json.dumps(manifest, indent=1, default=str, ensure_ascii=False), encoding="utf-8")
    _sync(temporary)
    temporary.rename(target)
    _sync(target.parent)


def discard(files: dict[Path, Path], lake: Path, batch_id: str) -> None:
    """Undo a batch that could not be committed."""
    if (lake / "_batches" / f"{batch_id}.json").exists():
        return
    for path in (*files, *files.values()):
        path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _ensure_empty(path: Path, schema: pa.Schema) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{uuid4().hex[:8]}.part")
    pq.write_table(schema.empty_table(), temporary)
    temporary.rename(path)


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _recover(lake: Path) -> None:
    shutil.rmtree(lake / "_work", ignore_errors=True)
    committed = {path.stem for path in (lake / "_batches").glob("*.json")}
    folders = [*(lake / name for name in TABLES), lake / "_quarantine", lake / "_quarantine" / "cleared"]
    for folder in [*folders, lake / "_batches"]:
        for leftover in folder.glob("*.tmp"):
            leftover.unlink(missing_ok=True)
    for folder in folders:
        for path in folder.glob("*.parquet"):
            if path.stem != "_empty" and path.stem.rpartition("__")[2] not in committed:
                path.unlink(missing_ok=True)
