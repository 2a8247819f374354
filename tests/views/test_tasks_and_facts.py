"""Data errors that wait for a feed's owner, and facts people knew: who sees what of them, and until when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from crm_core.access import Role
from crm_core.actions import triaging, withdraw
from crm_core.errors import AccessDeniedError
from crm_core.views import sell, trust
from crm_core.views.sell.parts import Answer
from tests.views.answering import MORNING, own_feed, saw, say, sort, warehouse
from tests.views.twenty import PEOPLE

Move = Callable[[float], None]
pytestmark = pytest.mark.usefixtures("clock")


def test_a_data_error_is_a_task_for_the_owner_of_the_feed_until_it_is_mended(twenty: Path, clock: Move) -> None:
    own_feed(twenty, "noah")
    said = say("sara", "C11", words="we call them weekly")
    sort(said, "data_error", "phone", why="the switch was off")
    (task,) = trust.tasks.fix_tasks(PEOPLE["sara"]).rows
    assert (task.title, task.owner_name, task.said_words, task.steward_words) == (
        "Telephone", "Noah Lind", "we call them weekly", "the switch was off",
    )  # fmt: skip
    assert {who: [t.may_mend for t in trust.tasks.fix_tasks(PEOPLE[who]).rows] for who in PEOPLE} == {
        "nora": [], "noah": [True], "sara": [False], "sam": [], "north": [], "south": [False],
        "executive": [False], "analyst": [False], "steward": [True], "admin": [True],
    }  # fmt: skip
    clock(2)
    triaging.mend(PEOPLE["noah"], triaging.Mend(said, "switched on again", "m"))
    page = trust.tasks.fix_tasks(PEOPLE["sara"])
    assert page.n_open == 0
    assert [(t.mended_by, t.mended_words, t.may_mend) for t in page.rows] == [("Noah Lind", "switched on again", False)]
    row = sell.your_words(PEOPLE["sara"]).rows[0]
    assert (row.case.mended_by, row.case.mended_words, row.is_new) == ("Noah Lind", "switched on again", True)
    assert row.feed is not None
    assert row.feed.owner_name == "Noah Lind"


def test_the_owner_of_a_feed_sees_of_a_customer_of_others_only_that_there_is_something(twenty: Path) -> None:
    own_feed(twenty, "noah")
    sort(say("sara", "C11", words="a secret of Sara's"), "data_error", "phone", why="a word of Stan's")
    (task,) = trust.tasks.fix_tasks(PEOPLE["noah"]).rows
    assert (task.about, task.entity_id, task.said_by, task.steward_name) == (None, None, "", "Stan Steward")
    assert "secret" not in repr(task)
    assert "Stan's" not in repr(task)


@pytest.mark.parametrize("who", ["analyst", "executive"])
def test_those_who_read_no_words_see_tasks_without_words(twenty: Path, who: str) -> None:
    own_feed(twenty, "noah")
    sort(say("sara", "C11", words="a secret of Sara's"), "data_error", "phone", why="a word of Stan's")
    (task,) = trust.tasks.fix_tasks(PEOPLE[who]).rows
    assert (task.said_words, task.steward_words) == ("", "")
    assert ("Sara" in repr(task)) is (who == "executive")


def test_a_feed_without_an_owner_is_told_as_such(twenty: Path) -> None:
    own_feed(twenty, None)
    sort(say("sara", "C11"), "data_error", "phone")
    page = trust.tasks.fix_tasks(PEOPLE["steward"])
    assert (page.n_open, page.n_ownerless, page.rows[0].owner_name, page.rows[0].may_mend) == (1, 1, None, True)


def test_a_fact_has_the_day_it_was_told_and_the_day_it_counts_from_and_is_seen_with_its_word(
    twenty: Path, clock: Move
) -> None:
    said = say("nora", "C01", "will_leave")
    clock(2)
    sort(said, "new_fact", "champion_left")
    for who in ("nora", "north", "steward", "executive"):
        (fact,) = sell.account(PEOPLE[who], "crm:C01").facts
        assert (fact.fact, fact.said_at.date(), fact.who_name, fact.raises) == (
            "Our champion has left", MORNING.date(), "Nora Berg", True,
        )  # fmt: skip
        assert fact.counts_from is not None
        assert fact.counts_from.date() == MORNING.date() + timedelta(days=2)
    (fact,) = sell.account(PEOPLE["analyst"], "crm:C01").facts
    assert fact.who_name.startswith("Person ")
    withdraw(PEOPLE["nora"], said, "w")
    assert sell.account(PEOPLE["nora"], "crm:C01").facts == ()


def test_a_fact_counts_from_the_first_sorting_that_stands_and_not_while_stewards_name_different_ones(
    twenty: Path, clock: Move
) -> None:
    said = say("nora", "C01", "will_leave")
    sort(said, "new_fact", "champion_left", by="steward")
    clock(3)
    sort(said, "new_fact", "competitor", by="admin")
    (fact,) = sell.account(PEOPLE["nora"], "crm:C01").facts
    assert (fact.fact, fact.counts_from) == ("They talk with a competitor", None)
    clock(1)
    sort(said, "new_fact", "competitor", by="steward")
    (fact,) = sell.account(PEOPLE["nora"], "crm:C01").facts
    assert fact.counts_from is not None
    assert fact.counts_from.date() == MORNING.date() + timedelta(days=3)


def test_another_fact_stands_in_the_persons_own_words_for_those_who_read_them_and_points_nowhere(twenty: Path) -> None:
    said = say("nora", "C01", "will_leave", words="no budget until autumn")
    sort(said, "new_fact", "other")
    sort(say("nora", "C03", words="a secret of Nora's"), "new_fact", "champion_left")
    for who, own in (("nora", "no budget until autumn"), ("steward", "no budget until autumn"), ("executive", "")):
        (fact,) = sell.account(PEOPLE[who], "crm:C01").facts
        assert (fact.raises, fact.counts_from, fact.words) == (None, None, own)
        assert fact.fact == "Another fact, in the person's own words"
    (listed,) = sell.account(PEOPLE["nora"], "crm:C03").facts
    assert listed.words == ""


def test_ones_own_sources_come_first_then_the_oldest_and_all_are_counted_by_source(twenty: Path, clock: Move) -> None:
    own_feed(twenty, "sara")
    own_feed(twenty, "steward", "post")
    phone: list[str] = []
    post: list[str] = []
    for customer, feed, listed in (("C11", "phone", phone), ("C12", "post", post), ("C13", "phone", phone)):
        listed.append(say("sara", customer))
        sort(listed[-1], "data_error", feed)
        clock(1)
    for who, first in (("steward", post), ("sara", phone), ("admin", [])):
        page = trust.tasks.fix_tasks(PEOPLE[who])
        rest = [one for one in (phone[0], post[0], phone[1]) if one not in first]
        assert [task.disagreement_id for task in page.rows] == [*first, *rest]
        assert [task.is_own for task in page.rows] == [True] * len(first) + [False] * len(rest)
    page = trust.tasks.fix_tasks(PEOPLE["steward"])
    assert [(at.feed, at.is_own, at.n) for at in page.by_source] == [("post", True, 1), ("phone", False, 2)]


def test_a_fact_about_a_lead_stands_beside_the_lead_and_nowhere_else(twenty: Path) -> None:
    sort(say("sara", "L05", "not_ready", question="lead"), "new_fact", "competitor")
    sort(say("sara", "C11"), "new_fact", "champion_left")
    assert [fact.fact for fact in sell.lead(PEOPLE["sara"], "crm:L05").facts] == ["They have chosen somebody else"]
    listed = {row.key: [f.fact for f in row.facts] for row in sell.leads(PEOPLE["south"]).rows if row.facts}
    assert listed == {"crm:L05": ["They have chosen somebody else"]}
    listed = {row.key: [f.fact for f in row.facts] for row in sell.risk(PEOPLE["south"]).rows if row.facts}
    assert listed == {"crm:C11": ["Our champion has left"]}
    assert [f.fact for f in sell.brief(PEOPLE["sara"], "crm:C11").facts] == ["Our champion has left"]


def test_what_became_of_a_disagreement_is_seen_by_those_who_see_the_disagreement(twenty: Path, clock: Move) -> None:
    own_feed(twenty, "noah")
    said = say("sara", "C11", words="we call them weekly")
    for page in (sell.account(PEOPLE["south"], "crm:C11").answers[said], _answer("south", said)):
        assert page is not None
        assert (page.is_waiting, page.verdict, page.days_left) == (True, None, 3)
    clock(5)
    sort(said, "data_error", "phone", why="the switch was off")
    triaging.mend(PEOPLE["noah"], triaging.Mend(said, "switched on again", "m"))
    found = {who: _answer(who, said) for who in ("sara", "south", "executive", "steward", "noah", "north")}
    assert found["noah"] is None
    assert found["north"] is None
    for who in ("sara", "south", "executive", "steward"):
        became = found[who]
        assert became is not None
        assert became.verdict is not None
        assert (became.verdict.sort, became.verdict.detail, became.is_overdue) == ("data_error", "Telephone", False)
        may_read = who != "executive"
        assert (became.verdict.words, became.mended_words) == (
            ("the switch was off", "switched on again") if may_read else ("", "")
        )


def _answer(who: str, said: str) -> Answer | None:
    found = [row.answer for row in trust.disagreements(PEOPLE[who]).rows if row.opinion.entry_id == said]
    return found[0] if found else None


def test_a_fact_stays_when_the_view_has_expired(twenty: Path, clock: Move) -> None:
    sort(say("nora", "C01"), "new_fact", "new_sponsor")
    clock(90)
    assert [fact.fact for fact in sell.account(PEOPLE["nora"], "crm:C01").facts] == ["A new sponsor speaks for us"]


def test_of_a_merged_customer_the_fact_stands_on_the_one_that_is_left(twenty: Path) -> None:
    with warehouse(twenty) as con:
        con.execute("update identity.customer_links set customer_id = 'crm:C01' where customer_key = 'crm:C02'")
    sort(say("nora", "C02", shown=saw), "new_fact", "budget_cut")
    assert [fact.fact for fact in sell.account(PEOPLE["nora"], "crm:C01").facts] == ["Their budget was cut"]


def test_whom_the_policy_does_not_know_sees_nothing(twenty: Path) -> None:
    own_feed(twenty, "noah")
    sort(say("sara", "C11"), "data_error", "phone")
    nobody = replace(PEOPLE["noah"], role=cast("Role", "owner"))
    page = trust.triage.triage_page(nobody)
    assert (page.may_sort, page.may_read_wishes, page.rows, page.wishes) == (False, False, (), ())
    assert trust.tasks.fix_tasks(nobody).rows == ()
    assert sell.your_words(nobody).rows == ()


def test_an_unknown_task_is_out_of_scope(twenty: Path) -> None:
    with pytest.raises(AccessDeniedError, match="Not in your scope"):
        triaging.mend(PEOPLE["steward"], triaging.Mend("no such id", "it is done", "m"))
