"""What a person reads of the answer to his word: new ones until drawn, facts with both days, opinions until when."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from crm_core import clock, views
from crm_core.actions import Disagree, disagree, withdraw
from crm_core.views import sell
from tests.pages.conftest import OPEN, tables_of, words_of
from tests.pages.test_every_page import person
from tests.pages.test_triage import answer, as_who, markdown, say, say_all, stewards


@pytest.fixture(autouse=True)
def nobody_is_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first customers of a list are not among those of which a view is asked before the number is shown."""
    monkeypatch.setenv("CRM_FIRST_VIEW_SHARE", "0")


def test_new_answers_are_shown_before_they_count_as_seen(copy_of_demo: Path, open_page: OPEN) -> None:
    boss, n = person("manager"), 13
    for key in say_all(n):
        case = next(r.case for r in sell.your_words(boss).rows if r.case.opinion.entity_id == key)
        answer(case.opinion.entry_id)

    def new(at: AppTest) -> int:
        return markdown(at).count(":blue-badge[new]")

    at = as_who(open_page, "your_words", boss)
    assert "13 answers are new" in words_of(at)
    assert new(at) == 10
    assert sell.your_words(boss).n_new == sell.today(boss).n_answers == 3
    at.button(key="more_own").click().run()
    assert new(at) == 13
    assert sell.your_words(boss).n_new == 0
    assert new(as_who(open_page, "your_words", boss)) == 0


def test_the_dialog_warns_of_a_fact_against_the_belief_and_offers_the_persons_own_words(
    copy_of_demo: Path, open_page: OPEN
) -> None:
    said = say("no budget until autumn")
    at = as_who(open_page, "triage", stewards()[0])
    at.button(key=f"sort_{said}").click().run()
    at.button_group(key="triage_sort").set_value("new_fact").run()
    warning = "This fact makes leaving likelier, but the person says: will stay"
    at.selectbox(key="triage_fact").set_value("budget_cut").run()
    assert warning in markdown(at)
    at.selectbox(key="triage_fact").set_value("renewal_agreed").run()
    assert warning not in markdown(at)
    at.selectbox(key="triage_fact").set_value("other").run()
    assert "in the person's own words, told on" in markdown(at)
    at.text_area(key="triage_words_new_fact").set_value("asked them")
    at.button(key="triage_send").click().run()
    rep = person("rep")
    account = open_page("account", customer=views.sell.risk(rep).rows[0].customer_id, **{"as": rep.who})
    assert "counted by no model: which way it points is not known" in words_of(account)
    assert "no budget until autumn" in words_of(account)


def test_a_fact_told_days_before_it_was_sorted_says_both_days(
    copy_of_demo: Path, open_page: OPEN, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = say()
    later = clock.utc_now() + timedelta(days=2)
    monkeypatch.setattr("crm_core.clock.utc_now", lambda: later)
    answer(said, "new_fact", "renewal_agreed")
    rep = person("rep")
    account = open_page("account", customer=views.sell.risk(rep).rows[0].customer_id, **{"as": rep.who})
    assert re.search(r"told on .*, counts from ", words_of(account))


def test_an_opinion_is_said_to_stay_only_as_long_as_it_does(
    copy_of_demo: Path, open_page: OPEN, monkeypatch: pytest.MonkeyPatch
) -> None:
    rep = person("rep")
    said = [say(n=n) for n in range(3)]
    for one in said:
        answer(one)
    assert markdown(as_who(open_page, "your_words", rep)).count("It stays beside the score until its last day,") == 3
    withdraw(rep, said[0], "w")
    key = views.sell.risk(rep).rows[1].customer_id
    disagree(rep, Disagree("churn", key, "will_stay", 0.2, "timing", "anew", None, "anew"))
    shown = markdown(as_who(open_page, "your_words", rep))
    assert shown.count("It stays beside the score until its last day,") == 1
    assert "You took it back on " in shown
    assert "You said it anew on " in shown
    later = clock.utc_now() + timedelta(days=200)
    monkeypatch.setattr("crm_core.clock.utc_now", lambda: later)
    shown = markdown(as_who(open_page, "your_words", rep))
    assert "It stays beside the score" not in shown
    assert shown.count("It stood beside the score until its last day") == 1


def test_the_timeline_calls_a_survey_by_its_plain_name(demo: Path, open_page: OPEN) -> None:
    boss = person("executive")
    asked = next(
        row.customer_id
        for row in sell.risk(boss).rows
        if any(event.kind in ("nps", "csat") for event in sell.account(boss, row.customer_id).timeline)
    )
    shown = tables_of(open_page("account", customer=asked, **{"as": boss.who}))
    assert ",survey," in shown
    assert "nps" not in shown
