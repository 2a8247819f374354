"""Explore against the measures worked out by hand on the company of 20 customers."""

from __future__ import annotations

from typing import Any

import pytest

from crm_core import views
from crm_core.views.explore import ExploreChoice, ExplorePage, Line, MeasureFilter
from tests.views.test_measures import BY_HAND, NAMES
from tests.views.twenty import PEOPLE

pytestmark = pytest.mark.usefixtures("twenty")


def seen(measure: str, who: str = "admin", **more: Any) -> ExplorePage:
    return views.explore.explore(PEOPLE[who], ExploreChoice(measure, **more))


def in_one(parts: Any) -> float | None:
    """A case as one number."""
    if not isinstance(parts, list):
        return float(parts)
    above, below = parts
    return above / below if below else None


def by_group(page: ExplorePage) -> dict[str | None, float | None]:
    return {line.group: line.total for line in page.lines}


@pytest.mark.parametrize(("key", "case"), BY_HAND, ids=NAMES)
def test_a_measure_in_one_month_is_what_was_worked_out_by_hand(key: str, case: dict[str, Any]) -> None:
    page = seen(key, case.get("who", "admin"), split=case.get("split"), first_k=case["k"], last_k=case["k"])
    if not case.get("split"):
        assert page.everything.total == in_one(case["is"])
        assert page.everything.values == (page.everything.total,)
    else:
        assert by_group(page) == {group: in_one(parts) for group, parts in case["is"].items()}
        assert [line.values for line in page.lines] == [(line.total,) for line in page.lines]


def test_the_total_of_a_flow_is_all_months_together_of_a_stock_the_newest() -> None:
    won = seen("won_amount", first_k=12, last_k=0)
    assert won.everything.total == sum(value or 0 for value in won.everything.values)
    answer = seen("first_response_hours", first_k=1, last_k=0)
    assert answer.everything.values == (24, 3.75)
    assert answer.everything.total == (24 + 7.5) / 3
    revenue = seen("arr", first_k=1, last_k=0)
    assert revenue.everything.values == (39840, 35640)
    assert revenue.everything.total == 35640


def test_groups_are_listed_largest_first_and_a_measure_is_split_only_by_what_it_offers() -> None:
    page = seen("arr", split="owner", first_k=0)
    assert [line.group for line in page.lines] == ["Sara Costa", "Sam Okoro", "Noah Lind", "Nora Berg"]
    assert seen("override_rate", split="owner").split is None


def test_a_filter_that_the_measure_knows_nothing_of_does_not_count() -> None:
    whole = seen("lead_conversion").everything
    assert seen("lead_conversion", chosen=MeasureFilter(segments=("large",))).everything == whole
    large = seen("arr", first_k=0, chosen=MeasureFilter(segments=("large",)))
    assert large.everything.total == 21240
    assert large.n_customers == 9


def test_each_sees_his_own_and_an_analyst_no_names() -> None:
    assert seen("arr", "nora", first_k=0).everything.total == 6000
    assert seen("arr", "north", first_k=0).everything.total == 6000 + 6600
    groups = by_group(seen("arr", "analyst", split="owner", first_k=0))
    assert sorted(v or 0 for v in groups.values()) == [6000, 6600, 8400, 14640]
    assert all(group and group.startswith("Person ") for group in groups)
    assert views.explore.explore_choices(PEOPLE["nora"]).values["team"] == ("North",)


def test_months_the_data_do_not_reach_back_to_are_left_out() -> None:
    page = seen("override_rate", first_k=23)
    assert len(page.months) < 24
    assert page.months[-1] == page.as_of


def test_a_scope_in_which_nothing_counts_says_so() -> None:
    page = seen("arr", chosen=MeasureFilter(teams=("Nobody",)))
    assert page.is_empty
    assert "Remove a filter" in page.why_empty


def test_only_what_can_be_added_up_is_put_together_as_everything_else() -> None:
    money = seen("arr", split="owner", first_k=0)
    top, rest = money.top(3)
    assert [line.group for line in top] == ["Sara Costa", "Sam Okoro"]
    assert isinstance(rest, Line)
    assert (rest.total, rest.values) == (6600 + 6000, (12600,))
    assert money.top(4) == (money.lines, None)
    share = seen("retention", split="owner", first_k=0)
    top, rest = share.top(3)
    assert (len(top), rest) == (3, None)
