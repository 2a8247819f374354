"""Too little evidence on the screen: grey, without a number, with what to ask; and the answer to it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from crm_core import views
from crm_core.ledger import Kind, open_ledger
from crm_core.settings import settings
from pages._kit import leads, tables
from tests.pages.conftest import OPEN, tables_of, words_of
from tests.pages.test_every_page import person

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


@pytest.mark.parametrize(
    ("level", "expected", "unsaid"),
    [
        ("full", "whether this is an alarm hangs on calls", "Too little is seen"),
        ("thin", "Too little is seen", "hangs on"),
    ],
)
def test_why_there_is_no_number_is_true_where_almost_everything_is_seen(
    open_page: OPEN, withheld: str, copy_of_demo: Path, level: str, expected: str, unsaid: str
) -> None:
    with duckdb.connect(str(sorted(copy_of_demo.glob("warehouse/builds/*/warehouse.duckdb"))[-1])) as con:
        con.execute("update marts.mart_score set evidence_level = $level", {"level": level})
    for page, params in (("risk", {"asking": "true"}), ("account", {"customer": withheld})):
        shown = words_of(open_as_admin(open_page, page, **params))
        assert expected in shown, page
        assert unsaid not in shown, page


def test_beside_every_call_of_today_stands_what_it_rests_on_and_nothing_logged_is_not_never(open_page: OPEN) -> None:
    at = open_as_admin(open_page, "today")
    said = words_of(at)
    n_calls = len([b for b in at.button if b.key and b.key.startswith("done_")])
    assert sum("Rests on " in block.value for block in at.markdown) == n_calls > 0
    assert "usual here" in said
    assert "contact never" not in said
    assert "logged" in said


def test_a_lead_that_got_in_touch_is_still_without_a_touch_of_ours() -> None:
    day = datetime(2026, 6, 29, tzinfo=UTC)
    ctx: Any = SimpleNamespace(frame=SimpleNamespace(as_of=date(2026, 6, 30)))
    assert leads.untouched(ctx, day) == "no touch of ours logged yet · they got in touch yesterday"
    assert leads.untouched(ctx, None) == "no touch of ours logged yet"


def test_files_carry_what_a_score_rests_on_as_a_sentence() -> None:
    ctx: Any = SimpleNamespace(frame=SimpleNamespace(as_of=date(2026, 6, 30)), currency="EUR", day=str)
    admin = person("admin")
    for at in (
        tables.risk_csv(ctx, views.sell.risk(admin)),
        tables.leads_csv(ctx, views.sell.leads(admin)),
    ):
        rows = list(csv.DictReader(io.StringIO(at.decode("utf-8-sig"))))
        assert all(row["Rests on"].startswith("rests on ") for row in rows)
        assert "never" not in {row["Last logged"] for row in rows}


def test_risk_says_why_its_list_is_shorter_than_the_scope(open_page: OPEN) -> None:
    assert "have a running contract" in words_of(open_as_admin(open_page, "risk"))


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
