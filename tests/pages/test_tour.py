"""The tour: six steps, once per person, on the demo company only."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from crm_core import actions, views
from crm_core.ledger import open_ledger
from crm_core.settings import settings
from pages._kit.tour import STEPS
from tests.pages.conftest import OPEN, TEST_BEGINS, words_of
from tests.pages.test_every_page import person

OFFER = "Six steps from *whom do I call* to *I disagree*"


def kinds() -> list[str]:
    with open_ledger(settings()) as book:
        return [entry.kind for entry in book.entries(since=TEST_BEGINS)]


def keys(at: AppTest) -> set[str | None]:
    return {button.key for button in at.button}


def test_not_now_is_never_asked_again_but_the_sidebar_keeps_the_tour(copy_of_demo: Path, open_page: OPEN) -> None:
    at = open_page("risk")
    assert OFFER in words_of(at)
    at.button(key="tour_not_now").click().run()
    assert OFFER not in words_of(at)
    assert kinds() == ["tour"]
    again = open_page("disagreements")
    assert OFFER not in words_of(again)
    assert "tour_start" in keys(again)
    assert OFFER in words_of(open_page("risk", **{"as": person("executive").who})), "another person is asked"


@pytest.mark.parametrize("n", range(1, len(STEPS) + 1))
def test_a_step_survives_a_reload(copy_of_demo: Path, open_page: OPEN, n: int) -> None:
    at = open_page("risk", tour=str(n))
    assert len(at.exception) == 0
    assert f"Step {n} of 6" in words_of(at)
    assert OFFER not in words_of(at)
    assert ("tour_next" in keys(at)) == (n < len(STEPS))


def test_the_end_of_the_tour_is_recorded_once(copy_of_demo: Path, open_page: OPEN) -> None:
    for _ in range(2):
        at = open_page("disagreements", tour="6")
        at.button(key="tour_finish").click().run()
        assert "Step 6" not in words_of(at)
    assert kinds() == ["tour"]
    at = open_page("risk", tour="2")
    at.button(key="tour_skip").click().run()
    assert "Step 2" not in words_of(at)
    assert kinds() == ["tour"]


@pytest.mark.parametrize("n", ["0", "7", "-1", "x", "²", ""])
def test_a_step_that_does_not_exist_is_ignored(demo: Path, open_page: OPEN, n: str) -> None:
    at = open_page("risk", tour=n)
    assert len(at.exception) == 0
    assert "of 6" not in words_of(at)


def test_other_peoples_data_have_no_tour(copy_of_demo: Path, open_page: OPEN) -> None:
    with duckdb.connect(str(next(copy_of_demo.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        con.execute("update marts.mart_employee set employee_id = replace(employee_id, 'demo:', 'crm:')")
    at = open_page("risk")
    assert len(at.exception) == 0
    assert keys(at).isdisjoint({"tour_start", "tour_take"})


def test_a_tour_is_no_opinion(copy_of_demo: Path) -> None:
    manager = person("manager")
    before, opinions = views.ledger_key(), views.trust.disagreements(person("admin"))
    first = actions.tour_seen(manager)
    assert actions.tour_seen(manager).entry_id == first.entry_id
    assert views.ledger_key() == before, "nobody's page is made anew by it"
    assert views.tour_seen(manager)
    assert not views.tour_seen(person("rep"))
    assert views.trust.disagreements(person("admin")) == opinions
