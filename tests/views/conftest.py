"""The small companies, each built once a session and copied for each test, so that each has a ledger of its own."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.views.answering import MORNING
from tests.views.company import build_company
from tests.views.dealing import SETTINGS, build_dealing
from tests.views.judging import build_judged
from tests.views.talking import build_talking
from tests.views.trusting import build_trusting
from tests.views.twenty import build_twenty


def _once(tmp_path_factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Path:
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            build(folder / "data")
            (folder / "done").touch()
    return folder / "data"


@pytest.fixture(scope="session")
def built_company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _once(tmp_path_factory, "small_company", build_company)


@pytest.fixture
def company(built_company: Path, data_dir: Path) -> Path:
    """The small company in this test's own data folder."""
    shutil.copytree(built_company, data_dir, dirs_exist_ok=True)
    return data_dir


@pytest.fixture(scope="session")
def built_twenty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _once(tmp_path_factory, "twenty", build_twenty)


@pytest.fixture
def twenty(built_twenty: Path, data_dir: Path) -> Path:
    """The company of 20 customers in this test's own data folder; see `twenty.py`."""
    shutil.copytree(built_twenty, data_dir, dirs_exist_ok=True)
    return data_dir


@pytest.fixture(scope="session")
def built_judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _once(tmp_path_factory, "judged", build_judged)


@pytest.fixture
def judged(built_judged: Path, data_dir: Path) -> Path:
    """The company whose disagreements are judged in this test's own data folder; see `judging.py`."""
    shutil.copytree(built_judged, data_dir, dirs_exist_ok=True)
    return data_dir


@pytest.fixture(scope="session")
def built_dealing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _once(tmp_path_factory, "dealing", build_dealing)


@pytest.fixture
def dealing(built_dealing: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The company of eleven deals in this test's own data folder, with its rates and targets; see `dealing.py`."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    shutil.copytree(built_dealing, data_dir, dirs_exist_ok=True)
    return data_dir


@pytest.fixture(scope="session")
def built_talking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _once(tmp_path_factory, "talking", build_talking)


@pytest.fixture
def talking(built_talking: Path, data_dir: Path) -> Path:
    """The company that talks in this test's own data folder; see `talking.py`."""
    shutil.copytree(built_talking, data_dir, dirs_exist_ok=True)
    return data_dir


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """It is the morning after the newest word of the company; `clock(days)` moves on."""
    now = [MORNING]

    def move(days: float) -> None:
        now[0] += timedelta(days=days)

    monkeypatch.setattr("crm_core.clock.utc_now", lambda: now[0])
    return move


@pytest.fixture(scope="session")
def built_trusting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _once(tmp_path_factory, "trusting", build_trusting)


@pytest.fixture
def trusting(built_trusting: Path, data_dir: Path) -> Path:
    """The small company that has learned from people, in this test's own data folder; see `trusting.py`."""
    shutil.copytree(built_trusting, data_dir, dirs_exist_ok=True)
    return data_dir
