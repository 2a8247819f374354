"""The Explore page as an analyst uses it: everything in the address, the same figures on screen and in the files."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from streamlit.testing.v1 import AppTest

from crm_core import views
from crm_core.views.explore import ExploreChoice, ExplorePage, MeasureFilter
from pages._kit import explored
from pages._kit.explore import Chosen
from pages._kit.shell import Context
from tests.pages.conftest import OPEN, words_of
from tests.views.twenty import PEOPLE

EVA = {"as": "crm:E7"}


def opened(open_page: OPEN, **params: str) -> AppTest:
    at = open_page("explore", **params)
    assert len(at.exception) == 0
    return at


def table(at: AppTest) -> dict[str, list[Any]]:
    shown: dict[str, list[Any]] = at.dataframe[0].value.to_dict("list")
    return shown


def test_it_opens_with_revenue_over_a_year_and_its_definition(twenty: Path, open_page: OPEN) -> None:
    at = opened(open_page, **EVA)
    assert (at.metric[0].label, at.metric[0].value) == ("Yearly recurring revenue, Jun 2026", "€ 36k")
    assert table(at)["Yearly recurring revenue"] == ["All together"]
    assert table(at)["Jun 2026"] == [35640]
    assert len(table(at)) == 13
    for word in ("How it is worked out:", "How it may mislead:", "higher is better", "Unit:"):
        assert word in words_of(at)


def test_everything_chosen_is_taken_from_the_address(twenty: Path, open_page: OPEN) -> None:
    asked = {"measure": "Win rate", "split": "team", "period": "From – to", "from": "May 2026", "to": "Jun 2026"}
    at = opened(open_page, **asked, segment="large", **EVA)
    assert table(at) == {"Team": ["South", "All together"], "May 2026": [0.0, 0.0], "Jun 2026": [33.3, 33.3]}
    assert not at.warning


def test_what_is_chosen_by_hand_is_what_the_same_address_shows(twenty: Path, open_page: OPEN) -> None:
    at = opened(open_page, **EVA)
    at.selectbox(key="measure").set_value("deals_won").run()
    at.selectbox(key="split").set_value("owner").run()
    at.selectbox(key="period").set_value("Last 3 months").run()
    asked = {"measure": "Deals won in the month", "split": "owner", "period": "Last 3 months"}
    assert table(opened(open_page, **asked, **EVA)) == table(at)
    assert table(at)["Owner"][-1] == "All together"
    assert "All 3 months" in table(at)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"measure": "Happiness"}, "“Happiness” cannot be chosen as measure: Yearly recurring revenue is shown"),
        ({"split": "star sign"}, "“star sign” cannot be chosen as split by: none is shown"),
        ({"measure": "Override rate", "split": "owner"}, "“owner” cannot be chosen as split by: none is shown"),
        ({"period": "Last 7 weeks"}, "“Last 7 weeks” cannot be chosen as period: Last 12 months is shown"),
        ({"product": "<b>Nobody</b>"}, "No product is called “<b>Nobody</b>”: left out."),
        ({"picture": "Cake"}, "There is no such picture: “Over time” is shown instead."),
        ({"measure": "Lead conversion", "segment": "large"}, "knows nothing of a segment, so that filter does not"),
        ({"period": "From – to", "from": "Mai 2026"}, "“Mai 2026” cannot be chosen as from"),
    ],
)
def test_an_address_with_what_cannot_be_chosen_falls_back_and_says_so(
    twenty: Path, open_page: OPEN, wrong: dict[str, str], word: str
) -> None:
    at = opened(open_page, **wrong, **EVA)
    assert word in at.warning[0].value.replace("\\", "")
    assert at.dataframe
    at.run()
    assert at.warning, "it stays until something else is chosen"
    at.selectbox(key="measure").set_value("nps").run()
    assert not [w for w in at.warning if word in w.value.replace("\\", "")] or "segment" in wrong


def test_a_split_that_the_next_measure_does_not_offer_is_given_up_with_a_word(twenty: Path, open_page: OPEN) -> None:
    at = opened(open_page, measure="Deals won in the month", split="owner", **EVA)
    at.selectbox(key="measure").set_value("override_rate").run()
    assert len(at.exception) == 0
    assert at.selectbox(key="split").value == "none"
    assert at.warning


def test_a_filter_of_one_persons_scope_does_not_break_another_persons_page(twenty: Path, open_page: OPEN) -> None:
    at = opened(open_page, team="South", **EVA)
    at.selectbox(key="persona").set_value("crm:E5").run()
    assert len(at.exception) == 0
    assert table(at)["Jun 2026"] == [12600]


def test_an_analyst_sees_owners_under_pseudonyms(twenty: Path, open_page: OPEN) -> None:
    names = table(opened(open_page, split="owner", **{"as": "crm:E8"}))["Owner"]
    assert len(names) == 5
    assert all(name.startswith("Person ") for name in names[:-1])


def test_a_choice_in_which_nothing_counts_says_what_to_do(twenty: Path, open_page: OPEN) -> None:
    at = opened(open_page, measure="Money won", period="Last 3 months", **{"as": "crm:E4"})
    assert "Remove a filter" in words_of(at)
    assert not at.dataframe


def made(split: str | None = "owner", measure: str = "won_amount") -> tuple[Context, ExplorePage, Chosen]:
    choice = ExploreChoice(measure, split, 2, 0, MeasureFilter(segments=("small",)))
    page = views.explore.explore(PEOPLE["executive"], choice)
    ctx = Context(PEOPLE["executive"], views.frame(PEOPLE["executive"]), "EUR")
    return ctx, page, Chosen(choice, "Last 3 months", {"segment": ("small",)}, ())


def cells_of(columns: dict[str, list[Any]]) -> list[list[Any]]:
    return [list(columns), *(list(row) for row in zip(*columns.values(), strict=True))]


@pytest.mark.parametrize("measure", ["won_amount", "win_rate", "first_response_hours", "pipeline_coverage", "nps"])
def test_the_workbook_and_the_csv_hold_the_figures_of_the_screen(twenty: Path, measure: str) -> None:
    ctx, page, chosen = made(measure=measure)
    shown = cells_of(explored.columns(page))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(explored.as_xlsx(ctx, page, chosen))).get_sheet_by_index(0)
    rows = sheet.to_python()
    above = {str(name): text for name, text, *_ in rows[:9]}
    assert above["Measure"] == page.about.title
    assert (above["Split"], above["Filters"], above["As of"]) == ("owner", "segment: small", "2026-06-30")
    assert above["Period"] == "Last 3 months (Apr 2026 – Jun 2026)"
    assert above["Build"] == page.build_id
    assert [["" if cell is None else cell for cell in row] for row in shown] == rows[10:]
    lines = list(csv.reader(io.StringIO(explored.as_csv(ctx, page, chosen).decode("utf-8-sig"))))
    assert lines[11:] == [["" if cell is None else str(cell) for cell in row] for row in shown]


def test_the_table_on_the_screen_is_the_one_in_the_files(twenty: Path, open_page: OPEN) -> None:
    at = opened(open_page, measure="Money won", split="owner", period="Last 3 months", segment="small", **EVA)
    _, page, _ = made()
    assert cells_of(table(at)) == cells_of(explored.columns(page))


def test_no_cell_of_a_file_is_taken_for_a_formula(twenty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx, page, chosen = made()
    monkeypatch.setattr(explored, "called", lambda *_: "=1+1")
    text = explored.as_csv(ctx, page, chosen).decode("utf-8-sig")
    assert "\n'=1+1" in text
    rows = CalamineWorkbook.from_filelike(io.BytesIO(explored.as_xlsx(ctx, page, chosen))).get_sheet_by_index(0)
    assert rows.to_python()[11][0] == "'=1+1"
