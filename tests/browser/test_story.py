"""The main job in a real browser: see who may leave, disagree, and find both views everywhere, also tomorrow."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from pages._kit.tables import HEADER_HEIGHT, ROW_HEIGHT
from tests.browser.serving import Server
from tests.browser.shots import PHONE, wait_until_quiet

WORDS = "Their **new** [boss](http://x) told me <b>so</b> :red[today] $a$"


def card(page: Page) -> str:
    """Words of the chosen customer's card."""
    return page.locator(".st-key-chosen").inner_text()


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()
    wait_until_quiet(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    wait_until_quiet(page)


def disagree(screen: Page) -> None:
    """Open the form, send it too early, then fill it in and send it."""
    press(screen, "Disagree")
    dialog = screen.get_by_role("dialog")
    expect(dialog.get_by_text("The number itself is not changed")).to_be_visible()
    press(screen, "Record my view")
    expect(dialog.get_by_text("Say what you believe and why")).to_be_visible()
    dialog.get_by_text("They will stay").click()
    dialog.get_by_text("I know the customer personally").click()
    dialog.get_by_role("textbox", name="Your words (optional)").fill(WORDS)
    dialog.get_by_role("spinbutton", name="Your own number").fill("10")
    press(screen, "Record my view")
    expect(dialog).to_be_hidden()


def is_wider_than_its_window(page: Page) -> bool:
    script = "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
    return bool(page.evaluate(f"{script}.some(e => e.scrollWidth > e.clientWidth + 1)"))


def test_a_person_disagrees_and_sees_both_views_everywhere_and_after_a_restart(screen: Page, server: Server) -> None:
    wait_until_quiet(screen)
    expect(screen).to_have_title("Risk · Second Opinion")
    expect(screen.get_by_role("heading", name="Who may leave within 90 days?")).to_be_visible()
    top = card(screen)
    name = top.splitlines()[0]
    number = re.search(r"(\d+) of 100 \(\d+–\d+\)", top)
    assert number, top
    assert re.search(r"[▲▼] .+ \([+−±]\d+\)", top), "a reason in words, with what it adds or takes"

    disagree(screen)
    expect(screen.get_by_text("Noted. The model is not changed by this").first).to_be_visible()
    both = (f"{number[1]} of 100", "Denise Okafor: will stay (10 of 100)")
    for view in both:
        expect(screen.locator(".st-key-chosen").get_by_text(view)).to_be_visible()

    press(screen, "Open account")
    expect(screen.get_by_role("heading", name=name, exact=True)).to_be_visible()
    for view in both:
        expect(screen.get_by_text(view).first).to_be_visible()
    address = screen.url

    screen.get_by_role("link", name="Disagreements").click()
    wait_until_quiet(screen)
    for view in (*both, WORDS):
        expect(screen.locator(".st-key-chosen").get_by_text(view).first).to_be_visible()

    server.restart()
    screen.goto(address)
    wait_until_quiet(screen)
    for view in both:
        expect(screen.get_by_text(view).first).to_be_visible()
    screen.get_by_role("tab", name="What was said").click()
    expect(screen.get_by_text(WORDS)).to_be_visible()


def test_a_deep_link_on_a_fresh_server_goes_through_the_frame(page: Page, server: Server) -> None:
    page.goto(server.url)
    wait_until_quiet(page)
    press(page, "Open account")
    address = page.url
    name = page.get_by_role("heading").first.inner_text()
    assert "customer=" in address
    server.restart()
    page.goto(address)
    wait_until_quiet(page)
    expect(page.get_by_text("Page not found")).to_have_count(0)
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("combobox", name="You look as")).to_be_visible()


def test_filters_and_person_survive_a_reload_and_a_visit_elsewhere(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/risk")
    wait_until_quiet(page)
    choose(page, "You look as", "Elena Marchetti · executive")
    page.get_by_role("button", name="medium", exact=True).click()
    wait_until_quiet(page)
    choose(page, "Order", "Next renewal first")
    shown = card(page)
    assert "medium" in shown
    assert f"as={quote('demo:E-21', safe='')}" in page.url or "as=demo:E-21" in page.url
    page.reload()
    wait_until_quiet(page)
    assert card(page) == shown
    page.get_by_role("link", name="Disagreements").click()
    wait_until_quiet(page)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Risk").click()
    wait_until_quiet(page)
    assert card(page) == shown
    expect(page.get_by_text("Executive, sees all customers, without anybody's notes.")).to_be_visible()


def test_a_click_on_a_mark_of_the_list_chooses_the_customer(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/risk")
    wait_until_quiet(page)
    first = card(page)
    table = page.locator(".st-key-risk_table")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 18, box["y"] + HEADER_HEIGHT + 1.5 * ROW_HEIGHT)
    wait_until_quiet(page)
    second = card(page)
    assert second != first
    page.locator(".st-key-risk_picture").scroll_into_view_if_needed()
    page.wait_for_timeout(400)
    mark = page.locator(".st-key-risk_picture .scatterlayer .trace").nth(2).locator(".points path").last.bounding_box()
    assert mark
    page.mouse.click(mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2)
    wait_until_quiet(page)
    assert card(page) != second


@pytest.mark.parametrize("address", ["risk", "account", "disagreements", "one account"])
def test_nothing_has_to_be_pushed_sideways_on_a_phone(browser: Browser, server: Server, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, user_agent=PHONE, has_touch=True)
    page = context.new_page()
    page.goto(f"{server.url}/{'risk' if address == 'one account' else address}")
    wait_until_quiet(page)
    if address == "one account":
        press(page, "Open account")
        expect(page.get_by_role("heading", name="Why")).to_be_visible()
    assert not is_wider_than_its_window(page)
    context.close()


def test_the_list_is_downloaded_as_it_is_shown(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/risk?tier=medium")
    wait_until_quiet(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the list").click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    assert card(page).splitlines()[0] in text.splitlines()[1]
    assert len(text.splitlines()) - 1 == int(re.findall(r"The list has ([\d,]+) of", page.content())[0])
