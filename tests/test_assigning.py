"""Who looks after something: assignments before defaults, deputies during absence, whatever the order and the ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.assigning import Absence, Assigned, Duty, acting, duty, fairness_default

KNOWN = ("a", "b", "c")
DAY = date(2026, 7, 1)
people = st.one_of(st.none(), st.sampled_from([*KNOWN, "gone"]))
days = st.one_of(st.none(), st.integers(-5, 5).map(lambda n: DAY + timedelta(days=n)))
absences = st.builds(Absence, days, days)


@given(people, people, st.one_of(st.none(), st.sampled_from(KNOWN)))
def test_an_assignment_goes_before_the_default_and_somebody_who_left_is_nobody(
    owner: str | None, deputy: str | None, default: str | None
) -> None:
    held = duty(Assigned(owner, deputy), default, KNOWN)
    assert held.owner in {*KNOWN, None}
    assert held.deputy in {*KNOWN, None}
    if owner is None:
        assert (held.owner, held.is_by_default) == (default, True)
    else:
        assert (held.owner, held.is_by_default) == (owner if owner in KNOWN else None, False)
    assert ("gone" in held.lost) == ("gone" in (owner, deputy))
    assert held.owner is None or held.owner != held.deputy


@given(people, people)
def test_what_was_assigned_is_read_as_it_was_written(owner: str | None, deputy: str | None) -> None:
    assert Assigned.from_words(Assigned(owner, deputy).to_words()) == Assigned(owner, deputy)


@pytest.mark.parametrize("words", ["", "{", "[]", "null", "7", '{"owner": 3, "deputy": ""}', '{"other": "x"}'])
def test_words_that_cannot_be_read_decide_nothing(words: str) -> None:
    assert Assigned.from_words(words) == Assigned()
    assert duty(Assigned.from_words(words), "a", KNOWN) == duty(None, "a", KNOWN)


@given(st.sampled_from([*KNOWN, None]), st.sampled_from([*KNOWN, None]), absences, absences, days)
def test_the_owner_acts_while_there_then_the_deputy_then_nobody(
    owner: str | None, deputy: str | None, first: Absence, second: Absence, day: date | None
) -> None:
    held = Duty(owner, deputy if deputy != owner else None, is_by_default=False)
    away = {key: span for key, span in ((held.owner, first), (held.deputy, second)) if key}
    who, today = acting(held, away, day or DAY), day or DAY
    if who is None:
        assert all(key is None or away[key].covers(today) for key in (held.owner, held.deputy))
    elif who == held.owner:
        assert not first.covers(today)
    else:
        assert who == held.deputy
        assert held.owner is None or first.covers(today)


@given(absences, st.integers(-9, 9))
def test_an_absence_includes_both_its_days_and_an_open_end_has_no_limit(span: Absence, n: int) -> None:
    day = DAY + timedelta(days=n)
    begun = span.from_on is None or span.from_on <= day
    ended = span.to_on is not None and span.to_on < day
    assert span.covers(day) == (begun and not ended and span != Absence())
    if span.from_on is not None and span.to_on is None:
        assert span.covers(span.from_on + timedelta(days=10_000))
    if span.to_on is not None and span.from_on is None:
        assert span.covers(span.to_on - timedelta(days=10_000))


@given(st.dictionaries(st.text("xyz", min_size=1), st.sampled_from(["rep", "steward", "admin"])))
def test_the_fairness_stop_goes_to_the_named_one_the_first_admin_the_first_steward(roles: dict[str, str]) -> None:
    assert fairness_default("named", roles.items()) == "named"
    admins = [key for key, role in roles.items() if role == "admin"]
    stewards = [key for key, role in roles.items() if role == "steward"]
    assert fairness_default("", list(roles.items())) == (min(admins) if admins else min(stewards, default=None))
