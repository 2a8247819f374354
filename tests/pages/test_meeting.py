"""The Meeting page as a committee opens it: large figures, honest gaps, filters in the address, print and phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from crm_core.actions import Disagree, disagree
from tests.pages.conftest import OPEN, words_of
from tests.pages.test_every_page import person
from tests.views.twenty import PEOPLE

ROLES = ("rep", "manager", "executive", "analyst")


def opened(open_page: OPEN, **params: str) -> AppTest:
    at = open_page("meeting", **params)
    assert len(at.exception) == 0
    return at


def figures(at: AppTest) -> dict[str, str]:
    return {metric.label.replace("\\", ""): metric.value for metric in at.metric}


def lists(at: AppTest) -> str:
    return "\n".join(table.value.to_csv(index=False) for table in at.table).replace("\\", "")


def test_the_ten_figures_are_those_of_the_hand_worked_company(twenty: Path, open_page: OPEN) -> None:
    at = opened(open_page, **{"as": "crm:E7"})
    assert figures(at) == {
        "Customers kept": "80.0 %",
        "Net revenue kept (NRR)": "68.6 %",
        "Gross revenue kept (GRR)": "64.6 %",
        "Lead conversion": "50.0 %",
        "Customer lifetime value": "€ 12k",
        "Net promoter score": "25.0",
        "Hours to the first answer": "3.8 hours",
        "Pipeline coverage": "1.7 ×",
        "Win rate": "50.0 %",
        "Override rate": "21.4 %",
    }
    said = words_of(at)
    assert "Month ago 80.0 %, the same" in said
    assert "Year ago 87.5 %, ▼\u00a07.5 worse" in said
    assert "Lost in a month: 7.1 %" in said
    assert "Month ago 24.0, ▼\u00a020.2 better" in said, "fewer hours are better"
    assert "Month ago 28.6 %, ▼\u00a07.1 less" in said, "to be overruled less is neither better nor worse"
    assert "Year ago: not known yet" in said
    assert "Against a month ago: **" in said
    helps = "\n".join(metric.help for metric in at.metric)
    assert helps.count("How it is worked out:") == 10


def test_without_an_earlier_score_the_page_says_so_and_money_at_risk_is_drawn(twenty: Path, open_page: OPEN) -> None:
    said = words_of(opened(open_page, **{"as": "crm:E7"}))
    assert "There is only one day with scores so far" in said
    assert "As of 30 Jun 2026 · 14 customers" in said


def test_the_filters_stand_in_the_address_and_narrow_all_of_it(twenty: Path, open_page: OPEN) -> None:
    at = opened(open_page, team="North", **{"as": "crm:E7"})
    assert at.multiselect(key="team").value == ["North"]
    assert figures(at)["Customers kept"] == "66.7 %"
    assert "6 customers" in words_of(at)
    at.multiselect(key="team").set_value([]).run()
    assert figures(at)["Customers kept"] == "80.0 %"


@pytest.mark.parametrize("team", ["Nobody", "'; drop table x", "<b>"])
def test_an_unknown_team_in_the_address_shows_all(twenty: Path, open_page: OPEN, team: str) -> None:
    at = opened(open_page, team=team, **{"as": "crm:E7"})
    assert figures(at)["Customers kept"] == "80.0 %"


def test_a_team_of_one_persons_scope_does_not_break_another_persons_page(twenty: Path, open_page: OPEN) -> None:
    at = opened(open_page, team="South", **{"as": "crm:E7"})
    at.selectbox(key="persona").set_value("crm:E5").run()
    assert len(at.exception) == 0
    assert figures(at)["Customers kept"] == "66.7 %"


def test_people_and_model_stand_side_by_side_with_names_only_for_those_who_may(twenty: Path, open_page: OPEN) -> None:
    request = Disagree("churn", "crm:C03", "will_leave", 0.9, "knows_personally", "<b>he</b> told me", None, "one")
    disagree(PEOPLE["nora"], request)
    at = opened(open_page, **{"as": "crm:E7"})
    assert "differently; €" in words_of(at)
    assert "[Smith & <b>Sons</b> | $5](account?customer=crm%3AC03&as=crm%3AE7)" in lists(at)
    assert "Nora Berg: will leave (90 of 100) · I know the customer personally" in lists(at)
    assert "told me" not in lists(at) + words_of(at)
    hidden = opened(open_page, **{"as": "crm:E8"})
    assert "Nora Berg" not in lists(hidden) + words_of(hidden)
    assert "Person " in lists(hidden)


@pytest.mark.parametrize("role", ROLES)
def test_it_opens_for_every_role_on_the_demo(demo: Path, open_page: OPEN, role: str) -> None:
    at = opened(open_page, **{"as": person(role).who})
    assert len(at.metric) == 10
    assert "Since 31 May the chance of leaving has risen by 5 points or more" in words_of(at)
