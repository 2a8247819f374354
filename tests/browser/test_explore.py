"""Explore and Meeting in a real browser: the address keeps what is chosen, files hold what is seen, print fits."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Download, Page
from python_calamine import CalamineWorkbook

from tests.browser.serving import Server
from tests.browser.shots import wait_until_quiet
from tests.browser.test_story import choose


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def saved(page: Page, name: str) -> Download:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).click()
    return waiting.value


def test_what_is_chosen_by_hand_stands_in_the_address_and_survives_a_reload(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/explore")
    wait_until_quiet(page)
    choose(page, "Measure", "Win rate")
    choose(page, "Split by", "source")
    choose(page, "Period", "Last 3 months")
    assert {k: v for k, v in asked(page).items() if k in ("measure", "split", "period")} == {
        "measure": ["Win rate"],
        "split": ["source"],
        "period": ["Last 3 months"],
    }
    shown = page.locator(".st-key-definition").inner_text()
    page.reload()
    wait_until_quiet(page)
    assert page.locator(".st-key-definition").inner_text() == shown
    choose(page, "Measure", "Override rate")
    assert "split" not in asked(page), "the address must not ask for more than is shown"
    assert page.get_by_text("cannot be chosen as split by").count()


def test_the_files_hold_the_same_figures_and_the_picture_can_be_saved(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/explore?measure=Money+won&split=team&period=Last+3+months")
    wait_until_quiet(page)
    text = saved(page, "Download CSV").path().read_text(encoding="utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    script = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    seen = page.locator("table.paper tr").evaluate_all(script)
    assert [[cell.replace(",", "") for cell in row] for row in seen] == lines[11:]
    workbook = saved(page, "Download XLSX")
    assert re.fullmatch(r"won-amount-by-team-\d{4}-\d\d-\d\d\.xlsx", workbook.suggested_filename)
    rows = CalamineWorkbook.from_path(str(workbook.path())).get_sheet_by_index(0).to_python()
    assert [[str(int(c)) if isinstance(c, float) else c for c in row] for row in rows[10:]] == lines[11:]
    page.locator(".st-key-explore_picture").hover()
    with page.expect_download() as waiting:
        page.locator(".st-key-explore_picture .modebar-btn").first.click()
    assert re.fullmatch(r"won-amount-by-team-\d{4}-\d\d-\d\d\.png", waiting.value.suggested_filename)
    assert waiting.value.path().read_bytes().startswith(b"\x89PNG")


def test_the_meeting_prints_on_two_pages(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/meeting")
    wait_until_quiet(page)
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", landscape=True))) == 2
