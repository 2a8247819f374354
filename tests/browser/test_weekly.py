"""An admin assigns and a rep reads the name beside a score; the weekly hour on paper and by its address."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import Server
from tests.browser.shots import say_something, wait_until_quiet
from tests.browser.test_story import choose, press

ADMIN, REP = "demo:E-25", "demo:E-01"
SIDES = rb"/Type\s*/Page\b"


@pytest.fixture(scope="module")
def server(quiet_server: Server) -> Server:
    return quiet_server


def say(page: Page, server: Server, who: str) -> str:
    """Disagree about the chosen customer of the Risk page as this person; returns its name."""
    page.goto(f"{server.url}/risk?as={who}")
    wait_until_quiet(page)
    say_something(page)
    return page.locator(".st-key-chosen strong").first.inner_text()


def test_an_admin_assigns_and_a_rep_reads_the_name_with_one_press(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/responsibilities?as={ADMIN}")
    wait_until_quiet(page)
    page.get_by_role("button", name="Assign", exact=True).nth(2).click()
    wait_until_quiet(page)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Model: who may leave")).to_be_visible()
    choose(page, "Owner", "Elena Marchetti · executive")
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("Elena Marchetti looks after it from now on")).to_be_visible()
    page.goto(f"{server.url}/risk?as={REP}")
    wait_until_quiet(page)
    page.get_by_role("button", name="Whom to ask").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Model: who may leave: Elena Marchetti")
    expect(page.get_by_role("dialog")).to_contain_text("Fairness stop: Olivier Lambert")


def test_the_weekly_hour_asks_about_what_was_said_and_prints_on_two_pages(page: Page, server: Server) -> None:
    name = say(page, server, REP)
    page.goto(f"{server.url}/weekly?as={ADMIN}")
    wait_until_quiet(page)
    expect(page.locator(".st-key-floor")).to_contain_text(name)
    assert len(re.findall(SIDES, page.pdf(format="A4", landscape=True))) <= 2
    page.goto(f"{server.url}/weekly?as={ADMIN}&week=2020-W02")
    wait_until_quiet(page)
    expect(page.get_by_text("Week 2", exact=False).first).to_be_visible()
    press(page, "Week after")
    assert "week=2020-W03" in page.url
