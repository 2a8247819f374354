"""Triage, Your words and the tasks on Data health, as each role meets them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from crm_core import clock, views
from crm_core.access import Viewer
from crm_core.actions import Disagree, disagree, disagree_all, triaging, withdraw
from crm_core.views import sell, trust
from tests.pages.conftest import OPEN, tables_of, words_of
from tests.pages.test_disagreeing import TRICKY
from tests.pages.test_every_page import person

SECRET = "a secret of the rep"


@pytest.fixture(autouse=True)
def nobody_is_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first customers of a list are not among those of which a view is asked before the number is shown."""
    monkeypatch.setenv("CRM_FIRST_VIEW_SHARE", "0")


def stewards() -> list[Viewer]:
    return [viewer for viewer in views.personas() if viewer.role == "steward"]


def say(words: str = SECRET, n: int = 0) -> str:
    """The first rep says something about his n-th customer; returns the id."""
    rep = person("rep")
    row = views.sell.risk(rep).rows[n]
    asked = Disagree("churn", row.customer_id, "will_stay", 0.1, "data_wrong", words, None, f"form {n}")
    return disagree(rep, asked).entry_id


def answer(entry_id: str, sort: str = "opinion", detail: str | None = None, words: str = "as far as we know") -> None:
    triaging.triage(stewards()[0], triaging.Triage(entry_id, sort, detail, words, f"answer {entry_id}"))


def markdown(at: AppTest) -> str:
    """What is written anywhere, also in a dialog, each once, without the escapes of Markdown."""
    return "\n".join(block.value for block in at.markdown).replace("\\", "")


def as_who(open_page: OPEN, name: str, viewer: Viewer) -> AppTest:
    at = open_page(name, **{"as": viewer.who})
    assert len(at.exception) == 0
    return at


def test_the_steward_sorts_and_the_person_reads_it(copy_of_demo: Path, open_page: OPEN) -> None:
    said = say(TRICKY)
    rep, steward = person("rep"), stewards()[0]
    assert "A steward has not answered yet" in words_of(as_who(open_page, "your_words", rep))
    at = as_who(open_page, "triage", steward)
    assert "1 disagreement waits for an answer." in words_of(at)
    assert "due in 3 days" in words_of(at)
    at.button(key=f"sort_{said}").click().run()
    at.button_group(key="triage_sort").set_value("new_fact").run()
    at.button(key="triage_send").click().run()
    assert "choose the fact; say in a few words why" in at.error[0].value.replace("\\", "")
    at.selectbox(key="triage_fact").set_value("champion_left")
    at.text_area(key="triage_words_new_fact").set_value(TRICKY)
    at.button(key="triage_send").click().run()
    assert len(at.exception) == 0
    assert "Sorted: A new fact." in at.success[0].value.replace("\\", "")
    assert "Nobody waits for an answer" in words_of(at)
    at = as_who(open_page, "your_words", rep)
    assert "Your note led to **a fact on the account**" in words_of(at)
    assert "Our champion has left" in words_of(at)
    assert not [m for m in at.markdown if "<script>" in m.value or "](http" in m.value]
    customer = views.sell.risk(rep).rows[0].customer_id
    account = words_of(open_page("account", customer=customer, **{"as": rep.who}))
    assert "**Our champion has left**] · told and known since" in account


@pytest.mark.parametrize("role", ["rep", "manager", "executive", "analyst"])
def test_others_are_told_whose_work_it_is_and_see_nothing_of_it(copy_of_demo: Path, open_page: OPEN, role: str) -> None:
    answer(say(n=1), "missing_feature", "share of seats that log in", "what Stan thinks")
    say()
    at = as_who(open_page, "triage", person(role))
    shown = words_of(at) + tables_of(at)
    assert "Data stewards sort what people tell us and answer everybody within 3 days" in shown
    assert not [b.key for b in at.button if b.key and b.key.startswith(("sort_", "again_"))]
    for hidden in (SECRET, "what Stan thinks", "will stay"):
        assert hidden not in shown
    assert ("share of seats that log in" in shown) is (role == "analyst")
    assert (stewards()[0].name in shown) is (role != "analyst")


def test_two_stewards_who_differ_are_both_read_in_the_queue(copy_of_demo: Path, open_page: OPEN) -> None:
    said = say()
    answer(said, words="only an opinion")
    second = stewards()[1]
    triaging.triage(second, triaging.Triage(said, "new_fact", "competitor", "she saw the offer", "second"))
    shown = words_of(as_who(open_page, "triage", second))
    assert "pending: stewards see it differently" in shown
    assert "1 disagreement waits for an answer; stewards differ about 1." in shown
    assert "only an opinion" in shown
    assert "she saw the offer" in shown
    shown = words_of(as_who(open_page, "your_words", person("rep")))
    assert "Stewards see it differently and will agree on one answer" in shown
    assert "only an opinion" not in shown


def test_overdue_answers_are_counted_in_red_with_a_word(
    copy_of_demo: Path, open_page: OPEN, monkeypatch: pytest.MonkeyPatch
) -> None:
    say()
    later = clock.utc_now() + timedelta(days=5)
    monkeypatch.setattr("crm_core.clock.utc_now", lambda: later)
    shown = words_of(as_who(open_page, "triage", stewards()[0]))
    assert ":red[1 for longer than 3 days]" in shown
    assert ":red-badge[▲ 2 days overdue]" in shown
    assert "1 disagreement has had no answer for longer than 3 days" in words_of(
        as_who(open_page, "data_health", stewards()[0])
    )
    assert "2 days overdue" in words_of(as_who(open_page, "your_words", person("rep")))


def test_the_owner_mends_and_others_see_the_task_without_the_button(copy_of_demo: Path, open_page: OPEN) -> None:
    said = say()
    answer(said, "data_error", "calls", "lost in March")
    owner = trust.tasks.fix_tasks(stewards()[0]).rows[0].owner_name
    rep = as_who(open_page, "data_health", person("rep"))
    assert SECRET in words_of(rep)
    assert f"ask {owner}" in words_of(rep)
    assert f"mend_{said}" not in {b.key for b in rep.button}
    for role in ("executive", "analyst"):
        other = as_who(open_page, "data_health", person(role))
        assert "1 task is open" in words_of(other)
        assert SECRET not in words_of(other)
        assert "lost in March" not in words_of(other)
    at = as_who(open_page, "data_health", stewards()[0])
    at.button(key=f"mend_{said}").click().run()
    at.button(key="mend_send").click().run()
    assert "say in a sentence what was done" in at.error[0].value.replace("\\", "")
    at.text_area(key="mend_words").set_value("connected again")
    at.button(key="mend_send").click().run()
    assert "Marked as mended" in at.success[0].value
    assert "All are mended." in words_of(at)
    assert "connected again" in words_of(as_who(open_page, "your_words", person("rep")))


def test_everybody_who_sees_a_disagreement_reads_what_became_of_it(copy_of_demo: Path, open_page: OPEN) -> None:
    said = say()
    manager = next(v for v in views.personas() if v.role == "manager" and v.teams & person("rep").teams)
    assert "A steward has not answered yet. :gray-badge[● due in 3 days]" in words_of(
        as_who(open_page, "disagreements", manager)
    )
    answer(said, "new_fact", "champion_left", "asked them myself")
    at = as_who(open_page, "disagreements", manager)
    assert "**A new fact: Our champion has left**" in words_of(at)
    assert "asked them myself" in words_of(at)
    assert "A new fact" in tables_of(at)
    customer = sell.your_words(person("rep")).rows[0].case.opinion.entity_id
    account = open_page("account", **{"as": manager.who, "customer": customer})
    assert "asked them myself" in words_of(account)
    assert "▲ **Our champion has left**" in words_of(account)


def test_all_tasks_can_be_reached_by_showing_more_and_by_source(copy_of_demo: Path, open_page: OPEN) -> None:
    for n in range(7):
        answer(say(n=n), "data_error", "calls" if n % 2 else "tickets")

    def tasks(at: AppTest) -> int:
        return len([b for b in at.button if b.key and b.key.startswith("mend_")])

    at = as_who(open_page, "data_health", stewards()[0])
    assert "7 tasks are open" in words_of(at)
    assert tasks(at) == 5
    at.button(key="more_tasks").click().run()
    assert tasks(at) == 7
    at.button_group(key="task_source").set_value("calls").run()
    assert tasks(at) == 3
    owner = next(v for v in views.personas() if any(t.is_own for t in trust.tasks.fix_tasks(v).rows))
    assert "of your own sources before the others" in words_of(as_who(open_page, "data_health", owner))


def say_all(n: int, words: str = SECRET) -> list[str]:
    """The first manager says one thing of his first n customers in one go; returns their keys."""
    boss = person("manager")
    keys = [row.customer_id for row in views.sell.risk(boss).rows[:n]]
    disagree_all(boss, [Disagree("churn", k, "will_stay", None, "data_wrong", words, None, f"bulk {k}") for k in keys])
    return keys


def test_a_bulk_word_is_one_card_with_one_dialog_and_everybody_gets_his_answer(
    copy_of_demo: Path, open_page: OPEN
) -> None:
    say_all(12)
    at = as_who(open_page, "triage", stewards()[0])
    shown = words_of(at)
    assert "12 disagreements wait for an answer." in shown
    assert "About 12 customers: " in shown
    assert " and 9 more" in shown
    (button,) = [b for b in at.button if b.key and b.key.startswith("sort_")]
    assert button.label == "Sort all 12"
    button.click().run()
    at.button_group(key="triage_sort").set_value("opinion").run()
    at.text_area(key="triage_words_opinion").set_value("as far as we know")
    assert at.button(key="triage_send").label == "Send the answer to all 12"
    at.button(key="triage_send").click().run()
    assert "It is the answer to all 12." in at.success[0].value.replace("\\", "")
    assert "Nobody waits for an answer" in words_of(at)
    assert "About 12 customers: " in words_of(at)
    page = sell.your_words(person("manager"))
    assert [row.case.stage for row in page.rows] == ["settled"] * 12


def test_one_of_a_bulk_word_is_sorted_alone(copy_of_demo: Path, open_page: OPEN) -> None:
    say_all(3)
    at = as_who(open_page, "triage", stewards()[0])
    next(b for b in at.button if b.key and b.key.startswith("alone_")).click().run()
    at.button_group(key="triage_sort").set_value("opinion").run()
    at.text_area(key="triage_words_opinion").set_value("as far as we know")
    at.button(key="triage_send").click().run()
    assert "About 2 customers: " in words_of(at)


def test_where_nothing_was_answered_lately_triage_says_so(copy_of_demo: Path, open_page: OPEN) -> None:
    say()
    assert "Nothing was answered in the last 30 days." in words_of(as_who(open_page, "triage", stewards()[0]))


def test_a_feed_without_an_owner_is_told_in_red(copy_of_demo: Path, open_page: OPEN) -> None:
    with duckdb.connect(str(next(copy_of_demo.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        con.execute("update marts.mart_feed set owner_id = null, owner_name = null where feed = 'calls'")
    said = say()
    answer(said, "data_error", "calls")
    assert ":red[nobody looks after this source]" in words_of(as_who(open_page, "data_health", person("rep")))
    assert ":red[nobody looks after it]" in words_of(as_who(open_page, "your_words", person("rep")))


def test_what_is_taken_back_leaves_the_queue_and_says_so(copy_of_demo: Path, open_page: OPEN) -> None:
    said = say()
    withdraw(person("rep"), said, "w")
    assert "Nobody waits for an answer" in words_of(as_who(open_page, "triage", stewards()[0]))
    assert "Nobody answers it any more" in words_of(as_who(open_page, "your_words", person("rep")))


def test_a_form_that_was_open_while_the_view_was_taken_back_says_so(copy_of_demo: Path, open_page: OPEN) -> None:
    said = say()
    at = as_who(open_page, "triage", stewards()[0])
    at.button(key=f"sort_{said}").click().run()
    at.button_group(key="triage_sort").set_value("opinion").run()
    withdraw(person("rep"), said, "w")
    at.text_area(key="triage_words_opinion").set_value("as far as we know")
    at.button(key="triage_send").click().run()
    assert "has taken it back meanwhile" in at.error[0].value.replace("\\", "")
