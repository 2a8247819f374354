"""What do you think? Asked in place of the number on Risk, Today and Account; answered once, then it is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from crm_core import views
from crm_core.access import Role, Viewer
from crm_core.ledger import Kind, open_ledger
from crm_core.settings import settings
from crm_core.views.first_view import waiting
from pages._kit import disagree, state
from pages._kit.questions import CHURN
from tests.pages.conftest import OPEN, tables_of, words_of

ASK = "What do you think?"


@pytest.fixture
def asked(copy_of_demo: Path) -> Viewer:
    """A rep of the demo company about whose customers and leads something is asked, at the product's own share."""
    reps = [viewer for viewer in views.personas() if viewer.role is Role.REP]
    return max(reps, key=lambda viewer: sum(bool(keys) for keys in waiting(viewer).values()))


def number_of(viewer: Viewer, key: str) -> str:
    score = views.shown_score(Viewer("demo:E-25", "Admin", Role.ADMIN), "churn", key)
    assert score.probability is not None
    return f"{score.probability * 100:.0f} of 100"


def first_views() -> int:
    with open_ledger(settings()) as book:
        return len(book.entries(kinds=(Kind.FIRST_VIEW,)))


def open_form(at: AppTest, key: str) -> AppTest:
    return at.button(key=f"first_view_{key}").click().run()


def test_the_account_asks_first_and_shows_the_number_after_a_view(asked: Viewer, open_page: OPEN) -> None:
    customer = sorted(waiting(asked)["churn"])[0]
    at = open_page("account", customer=customer, **{"as": asked.who})
    assert not at.exception
    assert "The model's number waits for your view" in words_of(at)
    assert "of 100 leave" not in words_of(at)
    assert not [button for button in at.button if button.key == "disagree_account"]
    open_form(at, "account")
    at.button(key="first_view_send").click().run()
    assert "Say what you believe, or skip it" in at.error[0].value
    at.button_group(key="first_view_belief").set_value("will_stay")
    at.number_input(key="first_view_chance").set_value(7)
    at.button(key="first_view_send").click().run()
    assert "Noted, for you alone." in at.success[0].value.replace("\\", "")
    assert "of 100 leave" in words_of(at)
    assert first_views() == 1


def test_risk_puts_it_on_top_and_skipping_shows_the_number(asked: Viewer, open_page: OPEN) -> None:
    customer = views.sell.risk(asked).rows[0]
    assert customer.tier == "yours"
    at = open_page("risk", **{"as": asked.who})
    assert "Your view first:" in words_of(at)
    assert "◇ your view first" in tables_of(at)
    open_form(at, "chosen")
    at.button(key="first_view_skip").click().run()
    assert not at.exception
    assert number_of(asked, customer.customer_id) in words_of(at)
    assert customer.customer_id not in waiting(asked).get("churn", ())


def test_asking_to_disagree_opens_the_form_for_ones_own_view(asked: Viewer, open_page: OPEN) -> None:
    customer = views.sell.risk(asked).rows[0]
    at = open_page("risk", **{"as": asked.who})
    at.session_state[disagree.FORM] = disagree.Form(CHURN, ((customer.customer_id, ""),), "form-1")
    at.run()
    assert not at.exception
    assert [b for b in at.button if b.key == "first_view_send"]
    assert not [b for b in at.button if b.key == "disagree_send"]


def test_of_several_those_that_wait_are_left_out(asked: Viewer, open_page: OPEN) -> None:
    rows = views.sell.risk(asked).rows
    other = next(row for row in rows if row.tier != "yours")
    at = open_page("risk", **{"as": asked.who})
    at.toggle(key="risk_several").set_value(True).run()
    at.session_state[state.MANY + "risk"] = (rows[0].key, other.key)
    at.run()
    assert not at.exception
    assert "1 left out: the number waits for your own view." in words_of(at)
    assert "Disagree with 1" in {b.label for b in at.button}


def test_today_asks_beside_the_calls_without_a_number(asked: Viewer, open_page: OPEN) -> None:
    at = open_page("today", **{"as": asked.who})
    assert "Your view first:" in words_of(at)
    before = len([button for button in at.button if button.label == ASK])
    first = views.sell.today(asked).views_first[0]
    open_form(at, f"first_{first.entity_id}")
    at.button(key="first_view_skip").click().run()
    assert not at.exception
    assert len([button for button in at.button if button.label == ASK]) == before - 1


def test_switched_off_nobody_is_asked(asked: Viewer, open_page: OPEN, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = sorted(waiting(asked)["churn"])[0]
    monkeypatch.setenv("CRM_FIRST_VIEW_SHARE", "0")
    at = open_page("account", customer=customer, **{"as": asked.who})
    assert "of 100 leave" in words_of(at)
    assert ASK not in words_of(at)
