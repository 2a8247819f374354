"""A tab left open over new builds: told of them, keeps its filters, and does not fail."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from crm_core import views
from pages._kit.fresh import newer_than
from tests.pages.conftest import OPEN, words_of


def swap(data_dir: Path, number: str, *, built_at: str, prune: bool = False) -> None:
    """The same build again under another number; `prune` removes all others."""
    builds = data_dir / "warehouse" / "builds"
    old = sorted(builds.iterdir())
    shutil.copytree(old[-1], builds / number, ignore=shutil.ignore_patterns("reader-*"))
    facts = json.loads((builds / number / "build.json").read_text())
    (builds / number / "build.json").write_text(json.dumps(facts | {"build_id": number, "built_at": built_at}))
    (data_dir / "warehouse" / "current.json").write_text(json.dumps({"build_id": number}))
    for gone in old if prune else []:
        shutil.rmtree(gone)


def test_a_newer_build_is_noticed(copy_of_demo: Path) -> None:
    shown = views.build_key()
    assert newer_than(shown) is None
    assert newer_than("") is None
    swap(copy_of_demo, "0099", built_at="2026-11-24T14:05:00")
    newer = newer_than(shown)
    assert newer is not None
    assert f"{newer:%H:%M}" == "14:05"
    (copy_of_demo / "warehouse" / "current.json").write_text("{")
    assert newer_than(shown) is None, "what is on the screen stays"


def test_a_tab_left_open_over_three_builds_keeps_its_filters(copy_of_demo: Path, open_page: OPEN) -> None:
    at = open_page("risk", tier="high", order="Next renewal first")
    for number in ("0097", "0098", "0099"):
        swap(copy_of_demo, number, built_at=f"2026-11-24T14:{number[-2:]}:00".replace(":9", ":0"), prune=True)
    at.run()
    assert len(at.exception) == 0
    assert "What to do:" not in words_of(at)
    assert set(at.dataframe[0].value["Chance"]) == {"◆ high"}
    assert at.selectbox(key="order").value == "Next renewal first"
    assert "Build 0099" in "".join(str(m.help) for m in at.markdown)
