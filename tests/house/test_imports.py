"""Who may import whom: the contracts of pyproject.toml bite, and pages get what a page may have."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.reading import ROOT, faults, files, imports, is_inside

ROOMS = ("lake", "warehouse", "ledger", "access", "identity", "scoring", "views", "actions", "demo")
GROUND = ("errors", "clock", "settings", "protecting", "combining", "assigning")
IN_A_PAGE = {"streamlit", "pages._kit", "crm_core.views", "crm_core.actions"}
IN_THE_KIT = IN_A_PAGE | {
    "babel",
    "plotly",
    "websockets",
    "xlsxwriter",
    "crm_core.access",
    *(f"crm_core.{name}" for name in GROUND),
}
IN_THE_FRAME = {"streamlit", "pages._kit"}
SLOW = ("xgboost", "shap", "dbt", "splink", "woodelf", "numba")


def forbidden_import(name: str, text: str) -> list[str]:
    """Imports that are neither Python's own nor on the list of what this part of the screen may use."""
    in_pages = IN_THE_KIT if name.startswith("pages/_kit/") else IN_A_PAGE
    allowed = IN_THE_FRAME if name == "app.py" else in_pages
    return [
        f"{name}:{line} imports {module}"
        for line, module in imports(text)
        if module.split(".")[0] not in sys.stdlib_module_names and not is_inside(module, allowed)
    ]


def test_pages_and_frame_import_only_what_they_may() -> None:
    assert faults(forbidden_import, files("app.py", "pages", suffix=".py")) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app.py", "import crm_core.views"),
        ("pages/sell/risk.py", "import pandas as pd"),
        ("pages/sell/risk.py", "def f():\n    import duckdb"),
        ("pages/sell/risk.py", "from crm_core.access import Viewer"),
        ("pages/sell/risk.py", "from pages.trust import model"),
        ("pages/sell/risk.py", "from . import account"),
        ("pages/_kit/charts.py", "from crm_core.warehouse import open_read_only"),
        ("pages/_kit/charts.py", "import pandas"),
    ],
)
def test_a_forbidden_import_is_noticed(name: str, text: str) -> None:
    assert forbidden_import(name, text)
    assert not forbidden_import(name, "import streamlit as st\nfrom pages._kit import shell\nfrom datetime import date")


@pytest.mark.parametrize("room", ["views", "actions", "access", "ledger"])
def test_reading_and_writing_start_without_the_learners(room: str) -> None:
    code = f"import sys, crm_core.{room}; print(*sorted(set({SLOW!r}) & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


def empty_house(folder: Path) -> Path:
    """The plan of the house without its inhabitants, under the real contracts."""
    modules = [f"crm_core/{room}/__init__.py" for room in ROOMS] + [f"crm_core/{name}.py" for name in GROUND]
    modules += ["crm_core/__init__.py", "crm_core/__main__.py", "pages/sell/risk.py"]
    for name in [*modules, "crm_core/pipeline.py", "crm_core/serving.py", "pages/_kit/shell.py"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)


ALLOWED = {
    "access": ["ledger"],
    "identity": ["warehouse"],
    "scoring": ["warehouse"],
    "views": ["warehouse", "access", "ledger"],
    "actions": ["ledger", "access", "views"],
    "demo": ["lake"],
    "pipeline": list(ROOMS),
    "__main__": [*ROOMS, "pipeline", "serving"],
}


def write_imports(folder: Path, module: str, imported: list[str]) -> None:
    path = folder / "crm_core" / module
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    path.write_text("".join(f"import {name}\n" for name in imported), encoding="utf-8")


def test_the_contracts_allow_exactly_what_the_table_allows(tmp_path: Path) -> None:
    house = empty_house(tmp_path)
    for module, rooms in ALLOWED.items():
        write_imports(house, module, [f"crm_core.{name}" for name in (*GROUND, *rooms)])
    (house / "pages/_kit/shell.py").write_text("import crm_core.views, crm_core.actions, crm_core.access, plotly\n")
    (house / "pages/sell/risk.py").write_text("from pages._kit import shell\nimport crm_core.views\n")
    result = linted(house)
    assert result.returncode == 0, result.stdout


def test_the_contracts_notice_every_import_outside_the_table(tmp_path: Path) -> None:
    house = empty_house(tmp_path)
    expected = []
    for module in (*GROUND, *ROOMS, "pipeline"):
        allowed = {module, *GROUND, *ALLOWED.get(module, [])} - (set(GROUND) if module in GROUND else set())
        wrong = [
            f"crm_core.{n}" for n in (*ROOMS, "pipeline", "serving", "__main__") if n not in allowed and module != n
        ]
        wrong += ["streamlit", "pages.sell.risk"] + (["xgboost", "dbt"] if module == "views" else [])
        write_imports(house, module, wrong)
        expected += [f"crm_core.{module} -> {name} (" for name in wrong]
    (house / "pages/sell/risk.py").write_text("import crm_core.scoring, crm_core.pipeline, crm_core.warehouse\n")
    expected += [f"pages.sell.risk -> crm_core.{name} (" for name in ("scoring", "pipeline", "warehouse")]
    report = " ".join(linted(house).stdout.split())
    assert [line for line in expected if line not in report] == []
