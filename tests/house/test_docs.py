"""Documents that cannot lie: what they leave out or point at wrongly fails here."""

from __future__ import annotations

import importlib
import re
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import typer
from typer.main import get_command

from crm_core.settings import Settings
from crm_core.warehouse import dictionary
from tests.house.reading import ROOT, files, project_files, read

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
FIRST_SCREEN = 30


def documents() -> list[str]:
    return files("README.md", "CHANGELOG.md", "docs", "data/README.md", suffix=".md")


def undocumented_commands(names: list[str], text: str) -> list[str]:
    return [name for name in names if not re.search(rf"crm_core {re.escape(name)}\b", text)]


def settings_table() -> list[str]:
    """One row of docs/settings.md per setting, made from the settings themselves."""
    rows = []
    for name, field in Settings.model_fields.items():
        default: Any = field.default
        if isinstance(default, Path):
            default = default.relative_to(ROOT)
        shown = f"`{default}`" if default != "" else ""
        rows.append(f"| `CRM_{name.upper()}` | {shown} | {field.description} |")
    return rows


def dead_links(name: str, text: str) -> list[str]:
    """Links to files that are not part of the project."""
    here = (ROOT / name).parent
    targets = [(here / target).resolve() for target in LINK.findall(text)]
    return [f"{name}: {t.relative_to(ROOT)}" for t in targets if not t.exists()]


def weak_first_screen(text: str) -> list[str]:
    """What a README's first 30 lines owe a person who has just arrived: a sentence, a picture, two commands."""
    top = "\n".join(text.splitlines()[: FIRST_SCREEN - 1])
    blocks = re.findall(r"```\w*\n(.*?)```", top, flags=re.DOTALL)
    commands = [line for line in (blocks[0].splitlines() if blocks else []) if line.strip()]
    owed = {"a picture": "![" in top, "two commands": len(commands) == 2, "make run": "make run" in commands}
    return [what for what, is_there in owed.items() if not is_there]


def test_every_command_is_documented() -> None:
    module = importlib.import_module("crm_core.__main__")
    apps = [value for value in vars(module).values() if isinstance(value, typer.Typer)]
    assert len(apps) == 1, "crm_core/__main__.py has one typer app"
    commands = getattr(get_command(apps[0]), "commands", {})
    assert undocumented_commands(list(commands), "\n".join(read(name) for name in documents())) == []


def test_every_setting_is_documented_as_it_is() -> None:
    written = read("docs/settings.md").splitlines()
    assert [row for row in settings_table() if row not in written] == []
    assert [line for line in written if line.startswith("| `CRM_") and line not in settings_table()] == []


def test_the_feature_dictionary_is_the_one_of_the_models() -> None:
    assert (ROOT / "docs/features.md").read_text(encoding="utf-8") == dictionary.features_markdown()


def test_the_list_of_measures_is_the_one_the_warehouse_works_with() -> None:
    assert (ROOT / "docs/measures.md").read_text(encoding="utf-8") == dictionary.measures_markdown()


def test_links_between_documents_lead_somewhere() -> None:
    assert [link for name in documents() for link in dead_links(name, read(name))] == []


def test_pictures_of_the_documents_are_committed_with_them() -> None:
    linked = {
        (PurePosixPath(name).parent / target).as_posix()
        for name in documents()
        for target in LINK.findall(read(name))
        if target.endswith(".png")
    }
    assert linked - set(project_files()) == set()


def test_the_readme_shows_what_and_how_on_the_first_screen() -> None:
    assert weak_first_screen(read("README.md")) == []


def test_the_changelog_has_a_place_for_what_is_not_released() -> None:
    assert "\n## [Unreleased]\n" in read("CHANGELOG.md")


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    makefile = read("Makefile")
    inner = {"setup-dev", "browser"}
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE)) - inner
    assert targets - set(re.findall(r"^([a-z-]+):.* ## ", makefile, flags=re.MULTILINE)) == set()


def test_gaps_are_noticed() -> None:
    assert undocumented_commands(["build", "serve"], "call `python -m crm_core build`") == ["serve"]
    assert dead_links("docs/x.md", "see [there](gone.md) and [here](../README.md)") == ["docs/x.md: docs/gone.md"]
    assert weak_first_screen("# Name\n" + "\n" * 40 + "![x](y.png)\n```\na\nmake run\n```")
    assert not weak_first_screen("# Name\n![x](y.png)\n```sh\ngit clone x && cd x\nmake run\n```")


@pytest.mark.parametrize("script", [name for name in project_files() if name.startswith(".ci/")])
def test_a_script_ends_at_its_first_failure(script: str) -> None:
    text = read(script)
    assert "set -euo pipefail" in text or not text.startswith("#!")
