"""The pipeline of a company of eleven deals, worked out by hand; see `dealing.py`."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from crm_core.access import Role, Viewer
from crm_core.errors import AccessDeniedError
from crm_core.views import sell
from crm_core.views.sell import PipelineFilter, pipeline
from tests.views.company import PEOPLE
from tests.views.dealing import ODD

ADMIN = PEOPLE["admin"]
pytestmark = pytest.mark.usefixtures("dealing")


def numbers(rows: Any, key: str) -> set[str]:
    """Numbers of the deals on a list."""
    return {getattr(row, key).removeprefix("crm:D") for row in rows}


def open_deals(who: str, **chosen: Any) -> set[str]:
    return numbers(pipeline(PEOPLE[who], PipelineFilter(**chosen)).deals, "deal_id")


def test_open_deals_are_those_of_the_day_and_money_without_a_rate_or_amount_is_counted_beside_the_sum() -> None:
    totals = pipeline(ADMIN).totals
    assert (totals.n_in_scope, totals.n_open) == (10, 5)  # 9 closes on 5 July, 11 was not known yet
    assert totals.amount == 800 + 600 * 0.5 + 700
    assert (totals.n_unknown, totals.n_foreign) == (1, 1)  # 6 has none, 8 is in yen
    assert totals.weighted_amount == pytest.approx(800 * 0.5 + 300 * 0.4 + 700 * 0.5)
    # 7 stays 90 days where 20 are usual and is late; 9 stays 20 where 9 are usual; 5, 6, 8 came less than 14 days ago.
    assert (totals.n_stalled, totals.stalled_amount) == (2, 1000)


def test_stages_stand_in_the_order_deals_go_through_them_with_what_became_of_deals_in_them() -> None:
    offer, talks = pipeline(ADMIN).stages
    assert (offer.stage, talks.stage) == ("Offer", "Talks")
    assert (offer.n, offer.n_unknown, offer.amount, offer.n_stalled, offer.stalled_amount) == (3, 2, 300, 1, 300)
    assert (talks.n, talks.n_unknown, talks.amount, talks.n_stalled, talks.stalled_amount) == (2, 0, 1500, 1, 700)
    assert offer.median_days == 20  # of 9 (deal 9), 10, 10, 20, 20, 24, 55
    assert talks.median_days == 9  # of 8 (deal 8, which went back) and 10
    assert offer.win_rate == pytest.approx((2 + 5 * 0.4) / (5 + 5))  # all five closed deals were in it, two were won
    assert talks.win_rate == pytest.approx((1 + 5 * 0.4) / (1 + 5))
    assert offer.conversion_to_next == 5 / 8  # on: 1, 3, 5, 8, 9; not: 2, 4, 10; 6 and 7 are not decided
    assert talks.conversion_to_next == 1
    assert [offer.weighted_amount, talks.weighted_amount] == pytest.approx([120, 750])


def test_what_moved_is_counted_once_by_how_it_moved_and_again_if_it_should_have_closed() -> None:
    page = pipeline(ADMIN)
    assert page.since == date(2026, 6, 23)
    told = {move.kind: (move.n, move.amount, move.n_unknown, numbers(move.biggest, "deal_id")) for move in page.moves}
    assert told == {
        "won": (0, 0, 0, set()),
        "lost": (1, 50, 0, {"10"}),  # closed without an outcome
        "new": (1, 0, 1, {"6"}),
        "forward": (1, 800, 0, {"5"}),
        "back": (1, 0, 1, {"8"}),
        "slipped": (1, 300, 0, {"7"}),
    }
    forward = next(move for move in page.moves if move.kind == "forward").biggest[0]
    assert (forward.who, forward.stage_then, forward.stage) == ("Alpha", "Offer", "Talks")


@pytest.mark.parametrize(
    ("since", "kinds"),
    [
        (date(2026, 3, 20), {"won": 1, "lost": 2, "new": 5, "slipped": 1}),
        (date(2026, 3, 21), {"lost": 1, "new": 5, "slipped": 1}),  # what happened on the day itself is not since
        (date(2026, 6, 25), {"new": 1, "back": 1}),
        (date(2026, 6, 30), {}),
        (date(2031, 1, 1), {}),
    ],
)
def test_the_day_to_compare_with_is_chosen(since: date, kinds: dict[str, int]) -> None:
    assert {move.kind: move.n for move in pipeline(ADMIN, PipelineFilter(since=since)).moves if move.n} == kinds


def test_coverage_is_against_the_target_that_was_set_and_else_against_what_was_won() -> None:
    cover = pipeline(PEOPLE["manager"]).coverage
    assert (cover.value, cover.closing, cover.target, cover.basis) == (0.8, 800, 1000, "given")
    cover = pipeline(ADMIN).coverage
    assert (cover.closing, cover.target, cover.basis) == (800 + 700, 1000 + 200 / 4, "mixed")
    cover = pipeline(ADMIN, PipelineFilter(teams=("B",))).coverage
    assert (cover.closing, cover.target, cover.basis) == (700, 200 / 4, "won")
    assert pipeline(PEOPLE["north"]).coverage.value is None  # the target is the team's, not hers


def test_the_pace_of_the_last_year_is_told_with_what_it_rests_on() -> None:
    pace = pipeline(ADMIN).pace
    assert (pace.n_closed, pace.n_won, pace.won_amount, pace.average_won, pace.median_days) == (5, 2, 1200, 600, 15)
    assert pace.monthly == pytest.approx(5 * 2 / 5 * 600 / 15 * 30.4)
    nothing = pipeline(ADMIN, PipelineFilter(regions=("nowhere",)))
    assert nothing.pace.monthly is None
    assert nothing.is_empty


def test_win_rates_are_counts_by_source_and_team() -> None:
    page = pipeline(ADMIN)
    assert [(r.group, r.n_closed, r.n_won) for r in page.by_source] == [(None, 4, 2), ("web", 1, 0)]
    assert [(r.group, r.n_closed, r.n_won) for r in page.by_team] == [("A", 3, 1), ("B", 2, 1)]


def test_renewals_say_what_is_not_in_their_money_and_whether_the_next_contract_is_signed() -> None:
    page = pipeline(ADMIN)
    columns = ("name", "yearly_value", "n_foreign_lines", "foreign_currency", "has_signed_renewal")
    assert [tuple(getattr(row, name) for name in columns) for row in page.renewals] == [
        ("Beta", 120, 1, "JPY", False),
        ("Alpha", 1200, 0, None, False),
        (ODD, 20 * 0.5 * 12, 0, None, True),
    ]
    assert (page.n_renewals, page.renewals_value) == (2, 1320)


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("north", {"5", "6", "7"}),  # 7 has no owner of its own: its customer's counts
        ("south", {"8", "9"}),
        ("manager", {"5", "6", "7"}),
        ("executive", {"5", "6", "7", "8", "9"}),
        ("analyst", {"5", "6", "7", "8", "9"}),
    ],
)
def test_everybody_sees_the_deals_of_his_scope_in_lists_sums_moves_and_cards(who: str, seen: set[str]) -> None:
    page = pipeline(PEOPLE[who], PipelineFilter(since=date(2026, 1, 1)))
    assert numbers(page.deals, "deal_id") == seen
    assert page.totals.n_open == len(seen)
    assert sum(line.n for line in page.stages) == len(seen)
    assert numbers(page.stalled, "deal_id") == seen & {"7", "9"}
    assert {d for m in page.moves if m.kind == "new" for d in numbers(m.biggest, "deal_id")} <= seen
    refused = set()
    for n in (*range(1, 12), "99'; drop table x"):
        try:
            assert sell.deal(PEOPLE[who], f"crm:D{n}").row.deal_id == f"crm:D{n}"
        except AccessDeniedError as error:
            refused.add(str(error))
        else:
            assert n not in (11, "99'; drop table x")
    assert len(refused) == 1


def test_somebody_the_policy_does_not_know_sees_no_deal() -> None:
    page = pipeline(Viewer("", "", Role.REP))
    assert (page.totals.n_in_scope, page.deals, page.renewals, page.by_team) == (0, (), (), ())
    assert "No deal is in your scope" in page.why_empty


def test_an_analyst_sees_owners_and_persons_of_leads_under_pseudonyms() -> None:
    page = pipeline(PEOPLE["analyst"])
    deals = {row.deal_id.removeprefix("crm:D"): row for row in page.deals}
    assert all(row.owner_name is not None and row.owner_name.startswith("Person ") for row in page.deals)
    assert (deals["8"].who or "").startswith("Person ")
    assert deals["6"].who == "Firm"
    assert {r.owner_name for r in page.renewals if r.name == "Alpha"} == {deals["5"].owner_name}
    back = next(move for move in page.moves if move.kind == "back")
    assert (back.biggest[0].who or "").startswith("Person ")


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"teams": ("A",)}, {"5", "6", "7"}),
        ({"regions": ("West",)}, {"9"}),
        ({"products": ("core", "pro"), "teams": ("A",)}, {"5", "7"}),
        ({"stages": ("Talks",)}, {"5", "9"}),
        ({"closing": "overdue"}, {"7"}),
        ({"closing": "30"}, {"8", "9"}),
        ({"closing": "90"}, {"5", "8", "9"}),
        ({"closing": "later"}, set()),
        ({"closing": "unknown"}, {"6"}),
        ({"closing": "'; drop table x"}, {"5", "6", "7", "8", "9"}),
        ({"teams": ("nobody'; --",)}, set()),
    ],
)
def test_filters_narrow_the_open_deals_down(chosen: dict[str, Any], found: set[str]) -> None:
    assert open_deals("admin", **chosen) == found
    page = pipeline(ADMIN, PipelineFilter(**chosen))
    assert page.totals.n_open == len(found)
    assert page.choices["teams"] == ("A", "B")


def test_a_deal_shows_its_way_through_the_stages_and_leads_to_an_account_only_within_the_scope() -> None:
    card = sell.deal(ADMIN, "crm:D8")
    assert [(s.stage, s.days) for s in card.stays] == [("Talks", 8), ("Offer", None)]
    assert (card.row.amount, card.row.amount_given, card.row.currency) == (None, 5000, "JPY")
    assert card.row.customer_id is None
    again = sell.deal(ADMIN, "crm:D5")
    assert [(s.stage, s.days) for s in again.stays] == [("Offer", 55), ("Talks", None)]  # Offer was said twice
    assert (again.row.who, again.row.customer_id, again.row.days_in_stage) == ("Alpha", "crm:1", 5)
    assert [(s.stage, s.days) for s in sell.deal(ADMIN, "crm:D9").stays] == [("Offer", 9), ("Talks", None)]
    assert sell.deal(ADMIN, "crm:D7").row.who == ODD
    assert (card.row.lead_id, again.row.lead_id) == ("crm:L2", None)
