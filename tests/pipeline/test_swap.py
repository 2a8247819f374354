"""A build serves as a whole or not at all, and the one before it is there whatever happens."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from crm_core import pipeline, scoring, warehouse
from crm_core.clock import today
from crm_core.errors import BuildBusyError, BuildError, ContractError, InputError, NoWarehouseError
from crm_core.settings import ROOT, Settings
from tests.conftest import run_cli
from tests.pipeline.conftest import Build, scores_of


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def serving(where: Settings) -> str:
    return warehouse.current_build(where).build_id


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def failing(error: BaseException) -> Callable[[pipeline.Build], str]:
    def step(work: pipeline.Build) -> str:
        scores_of(work)
        raise error

    return step


@pytest.mark.parametrize(
    ("error", "raised", "words"),
    [
        (ContractError("The new warehouse breaks a contract"), ContractError, "breaks a contract"),
        (BuildError("The warehouse could not be built"), BuildError, "could not be built"),
        (OSError(errno.ENOSPC, "No space left on device"), BuildError, "free some disk space"),
        (OSError(errno.EFBIG, "File too large"), BuildError, "free some disk space"),
        (duckdb.IOException("Could not write file: No space left on device"), BuildError, "free some disk space"),
        (duckdb.IOException("broken"), BuildError, "still serves"),
        (KeyError("a fault of ours"), KeyError, "a fault of ours"),
        (KeyboardInterrupt(), KeyboardInterrupt, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_a_build_that_fails_leaves_the_one_before_it_as_it_was(
    quick: Build, where: Settings, error: BaseException, raised: type[BaseException], words: str
) -> None:
    quick()
    before = files(where.scores_dir)
    with pytest.raises(raised) as caught:
        quick(failing(error))
    assert words in str(caught.value)
    assert serving(where) == "0001"
    assert [p.name for p in (where.warehouse_dir / "builds").iterdir()] == ["0001"]
    assert files(where.scores_dir) == before
    assert quick().build_id == "0003"


def test_a_disk_that_fills_up_right_after_the_swap_does_not_take_the_new_build_away(
    quick: Build, where: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick()
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "_recover", lambda settings: None)
        patch.setattr(scoring, "append", full_disk)
        with pytest.raises(BuildError, match="disk is full"):
            quick()
    assert serving(where) == "0002"
    assert warehouse.build_info(warehouse.current_build(where)).customers == 1
    assert sorted(p.name[:4] for p in (where.scores_dir / "scores").iterdir()) == ["0001"]
    quick()
    assert sorted(p.name[:4] for p in (where.scores_dir / "scores").iterdir()) == ["0001", "0002", "0003"]


def test_scores_are_only_ever_added_to(quick: Build, where: Settings) -> None:
    quick()
    first = files(where.scores_dir)
    assert len(first) == 3
    quick()
    second = files(where.scores_dir)
    assert {name: second[name] for name in first} == first
    assert len(second) == 6


def test_the_second_of_two_builds_says_who_is_building(quick: Build, where: Settings) -> None:
    with warehouse.building(where):
        with pytest.raises(BuildBusyError, match=r"process \d+ since 20\d\d-"):
            quick()
        done = run_cli(where.data_dir, "build", "--wait", "0")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Another build is running" in done.stderr
    assert "the current build serves meanwhile" in done.stderr


def test_the_second_of_two_builds_waits_if_it_may(quick: Build, where: Settings) -> None:
    hold, held = threading.Event(), threading.Event()

    def first() -> None:
        with warehouse.building(where):
            held.set()
            hold.wait(5)

    other = threading.Thread(target=first)
    other.start()
    held.wait(5)
    threading.Timer(0.5, hold.set).start()
    assert quick(wait=10).build_id == "0001"
    other.join()


def read_elsewhere(folder: warehouse.BuildFolder) -> subprocess.Popen[str]:
    """Another process that reads a build until it is told to end."""
    code = (
        "import sys; from pathlib import Path; from crm_core.warehouse import BuildFolder, open_read_only\n"
        "con = open_read_only(BuildFolder(Path(sys.argv[1]))); print('reads', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(folder.path)]
    reader = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert reader.stdout is not None
    assert reader.stdout.readline() == "reads\n"
    return reader


def test_old_builds_are_pruned_but_not_those_that_somebody_reads(quick: Build, where: Settings) -> None:
    quick()
    reader = read_elsewhere(warehouse.current_build(where))
    try:
        for _ in range(5):
            quick()
        kept = sorted(p.name for p in (where.warehouse_dir / "builds").iterdir())
        assert kept == ["0001", "0003", "0004", "0005", "0006"]
    finally:
        reader.communicate("", timeout=20)
    quick()
    assert sorted(p.name for p in (where.warehouse_dir / "builds").iterdir()) == ["0004", "0005", "0006", "0007"]


def test_a_server_lets_go_of_builds_it_no_longer_shows(quick: Build, where: Settings) -> None:
    from crm_core.views import reading

    marks = []
    for _ in range(reading.KEPT_OPEN + 2):
        quick()
        with reading.reading(warehouse.current_build(where)) as con:
            con.execute("select 1")
        marks.append(len(list((where.warehouse_dir / "builds").glob("*/reader-*"))))
    assert max(marks) <= reading.KEPT_OPEN


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"build_id": 7}', '{"build_id": "9999"}', "\x00\xff"])
def test_a_damaged_pointer_is_said_and_the_next_build_mends_it(quick: Build, where: Settings, text: str) -> None:
    quick()
    (where.warehouse_dir / "current.json").write_text(text, encoding="latin-1")
    with pytest.raises(NoWarehouseError, match="crm_core build"):
        warehouse.current_build(where)
    assert quick().build_id == "0002"
    assert serving(where) == "0002"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"as_of": "2026-06-30"}', '{"as_of": 1, "built_at": 2}'])
def test_a_damaged_description_is_said(quick: Build, where: Settings, text: str) -> None:
    quick()
    folder = warehouse.current_build(where)
    (folder.path / "build.json").write_text(text)
    with pytest.raises(NoWarehouseError, match="damaged"):
        warehouse.build_info(folder)


def test_a_build_whose_file_is_gone_or_damaged_is_said(quick: Build, where: Settings) -> None:
    quick()
    folder = warehouse.current_build(where)
    folder.database.write_bytes(b"not a database" * 1000)
    with pytest.raises(NoWarehouseError, match="cannot be opened"):
        warehouse.open_read_only(folder)
    folder.database.unlink()
    with pytest.raises(NoWarehouseError, match="incomplete"):
        warehouse.current_build(where)


def test_numbers_of_builds_are_never_used_twice(quick: Build, where: Settings) -> None:
    import shutil

    quick()
    shutil.rmtree(where.warehouse_dir / "builds")
    assert quick().build_id == "0002"


def test_it_looks_from_the_newest_day_anything_happened_or_from_the_day_named(quick: Build) -> None:
    assert quick().as_of == date(2026, 6, 30)
    assert quick(as_of=date(2026, 3, 31)).as_of == date(2026, 3, 31)


# Two days ahead: a run over midnight must not make tomorrow today.
@pytest.mark.parametrize("day", [date(1990, 1, 1), today() + timedelta(days=2)])
def test_a_day_before_the_data_or_after_today_is_refused(quick: Build, day: date) -> None:
    with pytest.raises(InputError, match="nothing to see from that day"):
        quick(as_of=day)


def test_an_empty_lake_says_what_to_do(data_dir: Path) -> None:
    with pytest.raises(InputError, match="nothing to build from") as caught:
        pipeline.build(Settings(data_dir=data_dir))
    assert "crm_core demo" in caught.value.remedy
    assert "crm_core import" in caught.value.remedy
