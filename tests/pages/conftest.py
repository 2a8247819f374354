"""A page as a person opens it: through the frame, by its address, as somebody."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT
from tests.views.conftest import (
    built_dealing,
    built_judged,
    built_trusting,
    built_twenty,
    dealing,
    judged,
    trusting,
    twenty,
)

__all__ = [
    "built_dealing",
    "built_judged",
    "built_trusting",
    "built_twenty",
    "dealing",
    "judged",
    "trusting",
    "twenty",
]

TEST_BEGINS = datetime(2026, 7, 1)  # noqa: DTZ001 - times inside the product are UTC without a zone
"""What the demo company's people said lies before it, what a test says lies after it."""


@pytest.fixture
def demo(demo_data_dir: Path, data_dir: Path) -> Path:
    """The shared demo company with a ledger of this test's own: opening Your words notes that its answers were seen."""
    for part in demo_data_dir.iterdir():
        if part.name == "ledger":
            shutil.copytree(part, data_dir / part.name)
        else:
            (data_dir / part.name).symlink_to(part)
    return data_dir


@pytest.fixture
def copy_of_demo(copy_of_demo: Path) -> Path:
    """The demo company in which nobody has spoken yet: these tests say the first word. `demo` keeps all voices."""
    for part in (copy_of_demo / "ledger").glob("ledger.db*"):
        part.unlink()
    return copy_of_demo


PAGES = {
    "today": "sell",
    "risk": "sell",
    "leads": "sell",
    "account": "sell",
    "your_words": "sell",
    "pipeline": "sell",
    "disagreements": "trust",
    "who_was_right": "trust",
    "meeting": "steer",
    "weekly": "steer",
    "responsibilities": "steer",
    "model": "trust",
    "data_health": "trust",
    "triage": "trust",
    "explore": "explore",
}
OPEN = Callable[..., AppTest]
SECONDS = 60


@pytest.fixture(autouse=True)
def _no_cache() -> Iterator[None]:
    st.cache_data.clear()
    yield
    st.cache_data.clear()


@pytest.fixture
def open_page() -> OPEN:
    """`open_page("account", customer="demo:C-1", **{"as": "demo:E-05"})`: the page after its first run."""

    def call(name: str, **params: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
        for key, value in params.items():
            at.query_params[key] = value
        at.run()
        at.switch_page(f"pages/{PAGES[name]}/{name}.py")
        for key, value in params.items():
            at.query_params[key] = value
        return at.run()

    return call


def words_of(at: AppTest) -> str:
    """All words on the screen, without the escapes of Markdown."""
    shown = [*at.main, *at.sidebar]
    lines = []
    for block in shown:
        for name in ("value", "label", "body", "placeholder"):
            said = getattr(block, name, None)
            if isinstance(said, str):
                lines.append(said)
    return "\n".join(lines).replace("\\", "")


def tables_of(at: AppTest) -> str:
    """All that stands in tables."""
    return "\n".join(table.value.to_csv(index=False) for table in at.dataframe)
