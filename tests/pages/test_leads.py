"""Leads on the screen: the list, the card that an address opens, and both views side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_core import views
from crm_core.views.sell import LeadFilter
from tests.pages.conftest import OPEN, tables_of, words_of
from tests.pages.test_disagreeing import said_so_far, send
from tests.pages.test_every_page import person


def test_the_list_says_what_the_view_says(demo: Path, open_page: OPEN) -> None:
    manager = person("manager")
    page = views.sell.leads(manager)
    at = open_page("leads")
    assert list(at.dataframe[0].value["Lead"]) == [row.name for row in page.rows]
    labels = {metric.label: metric.delta for metric in at.metric}
    assert f"{page.totals.n_ready:,} lead" in labels["Ready to buy"]
    assert f"{page.totals.n_untouched:,} lead" in labels["No touch logged"]
    assert "leads like this buy within 90 days" in words_of(at)
    assert "leave" not in words_of(at).replace("leaves", "")


def test_filters_come_from_the_address(demo: Path, open_page: OPEN) -> None:
    chosen = {"untouched": "true", "order_leads": "Waiting longest first", "as": person("executive").who}
    expected = views.sell.leads(person("executive"), LeadFilter(untouched_only=True, order="waiting"))
    at = open_page("leads", **chosen)
    assert list(at.dataframe[0].value["Lead"]) == [row.name for row in expected.rows]
    assert set(at.dataframe[0].value["First touch"]) == {"none logged"}


@pytest.mark.parametrize("params", [{"tier": "purple"}, {"order_leads": "'; drop table"}, {"source": "<b>"}])
def test_nonsense_in_the_address_is_ignored(demo: Path, open_page: OPEN, params: dict[str, str]) -> None:
    at = open_page("leads", **params)
    assert len(at.exception) == 0
    assert len(at.dataframe[0].value) > 0


def test_filters_that_match_nothing_say_so(demo: Path, open_page: OPEN) -> None:
    at = open_page("leads")
    at.text_input(key="find").set_value("no such lead").run()
    assert "No lead matches these filters. Remove one of them." in words_of(at)


def test_an_address_opens_a_lead_also_where_the_filters_leave_it_out(demo: Path, open_page: OPEN) -> None:
    last = views.sell.leads(person("manager")).rows[-1]
    at = open_page("leads", lead=last.lead_id)
    at.text_input(key="find").set_value("no such lead").run()
    assert len(at.exception) == 0
    assert "No lead matches these filters" in words_of(at)
    assert last.name in words_of(at)
    assert "disagree_chosen" in {button.key for button in at.button}


def test_a_lead_outside_the_scope_reads_like_one_that_does_not_exist(demo: Path, open_page: OPEN) -> None:
    rep = person("rep")
    own = {row.lead_id for row in views.sell.leads(rep).rows}
    foreign = next(r.lead_id for r in views.sell.leads(person("executive")).rows if r.lead_id not in own)
    shown = {words_of(open_page("leads", lead=key, **{"as": rep.who})) for key in (foreign, "demo:L-99999")}
    assert len(shown) == 1
    assert "Not in your scope" in shown.pop()


def test_an_analyst_sees_no_person_and_cannot_disagree(demo: Path, open_page: OPEN) -> None:
    analyst = person("analyst")
    at = open_page("leads", **{"as": analyst.who})
    assert at.button(key="disagree_chosen").disabled
    assert at.dataframe[0].value["Owner"].str.startswith("Person ").all()
    row = views.sell.leads(person("admin"), LeadFilter(name_part=views.sell.leads(analyst).rows[0].name)).rows[0]
    for secret in (row.person_name, row.email):
        assert secret
        assert secret not in words_of(at) + tables_of(at)


def test_a_disagreement_with_a_lead_is_stored_once_and_shown_beside_the_model(
    copy_of_demo: Path, open_page: OPEN
) -> None:
    manager = person("manager")
    top = views.sell.leads(manager).rows[0]
    at = open_page("leads")
    at.button(key="disagree_chosen").click().run()
    assert "leads like this buy within 90 days" in words_of(at)
    at.button_group(key="disagree_belief").set_value("not_ready")
    at.button_group(key="disagree_reason").set_value("timing")
    at.number_input(key="disagree_chance").set_value(5)
    send(at)
    assert "Noted. The model is not changed by this" in at.success[0].value.replace("\\", "")
    assert said_so_far() == 1
    for page in (open_page("leads", lead=top.lead_id), open_page("disagreements")):
        assert f"{manager.name}: not ready (5 of 100)" in words_of(page)
        assert f"{(top.probability or 0) * 100:.0f} of 100" in words_of(page).replace("**", "")
    assert "open_chosen" in {button.key for button in open_page("disagreements").button}


def test_a_phone_shows_cards_and_the_lead_of_the_address_first(
    demo: Path, open_page: OPEN, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages._kit.state.is_phone", lambda: True)
    last = views.sell.leads(person("manager")).rows[-1]
    at = open_page("leads", lead=last.lead_id)
    assert len(at.exception) == 0
    assert len(at.dataframe) == 0
    assert last.name in words_of(at)
