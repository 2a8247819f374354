"""Nothing half, nothing lost, through the real command line: kill -9, a full disk, two builds, the same twice."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from crm_core.settings import ROOT, Settings
from crm_core.warehouse import build_info, current_build
from tests.conftest import Cli, run_cli

pytestmark = pytest.mark.slow
TABLES = ("features.feat_customer", "features.feat_lead", "labels.label_churn", "labels.label_lead")


def start_build(folder: Path, *arguments: str, limit: int = 0) -> subprocess.Popen[str]:
    """A build in a process of its own; `limit` bounds the size of any file it writes."""
    code = (
        "import resource, runpy, signal, sys\n"
        "limit = int(sys.argv.pop(1))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "if limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))\n"
        "runpy.run_module('crm_core', run_name='__main__', alter_sys=True)"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, str(limit), "build", *arguments],
        cwd=ROOT,
        env={**os.environ, "CRM_DATA_DIR": str(folder), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended_well(build: subprocess.Popen[str]) -> None:
    stderr = build.communicate()[1]
    assert build.returncode == 0, stderr


def history(folder: Path) -> dict[str, str]:
    """Fingerprints of every file of scores and reasons."""
    found = (folder / "scores").rglob("*.parquet")
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in found}


def tables(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Features, labels and newest scores of the build that serves."""
    database = current_build(Settings(data_dir=folder)).database
    scores = "select question, entity_id, as_of, raw, probability, low, high, tier from marts.mart_score order by all"
    with duckdb.connect(str(database), read_only=True) as con:
        found = {name: con.execute(f"select * from {name} order by all").fetchall() for name in TABLES}
        return found | {"scores": con.execute(scores).fetchall()}


def serves(folder: Path) -> str:
    """Number of the serving build; it is whole, and every file of scores belongs to a build that served."""
    where = Settings(data_dir=folder)
    build = current_build(where)
    assert build_info(build).customers == 300
    done = run_cli(folder, "scores", "churn", "--top", "1")
    assert done.returncode == 0, done.stderr
    return build.build_id


def test_the_same_lake_gives_the_same_numbers_and_old_scores_stay_byte_for_byte(copy_of_demo: Path, cli: Cli) -> None:
    before, first = tables(copy_of_demo), history(copy_of_demo)
    assert cli("build", "--retrain").returncode == 0
    after, second = tables(copy_of_demo), history(copy_of_demo)
    for name, rows in before.items():
        assert after[name] == rows, name
    assert {name: second[name] for name in first} == first
    assert len(second) == 2 * len(first)


# Seven builds in a row: twice the time that one test is given, so that a busy machine does not decide.
@pytest.mark.timeout(600)
def test_kill_9_at_any_moment_of_a_build_leaves_the_old_one_serving_and_nothing_half(copy_of_demo: Path) -> None:
    began = time.monotonic()
    ended_well(start_build(copy_of_demo))
    length = time.monotonic() - began
    dice = random.Random(11)
    for moment in (0.25, 0.6, 0.85, 0.97):
        before, kept = serves(copy_of_demo), history(copy_of_demo)
        process = start_build(copy_of_demo, "--retrain")
        time.sleep(length * (moment + dice.uniform(-0.05, 0.05)))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert serves(copy_of_demo) >= before
        now = history(copy_of_demo)
        assert {name: now[name] for name in kept} == kept
    ended_well(start_build(copy_of_demo))
    number = serves(copy_of_demo)
    builds = {p.name for p in (copy_of_demo / "warehouse" / "builds").iterdir()}
    assert max(builds) == number
    with duckdb.connect() as con:
        path = str(copy_of_demo / "scores" / "scores" / "*.parquet")
        counts = con.execute("select build_id, question, count(distinct entity_id) from read_parquet(?) "
                             "where not is_backcast group by all", [path]).fetchall()  # fmt: skip
    assert len({n for _, question, n in counts if question == "churn"}) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes, where this machine lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root may mount a small disk")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(folder)], check=False)
    if done.returncode != 0:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("free", [1_000_000, 6_000_000, 9_000_000, 15_000_000])
def test_a_disk_that_is_full_ends_a_build_with_plain_words_and_the_old_one_serves(
    demo_data_dir: Path, small_disk: Path, free: int
) -> None:
    folder = small_disk / "data"
    shutil.copytree(demo_data_dir, folder)
    shutil.rmtree(folder / "demo_export")
    before, kept = serves(folder), history(folder)
    room = shutil.disk_usage(small_disk).free - free
    assert room > 0
    (small_disk / "ballast").write_bytes(b"x" * room)
    done = run_cli(folder, "build", "--retrain")
    assert done.returncode == 1, done.stderr
    assert "free" in done.stderr
    assert "Traceback" not in done.stderr
    (small_disk / "ballast").unlink()
    assert serves(folder) == before
    assert history(folder) == kept
    assert run_cli(folder, "build").returncode == 0
    assert serves(folder) > before


def test_a_file_that_may_not_grow_ends_a_build_with_plain_words(copy_of_demo: Path) -> None:
    before, kept = serves(copy_of_demo), history(copy_of_demo)
    process = start_build(copy_of_demo, limit=3_000_000)
    stderr = process.communicate()[1]
    assert process.returncode != 0
    assert "Traceback" not in stderr
    assert serves(copy_of_demo) == before
    assert history(copy_of_demo) == kept


def test_two_builds_started_at_once_make_two_builds_one_after_the_other(copy_of_demo: Path) -> None:
    for build in [start_build(copy_of_demo) for _ in range(2)]:
        ended_well(build)
    assert serves(copy_of_demo) == "0003"


def test_a_build_that_breaks_a_contract_is_not_swapped_in(copy_of_demo: Path, cli: Cli) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    before, kept = serves(copy_of_demo), history(copy_of_demo)
    (file,) = (p for p in (copy_of_demo / "lake" / "opportunities").glob("demo__*.parquet"))
    doubled = pq.read_table(copy_of_demo / "lake" / "customers" / file.name)
    pq.write_table(pa.concat_tables([doubled, doubled]), copy_of_demo / "lake" / "customers" / file.name)
    done = cli("build")
    if done.returncode == 0:
        number = cli("status", "--json")
        assert json.loads(number.stdout)["customers"] == 300, "doubled customers were counted twice"
    else:
        assert "contract" in done.stderr
        assert serves(copy_of_demo) == before
        assert history(copy_of_demo) == kept


def test_a_model_deleted_or_damaged_by_hand_is_trained_anew_and_the_build_says_so(copy_of_demo: Path, cli: Cli) -> None:
    (copy_of_demo / "models" / "churn" / "0001" / "model.ubj").unlink()
    (copy_of_demo / "models" / "lead" / "0001" / "calibration.parquet").write_bytes(b"PAR1")
    done = cli("build")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("trained anew") == 2
    for question in ("churn", "lead"):
        card = json.loads(cli("card", question, "--json").stdout)
        assert card["version"] == 2
        assert "cannot be read" in card["reason"]


def test_a_build_of_an_earlier_day_knows_nothing_of_what_came_later(copy_of_demo: Path, cli: Cli) -> None:
    done = cli("build", "--as-of", "2026-05-31", "--retrain")
    assert done.returncode == 0, done.stderr
    database = current_build(Settings(data_dir=copy_of_demo)).database
    with duckdb.connect(str(database), read_only=True) as con:
        newest = con.execute("select max(as_of) from features.feat_customer").fetchall()
        later = con.execute(
            "select count(*) from marts.mart_timeline where happened_at >= date '2026-06-01'"
        ).fetchall()
    assert str(newest[0][0]) == "2026-05-31"
    assert later == [(0,)]
    assert json.loads(cli("status", "--json").stdout)["as_of"] == "2026-05-31"
