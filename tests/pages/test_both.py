"""The third number on the screen, and the table of whose word counts how much."""

from __future__ import annotations

from pathlib import Path

from crm_core.actions import Disagree, disagree
from tests.pages.conftest import OPEN, tables_of, words_of
from tests.views.company import PEOPLE

NORTH = {"as": "crm:E1"}
SENTENCE = "In such cases (The customer told us) people were right"


def say() -> None:
    request = Disagree("churn", "crm:1", "will_stay", 0.1, "customer_told_us", "", None, "form-1")
    disagree(PEOPLE["north"], request)


def test_both_together_stands_beside_model_and_people(trusting: Path, open_page: OPEN) -> None:
    say()
    for page, more in (("risk", {}), ("account", {"customer": "crm:1"})):
        at = open_page(page, **NORTH, **more)
        told = words_of(at)
        assert not at.exception
        assert "Both together:" in told
        assert f"{SENTENCE} " in told
        assert "60 of 100" in told, "the model's own number stays"


def test_nothing_is_said_of_both_before_it_is_proven(trusting: Path, open_page: OPEN) -> None:
    told = words_of(open_page("account", customer="crm:1", **NORTH))
    assert "Both together" not in told


def test_model_tells_whose_word_counts_how_much(trusting: Path, open_page: OPEN) -> None:
    at = open_page("model", question="churn", **{"as": "crm:E5"})
    told = words_of(at)
    assert not at.exception
    assert "Whose word counts how much, by reason" in told
    assert "Proven:" in told
    assert "Version 1." in told
    assert "The customer told us" in tables_of(at)
    assert "person-" not in told + tables_of(at)


def test_model_says_what_is_missing_where_nobody_has_spoken(trusting: Path, open_page: OPEN) -> None:
    told = words_of(open_page("model", question="lead", **{"as": "crm:E5"}))
    assert "No word of anybody about these scores was judged yet" in told
