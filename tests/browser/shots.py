"""Pictures for docs/images: `make shots`. Builds a demo company apart, serves it, photographs each page.

python -m tests.browser.shots [PAGE ...] [--dark] [--into FOLDER] [--data FOLDER]
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Literal

import typer
from playwright.sync_api import Page, sync_playwright

from tests.browser.serving import CHROMIUM_ARGUMENTS, ROOT, Server, find_chromium
from tests.conftest import run_cli

Scheme = Literal["light", "dark"]


def page_names() -> list[str]:
    """Names of all pages, which are their addresses."""
    return sorted(p.stem for p in (ROOT / "pages").glob("[!_]*/*.py") if p.stem != "__init__")


def wait_until_quiet(page: Page) -> None:
    """Until the script of the page has run to its end and what it drew has settled."""
    page.get_by_test_id("stApp").wait_for()
    page.wait_for_function("document.querySelector('[data-test-script-state=notRunning]')", timeout=60_000)
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')", timeout=60_000)
    page.wait_for_timeout(1500)


def say_something(page: Page) -> None:
    """One person's word about the first customer, so that the pictures show both views."""
    page.get_by_role("button", name="Disagree", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("They will stay").click()
    dialog.get_by_role("combobox", name="Why?").click()
    page.get_by_role("option", name="The customer told us", exact=True).click()
    dialog.get_by_role("spinbutton", name="Your own number").fill("10")
    page.get_by_role("button", name="Record my view").click()
    wait_until_quiet(page)


def photograph(server: Server, names: list[str], scheme: Scheme, into: Path, *, is_own: bool) -> list[Path]:
    """One picture a page, 1400 points wide and as high as the first screen, in higher resolution.

    Parameters
    ----------
    is_own : bool
        The company was made for the pictures, so something may be said in it.
    """
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        page = browser.new_page(
            viewport={"width": 1400, "height": 1000}, device_scale_factor=1.5, color_scheme=scheme, locale="en-GB"
        )
        page.goto(server.url)
        wait_until_quiet(page)
        if is_own:
            say_something(page)
        for name in names:
            page.goto(f"{server.url}/{name}")
            wait_until_quiet(page)
            if page.get_by_text("Page not found").count():  # the default page has no address but the root's
                page.goto(server.url)
                wait_until_quiet(page)
            taken.append(into / (f"{name}.png" if scheme == "light" else f"{name}_{scheme}.png"))
            page.screenshot(path=taken[-1])
        browser.close()
    return taken


def main(
    pages: Annotated[list[str] | None, typer.Argument(help="Pages by the name of their file; default: all.")] = None,
    is_dark: Annotated[bool, typer.Option("--dark", help="The dark theme.")] = False,
    into: Annotated[Path, typer.Option(help="Folder that takes the pictures.")] = ROOT / "docs" / "images",
    data: Annotated[Path | None, typer.Option(help="A data folder that is built already; default: a new demo.")] = None,
) -> None:
    """Take pictures of the pages."""
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = data or Path(folder) / "data"
        for command in [] if data else ["demo", "build"]:
            run_cli(data_dir, command, timeout=600).check_returncode()
        names = pages or page_names()
        scheme: Scheme = "dark" if is_dark else "light"
        with Server(data_dir, Path(folder) / "server.log") as server:
            for path in photograph(server, names, scheme, into, is_own=data is None):
                typer.echo(path)


if __name__ == "__main__":
    typer.run(main)
