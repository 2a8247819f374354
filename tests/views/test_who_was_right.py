"""Who was right, and one's own balance: every figure worked out by hand from `judging.py`."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest

from crm_core import views
from crm_core.access import Role, Viewer
from crm_core.views import sell, trust
from tests.views.judging import N_CASES, SPEAKERS
from tests.views.twenty import PEOPLE

pytestmark = pytest.mark.usefixtures("judged")
STAYS, LEAVES, MODEL = 0.03, 0.75, 0.3
SAID = {who: 10 + {"nora": 4, "noah": 2, "sara": 1, "sam": 1, "south": 2}.get(who, 0) for who in SPEAKERS}


def test_all_cases_together_are_worked_out_as_anybody_can_check() -> None:
    page = trust.who_was_right(PEOPLE["executive"])
    assert page.n_judged == N_CASES
    total = page.total
    assert total is not None
    assert (total.n_cases, total.n_people, total.n_about) == (N_CASES, 6, 12)
    # Contract known: 12 left and 18 stayed as said; told: 24 stayed though "will leave"; timing: 3 stayed as said.
    people = (12 * (1 - LEAVES) ** 2 + 21 * STAYS**2 + 24 * LEAVES**2) / N_CASES
    model = (12 * (1 - MODEL) ** 2 + 45 * MODEL**2) / N_CASES
    assert (total.off_person, total.off_machine) == pytest.approx((people, model), abs=0.0051)
    assert total.gain == pytest.approx(model - people, abs=0.0051)
    assert total.nearer == pytest.approx(33 / N_CASES, abs=0.0051)
    per_customer = [*([6 * (0.49 - 0.0625)] * 2), *([6 * (0.09 - 0.0009)] * 3), *([6 * (0.09 - 0.5625)] * 4),
                    *([0.09 - 0.0009] * 3)]  # fmt: skip
    counts, gain = [6] * 9 + [1] * 3, model - people
    error = math.sqrt(sum((s - n * gain) ** 2 for s, n in zip(per_customer, counts, strict=True)) * 12 / 11) / N_CASES
    assert total.gain_low == pytest.approx(gain - 1.96 * error, abs=0.0051)
    assert total.gain_high == pytest.approx(gain + 1.96 * error, abs=0.0051)
    assert total.who_was_nearer == "neither"


def test_a_group_of_two_people_is_put_together_with_another_one() -> None:
    page = trust.who_was_right(PEOPLE["nora"])
    found = {(cell.name, cell.n_groups): cell for cell in page.cells if cell.dimension == "reason_code"}
    assert set(found) == {("I know the contract", 1), ("", 2)}
    contract, others = found["I know the contract", 1], found["", 2]
    assert (contract.n_cases, contract.nearer, contract.off_machine) == (30, 1.0, 0.25)
    assert contract.off_person == pytest.approx((12 * 0.0625 + 18 * 0.0009) / 30, abs=0.0051)
    assert contract.who_was_nearer is None, "five customers are too few for a range"
    assert (others.n_cases, others.nearer) == (27, round(3 / 27, 2))


def test_what_is_not_compared_is_counted_with_its_reason() -> None:
    wait = trust.who_was_right(PEOPLE["nora"]).awaited
    assert (wait.n_waiting, wait.first_due, wait.last_due) == (1, date(2026, 8, 30), date(2026, 8, 30))
    assert (wait.n_late, wait.n_withdrawn, wait.n_replaced, wait.n_nothing_shown, wait.n_not_followed) == (1,) * 5


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_reads_the_same_groups(who: str) -> None:
    assert trust.who_was_right(PEOPLE[who]) == trust.who_was_right(PEOPLE["admin"])


@pytest.mark.parametrize("who", SPEAKERS)
def test_each_person_s_own_balance_is_worked_out_from_his_own_words(who: str) -> None:
    own = sell.own_balance(PEOPLE[who])
    timing = {"nora": 2, "south": 1}.get(who, 0)
    assert own.total is not None
    assert own.total.n == len(own.cases) == 9 + timing
    assert own.total.n_nearer == 5 + timing
    distance = (2 * 0.0625 + (3 + timing) * 0.0009 + 4 * 0.5625) / (9 + timing)
    assert own.total.off_person == pytest.approx(distance)
    assert own.total.off_machine == pytest.approx((2 * 0.49 + (7 + timing) * 0.09) / (9 + timing))
    by_reason = {figures.reason: (figures.n, figures.n_nearer, figures.is_few) for figures in own.by_reason}
    assert by_reason["I know the contract"] == (5, 5.0, False)
    assert by_reason["The customer told us"] == (4, 0.0, True)
    left_out = {"nora": 1, "noah": 2, "sam": 1, "south": 1}.get(who, 0)
    assert (own.n_left_out, own.n_waiting) == (left_out, int(who == "sara"))


def test_a_case_is_told_with_what_was_said_then_and_what_came() -> None:
    case = next(case for case in sell.own_balance(PEOPLE["nora"]).cases if case.entity_id == "crm:C05")
    assert (case.belief, case.p_person, case.p_machine, case.happened) == ("will leave", 0.75, 0.3, True)
    assert (case.said_on, case.nearer, case.reason) == (date(2026, 3, 21), 1.0, "I know the contract")
    foreign = next(case for case in sell.own_balance(PEOPLE["nora"]).cases if case.entity_id == "crm:C16")
    assert foreign.entity_name == "no longer in your scope"


@pytest.mark.parametrize("who", [who for who in PEOPLE if who not in SPEAKERS])
def test_whoever_said_nothing_has_no_balance_and_sees_nobody_else_s(who: str) -> None:
    own = sell.own_balance(PEOPLE[who])
    assert own.is_empty
    assert (own.total, own.by_reason, own.cases, own.n_waiting, own.n_left_out) == (None, (), (), 0, 0)


@pytest.mark.parametrize("role", [*Role, "nobody known"])
def test_a_balance_goes_by_who_one_is_and_by_nothing_else(role: Role) -> None:
    stranger = Viewer("crm:E99", PEOPLE["nora"].name, role, frozenset({"North", "South"}))
    assert sell.own_balance(stranger).is_empty


def test_with_no_disagreement_the_page_says_what_to_do(built_twenty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_DATA_DIR", str(built_twenty))
    page = trust.who_was_right(PEOPLE["nora"])
    assert page.is_empty
    assert (page.total, page.cells, page.hidden) == (None, (), ())
    assert views.trust.who_was_right(PEOPLE["nora"]).why_empty
