"""What people say about one customer: since when, until when, what it stands for, and whether they disagree."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine

from crm_core import views
from crm_core.access import Viewer
from crm_core.actions import Disagree, disagree, withdraw
from crm_core.views.sell.parts import Opinion, standing
from tests.views.company import PEOPLE

NORTH, SOUTH, MANAGER = PEOPLE["north"], PEOPLE["south"], PEOPLE["manager"]
ADMIN, STEWARD, EXECUTIVE = PEOPLE["admin"], PEOPLE["steward"], PEOPLE["executive"]
pytestmark = pytest.mark.usefixtures("company")


def say(viewer: Viewer, belief: str, day: date, *, key: str = "crm:1", question: str = "churn", **more: object) -> str:
    request = Disagree(
        question, key, belief, None, "contract_known", "", date(2026, 8, 31), f"{viewer.who}{day}{belief}"
    )
    with time_machine.travel(datetime(day.year, day.month, day.day, 9, tzinfo=UTC), tick=False):
        return disagree(viewer, replace(request, **more)).entry_id  # type: ignore[arg-type]


def said(viewer: Viewer = ADMIN, key: str = "crm:1", today: date = date(2026, 7, 20)) -> tuple[Opinion, ...]:
    with time_machine.travel(datetime(today.year, today.month, today.day, 12, tzinfo=UTC), tick=False):
        return views.sell.account(viewer, key).opinions


def test_two_people_who_expect_the_opposite_disagree_and_each_sees_it_as_far_as_he_sees_both() -> None:
    say(NORTH, "will_stay", date(2026, 7, 1))
    assert [o.is_contested for o in said()] == [False]
    say(STEWARD, "will_leave", date(2026, 7, 2))
    for viewer in (ADMIN, NORTH, MANAGER, EXECUTIVE, PEOPLE["analyst"]):
        assert [o.is_contested for o in said(viewer)] == [True, True]


def test_who_believes_the_same_with_another_number_does_not_disagree_nor_anybody_with_himself() -> None:
    say(NORTH, "will_stay", date(2026, 7, 1), probability=0.01)
    say(STEWARD, "will_stay", date(2026, 7, 2), probability=0.2)
    assert not any(o.is_contested for o in said())
    say(NORTH, "will_leave", date(2026, 7, 3))
    assert [o.is_contested for o in said()] == [True, True, False], "what was replaced is not in force"


def test_not_ready_and_dead_expect_the_same() -> None:
    say(NORTH, "not_ready", date(2026, 7, 1), key="crm:L1", question="lead")
    say(STEWARD, "dead", date(2026, 7, 2), key="crm:L1", question="lead")
    with time_machine.travel(datetime(2026, 7, 20, 12, tzinfo=UTC), tick=False):
        assert not any(o.is_contested for o in standing(ADMIN, "lead", "crm:L1"))
        say(MANAGER, "ready", date(2026, 7, 3), key="crm:L1", question="lead")
        assert all(o.is_contested for o in standing(ADMIN, "lead", "crm:L1"))


@pytest.mark.parametrize(
    ("how", "state", "ended"),
    [
        ("not at all", "in force", None),
        ("withdrawn", "withdrawn", date(2026, 7, 10)),
        ("replaced", "replaced", date(2026, 7, 11)),
        ("expired", "expired", date(2026, 7, 12)),
    ],
)
def test_a_view_says_when_it_ended(how: str, state: str, ended: date | None) -> None:
    first = say(NORTH, "will_stay", date(2026, 7, 1), expires_on=date(2026, 7, 12 if how == "expired" else 31))
    if how == "withdrawn":
        with time_machine.travel(datetime(2026, 7, 10, 9, tzinfo=UTC), tick=False):
            withdraw(NORTH, first, "w")
    if how == "replaced":
        say(NORTH, "will_leave", date(2026, 7, 11))
    view = next(o for o in said() if o.entry_id == first)
    assert (view.state, view.ended_on) == (state, ended)


def test_what_expired_before_it_was_replaced_ended_when_it_expired() -> None:
    first = say(NORTH, "will_stay", date(2026, 7, 1), expires_on=date(2026, 7, 5))
    say(NORTH, "will_leave", date(2026, 7, 11))
    assert next(o for o in said() if o.entry_id == first).ended_on == date(2026, 7, 5)


def test_a_view_stands_for_the_persons_own_number_or_for_what_the_belief_stands_for() -> None:
    say(NORTH, "will_stay", date(2026, 7, 1), probability=0.2)
    say(STEWARD, "will_leave", date(2026, 7, 2))
    assert [o.stands_for for o in said()] == [0.75, 0.2]
    assert [o.probability for o in said()] == [None, 0.2]


def test_of_two_views_about_customers_who_have_become_one_the_latest_counts() -> None:
    say(NORTH, "will_stay", date(2026, 7, 1), key="billing:9")
    say(NORTH, "will_leave", date(2026, 7, 2), key="crm:3")
    views_now = said(key="billing:9")
    assert [(o.belief, o.state, o.is_contested) for o in views_now] == [
        ("will leave", "in force", False),
        ("will stay", "replaced", False),
    ]
    assert said(key="crm:3") == views_now


def test_what_stands_is_found_by_any_key_of_the_customer_and_only_by_who_may_see_it() -> None:
    say(NORTH, "will_stay", date(2026, 7, 1), key="crm:3")
    with time_machine.travel(datetime(2026, 7, 20, 12, tzinfo=UTC), tick=False):
        for key in ("billing:9", "crm:3"):
            assert [o.belief for o in standing(NORTH, "churn", key)] == ["will stay"]
        assert standing(SOUTH, "churn", "billing:9") == ()
        assert standing(ADMIN, "churn", "crm:404") == ()
