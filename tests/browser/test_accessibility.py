"""axe-core finds no serious or critical fault on any page, light and dark; the keyboard reaches what matters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import Server
from tests.browser.shots import DISAGREE, PHONE, page_names, settle, wait_until_quiet

GRAVE = {"serious", "critical"}
# Streamlit's own, which we cannot mend: (rule, what it is about) -> why.
NOT_OURS = {
    ("list", "[data-testid=stSidebarNavItems]"): "sections of the navigation are <div> inside its <ul>",
    ("listitem", "[data-testid=stSidebarNavItems] li"): "for the same reason its <li> are not directly inside the <ul>",
    (
        "aria-allowed-attr",
        ".stDateInput [aria-required]",
    ): "a date that cannot be empty says so on a group",
    ("svg-img-alt", ".stMetric svg g"): "the invisible layer of a metric's small picture, which has a name as a whole",
}


def faults(page: Page) -> list[str]:
    """What axe finds that is grave and ours."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{fault['id']} at {node['target'][0]}: {node['failureSummary']}\n{node['html'][:300]}"
        for fault in found
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
        if not any(fault["id"] == rule and is_one(page, node["target"][0], about) for rule, about in NOT_OURS)
    ]


def is_one(page: Page, target: str, about: str) -> bool:
    return bool(page.evaluate("([target, about]) => document.querySelector(target).matches(about)", [target, about]))


@pytest.fixture(params=["light", "dark"])
def seen(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        color_scheme=request.param, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def first_account(page: Page, server: Server) -> str:
    page.goto(f"{server.url}/risk")
    wait_until_quiet(page)
    settle(page)
    page.get_by_role("button", name="Open account").first.click()
    page.wait_for_url(re.compile(r"/account\?.*customer="))
    wait_until_quiet(page)
    return page.url


@pytest.mark.parametrize("name", page_names())
def test_a_page_has_no_grave_fault(seen: Page, server: Server, name: str) -> None:
    seen.goto(f"{server.url}/{name}")
    wait_until_quiet(seen)
    expect(seen.get_by_role("heading", level=1).first).to_be_visible()
    assert faults(seen) == []


def test_an_account_and_the_form_have_no_grave_fault(seen: Page, server: Server) -> None:
    first_account(seen, server)
    assert faults(seen) == []
    seen.get_by_role("button", name=DISAGREE).click()
    wait_until_quiet(seen)
    expect(seen.get_by_role("dialog")).to_be_visible()
    assert faults(seen) == []


@pytest.mark.parametrize("name", ["risk", "account", "meeting"])
def test_a_phone_has_no_grave_fault(browser: Browser, server: Server, name: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, user_agent=PHONE, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{server.url}/{name}")
    wait_until_quiet(page)
    assert faults(page) == []
    context.close()


def test_a_fault_is_noticed(seen: Page, server: Server) -> None:
    seen.goto(f"{server.url}/disagreements")
    wait_until_quiet(seen)
    seen.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<button></button>')")
    assert [fault for fault in faults(seen) if fault.startswith("button-name")]


def test_the_keyboard_alone_opens_the_form_and_the_focus_is_seen(seen: Page, server: Server) -> None:
    first_account(seen, server)
    for _ in range(60):
        seen.keyboard.press("Tab")
        if DISAGREE.match(seen.evaluate("document.activeElement.innerText")):
            break
    look = "e => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; }"
    assert seen.evaluate(f"({look})(document.activeElement)"), "a ring around what has the focus"
    seen.keyboard.press("Enter")
    expect(seen.get_by_role("dialog")).to_be_visible()
    seen.keyboard.press("Escape")
    expect(seen.get_by_role("dialog")).to_be_hidden()
