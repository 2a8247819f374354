"""Nothing half, nothing lost: kill -9, a full disk, two imports at once."""

from __future__ import annotations

import errno
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from crm_core.errors import CrmError
from crm_core.lake import ensure_lake, store
from tests.lake.conftest import Lake

ROOT = Path(__file__).resolve().parents[2]
CODE = (
    "import sys; from pathlib import Path; from crm_core.lake import *; from crm_core.settings import Settings\n"
    "import_files(load_mapping(sys.argv[1]), sys.argv[3:], Settings(data_dir=Path(sys.argv[2])), "
    "on_progress=lambda what, n: print(what, flush=True))"
)


def start(lake: Lake, *files: Path, **options: Any) -> subprocess.Popen[str]:
    mapping = lake.folder / "mapping.yml"
    arguments = [sys.executable, "-c", CODE, str(mapping), str(lake.settings.data_dir), *map(str, files)]
    return subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def test_after_kill_9_all_of_the_batch_is_there_or_nothing(lake: Lake, many: Any) -> None:
    lake.mapping()
    old = lake.land(lake.file("customers_old.csv", many(10).replace("\nc", "\nold")))
    file = lake.file("customers.csv", many(20_000))
    dice = random.Random(7)
    began = time.monotonic()
    assert start(lake, file).communicate()[1] == ""
    length = time.monotonic() - began
    kept = set(lake.files())
    seen = set()
    for _ in range(4):
        for name in lake.files() - {n for n in lake.files() if old.batch_id in n}:
            (lake.settings.lake_dir / name).unlink()
        process = start(lake, file)
        time.sleep(dice.uniform(0.45, 1.0) * length)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        ensure_lake(lake.settings)
        counts = lake.query("SELECT (SELECT count(*) FROM {customers}), (SELECT count(*) FROM {attributes})")
        assert counts in ([(10, 10)], [(20_010, 20_010)])
        assert not [n for n in lake.files() if n.endswith((".tmp", ".part")) or n.startswith("_work")]
        seen.add(counts[0])
    assert start(lake, file).communicate()[1] == ""
    assert len(lake.files()) == len(kept)
    assert lake.query("SELECT count(*) FROM {customers}") == [(20_010,)]


@pytest.mark.parametrize("step", range(1, 8))
def test_a_crash_between_any_two_steps_of_the_commit_leaves_nothing_half(
    lake: Lake, many: Any, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    class Crash(BaseException):
        pass

    calls = 0

    def count(path: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == step:
            raise Crash

    monkeypatch.setattr(store, "_sync", count)
    monkeypatch.setattr("crm_core.lake.writing.discard", lambda *_: None)
    try:
        lake.land(lake.file("customers.csv", many(20)))
        is_done = True
    except Crash:
        is_done = False
    monkeypatch.undo()
    ensure_lake(lake.settings)
    assert lake.query("SELECT count(*) FROM {customers}")[0][0] in ((20,) if is_done or step == 6 else (0,))
    assert lake.land(lake.file("customers.csv", many(20))).n_landed in (0, 40)
    assert lake.query("SELECT count(*), count(DISTINCT source_id) FROM {customers}") == [(20, 20)]


def test_a_full_disk_is_said_plainly_and_nothing_is_lost(
    lake: Lake, many: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.land(lake.file("customers.csv", many(10)))
    before = lake.files()

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "_sync", full)
    with pytest.raises(CrmError, match="disk is full") as caught:
        lake.land(lake.file("customers.csv", many(20)))
    assert "free space" in caught.value.remedy
    monkeypatch.undo()
    assert lake.files() == before
    assert lake.land(lake.file("customers.csv", many(20))).n_landed == 20


def test_a_file_that_cannot_grow_any_more_ends_the_import_with_plain_words(lake: Lake, many: Any) -> None:
    import resource

    lake.mapping()
    file = lake.file("customers.csv", many(60_000))
    limit = 400_000

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = start(lake, file, preexec_fn=small_files)
    stderr = process.communicate()[1]
    assert process.returncode != 0
    assert "disk is full" in stderr
    ensure_lake(lake.settings)
    assert lake.files() == set()


def test_the_second_of_two_imports_says_that_it_waits_and_then_lands(lake: Lake, many: Any) -> None:
    lake.mapping()
    with store.importing(lake.settings, lambda: None):
        second = start(lake, lake.file("customers.csv", many(20)))
        assert second.stdout is not None
        assert "waiting for another import" in second.stdout.readline()
        assert lake.files() == set()
    assert second.communicate()[1] == ""
    assert lake.query("SELECT count(*) FROM {customers}") == [(20,)]


def test_tidying_up_does_not_disturb_a_running_import(lake: Lake, many: Any) -> None:
    ensure_lake(lake.settings)
    with store.importing(lake.settings, lambda: None) as folder:
        half = folder / "customers" / "shop__running.parquet.tmp"
        half.write_bytes(b"half")
        ensure_lake(lake.settings)
        assert half.exists()
    ensure_lake(lake.settings)
    assert not half.exists()
