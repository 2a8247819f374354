"""The Pipeline page as a person uses it: figures, lists, filters and deals in the address, files, a phone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from crm_core import views
from pages._kit import deal_lists
from pages._kit.shell import Context
from tests.pages.conftest import OPEN, tables_of, words_of
from tests.pages.test_every_page import person
from tests.views.dealing import ODD

PHONE = "Mozilla/5.0 (Linux; Android 14) Mobile Safari/537.36"


def opened(open_page: OPEN, **params: str) -> AppTest:
    at = open_page("pipeline", **params)
    assert len(at.exception) == 0
    return at


def figures(at: AppTest) -> dict[str, tuple[str, str]]:
    return {metric.label: (metric.value, metric.delta) for metric in at.metric}


def test_the_figures_are_those_of_the_hand_worked_company(dealing: Path, open_page: OPEN) -> None:
    at = opened(open_page, **{"as": "crm:E7"})
    assert figures(at) == {
        "Open deals": ("€ 1.8k", "5 deals · 1 without a value · 1 in a currency without a rate"),
        "Weighted": ("€ 870", "usually comes in"),
        "Coverage of a quarter": ("1.4 ×", "against € 1.1k (targets and wins)"),
        "Stalled": ("€ 1.0k", "2 of 5 deals"),
    }
    said = words_of(at)
    assert "Moved forward: **1 deal · € 800**" in said
    assert "New: **1 deal · value not known**" in said
    assert "Moved back: **1 deal · value not known**" in said
    assert "Won: none" in said
    assert "Sums of money are incomplete: 1 customer with contracts in a currency without a rate" in said
    # Every value that nobody can add up says so; none reads as nought.
    at = opened(open_page, **{"as": "crm:E7", "list": "All open"})
    worth = dict(zip(at.dataframe[1].value["Deal"], at.dataframe[1].value["Worth"], strict=True))
    assert worth["Deal 6"] == "value not known"
    assert worth["Deal 8"] == "¥ 5.0k (no rate)"


def test_a_manager_is_measured_against_the_target_of_the_team(dealing: Path, open_page: OPEN) -> None:
    covered = [figures(opened(open_page, **{"as": who}))["Coverage of a quarter"] for who in ("crm:E3", "crm:E1")]
    assert covered == [("0.8 ×", "against a target of € 1.0k"), ("no target", "none for this choice")]


def test_names_that_are_markup_are_shown_as_they_are(dealing: Path, open_page: OPEN) -> None:
    at = opened(open_page, deal="crm:D7", **{"as": "crm:E7"})
    assert ODD in words_of(at)
    assert ODD in set(at.dataframe[1].value["Customer"])


def test_an_account_says_what_its_yearly_value_does_not_hold(dealing: Path, open_page: OPEN) -> None:
    at = open_page("account", customer="crm:2", **{"as": "crm:E7"})
    assert "not in the sum: 1 line in JPY (no rate set)" in words_of(at)
    at = open_page("risk", **{"as": "crm:E7"})
    pays = dict(zip(at.dataframe[0].value["Customer"], at.dataframe[0].value["Pays a year"], strict=True))
    assert pays == {"Alpha": "€ 1.2k", "Beta": "€ 120 + 1 line in JPY (no rate set)", ODD: "€ 120"}


def test_each_list_is_in_the_address(demo: Path, open_page: OPEN) -> None:
    at = opened(open_page, list="Renewals")
    assert "end within 90 days and are not signed again" in words_of(at)
    assert set(at.dataframe[1].value["Next contract"]) <= {"signed", "not signed"}
    at = opened(open_page, list="Won and lost")
    assert "At the pace of the last 12 months" in words_of(at)
    assert {"Source", "Closed", "Won", "Of 100 won"} == set(at.dataframe[1].value)
    stalled, everything = opened(open_page), opened(open_page, list="All open")
    assert len(stalled.dataframe[1].value) < len(everything.dataframe[1].value)


def test_filters_come_from_the_address_and_nonsense_in_it_is_ignored(demo: Path, open_page: OPEN) -> None:
    executive = person("executive")
    at = opened(open_page, **{"as": executive.who, "team": "APAC", "stage": "Proposal", "list": "All open"})
    rows = views.sell.pipeline(executive, views.sell.PipelineFilter(teams=("APAC",), stages=("Proposal",))).deals
    assert list(at.dataframe[1].value["Deal"]) == [row.name for row in rows]
    at = opened(open_page, team="<b>", stage="'; drop", closing="soon", since="yesterday", list="what", product="None")
    assert at.date_input(key="since").value == date(2026, 6, 23)
    assert len(at.dataframe[1].value) > 0
    at = opened(open_page, since="2026-04-01")
    assert at.date_input(key="since").value == date(2026, 4, 1)
    assert opened(open_page, since="1999-01-01").title[0].value == "What is in the pipeline?"


def test_filters_that_match_nothing_say_so_and_stay(demo: Path, open_page: OPEN) -> None:
    at = opened(open_page, closing="No day for closing")
    assert "No open deal matches. Remove a filter." in words_of(at)
    assert at.selectbox(key="closing").value == "No day for closing"


def test_a_deal_in_the_address_is_shown_and_one_out_of_scope_is_not_told_from_none(demo: Path, open_page: OPEN) -> None:
    rep = person("rep")
    own = views.sell.pipeline(rep).deals[0]
    foreign = next(d for d in views.sell.pipeline(person("executive")).deals if d.owner_name != rep.name)
    assert own.name is not None
    assert own.name in words_of(opened(open_page, deal=own.deal_id, **{"as": rep.who}))
    shown = {words_of(open_page("pipeline", deal=d, **{"as": rep.who})) for d in (foreign.deal_id, "x", "' or 1=1 --")}
    assert len(shown) == 1
    assert "Not in your scope" in shown.pop()


def test_the_analyst_sees_nobody_by_name(demo: Path, open_page: OPEN) -> None:
    analyst = person("analyst")
    # Who looks after a source or a model is named to everybody: an office is no statistic.
    names = {viewer.name for viewer in views.personas() if viewer.role in ("rep", "manager", "executive")}
    for which in deal_lists.LISTS:
        at = opened(open_page, **{"as": analyst.who, "list": which})
        said = "\n".join(line for line in (words_of(at) + tables_of(at)).splitlines() if "You look as" not in line)
        assert [name for name in names if name in said] == []


def test_a_phone_gets_cards(demo: Path, open_page: OPEN, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages._kit.state.is_phone", lambda: True)
    for which in (deal_lists.STALLED, deal_lists.RENEWALS):
        at = opened(open_page, list=which)
        assert len(at.dataframe) == 0
        assert len([b for b in at.button if b.label in ("Open account", "Open lead")]) > 3


@pytest.mark.parametrize("which", deal_lists.LISTS)
def test_the_file_holds_the_list_and_no_formula(dealing: Path, which: str) -> None:
    viewer = next(v for v in views.personas() if v.who == "crm:E7")
    page = views.sell.pipeline(viewer)
    text = deal_lists.as_file(Context(viewer, views.frame(viewer), "EUR"), page, which).decode("utf-8-sig")
    lines = text.splitlines()
    n = {"Stalled": 2, "All open": 5, "Renewals": 3, "Won and lost": 4}[which]
    assert len(lines) == n + 1
    assert not [cell for line in lines for cell in line.split(",") if cell.startswith(("=", "+", "@"))]
    if which == "All open":
        deal = next(line for line in lines if "Deal 8" in line)
        assert ",5000.0,JPY" in deal  # its worth is not known, what the source says is


@pytest.mark.parametrize(("deal", "leads_to"), [("crm:D5", "Alpha"), ("crm:D6", "Firm")])
def test_a_deal_leads_to_its_account_and_without_one_to_its_lead(
    dealing: Path, open_page: OPEN, deal: str, leads_to: str
) -> None:
    at = opened(open_page, deal=deal, **{"as": "crm:E7"})
    at.button(key="open_asked").click().run()
    assert len(at.exception) == 0
    assert at.title[0].value != "What is in the pipeline?"
    assert leads_to in words_of(at)
