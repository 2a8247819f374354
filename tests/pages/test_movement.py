"""What changed and why, as it is read: whole points that add up, causes in words, nothing shown that is withheld."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages._kit import movement
from tests.pages.conftest import OPEN, words_of
from tests.pages.test_meeting import lists
from tests.views.moving import because, move, set_tier

ADMIN = {"as": "crm:E7"}
KEY = "crm:C01"


@given(st.lists(st.floats(-60, 60), min_size=1, max_size=6), st.floats(-1, 1))
def test_whole_points_add_up_to_what_is_shown_and_are_near_the_parts(parts: list[float], more: float) -> None:
    total = round(sum(parts) + more)
    shown = movement.whole(total, parts)
    assert sum(shown) == total
    assert all(abs(n - part) < 3 for n, part in zip(shown, parts, strict=True))


@pytest.mark.parametrize(
    ("total", "parts", "shown"),
    [
        (9, [6.4, 3.6, -1.2], [6, 4, -1]),
        (1, [0.2], [1]),
        (0, [], []),
        (-1, [0.0, -0.6], [0, -1]),
        (2, [1.5, 0.5], [2, 0]),
    ],
)
def test_the_largest_remainders_are_rounded_up(total: int, parts: list[float], shown: list[int]) -> None:
    assert movement.whole(total, parts) == shown


def test_without_an_earlier_build_the_account_says_so(twenty: Path, open_page: OPEN) -> None:
    at = open_page("account", customer=KEY, **ADMIN)
    assert len(at.exception) == 0
    assert "no earlier build to compare" in words_of(at)


def test_the_account_tells_the_movement_and_the_causes_that_add_up(twenty: Path, open_page: OPEN) -> None:
    parts = {"behaviour": 0.22, "late_data": 0.1, "model": -0.02, "sight": 0.1}
    move(twenty, KEY, 0.2, **parts, feeds_lost="product_usage", version_after="2")
    because(twenty, KEY, "behaviour", "Used *9* times", "Used 2 times")
    because(twenty, KEY, "late_data", "1 call", "2 calls")
    said = words_of(open_page("account", customer=KEY, **ADMIN))
    assert "What changed since" in said
    assert "**+40 of 100**: 20 then, 60 now." in said
    assert "**+22** what happened since\n    - Used *9* times → Used 2 times" in said
    assert "**+10** news about the time before\n    - 1 call → 2 calls" in said
    assert "**−2** a newer version of the model: 2 instead of 1" in said
    assert "product usage no longer seen; nothing the customer did" in said
    assert "▲ 40 since" in said, "the box of the model tells the same movement"


def test_a_movement_that_cannot_be_split_is_told_with_its_reason(twenty: Path, open_page: OPEN) -> None:
    move(twenty, KEY, 0.2, behaviour=0.4, is_split=False, why_not="version 1 of the model is gone or damaged")
    said = words_of(open_page("account", customer=KEY, **ADMIN))
    assert "**+40 of 100**" in said
    assert "version 1 of the model is gone" in said
    assert "what happened since" not in said


def test_a_number_that_was_withheld_is_not_shown_afterwards(twenty: Path, open_page: OPEN) -> None:
    move(twenty, KEY, 0.23, sight=0.37, was_withheld=True, feeds_regained="calls")
    said = words_of(open_page("account", customer=KEY, **ADMIN))
    assert "There was **not enough evidence** then; now it is 60 of 100." in said
    assert "seen again: calls" in said
    assert "23" not in said.split("What changed since")[1].split("Over time")[0]


def test_a_number_that_is_withheld_now_is_not_shown_beside_the_earlier_one(twenty: Path, open_page: OPEN) -> None:
    move(twenty, KEY, 0.23, sight=0.37, feeds_lost="calls,meetings")
    set_tier(twenty, KEY, "unknown")
    said = words_of(open_page("account", customer=KEY, **ADMIN))
    assert "It was 23 of 100 then; now there is **not enough evidence**." in said
    assert "no longer seen: calls, meetings" in said
    assert "60" not in said.split("What changed since")[1].split("Over time")[0]


def test_the_meeting_tells_the_money_and_what_moved_it(twenty: Path, open_page: OPEN) -> None:
    move(twenty, KEY, 0.2, behaviour=0.3, late_data=0.1)  # 1,200 a year
    move(twenty, "crm:C02", 0.3, model=-0.2)  # 3,600 a year
    at = open_page("meeting", **ADMIN)
    assert len(at.exception) == 0
    assert "**€ 1,080** a year" in words_of(at), "0.6 of 1,200 and 0.1 of 3,600"
    said = lists(at).replace('"', "").replace("\u00a0", " ")
    assert "what happened since,+€ 360,+0.3" in said
    assert "a newer version of the model,−€ 720,−0.2" in said


def test_the_meeting_counts_apart_who_moved_to_not_enough_evidence(twenty: Path, open_page: OPEN) -> None:
    move(twenty, KEY, 0.2, sight=0.3, feeds_lost="calls")
    move(twenty, "crm:C02", 0.3, behaviour=-0.2)
    set_tier(twenty, KEY, "unknown")
    said = words_of(open_page("meeting", **ADMIN))
    assert "**1 customer** (€ 1,200 a year) moved to *not enough evidence*" in said or "(€ 1.2k a year)" in said
