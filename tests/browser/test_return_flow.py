"""The return flow in a real browser: a rep disagrees, a steward sorts, the owner mends; the rep reads both answers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import Server
from tests.browser.shots import say_something, settle, wait_until_quiet
from tests.browser.test_story import press

REP, STEWARD, OWNER = "demo:E-01", "demo:E-23", "demo:E-24"
WHY = "The <b>calendar</b> lost [them](http://x) =1+1"
DONE = "The calendar is connected again."


@pytest.fixture(scope="module")
def server(quiet_server: Server) -> Server:
    return quiet_server


def look(page: Page, server: Server, name: str, who: str) -> None:
    """Open a page as somebody."""
    page.goto(f"{server.url}/{name}?as={who}")
    wait_until_quiet(page)
    settle(page)


def sort_as_data_error(screen: Page) -> None:
    """Open the form, send it too early, then fill it in and send it."""
    press(screen, "Sort")
    dialog = screen.get_by_role("dialog")
    dialog.get_by_role("radio", name="The data are wrong").click()
    wait_until_quiet(screen)
    press(screen, "Send the answer")
    expect(dialog.get_by_text("choose the source whose data are wrong")).to_be_visible()
    expect(dialog.get_by_text("say in a few words why")).to_be_visible()
    dialog.get_by_role("combobox", name="Which source?").click()
    screen.get_by_role("option", name="Calendar sync · Grace Nakamura").click()
    dialog.get_by_role("textbox", name="Why?").fill(WHY)
    press(screen, "Send the answer")
    expect(dialog).to_be_hidden()


def test_a_note_becomes_a_task_the_owner_mends_it_and_the_person_reads_both(screen: Page, server: Server) -> None:
    look(screen, server, "risk", REP)
    say_something(screen)
    look(screen, server, "your_words", REP)
    expect(screen.get_by_text("A steward has not answered yet.")).to_be_visible()
    expect(screen.get_by_text("due in 3 days")).to_be_visible()

    look(screen, server, "triage", STEWARD)
    expect(screen.get_by_text("1 disagreement waits for an answer.")).to_be_visible()
    expect(screen.get_by_text("Ingrid Solheim: will stay (10 of 100)")).to_be_visible()
    sort_as_data_error(screen)
    expect(screen.get_by_text("Sorted: The data are wrong. Ingrid Solheim reads your reason").first).to_be_visible()
    expect(screen.get_by_text("Nobody waits for an answer.")).to_be_visible()

    look(screen, server, "today", REP)
    screen.get_by_role("link", name="Answers to your disagreements: 1").click()
    wait_until_quiet(screen)
    expect(screen).to_have_url(re.compile(r"/your_words\?as="))
    expect(screen.get_by_text("a task for Grace Nakamura")).to_be_visible()
    expect(screen.get_by_text(WHY)).to_be_visible()
    look(screen, server, "today", REP)
    expect(screen.get_by_text("Answers to your disagreements")).to_have_count(0)

    look(screen, server, "data_health", OWNER)
    expect(screen.get_by_text("1 task is open.")).to_be_visible()
    press(screen, "Mark as mended")
    screen.get_by_role("dialog").get_by_role("textbox", name="What was done?").fill(DONE)
    screen.get_by_role("dialog").get_by_role("button", name="Mark as mended").click()
    expect(screen.get_by_text("Marked as mended. Ingrid Solheim reads it").first).to_be_visible()

    look(screen, server, "your_words", REP)
    expect(screen.get_by_text("by Grace Nakamura: " + DONE)).to_be_visible()
    expect(screen.get_by_text("1 answer is new")).to_be_visible()
