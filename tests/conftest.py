"""What every test may ask for: a data folder of its own, the demo company, public data sets, the command line."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from crm_core.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
Cli = Callable[..., subprocess.CompletedProcess[str]]

_QUIET = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture)
settings.register_profile("here", deadline=None, print_blob=True, suppress_health_check=_QUIET)
# A build server must not fail by chance: the same examples at every run. At home new ones are tried each time.
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see the defaults, whatever the person who runs them has set."""
    for name in [n for n in os.environ if n.startswith("CRM_") and n != "CRM_CHROMIUM"]:
        monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _no_settings_of_this_machine: None) -> Path:
    """An empty data folder of this test's own; `settings()` and the command line use it."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("CRM_DATA_DIR", str(folder))
    return folder


def run_cli(
    data_dir: Path, *arguments: str, timeout: float = 280, **variables: str
) -> subprocess.CompletedProcess[str]:
    """`python -m crm_core ARGUMENTS` on a data folder, with these variables set; the caller judges the outcome."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CRM_")}
    return subprocess.run(
        [sys.executable, "-m", "crm_core", *arguments],
        cwd=ROOT,
        env={**kept, "CRM_DATA_DIR": str(data_dir), "COLUMNS": "200", **variables},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@pytest.fixture
def cli(data_dir: Path) -> Cli:
    """The command line on this test's data folder: `cli("status", "--json")` gives the completed process."""

    def call(*arguments: str, timeout: float = 280, **variables: str) -> subprocess.CompletedProcess[str]:
        return run_cli(data_dir, *arguments, timeout=timeout, **variables)

    return call


def _make_demo(folder: Path) -> None:
    for arguments in (("demo", "--customers", "300"), ("build",)):
        done = run_cli(folder, *arguments)
        if done.returncode != 0:
            report = f"`crm_core {' '.join(arguments)}` ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
            (folder.parent / "failed.txt").write_text(report, encoding="utf-8")
            return


@pytest.fixture(scope="session")
def demo_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder with a built demo company of 300 customers; made once a session, for reading only."""
    base = tmp_path_factory.getbasetemp()
    # Workers of xdist have a folder each inside the session's.
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "demo"
    shared.mkdir(exist_ok=True)
    folder, failed, done = shared / "data", shared / "failed.txt", shared / "done"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir(exist_ok=True)
            _make_demo(folder)
            done.touch()
    if failed.exists():
        pytest.fail(f"The demo company could not be built.\n{failed.read_text(encoding='utf-8')}", pytrace=False)
    return folder


@pytest.fixture
def demo(demo_data_dir: Path, monkeypatch: pytest.MonkeyPatch, _no_settings_of_this_machine: None) -> Path:
    """The shared demo company as the data folder of this test. Reading only: who writes takes `copy_of_demo`."""
    monkeypatch.setenv("CRM_DATA_DIR", str(demo_data_dir))
    return demo_data_dir


@pytest.fixture
def copy_of_demo(demo_data_dir: Path, data_dir: Path) -> Path:
    """The demo company in a folder of this test's own, to be changed or broken."""
    # Who reads a build notes it there for a moment, and other tests read the shared one meanwhile.
    shutil.copytree(demo_data_dir, data_dir, dirs_exist_ok=True, ignore=shutil.ignore_patterns("reader-*"))
    return data_dir


@pytest.fixture(scope="session")
def shared_datasets() -> Path:
    """Folder of public data sets that are not part of the project; a test that needs it is skipped without."""
    folder = ROOT.parent / "shared" / "datasets"
    if not folder.is_dir():
        pytest.skip("the public data sets (../shared/datasets) are not on this machine")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _no_usage_statistics() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DO_NOT_TRACK", "1")
        patch.setenv("DBT_SEND_ANONYMOUS_USAGE_STATS", "False")
        patch.setenv("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "false")
        yield
