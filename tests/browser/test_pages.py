"""Every page by its address, on a phone and on a projector; choices survive a reload and can be sent to a colleague."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import Server
from tests.browser.shots import PHONE, wait_until_quiet
from tests.browser.test_story import choose, is_wider_than_its_window
from tests.pages.conftest import PAGES
from tests.pages.test_every_page import EXPECTED

EXECUTIVE = "demo:E-21"


def titled(page: Page, name: str) -> None:
    """The page shows what it is for, not a message instead."""
    wait_until_quiet(page)
    expect(page.get_by_role("heading", level=1).first).to_contain_text(EXPECTED[name].split("{")[0])
    expect(page.locator(".st-key-message")).to_have_count(0)


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, user_agent=PHONE, has_touch=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_to_be_pushed_sideways_on_a_phone(phone: Page, server: Server, name: str) -> None:
    phone.goto(f"{server.url}/{name}?as={EXECUTIVE}")
    titled(phone, name)
    assert not is_wider_than_its_window(phone)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opened_by_its_address_goes_through_the_frame(screen: Page, server: Server, name: str) -> None:
    screen.set_viewport_size({"width": 1280, "height": 720})
    screen.goto(f"{server.url}/{name}?as={EXECUTIVE}")
    titled(screen, name)
    expect(screen.get_by_role("combobox", name="You look as")).to_be_visible()
    expect(screen.get_by_text("Executive, sees all customers, without anybody's notes.")).to_be_visible()
    assert not is_wider_than_its_window(screen)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("leads?tier=medium&order_leads=Most+money+first", ".st-key-chosen"),
        ("pipeline?stage=Proposal", "h1"),
        ("explore?measure=Win+rate&split=team&period=Last+6+months", ".st-key-chosen_measure"),
        ("model?question=lead", "h1"),
        ("meeting?team=APAC", "h1"),
    ],
)
def test_what_was_chosen_survives_a_reload_and_reaches_a_colleague(
    browser: Browser, screen: Page, server: Server, address: str, shown: str
) -> None:
    def words(page: Page) -> str:
        wait_until_quiet(page)
        # Without pictures, whose marks arrive when they like, and without how long ago something was.
        script = (
            "e => { const c = e.cloneNode(true); c.querySelectorAll('svg, .js-plotly-plot').forEach(s => s.remove());"
        )
        said = str(page.get_by_test_id("stMain").evaluate(f"{script} return c.textContent; }}"))
        return re.sub(r"built (just now|.{1,12} ago)", "built", said)

    screen.goto(f"{server.url}/{address}&as={EXECUTIVE}")
    first = words(screen)
    assert screen.locator(shown).count()
    before = urlsplit(screen.url).query
    for part in address.split("?")[1].split("&"):
        assert part.split("=")[0] in before, "the choice stands in the address"
    screen.reload()
    assert words(screen) == first
    colleague = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="en-GB", timezone_id="UTC")
    page = colleague.new_page()
    page.goto(screen.url)
    assert words(page) == first
    colleague.close()


def test_a_choice_made_by_hand_stands_in_the_address(screen: Page, server: Server) -> None:
    screen.goto(f"{server.url}/explore?as={EXECUTIVE}")
    wait_until_quiet(screen)
    choose(screen, "Split by", "team")
    assert "split=team" in screen.url
    screen.reload()
    wait_until_quiet(screen)
    expect(screen.get_by_role("combobox", name="Split by")).to_have_value("team")
