"""Disagreeing as a person does it: four touches from the list, by keyboard, several at once, twice by a slip."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from crm_core.ledger import StoredEntry, open_ledger
from crm_core.settings import Settings
from pages._kit.tables import HEADER_HEIGHT, ROW_HEIGHT
from tests.browser.serving import Server
from tests.browser.shots import PHONE, wait_until_quiet

SECONDS, TOUCHES = 20, 4
THINKS = 1.2
MARK = 17
EVIL = (
    '=HYPERLINK("http://evil.example","open") <script>window.hit=1</script> <img src=x onerror="window.hit=2"> '
    "[x](javascript:window.hit=3) \u202egnp.exe 🚀"
)


def entries(server: Server) -> tuple[StoredEntry, ...]:
    with open_ledger(Settings(data_dir=server.data_dir)) as book:
        return book.entries(kinds=("disagreement",))


def opened(page: Page, server: Server, address: str) -> None:
    page.goto(f"{server.url}/{address}")
    wait_until_quiet(page)


def in_list(page: Page, row: int, *, name: str = "risk_table", from_left: int = 78) -> tuple[float, float]:
    """Where the button of a row is on the screen; its mark is at `MARK` from the left."""
    table = page.locator(f".st-key-{name}")
    table.scroll_into_view_if_needed()
    page.wait_for_timeout(400)
    box = table.bounding_box()
    assert box
    return box["x"] + from_left, box["y"] + HEADER_HEIGHT + (row + 0.5) * ROW_HEIGHT


def tab_to(page: Page, target: Locator) -> None:
    """Go on by the tabulator until this has the focus."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{target} is not reached by the keyboard")


def test_a_disagreement_from_the_list_takes_four_touches_and_twenty_seconds(screen: Page, server: Server) -> None:
    opened(screen, server, "risk")
    before, place = len(entries(server)), in_list(screen, 1)
    touches, began = 0, time.monotonic()

    def touch(what: Locator | tuple[float, float]) -> None:
        nonlocal touches
        time.sleep(THINKS)
        touches += 1
        if isinstance(what, Locator):
            what.click()
        else:
            screen.mouse.click(*what)

    touch(place)
    dialog = screen.get_by_role("dialog")
    touch(dialog.get_by_text("They will stay"))
    touch(dialog.get_by_text("I know the contract"))
    touch(dialog.get_by_role("button", name="Record my view"))
    expect(screen.get_by_text("Noted. The model is not changed by this").last).to_be_visible()
    seconds = time.monotonic() - began
    assert touches <= TOUCHES
    assert seconds <= SECONDS, f"{seconds:.1f} s"
    assert len(entries(server)) == before + 1
    assert "/risk" in screen.url, "without leaving the list"


def test_the_whole_form_is_filled_in_and_sent_by_the_keyboard(page: Page, server: Server) -> None:
    opened(page, server, "risk")
    page.keyboard.press("d")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    wait_until_quiet(page)
    before = len(entries(server))
    tab_to(page, dialog.get_by_role("radio", name="They will stay"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    tab_to(page, dialog.get_by_role("radio", name="I know the customer personally"))
    page.keyboard.press("Space")
    tab_to(page, dialog.get_by_role("textbox", name="Your words (optional)"))
    page.keyboard.type("by hand")
    tab_to(page, dialog.get_by_role("button", name="Record my view"))
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    wait_until_quiet(page)
    said = entries(server)[before:]
    assert [(e.belief, e.reason_code, e.words) for e in said] == [("will_leave", "knows_personally", "by hand")]


def test_a_double_click_is_one_entry_and_what_was_written_runs_nowhere(screen: Page, server: Server) -> None:
    opened(screen, server, "risk")
    before = len(entries(server))
    screen.mouse.click(*in_list(screen, 2))
    dialog = screen.get_by_role("dialog")
    dialog.get_by_text("They will leave").click()
    dialog.get_by_text("Something else").click()
    dialog.get_by_role("textbox", name="Your words (optional)").fill(EVIL)
    dialog.get_by_role("button", name="Record my view").dblclick()
    expect(dialog).to_be_hidden()
    wait_until_quiet(screen)
    (said,) = entries(server)[before:]
    assert said.words == EVIL.replace("\u202e", "")
    account = f"account?customer={said.entity_key}"
    for address in ("disagreements", account, f"{account}&brief=1", "risk", "today", "meeting?as=demo:E-21"):
        opened(screen, server, address)
        assert screen.evaluate("window.hit") is None
        assert screen.locator("a[href^='javascript']").count() == 0
        assert screen.locator("img[src='x']").count() == 0


def test_several_rows_are_ticked_and_one_thing_is_said_of_all(page: Page, server: Server) -> None:
    opened(page, server, "risk")
    before = len(entries(server))
    page.get_by_text("Choose several").click()
    wait_until_quiet(page)
    for row in (3, 4, 5):
        page.mouse.click(*in_list(page, row, name="risk_table_many", from_left=MARK))
        wait_until_quiet(page)
    page.get_by_role("button", name="Disagree with 3").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("They will stay").click()
    dialog.get_by_text("The customer told us").click()
    dialog.get_by_role("button", name="Record my view").click()
    expect(page.get_by_text("Noted for 3 customers").last).to_be_visible()
    assert len({e.entity_key for e in entries(server)[before:]}) == 3


def test_on_a_phone_a_call_of_today_is_disagreed_with(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, user_agent=PHONE, has_touch=True)
    page = context.new_page()
    opened(page, server, "today")
    page.get_by_role("button", name="Disagree", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    send = dialog.get_by_role("button", name="Record my view")
    expect(send).to_be_visible()
    send.scroll_into_view_if_needed()
    box = send.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    context.close()
