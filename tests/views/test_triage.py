"""The queue, the wishes and the answers on the company of 20 customers, against figures worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest

from crm_core.actions import Disagree, disagree_all, triaging, withdraw
from crm_core.ledger import Entry, Kind, open_ledger
from crm_core.settings import settings
from crm_core.views import sell, trust
from tests.views.answering import saw, say, sort, warehouse
from tests.views.twenty import PEOPLE

Move = Callable[[float], None]
pytestmark = pytest.mark.usefixtures("clock")


def waiting() -> list[str]:
    return [row.name for row in trust.triage.triage_page(PEOPLE["steward"]).rows]


def test_what_waits_is_ordered_by_money_times_distance_times_novelty(twenty: Path) -> None:
    say("nora", "C01")
    rows = trust.triage.triage_page(PEOPLE["steward"]).rows
    worth = {row.name: row.money for row in rows}
    usual = median(money for money in worth.values() if money is not None)
    for row in rows:
        money = usual if row.money is None else row.money
        assert row.weight == pytest.approx(money * row.distance * row.novelty)
    assert [row.weight for row in rows] == sorted((row.weight for row in rows), reverse=True)


def test_distance_is_from_what_was_shown_then_and_from_the_usual_where_that_was_withheld(twenty: Path) -> None:
    own, bare = say("nora", "C01", probability=0.2), say("noah", "C06")
    by_id = {row.case.opinion.entry_id: row for row in trust.triage.triage_page(PEOPLE["steward"]).rows}
    assert by_id[own].distance == pytest.approx(0.4)
    assert by_id[bare].distance == pytest.approx(0.47)
    told = by_id[bare].case
    assert trust.triage.distance(replace(told, shown_then=0.11)) == pytest.approx(0.08)
    assert trust.triage.distance(replace(told, shown_then=None)) == pytest.approx(0.47)


def test_a_view_like_others_on_the_same_customer_is_less_new(twenty: Path, clock: Move) -> None:
    first = say("nora", "C02")
    clock(1)
    second = say("north", "C02")
    other = say("admin", "C02", reason_code="timing")
    by_id = {row.case.opinion.entry_id: row for row in trust.triage.triage_page(PEOPLE["steward"]).rows}
    assert [by_id[key].novelty for key in (first, second, other)] == [1, 0.5, 1]
    withdraw(PEOPLE["nora"], first, "w")
    by_id = {row.case.opinion.entry_id: row for row in trust.triage.triage_page(PEOPLE["steward"]).rows}
    assert by_id[second].novelty == 1
    clock(100)
    late = say("sara", "C11", reason_code="timing")
    assert (
        next(r.novelty for r in trust.triage.triage_page(PEOPLE["steward"]).rows if r.case.opinion.entry_id == late)
        == 1
    )


def test_the_clock_counts_the_days_until_the_answer_is_due(twenty: Path, clock: Move) -> None:
    said = say("nora", "C03")

    def row() -> trust.triage.QueueRow:
        rows = trust.triage.triage_page(PEOPLE["steward"]).rows
        return next(r for r in rows if r.case.opinion.entry_id == said)

    assert (row().case.days_left, row().case.is_overdue) == (3, False)
    clock(3)
    assert (row().case.days_left, row().case.is_overdue) == (0, False)
    clock(1)
    assert (row().case.days_left, row().case.is_overdue) == (-1, True)
    page = trust.triage.triage_page(PEOPLE["steward"])
    assert page.n_overdue == sum(r.case.is_overdue for r in page.rows)
    assert trust.tasks.fix_tasks(PEOPLE["steward"]).n_overdue == page.n_overdue
    sort(said)
    assert said not in {r.case.opinion.entry_id for r in trust.triage.triage_page(PEOPLE["steward"]).rows}


def test_what_was_taken_back_leaves_the_queue_and_what_expired_stays(twenty: Path) -> None:
    before = waiting()
    states = {row.case.opinion.state for row in trust.triage.triage_page(PEOPLE["steward"]).rows}
    assert "expired" in states
    assert "withdrawn" not in states
    said = say("nora", "C03")
    assert len(waiting()) == len(before) + 1
    withdraw(PEOPLE["nora"], said, "w")
    assert waiting() == before


def say_all(who: str, customers: list[str], **more: str) -> list[str]:
    """One and the same about several customers, in one go."""
    asked = [
        Disagree("churn", f"crm:{c}", "will_stay", None, "data_wrong", "not logged", None, f"{c} {more}")
        for c in customers
    ]
    before = {row.case.opinion.entry_id for row in trust.triage.triage_page(PEOPLE["steward"]).rows}
    disagree_all(PEOPLE[who], asked, shown=saw)
    rows = trust.triage.triage_page(PEOPLE["steward"]).rows
    return [r.case.opinion.entry_id for r in rows if r.case.opinion.entry_id not in before]


def cards() -> list[set[str]]:
    return [{r.case.opinion.entry_id for r in card.rows} for card in trust.triage.triage_page(PEOPLE["steward"]).queue]


def test_what_was_said_in_one_go_is_one_card_where_its_weightiest_stands(twenty: Path, clock: Move) -> None:
    before = cards()
    ids = say_all("north", ["C01", "C02", "C03"])
    single = say("nora", "C02", words="not logged")
    assert {frozenset(card) for card in cards()} == {frozenset(c) for c in (*before, set(ids), {single})}
    page = trust.triage.triage_page(PEOPLE["steward"])
    assert len(page.rows) == sum(len(card.rows) for card in page.queue)
    assert [card.first.weight for card in page.queue] == sorted((c.first.weight for c in page.queue), reverse=True)
    card = next(c for c in page.queue if len(c.rows) == 3)
    assert card.money == pytest.approx(sum(row.money or 0 for row in card.rows))
    clock(1)
    later = say_all("south", ["C11", "C12"])
    assert set(later) in cards()


def test_of_one_go_what_was_sorted_alone_or_taken_back_leaves_the_card(twenty: Path) -> None:
    ids = say_all("north", ["C01", "C02", "C03", "C06", "C07"])
    withdraw(PEOPLE["north"], ids[0], "w")
    sort(ids[1])
    sort(ids[2], by="steward")
    sort(ids[2], "new_fact", "competitor", by="admin")
    assert set(ids[3:]) in cards()
    assert {ids[2]} in cards()
    assert not any(card & set(ids[:2]) for card in cards())


def test_what_was_answered_alike_in_one_go_is_one_line_and_counted_from_today(twenty: Path, clock: Move) -> None:
    ids = say_all("north", ["C01", "C02", "C03"])
    for one in ids:
        sort(one, "new_fact", "competitor", why="asked them all")
    page = trust.triage.triage_page(PEOPLE["steward"])
    assert [len(card.rows) for card in page.answered] == [3]
    clock(31)
    assert trust.triage.triage_page(PEOPLE["steward"]).sorted_lately == ()


def test_the_newest_answer_comes_first_also_to_an_old_word_and_only_what_was_looked_at_is_old(
    twenty: Path, clock: Move
) -> None:
    old = say("nora", "C01")
    clock(1)
    newer, newest = say("nora", "C02"), say("nora", "C03")
    sort(newer)
    clock(1)
    sort(old)

    def rows() -> list[tuple[str, bool]]:
        return [(r.case.opinion.entry_id, r.is_new) for r in sell.your_words(PEOPLE["nora"]).rows][:3]

    assert rows() == [(old, True), (newer, True), (newest, False)]
    first = sell.your_words(PEOPLE["nora"]).rows[0].case.news_at
    assert first is not None
    triaging.answers_seen(PEOPLE["nora"], [first])
    assert rows() == [(newer, True), (newest, False), (old, False)]
    clock(1)
    sort(newest)
    assert rows() == [(newest, True), (newer, True), (old, False)]


def test_two_stewards_who_differ_keep_it_in_the_queue_with_both_verdicts(twenty: Path) -> None:
    said = say("nora", "C03")
    sort(said, "opinion", by="steward")
    assert "sees it differently" in sort(said, "new_fact", "competitor", by="admin")
    page = trust.triage.triage_page(PEOPLE["steward"])
    (row,) = [r for r in page.rows if r.case.opinion.entry_id == said]
    assert (row.case.stage, page.n_pending, row.case.verdict) == ("pending", 1, None)
    assert [(v.steward_name, v.sort, v.detail) for v in row.case.verdicts] == [
        ("Stan Steward", "opinion", ""),
        ("Ada Admin", "new_fact", "They talk with a competitor"),
    ]
    assert sell.account(PEOPLE["nora"], "crm:C03").facts == ()
    sort(said, "new_fact", "competitor", by="steward")
    assert said not in {r.case.opinion.entry_id for r in trust.triage.triage_page(PEOPLE["steward"]).rows}
    assert [fact.fact for fact in sell.account(PEOPLE["nora"], "crm:C03").facts] == ["They talk with a competitor"]


@pytest.mark.parametrize("who", ["nora", "north", "executive", "analyst"])
def test_who_does_not_sort_sees_no_queue(twenty: Path, who: str) -> None:
    say("sara", "C11")
    page = trust.triage.triage_page(PEOPLE[who])
    assert (page.may_sort, page.rows, page.sorted_lately, page.feeds, page.n_overdue) == (False, (), (), {}, 0)
    assert page.may_read_wishes is (who == "analyst")
    assert len(page.stewards) == 1
    assert ("Stan Steward" in page.stewards) is (who != "analyst")


def test_wishes_are_counted_by_what_they_say_and_name_nobody(twenty: Path) -> None:
    for who, customer, wish in (
        ("nora", "C01", "use per seat"),
        ("noah", "C06", "Use  per seat"),
        ("sara", "C11", "weather"),
    ):
        sort(say(who, customer), "missing_feature", wish)
    page = trust.triage.triage_page(PEOPLE["analyst"])
    assert [(w.wish, w.n_times, w.n_people) for w in page.wishes] == [("Use per seat", 2, 2), ("weather", 1, 1)]
    worth = {c: sell.account(PEOPLE["admin"], f"crm:{c}").yearly_value or 0 for c in ("C01", "C06")}
    assert page.wishes[0].money == pytest.approx(sum(worth.values()))
    assert not any(viewer.name in repr(page.wishes) for viewer in PEOPLE.values())
    assert trust.triage.triage_page(PEOPLE["north"]).wishes == ()


def test_the_person_reads_the_answer_and_today_names_it_until_he_has_looked(twenty: Path, clock: Move) -> None:
    said = say("nora", "C01")
    assert sell.today(PEOPLE["nora"]).n_answers == 0
    clock(1)
    sort(said, "new_fact", "champion_left", why="the CRM did not know")
    assert sell.today(PEOPLE["nora"]).n_answers == 1
    assert sell.today(PEOPLE["noah"]).n_answers == 0
    page = sell.your_words(PEOPLE["nora"])
    row = page.rows[0]
    assert (row.case.stage, row.is_new, page.n_new) == ("settled", True, 1)
    assert row.case.verdict is not None
    assert (row.case.verdict.detail, row.case.verdict.words) == ("Our champion has left", "the CRM did not know")
    assert row.case.news_at is not None
    triaging.answers_seen(PEOPLE["nora"], [row.case.news_at])
    triaging.answers_seen(PEOPLE["nora"], [row.case.news_at])
    assert (sell.today(PEOPLE["nora"]).n_answers, sell.your_words(PEOPLE["nora"]).n_new) == (0, 0)
    other = say("nora", "C03")
    sort(other)
    assert sell.today(PEOPLE["nora"]).n_answers == 1
    clock(8)
    assert sell.today(PEOPLE["nora"]).n_answers == 0
    assert sell.your_words(PEOPLE["nora"]).n_new == 1


def test_ones_own_words_stay_readable_where_the_customer_is_out_of_scope_or_gone(twenty: Path) -> None:
    with warehouse(twenty) as con:
        con.execute("delete from marts.mart_customer where customer_id = 'crm:C03'")
    say("nora", "C03", shown=saw)
    row = sell.your_words(PEOPLE["nora"]).rows[0]
    assert (row.name, row.case.opinion.words) == (None, "I called them")
    (queued,) = [r for r in trust.triage.triage_page(PEOPLE["steward"]).rows if r.name == trust.triage.GONE]
    assert queued.money == queued.case.money_then == 1200
    sort(queued.case.opinion.entry_id, why="the customer is gone")
    assert sell.your_words(PEOPLE["nora"]).rows[0].case.stage == "settled"


def test_a_kind_of_another_version_or_an_unknown_code_breaks_nothing(twenty: Path) -> None:
    said = say("nora", "C01")
    with open_ledger(settings()) as book:
        book.append(
            Entry(
                kind=Kind.TRIAGE, who="crm:E9", who_name="Stan Steward", who_role="steward", who_team="",
                question="churn", entity_kind="disagreement", entity_key=said, idempotency_key="later version",
                belief="miracle", reason_code="something", words="from the future",
            )
        )  # fmt: skip
    row = sell.your_words(PEOPLE["nora"]).rows[0]
    assert row.case.verdict is not None
    assert (row.case.verdict.sort, row.case.verdict.detail) == ("miracle", "")
