"""The search beside every page, and in place of a list on the page that asks whose account."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from crm_core import views
from tests.pages.conftest import OPEN, PAGES, words_of
from tests.pages.test_every_page import person


def found(at: AppTest) -> list[str]:
    """Keys of the entries that the search beside the page shows."""
    return [str(button.key) for button in at.button if str(button.key).startswith("search_")]


def look_for(at: AppTest, typed: str, field: str = "search") -> AppTest:
    at.text_input(key=field).set_value(typed)
    return at.run()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_a_search_that_shows_nothing_until_asked(demo: Path, open_page: OPEN, name: str) -> None:
    at = open_page(name)
    assert at.text_input(key="search").placeholder == "Customer, lead or deal"
    assert found(at) == []


def test_one_click_leads_to_the_account_as_the_same_person_and_ends_the_search(demo: Path, open_page: OPEN) -> None:
    manager = [viewer for viewer in views.personas() if viewer.role == "manager"][1]
    row = views.sell.risk(manager).rows[0]
    at = look_for(open_page("risk", **{"as": manager.who}), row.name)
    assert f"search_customer_{row.customer_id}" in found(at)
    at.button(key=f"search_customer_{row.customer_id}").click().run()
    assert len(at.exception) == 0
    assert at.title[0].value.replace("\\", "") == row.name
    assert at.query_params["as"] == manager.who
    assert "search" not in at.query_params
    assert at.text_input(key="search").value == ""
    assert found(at) == []


@pytest.mark.parametrize("kind", ["lead", "deal"])
def test_one_click_leads_to_a_lead_and_to_a_deal(demo: Path, open_page: OPEN, kind: str) -> None:
    admin = person("executive")
    hits = [hit for word in ("labs", "O-0", "contract", "an") for hit in views.search(admin, word, limit=24)]
    hit = next(hit for hit in hits if hit.kind == kind and not hit.is_past)
    at = look_for(open_page("risk", **{"as": admin.who}), f"{hit.name}")
    at.button(key=next(key for key in found(at) if key.startswith(f"search_{kind}_"))).click().run()
    assert len(at.exception) == 0
    assert "Not in your scope" not in words_of(at)
    assert kind in at.query_params


def test_what_is_not_found_is_said_in_a_sentence(demo: Path, open_page: OPEN) -> None:
    at = look_for(open_page("risk"), "**qqqqqq** <b>")
    assert "Nothing in your scope is called “**qqqqqq** <b>”." in words_of(at)


def test_a_rep_finds_no_customer_of_another(demo: Path, open_page: OPEN) -> None:
    rep = person("rep")
    own = {row.customer_id for row in views.sell.risk(rep).rows}
    other = next(row for row in views.sell.risk(person("executive")).rows if row.customer_id not in own)
    at = look_for(open_page("risk", **{"as": rep.who}), other.name)
    assert f"search_customer_{other.customer_id}" not in found(at)


def test_whose_account_is_asked_with_a_search_for_customers_that_left_too(demo: Path, open_page: OPEN) -> None:
    executive = person("executive")
    hits = [hit for letter in "abdfgklmnst" for hit in views.search(executive, letter, limit=24)]
    left = next((hit for hit in hits if hit.kind == "customer" and hit.is_past), None)
    left = left or next(hit for hit in hits if hit.kind == "customer")
    at = look_for(open_page("account", **{"as": executive.who}), left.name, "search_account")
    at.button(key=f"search_account_customer_{left.id}").click().run()
    assert at.title[0].value.replace("\\", "") == left.name


def test_a_build_without_the_search_says_so_and_shows_the_page(copy_of_demo: Path, open_page: OPEN) -> None:
    import duckdb

    with duckdb.connect(str(next(copy_of_demo.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        con.execute("drop table marts.mart_search_word")
    at = look_for(open_page("risk"), "acme")
    assert len(at.exception) == 0
    assert "The current build lacks a table" in words_of(at)
    assert at.title[0].value == "Who may leave within 90 days?"
