"""What changed and why: one customer's parts, and sums by hand, of what the viewer may see only."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_core import views
from crm_core.errors import AccessDeniedError
from crm_core.views.sell.parts import Movement
from crm_core.views.steer import MeetingFilter, Movements
from tests.views.company import PEOPLE
from tests.views.moving import SINCE, because, move, set_tier

ALPHA, BETA, GAMMA = (
    "crm:1",
    "crm:2",
    "billing:9",
)  # Rep North's, Rep South's, Rep North's: 1,200, 12,000 and 600 a year


def of_one(who: str, key: str) -> Movement | None:
    return views.sell.account(PEOPLE[who], key).moved


def of_all(who: str) -> Movements:
    found = views.steer.meeting(PEOPLE[who]).causes
    assert found
    return found


def test_without_an_earlier_build_nothing_is_said_to_have_moved(company: Path) -> None:
    assert of_one("north", ALPHA) is None
    assert views.steer.meeting(PEOPLE["executive"]).causes is None


def test_the_parts_of_one_score_add_up_and_name_what_moved_most(company: Path) -> None:
    move(company, ALPHA, 0.3, behaviour=0.2, late_data=0.15, sight=-0.05, feeds_lost="calls,meetings")
    for rank in (1, 2, 3):
        because(company, ALPHA, "behaviour", f"then {rank}", f"now {rank}", rank)
    moved = of_one("north", ALPHA)
    assert moved
    assert (moved.since, moved.before, moved.is_withheld) == (SINCE, 0.3, False)
    assert [(p.cause, p.change) for p in moved.parts] == [("behaviour", 0.2), ("late_data", 0.15), ("sight", -0.05)]
    assert sum(p.change for p in moved.parts) == pytest.approx(0.3, abs=1e-12)
    assert moved.now == pytest.approx(0.6, abs=1e-12)
    assert [(f.before, f.after) for f in moved.features] == [("then 1", "now 1"), ("then 2", "now 2")]
    assert moved.feeds_lost == ("calls", "meetings")


def test_a_movement_that_cannot_be_split_says_why_and_guesses_nothing(company: Path) -> None:
    move(company, ALPHA, 0.3, behaviour=0.3, is_split=False, why_not="version 1 is gone")
    moved = of_one("north", ALPHA)
    assert moved
    assert (moved.parts, moved.features, moved.why_not) == ((), (), "version 1 is gone")


def test_only_the_comparison_that_pages_show_is_shown(company: Path) -> None:
    move(company, ALPHA, 0.5, behaviour=0.1, from_build="0009", is_default=False)
    assert of_one("north", ALPHA) is None
    assert views.steer.meeting(PEOPLE["executive"]).causes is None


def test_sums_are_chance_times_money_and_add_up_by_cause(company: Path) -> None:
    move(company, ALPHA, 0.3, behaviour=0.2, late_data=0.1)
    move(company, BETA, 0.2, behaviour=-0.1)
    move(company, GAMMA, 0.1, behaviour=0.2, is_split=False, why_not="gone")
    found = of_all("executive")
    assert (found.since, found.n_customers) == (SINCE, 3)
    assert found.value_before == pytest.approx(0.3 * 1200 + 0.2 * 12000 + 0.1 * 600)
    assert found.value_now == pytest.approx(0.6 * 1200 + 0.1 * 12000 + 0.3 * 600)
    told = {c.cause: (round(c.value, 6), round(c.customers, 6)) for c in found.causes}
    assert told == {"behaviour": (-960.0, 0.1), "late_data": (120.0, 0.1), "unsplit": (120.0, 0.2)}
    assert sum(c.value for c in found.causes) == pytest.approx(found.value_now - found.value_before)
    assert sum(c.customers for c in found.causes) == pytest.approx(found.customers_now - found.customers_before)


def test_sums_are_of_what_the_viewer_may_see_and_of_the_filters(company: Path) -> None:
    move(company, ALPHA, 0.3, behaviour=0.2)
    move(company, BETA, 0.2, model=0.1)
    assert [c.cause for c in of_all("north").causes] == ["behaviour"]
    assert [c.cause for c in of_all("south").causes] == ["model"]
    assert of_all("executive").n_customers == 2
    chosen = views.steer.meeting(PEOPLE["executive"], MeetingFilter(teams=("B",))).causes
    assert chosen
    assert chosen.n_customers == 1
    with pytest.raises(AccessDeniedError):
        of_one("north", BETA)


def test_a_score_that_is_withheld_on_either_day_is_counted_apart_and_not_summed(company: Path) -> None:
    move(company, ALPHA, 0.3, sight=0.3, feeds_lost="calls")
    move(company, BETA, 0.2, behaviour=0.1, tier_before="unknown", was_withheld=True)
    move(company, GAMMA, 0.1, behaviour=0.2)
    set_tier(company, ALPHA, "unknown")
    found = of_all("executive")
    assert (found.n_customers, found.n_lost_sight, found.value_lost_sight, found.n_regained_sight) == (1, 1, 1200, 1)
    assert [(c.cause, c.customers) for c in found.causes] == [("behaviour", 0.2)]
    moved = of_one("north", ALPHA)
    assert moved
    assert (moved.was_withheld, moved.is_withheld) == (False, True)
    assert (moved.before, moved.now, moved.parts, moved.features) == (0.3, None, (), ())
    before = of_one("south", BETA)
    assert before
    assert (before.before, before.parts) == (None, ()), "a withheld number is not told later either"
