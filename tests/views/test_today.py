"""Whom to call first, worked out by hand; what is put away, by whom, and for how long; what is promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import time_machine

from crm_core.access import Role, Viewer
from crm_core.actions import Disagree, Nudge, disagree, nudge, withdraw
from crm_core.ledger import Entry, Kind, open_ledger
from crm_core.settings import settings
from crm_core.views import nudge_key
from crm_core.views.sell import today
from crm_core.views.sell.parts import TodayPage
from tests.views.company import PEOPLE

NORTH, ADMIN = PEOPLE["north"], PEOPLE["admin"]
MONDAY = datetime(2026, 7, 6, 9)  # noqa: DTZ001 - the days on which people click
pytestmark = pytest.mark.usefixtures("company")


def names(viewer: Viewer = NORTH) -> list[str]:
    return [call.name for call in today(viewer).calls]


def put_away(
    viewer: Viewer, key: str, belief: str = "done", until: date | None = None, question: str = "churn"
) -> None:
    once = f"{datetime.now().isoformat()}{key}{belief}"  # noqa: DTZ005
    nudge(viewer, Nudge(question, key, belief, once, until))


def open_warehouse(data_dir: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(next(data_dir.glob("warehouse/builds/*/warehouse.duckdb"))))


def test_the_order_is_money_by_chance_by_urgency() -> None:
    values = {call.name: call.value for call in today(ADMIN).calls}
    # Alpha pays 1,200, 60 of 100 leave, the contract ends in 32 days; last contact 3 days ago, usually every 2.
    # The leads' money is not known: the median of 1,200 and 600; nobody has touched them.
    # Gamma pays 600 and has signed again; of two contacts nobody knows what is usual.
    # Beta's chance is low and no contract of theirs ends; Delta has left.
    expected = {
        "Alpha": 1200 * 0.6 * (2 - 32 / 90),
        "Firm": 900 * 0.5 * 2,
        "Jo Doe": 900 * 0.4 * 2,
        "Gamma": 600 * 0.3,
    }
    assert list(values) == list(expected)
    assert values == pytest.approx(expected)


@pytest.mark.parametrize(
    ("change", "urgency"),
    [
        ("renewal_on = '2026-06-30'", 2.0),
        ("renewal_on = '2026-09-28'", 1.0),
        ("renewal_on = null", 1.0),
        ("renewal_on = null, last_contact_at = '2026-06-28 09:00'", 0.5),
        ("renewal_on = null, days_since_contact = 5, usual_contact_gap_days = 2", 1.25),
        ("renewal_on = '2026-08-14', days_since_contact = 5, usual_contact_gap_days = 2", 1.5 * 1.25),
    ],
)
def test_each_part_of_urgency_counts_as_it_is_written(company: Path, change: str, urgency: float) -> None:
    with open_warehouse(company) as con:
        con.execute(f"update marts.mart_customer set {change} where customer_id = 'crm:1'")
    call = next(call for call in today(NORTH).calls if call.name == "Alpha")
    assert call.value == pytest.approx(1200 * 0.6 * urgency)


def test_a_call_says_why_now_and_what_is_at_stake() -> None:
    page = today(NORTH)
    alpha, firm, gamma = page.calls
    assert (alpha.question, alpha.days_to_renewal, alpha.money, alpha.reasons) == (
        "churn",
        32,
        1200,
        ("reason 1", "reason 2"),
    )
    assert (firm.question, firm.is_untouched, firm.money, firm.n_touches) == ("lead", True, None, 0)
    assert gamma.days_to_renewal is None, "it has signed again"
    assert page.n_waiting == 0
    assert page.may_nudge


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("north", ["Alpha", "Firm", "Gamma"]),
        ("south", ["Jo Doe"]),
        ("manager", ["Alpha", "Firm", "Gamma"]),
        ("executive", ["Alpha", "Firm", "Jo Doe", "Gamma"]),
    ],
)
def test_each_role_is_sent_to_its_own_customers_and_leads(who: str, expected: list[str]) -> None:
    assert names(PEOPLE[who]) == expected


def test_an_analyst_sees_pseudonyms_and_only_reads_and_a_stranger_sees_nothing() -> None:
    page = today(PEOPLE["analyst"])
    assert not page.may_nudge
    assert [call.name for call in page.calls if call.name.startswith("Person ")] != []
    assert "Jo Doe" not in names(PEOPLE["analyst"])
    assert all(call.owner_name and call.owner_name.startswith("Person ") for call in page.calls)
    nobody = today(Viewer("", "", Role.REP))
    assert (nobody.calls, nobody.promises, nobody.expiring, nobody.n_done) == ((), (), (), 0)
    assert nobody.is_empty
    assert nobody.why_empty


@pytest.mark.parametrize(
    ("belief", "until", "back"),
    [("done", None, 14), ("later", None, 1), ("later", date(2026, 7, 16), 10), ("not_useful", None, 60)],
)
def test_what_is_put_away_comes_back_on_its_day_and_not_before(belief: str, until: date | None, back: int) -> None:
    with time_machine.travel(MONDAY, tick=False):
        put_away(NORTH, "crm:1", belief, until)
        assert names() == ["Firm", "Gamma"]
    with time_machine.travel(MONDAY + timedelta(days=back - 1), tick=False):
        assert names() == ["Firm", "Gamma"]
    with time_machine.travel(MONDAY + timedelta(days=back), tick=False):
        assert names() == ["Alpha", "Firm", "Gamma"]


def test_the_newest_word_counts_so_that_a_slip_can_be_undone() -> None:
    with time_machine.travel(MONDAY) as clock:
        put_away(NORTH, "crm:1")
        clock.shift(60)
        put_away(NORTH, "crm:1", "later", date(2026, 7, 6))
        assert names() == ["Alpha", "Firm", "Gamma"]
        assert today(NORTH).n_done == 0


def test_a_lead_is_put_away_like_a_customer() -> None:
    put_away(NORTH, "crm:L1", "not_useful", question="lead")
    assert names() == ["Alpha", "Gamma"]


def test_what_one_person_puts_away_is_read_by_nobody_else() -> None:
    before = {who: today(viewer) for who, viewer in PEOPLE.items()}
    for belief in ("done", "not_useful"):
        put_away(NORTH, "crm:1", belief)
    for who in ("manager", "executive", "analyst", "steward", "admin", "south"):
        assert today(PEOPLE[who]) == before[who]
        assert nudge_key(PEOPLE[who]) == 0
    assert nudge_key(NORTH) == 2


def test_it_holds_when_two_systems_turn_out_to_know_one_customer() -> None:
    """Said about the key of one system; the build knows both as one customer."""
    with open_ledger(settings()) as book:
        book.append(
            Entry(kind=Kind.NUDGE, who=NORTH.who, who_name="", who_role="rep", who_team="A", question="churn",
                  entity_kind="customer", entity_key="crm:3", idempotency_key="k", belief="kept")
        )  # fmt: skip
    assert set(names()) == {"Alpha", "Firm"}


def test_ones_own_word_that_a_customer_stays_takes_it_off_the_list_and_nobody_elses_does() -> None:
    said = disagree(NORTH, Disagree("churn", "crm:1", "will_stay", None, "timing", "", None, "form"))
    assert names() == ["Firm", "Gamma"]
    manager = today(PEOPLE["manager"])
    assert [call.name for call in manager.calls] == ["Alpha", "Firm", "Gamma"]
    assert [o.belief for o in manager.calls[0].opinions] == ["will stay"]
    withdraw(NORTH, said.entry_id, "back")
    assert names() == ["Alpha", "Firm", "Gamma"]
    disagree(NORTH, Disagree("churn", "crm:1", "will_leave", None, "timing", "", None, "again"))
    assert names() == ["Alpha", "Firm", "Gamma"]


@pytest.mark.parametrize(("belief", "is_away"), [("not_ready", True), ("dead", True), ("ready", False)])
def test_ones_own_word_about_a_lead_does_the_same(belief: str, is_away: bool) -> None:
    disagree(NORTH, Disagree("lead", "crm:L1", belief, None, "timing", "", None, "form"))
    assert ("Firm" in names()) != is_away


def test_done_this_week_counts_each_once_from_monday_on_and_only_ones_own() -> None:
    with time_machine.travel(MONDAY - timedelta(hours=10)):
        put_away(NORTH, "billing:9")
    with time_machine.travel(MONDAY) as clock:
        put_away(NORTH, "crm:1")
        clock.shift(60)
        put_away(NORTH, "crm:1")
        put_away(NORTH, "crm:L1", "later", question="lead")
        put_away(PEOPLE["manager"], "crm:1")
        page = today(NORTH)
    assert page.n_done == 1
    assert page.why_empty.startswith("Nobody is left to call today")


def test_without_a_model_signs_that_anybody_can_check_take_its_place(company: Path) -> None:
    with open_warehouse(company) as con:
        con.execute("delete from marts.mart_score")
        con.execute("update marts.mart_customer set rule_points = 4, rule_reasons = 'use has halved; a; b'")
    calls = {call.name: call for call in today(NORTH).calls}
    assert calls["Alpha"].probability is None
    assert calls["Alpha"].value == pytest.approx(1200 * 0.4 * (2 - 32 / 90))
    assert calls["Gamma"].reasons == ("Use has halved", "A")


def test_ones_own_views_that_end_within_a_week_are_listed_soonest_first() -> None:
    with time_machine.travel(MONDAY):
        day = MONDAY.date()
        for who, question, key, belief, days in (
            ("north", "churn", "crm:1", "will_leave", 7),
            ("north", "lead", "crm:L1", "ready", 0),
            ("north", "churn", "billing:9", "will_leave", 8),
            ("manager", "churn", "billing:9", "will_leave", 3),
        ):
            request = Disagree(question, key, belief, None, "timing", "", day + timedelta(days=days), f"{who}{key}")
            disagree(PEOPLE[who], request)
        endings = [(e.name, e.opinion.belief) for e in today(NORTH).expiring]
        assert endings == [("Firm", "ready to buy"), ("Alpha", "will leave")]
        assert [e.name for e in today(PEOPLE["manager"]).expiring] == ["Gamma"]
        assert today(PEOPLE["steward"]).expiring == ()


def test_of_what_is_no_longer_in_scope_nothing_is_told() -> None:
    moved = replace(NORTH, who="crm:E9")
    assert today(moved).calls == ()
    assert isinstance(today(moved), TodayPage)
