"""The small company, built once a session and copied for each test, so that each has a ledger of its own."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from tests.views.company import build_company


@pytest.fixture(scope="session")
def built_company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "small_company"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            build_company(folder / "data")
            (folder / "done").touch()
    return folder / "data"


@pytest.fixture
def company(built_company: Path, data_dir: Path) -> Path:
    """The small company in this test's own data folder."""
    shutil.copytree(built_company, data_dir, dirs_exist_ok=True)
    return data_dir
