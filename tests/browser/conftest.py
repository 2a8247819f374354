"""Browser tests: a server on a copy of the demo company, a Chromium, and an ear on its console."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page

from tests.browser.serving import CHROMIUM_ARGUMENTS, Server, find_chromium

HERE = Path(__file__).parent
# Not of our pages: what Chromium says of the machine; a server that is away for a moment because a test restarts it;
# Streamlit looking for its own address on a deep link.
NOT_OURS = ("favicon", "WebGL", "GPU stall", "ERR_CONNECTION_REFUSED", "/_stcore/", "Is Streamlit still running?")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    found = find_chromium()
    own = {"executable_path": found} if found else {}
    return {**browser_type_launch_args, **own, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "viewport": {"width": 1400, "height": 1000},
        "locale": "en-GB",
        "timezone_id": "UTC",
        "color_scheme": "light",
        "reduced_motion": "reduce",
    }


@pytest.fixture(scope="module")
def server(demo_data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of this module's own, on a copy of the demo company that its tests may change."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(demo_data_dir, folder / "data", ignore=shutil.ignore_patterns("reader-*"))
    with Server(folder / "data", folder / "server.log") as running:
        yield running


@pytest.fixture(scope="module")
def quiet_server(demo_data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a copy of the demo company in which nobody has spoken yet: for tests that count what is said."""
    folder = tmp_path_factory.mktemp("quiet")
    shutil.copytree(demo_data_dir, folder / "data", ignore=shutil.ignore_patterns("reader-*", "ledger.db*"))
    with Server(folder / "data", folder / "server.log") as running:
        yield running


@pytest.fixture(scope="module")
def empty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on an empty data folder; what `serve` does then is part of what is tested."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "data").mkdir()
    with Server(folder / "data", folder / "server.log") as running:
        yield running


@pytest.fixture
def console_errors(page: Page) -> list[str]:
    """Errors that the page of this test has written to the browser's console so far."""
    errors: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        words = f"{message.text} ({message.location.get('url', '')})"
        if message.type == "error" and not any(part in words for part in NOT_OURS):
            errors.append(words)

    page.on("console", listen)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors


@pytest.fixture
def screen(page: Page, server: Server, console_errors: list[str]) -> Iterator[Page]:
    """A page of the browser at the server's root; the test fails if anything was wrong in the console."""
    page.goto(server.url)
    page.get_by_test_id("stApp").wait_for()
    yield page
    assert console_errors == []
