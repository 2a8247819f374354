"""Builds on disk: a new one is made aside, swapped in by one rename, kept while somebody reads it.

warehouse/builds/<build_id>/warehouse.duckdb   the tables
warehouse/builds/<build_id>/lake/              links to the files of the lake it was made from
warehouse/builds/<build_id>/build.json         what it was made from (written last: marks it complete)
warehouse/builds/<build_id>/reader-<pid>       somebody reads it
warehouse/current.json                         which build serves; replaced atomically
warehouse/build.lock                           held by the build that is running
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from crm_core.clock import utc_now
from crm_core.errors import BuildBusyError, NoWarehouseError
from crm_core.settings import Settings


@dataclass(frozen=True)
class BuildInfo:
    """What a build is made from."""

    build_id: str
    as_of: date
    built_at: datetime
    seconds: float
    customers: int
    leads: int
    models: dict[str, str]
    schema: int = 1


@dataclass(frozen=True)
class BuildFolder:
    """Where a build lies."""

    path: Path

    @property
    def build_id(self) -> str:
        return self.path.name

    @property
    def database(self) -> Path:
        return self.path / "warehouse.duckdb"

    @property
    def ledger(self) -> Path:
        return self.path / "ledger"

    @property
    def lake(self) -> Path:
        return self.path / "lake"

    @property
    def pending_scores(self) -> Path:
        return self.path / "pending"

    def let_go(self) -> None:
        """This process reads it no longer."""
        (self.path / f"reader-{os.getpid()}").unlink(missing_ok=True)


def _builds(settings: Settings) -> Path:
    return settings.warehouse_dir / "builds"


def new_build(settings: Settings) -> BuildFolder:
    """Make the folder of a new build; its number follows the highest one that ever was.

    Returns
    -------
    BuildFolder
        Empty but for the folders a build needs.
    """
    counter = settings.warehouse_dir / "last_build_number"
    taken = [int(p.name) for p in _builds(settings).glob("[0-9]*") if p.name.isdigit()]
    last = int(counter.read_text()) if counter.exists() and counter.read_text().strip().isdigit() else 0
    number = max([last, *taken]) + 1
    folder = BuildFolder(_builds(settings) / f"{number:04d}")
    folder.ledger.mkdir(parents=True)
    folder.pending_scores.mkdir()
    write_atomically(counter, str(number))
    return folder


def write_atomically(path: Path, text: str) -> None:
    """Write a small file so that a reader sees the old or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with aside.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(path)


def finish_build(folder: BuildFolder, info: BuildInfo) -> None:
    """Mark a build as complete."""
    facts: dict[str, Any] = asdict(info) | {"as_of": info.as_of.isoformat(), "built_at": info.built_at.isoformat()}
    write_atomically(folder.path / "build.json", json.dumps(facts, indent=2))


def swap_in(settings: Settings, folder: BuildFolder) -> None:
    """Let a complete build serve, from this moment on, by one rename."""
    write_atomically(settings.warehouse_dir / "current.json", json.dumps({"build_id": folder.build_id}))


def current_build(settings: Settings) -> BuildFolder:
    """The build that serves.

    Raises
    ------
    NoWarehouseError
        There is none yet, or its file is gone.
    """
    pointer = settings.warehouse_dir / "current.json"
    remedy = "run `python -m crm_core build` (or `python -m crm_core demo` for the demo company first)"
    if not pointer.exists():
        raise NoWarehouseError("There is no build to read yet", why="nothing was built so far", remedy=remedy)
    try:
        folder = BuildFolder(_builds(settings) / json.loads(pointer.read_text())["build_id"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise NoWarehouseError(
            "The pointer to the current build is damaged", where=pointer.name, remedy=remedy
        ) from error
    if not folder.database.exists() or not (folder.path / "build.json").exists():
        raise NoWarehouseError(
            "The current build is incomplete", where=f"build {folder.build_id}", why="files are missing", remedy=remedy
        )
    return folder


def build_info(folder: BuildFolder) -> BuildInfo:
    """What a complete build is made from.

    Raises
    ------
    NoWarehouseError
        The build's description is damaged.
    """
    try:
        facts = json.loads((folder.path / "build.json").read_text())
        facts["as_of"] = date.fromisoformat(facts["as_of"])
        facts["built_at"] = datetime.fromisoformat(facts["built_at"])
        return BuildInfo(**facts)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise NoWarehouseError(
            "The description of the current build is damaged",
            where=f"build {folder.build_id}, build.json",
            remedy="run `python -m crm_core build`; earlier builds and all decisions are kept",
        ) from error


def open_read_only(folder: BuildFolder) -> duckdb.DuckDBPyConnection:
    """Open a build for reading; the build is not pruned until `let_go`, or until this process ends.

    One cursor per reader: a connection shared by threads returns wrong rows.
    """
    (folder.path / f"reader-{os.getpid()}").touch()
    try:
        return duckdb.connect(str(folder.database), read_only=True)
    except duckdb.Error as error:
        raise NoWarehouseError(
            "The current build cannot be opened",
            where=f"build {folder.build_id}",
            why=str(error).splitlines()[0],
            remedy="run `python -m crm_core build`; earlier builds and all decisions are kept",
        ) from error


@contextmanager
def building(settings: Settings, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the one right to build.

    Raises
    ------
    BuildBusyError
        Another build is still running after `wait_seconds`.
    """
    lock = settings.warehouse_dir / "build.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+") as handle:
        until = time.monotonic() + wait_seconds
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            if time.monotonic() >= until:
                handle.seek(0)
                raise BuildBusyError(
                    "Another build is running",
                    where=handle.read().strip(),
                    remedy="wait until it has ended; the current build serves meanwhile",
                )
            time.sleep(0.2)
        handle.truncate(0)
        handle.write(f"process {os.getpid()} since {utc_now():%Y-%m-%d %H:%M} UTC")
        handle.flush()
        yield


def _is_read(folder: Path) -> bool:
    for mark in folder.glob("reader-*"):
        pid = int(mark.name.removeprefix("reader-"))
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark.unlink(missing_ok=True)
        except PermissionError:
            return True
        else:
            if pid != os.getpid():
                return True
    return False


def prune(settings: Settings) -> list[str]:
    """Remove what is not needed: half-made builds, and complete ones beyond those kept, unless somebody reads them.

    Call it only while `building` is held.
    """
    if not _builds(settings).exists():
        return []
    with suppress(NoWarehouseError):
        serving = current_build(settings).build_id
        complete = sorted(p.name for p in _builds(settings).iterdir() if (p / "build.json").exists())
        kept = {serving, *[name for name in complete if name < serving][-settings.keep_builds :]}
        return _remove(settings, kept)
    return _remove(settings, set())


def _remove(settings: Settings, kept: set[str]) -> list[str]:
    gone = []
    for folder in sorted(_builds(settings).iterdir()):
        if folder.name not in kept and not _is_read(folder):
            shutil.rmtree(folder, ignore_errors=True)
            gone.append(folder.name)
    return gone
