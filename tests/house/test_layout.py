"""Where things stand, and what must not stand in any of them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath

import pytest

from tests.house.reading import files, project_files, read

TOP = {
    "app.py", "pages", "crm_core", "data", "tests", "benchmarks", "docs", "requirements.txt", "requirements-dev.txt",
    "requirements-spark.txt", "requirements.in", "requirements-dev.in", "requirements-spark.in", "README.md",
    "CHANGELOG.md", "LICENSE", "Makefile", "pyproject.toml", ".streamlit", ".ci", ".gitignore",
}  # fmt: skip
SECTIONS = {"sell", "steer", "explore", "trust", "_kit"}
VAGUE = {"utils", "util", "helpers", "helper", "manager", "misc", "common"}
# Written with a class of one letter, so that this file does not break the rule itself.
MACHINE_PATH = re.compile(r"(?<![\w.$}~-])/(?:hom[e]|User[s]|roo[t]|wor[k]|farm)/[\w.]")
REGISTRY = re.compile(r"\b(?:py[p]i|python[h]osted|np[m]js|de[b]ian)\.org\b")
TEXT = (".py", ".md", ".sql", ".yml", ".yaml", ".toml", ".txt", ".in", ".sh", "Makefile", ".ci/run")


def misplaced(names: list[str]) -> list[str]:
    """What DESIGN's plan of the house does not know."""
    found = []
    for name in names:
        path = PurePosixPath(name)
        if path.parts[0] not in TOP:
            found.append(f"{name}: not in the plan of the house")
        if path.suffix == ".py" and path.stem in VAGUE:
            found.append(f"{name}: a name that says nothing")
        if path.parts[0] != "pages" or path.suffix != ".py":
            continue
        if len(path.parts) == 2:
            found.append(f"{name}: directly inside pages/ it would run without the frame, so without sign-in")
        elif path.parts[1] not in SECTIONS:
            found.append(f"{name}: no such section")
    return found


def doubled_pages(names: list[str]) -> list[str]:
    """File names of pages are their URLs, so each may be there once."""
    stems = Counter(PurePosixPath(n).stem for n in names if n.startswith("pages/") and not n.startswith("pages/_kit/"))
    return [f"{stem}: {n} pages of that name" for stem, n in stems.items() if n > 1 and stem != "__init__"]


def tied_to_a_machine(name: str, text: str) -> list[str]:
    """Paths of one machine and host names of registries."""
    found = [f"{name}: path of a machine: {m.group()}" for m in MACHINE_PATH.finditer(text)]
    return found + [f"{name}: host of a registry: {m.group()}" for m in REGISTRY.finditer(text)]


def test_every_file_stands_where_the_plan_expects_it() -> None:
    assert misplaced(list(project_files())) == []


def test_no_two_pages_have_the_same_name() -> None:
    assert doubled_pages(files("pages", suffix=".py")) == []


def test_no_file_is_tied_to_a_machine_or_a_registry() -> None:
    assert [f for name in project_files() if name.endswith(TEXT) for f in tied_to_a_machine(name, read(name))] == []


@pytest.mark.parametrize("name", ["pages/risk.py", "pages/misc/x.py", "crm_core/lake/utils.py", "notes.txt"])
def test_a_misplaced_file_is_noticed(name: str) -> None:
    assert misplaced([name])
    assert misplaced(["pages/sell/risk.py", "crm_core/lake/landing.py", "README.md"]) == []


def test_two_pages_of_one_name_are_noticed() -> None:
    assert doubled_pages(["pages/sell/model.py", "pages/trust/model.py"])
    assert doubled_pages(["pages/sell/model.py", "pages/_kit/model.py", "pages/trust/risk.py"]) == []


@pytest.mark.parametrize("text", ["path = '/hom" + "e/jo/x'", "see py" + "pi.org/x", "(/roo" + "t/.cache)"])
def test_a_tie_to_a_machine_is_noticed(text: str) -> None:
    assert tied_to_a_machine("x.py", text)
    assert not tied_to_a_machine("x.py", "<root>/data and docs/home/index and ~/work/x")
