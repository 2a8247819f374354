"""The tour in a real browser, a tab left open over a new build, and a page on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import Server
from tests.browser.shots import wait_until_quiet
from tests.browser.test_story import press
from tests.pages.test_fresh import swap

WAY = ("today", "risk", "account", "account", "account", "disagreements")


def test_the_tour_leads_from_whom_to_call_to_i_disagree(screen: Page, server: Server) -> None:
    wait_until_quiet(screen)
    press(screen, "Take the tour, one minute")
    for n, page in enumerate(WAY, start=1):
        expect(screen.get_by_text(f"Step {n} of 6")).to_be_visible()
        assert f"/{page}?" in screen.url
        assert f"tour={n}" in screen.url
        assert ("customer=" in screen.url) == (page == "account")
        if n == 4:
            screen.reload()
            wait_until_quiet(screen)
            expect(screen.get_by_text("Step 4 of 6")).to_be_visible()
        press(screen, "Next" if n < len(WAY) else "Finish")
    expect(screen.get_by_text("Step 6 of 6")).to_be_hidden()
    screen.goto(server.url)
    wait_until_quiet(screen)
    expect(screen.get_by_role("button", name="Take the tour, one minute")).to_have_count(0)
    press(screen, "Take the tour")
    expect(screen.get_by_text("Step 1 of 6")).to_be_visible()


@pytest.mark.parametrize("name", ["risk", "meeting", "account"])
def test_on_paper_there_is_nothing_to_press_and_nothing_cut_off(screen: Page, server: Server, name: str) -> None:
    screen.goto(f"{server.url}/{name}")
    wait_until_quiet(screen)
    screen.emulate_media(media="print")
    screen.set_viewport_size({"width": 1047, "height": 720})
    expect(screen.get_by_role("heading", level=1).first).to_be_visible()
    for hidden in (".stSidebar", ".stButton", ".stDownloadButton", ".stDataFrame", ".st-key-tour"):
        assert not [e for e in screen.locator(hidden).all() if e.is_visible()], hidden
    tables = screen.locator("table.paper").all()
    assert all(table.is_visible() for table in tables)
    assert bool(tables) == (name == "risk")


@pytest.mark.slow
def test_a_tab_left_open_is_offered_newer_figures_and_keeps_its_filters(screen: Page, server: Server) -> None:
    screen.goto(f"{server.url}/risk?tier=high&order=Next+renewal+first")
    wait_until_quiet(screen)
    swap(server.data_dir, "0099", built_at="2026-11-24T14:05:00")
    expect(screen.get_by_text("New figures of 14:05.")).to_be_visible(timeout=75_000)
    press(screen, "Show them")
    expect(screen.get_by_text("New figures of 14:05.")).to_be_hidden()
    assert "tier=high" in screen.url
    assert screen.get_by_role("combobox", name="Order").input_value() == "Next renewal first"
    expect(screen.get_by_role("button", name="high", exact=True)).to_have_attribute("aria-pressed", "true")
