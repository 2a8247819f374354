"""Every page × {rep, manager, executive, analyst} in a company of which hardly anything is known yet."""

from __future__ import annotations

import fcntl
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crm_core import pipeline
from crm_core.settings import Settings
from tests.pages.conftest import OPEN, PAGES, words_of
from tests.warehouse.company import write_lake

THEN = datetime(2026, 6, 30, 12)  # noqa: DTZ001 - times are UTC without a zone
ROLES = ("rep", "manager", "executive", "analyst")
NUMBERS_OF_NOTHING = ("nan", "None", "inf", "NaT", "Infinity")


def row(source_id: str, **values: Any) -> dict[str, Any]:
    return {
        "source": "crm",
        "source_id": source_id,
        "happened_at": THEN,
        "known_at": THEN,
        "is_update": False,
        **values,
    }


def build_bare(folder: Path) -> None:
    """One employee of each role, one customer without a contract, nothing else: no model, no deal, no feed."""
    people = [row(role, name=f"A {role}", role=role, team="North") for role in ROLES]
    write_lake(folder / "lake", {"employees": people, "customers": [row("1", name="Only One", owner_id="crm:rep")]})
    (folder / "lake" / "_batches").mkdir()
    (folder / "lake" / "_batches" / "b.json").write_text("{}")
    pipeline.build(Settings(data_dir=folder))


@pytest.fixture(scope="session")
def built_bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "bare_company"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            build_bare(folder / "data")
            (folder / "done").touch()
    return folder / "data"


@pytest.fixture
def bare(built_bare: Path, data_dir: Path) -> Path:
    shutil.copytree(built_bare, data_dir, dirs_exist_ok=True)
    return data_dir


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_data_says_so_and_shows_no_figure_of_nothing(
    bare: Path, open_page: OPEN, name: str, role: str
) -> None:
    at = open_page(name, **{"as": f"crm:{role}"})
    said = words_of(at)
    assert len(at.exception) == 0
    assert "This page cannot be shown" not in said
    assert "as of 30 Jun 2026" in said
    for word in NUMBERS_OF_NOTHING:
        assert word not in said.replace("None of", "").split(), word


@pytest.mark.parametrize("role", ROLES)
def test_the_only_customer_has_an_account(bare: Path, open_page: OPEN, role: str) -> None:
    at = open_page("account", customer="crm:1", **{"as": f"crm:{role}"})
    assert len(at.exception) == 0
    assert at.title[0].value == "Only One"


def test_what_nobody_looks_after_is_a_red_line_on_data_health(bare: Path, open_page: OPEN) -> None:
    at = open_page("data_health")
    told = "\n".join(error.value for error in at.error)
    assert "**Nobody owns the fairness stop**: a breach is shown and stops nothing." in told
    assert "**Nobody looks after: Data steward**" in told
    assert "Model" not in told
