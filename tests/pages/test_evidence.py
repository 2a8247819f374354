"""Too little evidence on the screen: grey, without a number, with what to ask; and the answer to it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from crm_core.ledger import Kind, open_ledger
from crm_core.settings import settings
from tests.pages.conftest import OPEN, tables_of, words_of

ASKED = "How often did you call each other in the last 90 days"


@pytest.fixture(autouse=True)
def withheld(copy_of_demo: Path) -> str:
    """The demo with its riskiest customer withheld, because calls are not logged."""
    database = sorted(copy_of_demo.glob("warehouse/builds/*/warehouse.duckdb"))[-1]
    riskiest = "select entity_id from marts.mart_score where question = 'churn' order by probability desc limit 1"
    with duckdb.connect(str(database)) as con:
        key: str = con.execute(riskiest).fetchall()[0][0]
        about = {"key": key}
        con.execute("update marts.mart_score set tier = 'low', is_withheld = false where tier = 'unknown'")
        con.execute("update marts.mart_score set is_worth_asking = false")
        con.execute(
            "update marts.mart_score set tier = 'unknown', is_withheld = true, is_worth_asking = true, "
            "ask_feed = 'calls' "
            "where entity_id = $key",
            about,
        )
        con.execute("delete from marts.mart_coverage where entity_id = $key and feed = 'calls'", about)
        con.execute(
            "insert into marts.mart_coverage by name select 'customer' as entity, $key as entity_id, 'calls' as feed, "
            "'Telephone system' as title, false as is_seen, 'owner' as reason",
            about,
        )
    return key


def open_as_admin(open_page: OPEN, page: str, **params: str) -> AppTest:
    return open_page(page, **{"as": "demo:E-25", **params})


def test_risk_lists_it_under_worth_a_question_with_the_question_and_no_number(open_page: OPEN) -> None:
    at = open_as_admin(open_page, "risk", asking="true")
    said = words_of(at)
    assert "not enough evidence" in said
    assert ASKED in said
    assert "calls are not logged here" in said
    assert "customers like this leave" not in said
    assert "Not enough evidence" in {metric.label for metric in at.metric}
    assert ASKED in tables_of(at)


def test_account_says_so_in_grey_and_takes_an_answer(open_page: OPEN, withheld: str) -> None:
    at = open_as_admin(open_page, "account", customer=withheld)
    said = words_of(at)
    assert ":gray-badge[not enough evidence]" in said
    assert ":red-badge" not in said
    at.button(key="answer_of_account").click().run()
    at.number_input(key="answer_count").set_value(0)
    at.button(key="answer_send").click().run()
    assert "It counts from the next build on" in at.success[0].value
    assert "You answered on" in words_of(at)
    with open_ledger(settings()) as book:
        (entry,) = book.entries(kinds=(Kind.ANSWER,))
    assert (entry.entity_key, entry.belief) == (withheld, "calls")


def test_an_answer_that_cannot_be_is_refused_in_words(open_page: OPEN, withheld: str) -> None:
    at = open_as_admin(open_page, "account", customer=withheld)
    at.button(key="answer_of_account").click().run()
    at.number_input(key="answer_count").set_value(4)
    at.button(key="answer_send").click().run()
    assert "when the last time was" in at.error[0].value


def test_data_health_asks_who_is_not_seen_without_blame(open_page: OPEN, copy_of_demo: Path) -> None:
    said = words_of(open_as_admin(open_page, "data_health"))
    assert "Who is not seen" in said
    assert not [word for word in ("fault", "fails", "negligent", "worst") if word in said.lower()]
    assert "Who is not seen" not in words_of(open_page("data_health", **{"as": "demo:E-21"}))
