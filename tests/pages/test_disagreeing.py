"""The form, the receipt, and both views side by side at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from crm_core import views
from crm_core.ledger import open_ledger
from crm_core.settings import settings
from crm_core.views.sell.account import AccountPage
from tests.pages.conftest import OPEN, TEST_BEGINS, words_of
from tests.pages.test_every_page import person

TRICKY = "**x** [a](http://b) <script>alert(1)</script> :red[x] $a$ :material/home: `c` ~~d~~"


def said_so_far() -> int:
    with open_ledger(settings()) as book:
        return len(book.entries(since=TEST_BEGINS))


def fill(at: AppTest, *, belief: str = "will_stay", reason: str = "knows_personally", words: str = "") -> AppTest:
    at.button_group(key="disagree_belief").set_value(belief)
    at.button_group(key="disagree_reason").set_value(reason)
    at.text_area(key="disagree_words").set_value(words)
    return at


def send(at: AppTest) -> AppTest:
    return at.button(key="disagree_send").click().run()


@pytest.fixture
def top(copy_of_demo: Path) -> AccountPage:
    """The first customer on the first manager's list."""
    manager = person("manager")
    return views.sell.account(manager, views.sell.risk(manager).rows[0].customer_id)


def test_a_disagreement_is_stored_once_and_shown_everywhere_at_once(top: AccountPage, open_page: OPEN) -> None:
    name = person("manager").name
    at = open_page("risk")
    at.button(key="disagree_chosen").click().run()
    fill(at).number_input(key="disagree_chance").set_value(10)
    send(at)
    assert "Noted. The model is not changed by this" in at.success[0].value.replace("\\", "")
    assert said_so_far() == 1
    for page in (at, open_page("account", customer=top.customer_id), open_page("disagreements")):
        assert len(page.exception) == 0
        assert f"{name}: will stay (10 of 100)" in words_of(page)
        assert f"{(top.probability or 0) * 100:.0f} of 100" in words_of(page).replace("**", "")
    assert f"{name}: will stay (10 of 100)" in open_page("risk").dataframe[0].value["People say"][0]


@pytest.mark.parametrize(
    ("until", "complaint"), [(date(2020, 1, 1), "is in the past"), (date(2999, 1, 1), "a year ahead")]
)
def test_a_day_that_cannot_be_is_refused_in_words_and_never_replaced(
    top: AccountPage, open_page: OPEN, until: date, complaint: str
) -> None:
    at = open_page("account", customer=top.customer_id)
    at.button(key="disagree_account").click().run()
    field = at.date_input(key="disagree_until")
    assert field.min < until < field.max, "within its bounds the browser sends what was typed, else the day before it"
    fill(at)
    field.set_value(until)
    send(at)
    assert complaint in at.error[0].value
    assert said_so_far() == 0


@pytest.mark.parametrize(("days", "is_late"), [(30, False), (31, True)])
def test_the_form_says_whether_the_word_will_be_compared_with_what_comes(
    top: AccountPage, open_page: OPEN, monkeypatch: pytest.MonkeyPatch, days: int, is_late: bool
) -> None:
    then = datetime(2026, 6, 30, 12) + timedelta(days=days)  # noqa: DTZ001 - times are UTC without a zone
    monkeypatch.setattr("crm_core.clock.utc_now", lambda: then)
    at = open_page("account", customer=top.customer_id)
    at.button(key="disagree_account").click().run()
    late, judged = (
        "what is said today is not compared with the outcome",
        "stay on record for the day the outcome is known",
    )
    told = "\n".join(line.value for line in at.markdown)
    assert (late in told, judged in told) == (is_late, not is_late)
    assert "A steward answers you within 3 days" in told


def test_a_form_without_belief_or_reason_stores_nothing_and_keeps_the_words(top: AccountPage, open_page: OPEN) -> None:
    at = open_page("account", customer=top.customer_id)
    at.button(key="disagree_account").click().run()
    at.text_area(key="disagree_words").set_value("they told me")
    send(at)
    assert "Say what you believe and why" in at.error[0].value
    assert at.text_area(key="disagree_words").value == "they told me"
    assert said_so_far() == 0


def test_what_cannot_be_accepted_is_said_and_the_words_are_kept(top: AccountPage, open_page: OPEN) -> None:
    at = open_page("account", customer=top.customer_id)
    at.button(key="disagree_account").click().run()
    send(fill(at, reason="other"))
    assert "say in a few words which" in at.error[0].value.replace("\\", "")
    assert at.button_group(key="disagree_reason").value == "other"
    assert said_so_far() == 0
    send(fill(at, reason="other", words="a reason of its own"))
    assert said_so_far() == 1


def test_a_word_is_withdrawn_by_who_said_it_only(top: AccountPage, open_page: OPEN) -> None:
    at = open_page("risk")
    at.button(key="disagree_chosen").click().run()
    send(fill(at))
    other = person("executive").who
    assert "withdraw_chosen" not in {b.key for b in open_page("disagreements", **{"as": other}).button}
    at = open_page("disagreements").button(key="withdraw_chosen").click().run()
    assert "Withdrawn" in at.success[0].value
    assert said_so_far() == 2
    assert "Nobody sees it differently from the model so far" in words_of(
        open_page("account", customer=top.customer_id)
    )
    assert "withdrawn" in words_of(open_page("disagreements", which="All"))


def test_somebodys_words_are_never_markup(top: AccountPage, open_page: OPEN) -> None:
    at = open_page("risk")
    at.button(key="disagree_chosen").click().run()
    send(fill(at, words=TRICKY))
    for page in (open_page("disagreements"), open_page("account", customer=top.customer_id)):
        assert [text.value for text in page.text if text.value == TRICKY], "as plain text"
        assert not [m for m in page.markdown if "<script>" in m.value or "http://b" in m.value]


def test_the_executive_sees_that_somebody_disagrees_but_not_the_words(top: AccountPage, open_page: OPEN) -> None:
    at = open_page("risk")
    at.button(key="disagree_chosen").click().run()
    send(fill(at, words="a secret of ours"))
    at = open_page("disagreements", **{"as": person("executive").who})
    assert "will stay" in words_of(at)
    assert "a secret of ours" not in words_of(at)
