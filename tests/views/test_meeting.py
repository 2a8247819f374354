"""The Meeting page against figures worked out by hand: on 20 customers, and on the small company of four."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from crm_core import views
from crm_core.access import Role, Viewer
from crm_core.actions import Disagree, disagree
from crm_core.views.steer import Danger, Kpi, MeetingFilter, MeetingPage
from tests.views import company as small
from tests.views.test_measures import BY_HAND
from tests.views.twenty import PEOPLE

TEN = (
    "retention", "nrr", "grr", "lead_conversion", "clv", "nps", "first_response_hours", "pipeline_coverage",
    "win_rate", "override_rate",
)  # fmt: skip


def seen(who: str = "executive", **chosen: Any) -> MeetingPage:
    return views.steer.meeting(PEOPLE[who], MeetingFilter(**chosen))


def value_of(kpi: Kpi, k: int) -> float | None:
    cell = kpi.at(k)
    assert cell
    return cell.value


def earlier(folder: Path, day: date, chances: dict[str, float], **more: Any) -> None:
    """Scores of an earlier day in the history of this build."""
    row: dict[str, Any] = {
        "question": "churn",
        "as_of": day,
        "scored_at": datetime(2026, 6, 1, tzinfo=UTC),
        "build_id": "0000",
        "model_version": "1",
        "low": 0.0,
        "high": 1.0,
        "base_rate": 0.1,
        "tier": "low",
        "is_backcast": True,
    }
    with duckdb.connect(str(next(folder.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        for key, chance in chances.items():
            told = row | {"entity_id": f"crm:{key}", "probability": chance} | more
            names = ", ".join(told)
            values = ", ".join(f"${name}" for name in told)
            con.execute(f"insert into marts.mart_score_history ({names}) values ({values})", told)


def test_the_ten_figures_stand_in_their_order_now_and_a_month_and_a_year_ago(twenty: Path) -> None:
    page = seen()
    assert tuple(kpi.definition.key for kpi in page.kpis) == TEN
    by_key = {kpi.definition.key: kpi for kpi in page.kpis}
    checked = 0
    for key, case in BY_HAND:
        if key in TEN and "split" not in case and "who" not in case:
            above, below = case["is"]
            assert value_of(by_key[key], case["k"]) == (above / below if below else None), case["because"]
            checked += 1
    assert checked >= 28
    assert by_key["retention"].change_since(12) == 12 / 15 - 14 / 16
    assert page.lost
    assert value_of(page.lost, 0) == 1 / 14


def test_what_the_data_do_not_reach_back_to_is_not_known_and_no_change(twenty: Path) -> None:
    rate = seen().kpis[-1]
    assert rate.at(12) is None
    assert rate.change_since(12) is None
    assert rate.at(1) is not None


def test_the_figures_are_those_of_the_scope_and_the_filters(twenty: Path) -> None:
    north = seen(teams=("North",)).kpis[0]
    assert value_of(north, 0) == 4 / 6
    assert value_of(seen("nora").kpis[0], 0) == 3 / 5
    assert value_of(seen("south").kpis[0], 0) == 8 / 9
    assert seen("nora").teams == ("North",)
    assert seen(teams=("Nobody",)).is_empty
    assert "Remove one" in seen(teams=("Nobody",)).why_empty


def test_money_at_risk_adds_up_by_segment(twenty: Path) -> None:
    page = seen()
    assert page.danger == (
        Danger("large", 6, 21240.0, 1, 6000.0, 0, 0.0),
        Danger("small", 8, 14400.0, 1, 1200.0, 0, 0.0),
    )
    assert page.n_in_scope == 14
    assert [(d.segment, d.value_high) for d in seen(regions=("East",)).danger] == [("small", 1200.0)]


@pytest.mark.parametrize("who", ["north", "executive", "analyst"])
def test_money_at_risk_is_what_the_risk_page_says(company: Path, who: str) -> None:
    viewer = small.PEOPLE[who]
    page, totals = views.steer.meeting(viewer), views.sell.risk(viewer).totals
    assert totals
    assert sum(d.value_high for d in page.danger) == totals.value_high == 1200
    assert sum(d.n_renewals for d in page.danger) == totals.n_renewals_high == 1
    assert sum(d.value_renewals for d in page.danger) == 1200


def test_without_an_earlier_score_nothing_has_moved_yet(twenty: Path) -> None:
    moved = seen().moved
    assert (moved.since, moved.rows, moved.n_up, moved.n_down) == (None, (), 0, 0)


def test_what_moved_most_is_weighted_by_money_and_compared_with_the_day_nearest_to_a_month_before(
    twenty: Path,
) -> None:
    earlier(twenty, date(2026, 5, 30), {"C01": 0.2, "C11": 0.4, "C06": 0.5, "C02": 0.09, "C04": 0.9})
    earlier(twenty, date(2026, 6, 20), {"C01": 0.6})
    earlier(twenty, date(2026, 5, 30), {"C01": 0.7}, model_version="0", is_backcast=False)
    moved = seen().moved
    assert moved.since == date(2026, 5, 30)
    told = [(row.name, row.before, row.now, row.yearly_value, row.reason) for row in moved.rows]
    assert told == [
        ("Kite Energy", 0.4, 0.3, 12000, ""),
        ("شركة النور", 0.2, 0.6, 1200, "reason 1"),
        ("Rocket 🚀 Works", 0.09, 0.1, 3600, ""),
    ]
    assert (moved.n_up, moved.value_up, moved.n_down, moved.value_down) == (1, 1200, 1, 12000)
    assert [row.name for row in seen("sara").moved.rows] == ["Kite Energy"]


def say(who: str, key: str, question: str = "churn", belief: str = "will_stay", own: float | None = None) -> None:
    request = Disagree(question, key, belief, own, "customer_told_us", "a word", None, f"{who}{key}")
    disagree(small.PEOPLE[who], request)


def test_disagreements_stand_by_money_and_by_how_much_there_is_to_learn(company: Path) -> None:
    say("north", "crm:1")  # 60 of 100 against 3, for which the word stands, 1,200 a year: 684
    say("south", "crm:2", belief="will_leave", own=0.2)  # 10 against 20 of 100, 12,000 a year: 1,200
    say("south", "crm:L2", question="lead", belief="ready")  # 40 of 100 against 75, no money known
    page = views.steer.meeting(small.PEOPLE["executive"])
    assert [(d.name, round(d.distance, 6)) for d in page.disputes] == [("Beta", 0.1), ("Alpha", 0.57), ("Jo Doe", 0.35)]
    assert (page.n_disputed, page.value_disputed) == (3, 13200)
    assert [o.who_name for d in page.disputes for o in d.opinions] == ["Rep South", "Rep North", "Rep South"]
    assert not any(o.words for d in page.disputes for o in d.opinions), "words may name people"


def test_disagreements_are_shown_to_those_who_may_see_them(company: Path) -> None:
    say("north", "crm:1")
    say("south", "crm:2")
    say("south", "crm:L2", question="lead", belief="ready")
    assert [d.name for d in views.steer.meeting(small.PEOPLE["north"]).disputes] == ["Alpha"]
    analyst = views.steer.meeting(small.PEOPLE["analyst"])
    names = {d.name for d in analyst.disputes} | {o.who_name for d in analyst.disputes for o in d.opinions}
    assert not names & {"Rep North", "Rep South", "Jo Doe"}


def test_nobody_without_a_customer_or_a_lead_has_anything_to_meet_about(company: Path) -> None:
    page = views.steer.meeting(small.PEOPLE["steward"])
    assert not page.is_empty
    stranger = views.steer.meeting(Viewer("crm:E99", "Nobody", Role.REP))
    assert stranger.is_empty
    assert "belongs to you" in stranger.why_empty


def test_a_score_withheld_a_month_ago_has_not_moved_whatever_was_computed_later(company: Path) -> None:
    day = date(2026, 5, 31)
    earlier(company, day, {"1": 0.1}, tier="unknown", is_backcast=False)
    earlier(company, day, {"1": 0.2}, model_version="9")
    earlier(company, day, {"2": 0.4})
    listed = views.steer.meeting(small.PEOPLE["executive"]).moved.rows
    assert [move.name for move in listed] == ["Beta"]
