"""What a person meets when he disagrees: his view before, several at once, people who disagree, what is refused."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from datetime import timedelta

import duckdb
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from crm_core import actions, clock, views
from crm_core.access import Viewer
from crm_core.actions import Disagree
from crm_core.errors import AccessDeniedError
from crm_core.ledger import StoredEntry, open_ledger
from crm_core.settings import settings
from pages._kit import ledger, shell, state, words
from pages._kit.shell import Context
from tests.pages.conftest import OPEN, TEST_BEGINS, tables_of, words_of
from tests.pages.test_disagreeing import fill, send
from tests.pages.test_every_page import person

EVIL = (
    '=HYPERLINK("http://evil.example","open") <script>alert(1)</script> <img src=x onerror=alert(2)> '
    "[x](javascript:alert(3)) \u202egnp.exe 🚀 **b** $x$ :red[y]"
)
pytestmark = pytest.mark.usefixtures("copy_of_demo")


def entries() -> tuple[StoredEntry, ...]:
    with open_ledger(settings()) as book:
        return book.entries(since=TEST_BEGINS)


def form_of(at: AppTest) -> str:
    """All words on the screen and in an open form."""
    return "\n".join(shown.value for shown in at.markdown).replace("\\", "")


def say(viewer: Viewer, key: str, belief: str = "will_stay", *, words: str = "", days: int = 60) -> None:
    until = clock.today() + timedelta(days=days)
    actions.disagree(viewer, Disagree("churn", key, belief, 0.4, "timing", words, until, uuid.uuid4().hex))


def top_of(viewer: Viewer, n: int = 0) -> str:
    return views.sell.risk(viewer).rows[n].key


def opened(open_page: OPEN, key: str, viewer: Viewer | None = None) -> AppTest:
    """The form on the account of this customer."""
    at = open_page("account", customer=key, **({"as": viewer.who} if viewer else {}))
    return at.button(key="disagree_account").click().run()


def change(sql: str) -> None:
    """Something has come into the data since, and nobody has reloaded his page."""
    with duckdb.connect(str(next(settings().data_dir.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        con.execute(sql)
    st.cache_data.clear()


@pytest.fixture
def writable(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lets a test change the build that is being read: the readers' connections are closed first."""
    from crm_core.views import reading

    def call(sql: str) -> None:
        for con in reading._open.values():
            con.close()
        reading._open.clear()
        change(sql)

    return call


def test_a_view_in_force_is_shown_before_it_is_replaced_and_both_stay_in_the_history(open_page: OPEN) -> None:
    manager = person("manager")
    key = top_of(manager)
    say(manager, key, words="as I said")
    at = opened(open_page, key)
    assert "This is your view today. What you record now replaces it" in form_of(at)
    send(fill(at, belief="will_leave", reason="contract_known"))
    assert [entry.belief for entry in entries()] == ["will_stay", "will_leave"]
    page = views.sell.account(manager, key)
    assert [(o.belief, o.state) for o in page.opinions] == [("will leave", "in force"), ("will stay", "replaced")]
    assert not page.opinions[0].is_contested, "nobody disagrees with himself"


def test_a_view_is_taken_back_where_it_would_be_replaced(open_page: OPEN) -> None:
    manager = person("manager")
    key = top_of(manager)
    say(manager, key)
    at = opened(open_page, key).button(key="withdraw_form").click().run()
    assert "Withdrawn" in at.success[0].value
    assert [entry.kind for entry in entries()] == ["disagreement", "withdrawal"]
    assert not [button for button in at.button if button.key == "disagree_send"], "the form is closed"


def test_where_two_people_disagree_every_place_that_shows_their_views_says_so(open_page: OPEN) -> None:
    manager, steward = person("manager"), person("steward")
    key = top_of(manager)
    say(manager, key)
    assert "people disagree" not in words_of(open_page("account", customer=key))
    say(steward, key, "will_leave")
    places = [
        open_page("risk"), open_page("account", customer=key), open_page("account", customer=key, brief="1"),
        open_page("disagreements"), open_page("meeting", **{"as": person("executive").who}),
    ]  # fmt: skip
    for at in places:
        assert len(at.exception) == 0
        shown = words_of(at) + tables_of(at) + "".join(table.value.to_csv() for table in at.table)
        assert "people disagree" in shown
        for who in (manager, steward):
            assert who.name in shown or words.initials(who.name) in shown
    cell = open_page("risk").dataframe[0].value["People say"][0]
    assert cell.startswith("people disagree: ")
    assert cell.count("timing") == 2, "a person's reason stands beside each view"


def test_a_view_that_ends_this_week_is_said_again_right_there_with_what_was_said(open_page: OPEN) -> None:
    manager = person("manager")
    key = top_of(manager)
    say(manager, key, words="they have signed", days=3)
    at = open_page("today")
    assert "Your words that end this week: 1" in words_of(at)
    at.button(key=f"again_{entries()[0].id}").click().run()
    assert at.button_group(key="disagree_belief").value == "will_stay"
    assert at.button_group(key="disagree_reason").value == "timing"
    assert at.text_area(key="disagree_words").value == "they have signed"
    assert at.number_input(key="disagree_chance").value == 40
    send(at)
    first, second = entries()
    assert (second.said(), second.expires_on) == (first.said(), clock.today() + timedelta(days=60))
    assert "Your words that end this week" not in words_of(open_page("today"))


def test_a_call_of_today_is_disagreed_with_without_leaving_the_page(open_page: OPEN) -> None:
    rep = person("rep")
    call = views.sell.today(rep).calls[0]
    at = open_page("today", **{"as": rep.who})
    at.button(key=f"disagree_call_{call.entity_id}").click().run()
    send(fill(at, belief="will_stay" if call.question == "churn" else "not_ready"))
    assert [(e.question, e.entity_key) for e in entries()] == [(call.question, call.entity_id)]
    assert "for today" in at.title[0].value


def test_several_are_disagreed_with_at_once_and_the_choice_is_forgotten(open_page: OPEN) -> None:
    manager = person("manager")
    keys = [row.key for row in views.sell.risk(manager).rows[:12]]
    at = open_page("risk").toggle(key="risk_several").set_value(True).run()
    assert at.button(key="risk_disagree_many").disabled
    at.session_state[state.MANY + "risk"] = (*keys, "no longer listed")
    assert at.run().button(key="risk_disagree_many").label == "Disagree with 12"
    at.button(key="risk_disagree_many").click().run()
    assert "**12 customers**" in form_of(at)
    assert not [n for n in at.number_input if n.key == "disagree_chance"], "a number is about one of them"
    send(fill(at, reason="customer_told_us", words="all of them told me at the fair"))
    assert "Noted for 12 customers" in at.success[0].value.replace("\\", "")
    assert [e.entity_key for e in entries()] == keys
    assert at.button(key="risk_disagree_many").disabled


def test_more_than_fifty_are_not_taken_and_it_says_why(open_page: OPEN) -> None:
    admin = person("executive")
    keys = [row.key for row in views.sell.risk(admin).rows[:51]]
    at = open_page("risk", **{"as": admin.who}).toggle(key="risk_several").set_value(True).run()
    at.session_state[state.MANY + "risk"] = tuple(keys)
    at.run()
    assert at.button(key="risk_disagree_many").disabled
    assert "51 are chosen; 50 at once at most. Take 1 out." in words_of(at)


def test_who_only_reads_is_offered_neither_the_switch_nor_a_button_in_the_list(open_page: OPEN) -> None:
    at = open_page("risk", **{"as": person("analyst").who})
    assert not [t for t in at.toggle if t.key == "risk_several"]
    assert "Disagree" not in at.dataframe[0].value.columns
    assert "Disagree" in open_page("risk").dataframe[0].value.columns


def test_a_hundred_thousand_characters_are_refused_with_their_count_and_stay_in_the_form(open_page: OPEN) -> None:
    at = opened(open_page, top_of(person("manager")))
    send(fill(at, words="x" * 100_000))
    assert "100,000 characters are too many" in at.error[0].value.replace("\\", "")
    assert at.text_area(key="disagree_words").value == "x" * 100_000
    assert entries() == ()


def test_an_open_form_of_somebody_who_may_only_read_now_is_refused(
    open_page: OPEN, writable: Callable[[str], None]
) -> None:
    manager = person("manager")
    at = opened(open_page, top_of(manager), manager)
    fill(at)
    writable(f"update marts.mart_employee set role = 'analyst' where employee_id = '{manager.who}'")
    send(at)
    assert "Your role only reads" in at.error[0].value.replace("\\", "")
    assert entries() == ()


def test_who_sends_is_who_he_is_now(writable: Callable[[str], None]) -> None:
    manager = person("manager")
    assert shell.same_person(manager) == manager
    writable(f"delete from marts.mart_employee where employee_id = '{manager.who}'")
    with pytest.raises(AccessDeniedError, match="not known any more"):
        shell.same_person(manager)


def test_a_customer_who_is_gone_meanwhile_is_refused_and_what_was_written_can_be_copied(
    open_page: OPEN, writable: Callable[[str], None]
) -> None:
    manager = person("manager")
    key = top_of(manager)
    at = open_page("risk")
    at.button(key="disagree_chosen").click().run()
    fill(at, words="a long story")
    writable(f"delete from marts.mart_customer where customer_id = '{key}'")
    send(at)
    assert "Not in your scope" in at.error[0].value.replace("\\", "")
    assert entries() == ()


def test_a_withheld_score_can_be_disagreed_with(open_page: OPEN) -> None:
    admin = person("executive")
    asked = views.sell.risk(admin, views.sell.RiskFilter(tiers=("unknown",)))
    assert asked.rows, "the demo has customers of whom too little is seen"
    at = opened(open_page, asked.rows[0].key, admin)
    assert "The model has no number for this customer" in form_of(at)
    send(fill(at))
    assert "The model has no number here" in at.success[0].value.replace("\\", "")
    assert entries()[0].shown.probability is None


def test_words_execute_neither_on_the_screen_nor_in_a_spreadsheet(open_page: OPEN) -> None:
    manager = person("manager")
    key = top_of(manager)
    say(manager, key, words=EVIL)
    kept = EVIL.replace("\u202e", "")
    for at in (open_page("disagreements"), open_page("account", customer=key), opened(open_page, key)):
        assert not [m for m in at.markdown if "<script>" in m.value or "](javascript" in m.value]
    page = views.trust.disagreements(manager)
    ctx = Context(manager, views.frame(manager), "EUR")
    told = ledger.as_file(ctx, page.rows).decode("utf-8-sig")
    assert [row["Words"] for row in csv.DictReader(io.StringIO(told, newline=""))] == [f"'{kept}"]
