"""Pictures of every page, to be looked at, and the one of the documents: `make shots`.

Builds a demo company apart, serves it, and photographs each page of the navigation, wide and on a phone, light and
dark, into shots/ (not under version control); Meeting also as a projector shows it. docs/images/risk.png is made anew.

python -m tests.browser.shots [PAGE ...] [--into FOLDER] [--data FOLDER] [--port PORT]
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.serving import CHROMIUM_ARGUMENTS, ROOT, Server, find_chromium
from tests.conftest import run_cli

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
# The key that presses it stands in it, but on a phone.
DISAGREE = re.compile(r"^Disagree(\s+(Shortcut )?D)?$")
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148"


@dataclass(frozen=True)
class Screen:
    """A kind of screen; `only` names the one page that is shown on it."""

    name: str
    width: int
    height: int
    is_phone: bool = False
    only: str = ""


SCREENS = (
    Screen("wide", 1440, 900),
    Screen("phone", 390, 844, is_phone=True),
    Screen("projector", 1280, 720, only="meeting"),
)


def page_names() -> list[str]:
    """Names of all pages of the navigation, which are their addresses."""
    return re.findall(r'"pages/\w+/(\w+)\.py"', (ROOT / "app.py").read_text(encoding="utf-8"))


def wait_until_quiet(page: Page) -> None:
    """Until the script of the page has run to its end and what it drew has settled."""
    page.get_by_test_id("stApp").wait_for()
    page.wait_for_function("document.querySelector('[data-test-script-state=notRunning]')", timeout=60_000)
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')", timeout=60_000)
    page.wait_for_timeout(1500)


def say_something(page: Page) -> None:
    """One person's word about the first customer, so that the pictures show both views."""
    page.get_by_role("button", name=DISAGREE).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("They will stay").click()
    dialog.get_by_text("The customer told us").click()
    dialog.get_by_role("spinbutton", name="Your own number").fill("10")
    page.get_by_role("button", name="Record my view").click()
    wait_until_quiet(page)


def settle(page: Page) -> None:
    """Put the offer of the tour aside: it would stand on every picture."""
    offer = page.get_by_role("button", name="Not now")
    if offer.count():
        offer.click()
        wait_until_quiet(page)


def context_of(browser: Browser, screen: Screen, scheme: Scheme, **more: Any) -> Page:
    """A tab of its own on such a screen."""
    own: dict[str, Any] = {"user_agent": PHONE, "is_mobile": True, "has_touch": True} if screen.is_phone else {}
    size: Any = {"width": screen.width, "height": screen.height}
    return browser.new_page(viewport=size, color_scheme=scheme, locale="en-GB", timezone_id="UTC", **own, **more)


def addresses(page: Page, url: str, names: list[str]) -> dict[str, str]:
    """Name of a picture -> address; an account both without and with a customer."""
    found = {name: f"{url}/{name}" for name in names}
    if "account" in names:
        page.goto(f"{url}/risk")
        wait_until_quiet(page)
        page.get_by_role("button", name="Open account").first.click()
        page.wait_for_url(re.compile(r"/account\?.*customer="))
        wait_until_quiet(page)
        found |= {"account": page.url, "account_nobody": f"{url}/account"}
    return found


def photograph(browser: Browser, url: str, names: list[str], into: Path, *, is_own: bool) -> Iterator[Path]:
    """Every page on every screen, light and dark.

    Parameters
    ----------
    is_own : bool
        The company was made for the pictures, so something may be said in it.
    """
    page = context_of(browser, SCREENS[0], "light")
    page.goto(f"{url}/risk")
    wait_until_quiet(page)
    if is_own:
        settle(page)
        say_something(page)
    places = addresses(page, url, names)
    for screen in SCREENS:
        for scheme in SCHEMES:
            page = context_of(browser, screen, scheme)
            for name, place in places.items():
                if screen.only in ("", name):
                    page.goto(place)
                    wait_until_quiet(page)
                    yield shot(page, into / f"{name}-{screen.name}-{scheme}.png")
            page.context.close()


def shot(page: Page, path: Path) -> Path:
    """One picture of the first screen."""
    page.screenshot(path=path)
    return path


def for_the_documents(browser: Browser, url: str) -> Path:
    """The picture of the README, in higher resolution."""
    page = context_of(browser, Screen("documents", 1400, 1000), "light", device_scale_factor=1.5)
    page.goto(f"{url}/risk")
    wait_until_quiet(page)
    settle(page)
    return shot(page, ROOT / "docs" / "images" / "risk.png")


@contextlib.contextmanager
def served(data: Path | None, port: int | None) -> Iterator[str]:
    """Address of a server: the one that runs, or one of its own on these data or on a new demo company."""
    if port is not None:
        yield f"http://localhost:{port}"
        return
    with tempfile.TemporaryDirectory() as folder:
        data_dir = data or Path(folder) / "data"
        for command in [] if data else ["demo", "build"]:
            run_cli(data_dir, command, timeout=600).check_returncode()
        with Server(data_dir, Path(folder) / "server.log") as server:
            yield server.url


def main(
    pages: Annotated[list[str] | None, typer.Argument(help="Pages by the name of their file; default: all.")] = None,
    into: Annotated[Path, typer.Option(help="Folder that takes the pictures.")] = ROOT / "shots",
    data: Annotated[Path | None, typer.Option(help="A data folder that is built already; default: a new demo.")] = None,
    port: Annotated[int | None, typer.Option(help="Port of a server that runs already.")] = None,
) -> None:
    """Take pictures of the pages."""
    into.mkdir(parents=True, exist_ok=True)
    is_own = data is None and port is None
    with served(data, port) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        for path in photograph(browser, url, pages or page_names(), into, is_own=is_own):
            typer.echo(path)
        if is_own and not pages:
            typer.echo(for_the_documents(browser, url))
        browser.close()


if __name__ == "__main__":
    typer.run(main)
