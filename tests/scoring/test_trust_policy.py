"""Learning whose word counts: nothing without evidence, more with more of it, never anything about a person."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_core.combining import combined
from crm_core.scoring.trust_policy import ANY, Cell, cells, lookup, prepared, usable
from crm_core.scoring.trust_proof import Policy, Proven, learn, losses
from tests.scoring.talk import judged


def learned(rows: pd.DataFrame) -> dict[tuple[str, str, str], Cell]:
    return {cell.key: cell for cell in cells(prepared(usable(rows)))}


def top(rows: pd.DataFrame) -> Cell:
    return learned(rows)[ANY, ANY, ANY]


def test_without_evidence_nothing_pulls() -> None:
    policy = learn(judged(0, skill=1))
    asked = judged(5, skill=1)
    assert policy.cells == ()
    assert not policy.proof.is_proven
    assert policy.weights(asked).tolist() == [0.0] * 5
    assert lookup(policy.cells, asked).tolist() == [0.0] * 5
    assert combined(0.24, [(0.9, 0.0)]) == pytest.approx(0.24)


@given(p=st.floats(0.01, 0.99), said=st.lists(st.floats(0.01, 0.99), max_size=4))
def test_with_weight_nought_the_combination_is_the_model(p: float, said: list[float]) -> None:
    assert combined(p, [(q, 0.0) for q in said]) == pytest.approx(p)


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000))
def test_more_evidence_of_people_who_know_raises_the_weight(seed: int) -> None:
    few, many = (top(judged(n, skill=0.7, seed=seed)) for n in (60, 1500))
    assert few.weight > 0
    assert many.weight > max(0.5, few.weight - 0.05)


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000))
def test_people_who_say_the_opposite_get_no_weight(seed: int) -> None:
    rows = judged(400, skill=-0.6, seed=seed)
    policy = learn(rows)
    assert {cell.weight for cell in policy.cells} == {0.0}
    assert not policy.proof.is_proven
    assert policy.proof.why == "no_gain"


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000), skill=st.floats(-0.5, 0.9))
def test_the_order_of_rows_changes_nothing(seed: int, skill: float) -> None:
    rows = judged(150, skill=skill, seed=seed)
    assert learn(rows.sample(frac=1, random_state=seed)) == learn(rows)


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000))
def test_other_names_for_people_change_nothing(seed: int) -> None:
    rows = judged(150, skill=0.5, seed=seed)
    renamed = rows.assign(who=rows["who"].map(lambda who: f"x{hash(who)}"))
    assert learn(renamed) == learn(rows)


def test_fewer_than_five_people_or_twenty_cases_take_what_stands_above() -> None:
    many = judged(300, skill=0.8)
    few = judged(19, skill=-1, reason="timing")
    four = judged(200, skill=-1, people=4, reason="other", seed=3)
    found = learned(pd.concat([many, few, four]))
    assert {key[0] for key in found} == {ANY, "customer_told_us"}
    weight = lookup(tuple(found.values()), few)
    assert set(weight) == {found[ANY, ANY, ANY].weight}
    assert all(cell.n >= 20 and cell.n_people >= 5 for cell in found.values())


def test_a_thin_cell_is_drawn_towards_its_reason() -> None:
    rows = pd.concat([judged(400, skill=0.8), judged(25, skill=0.8, reason="other", seed=5)])
    alone = top(judged(25, skill=0.8, reason="other", seed=5))
    found = learned(rows)
    told, small = found["customer_told_us", ANY, ANY], found["other", ANY, ANY]
    assert abs(small.nearer - told.nearer) <= abs(alone.nearer - told.nearer) + 0.02
    assert small.nearer_high - small.nearer_low > told.nearer_high - told.nearer_low


def test_words_without_an_outcome_or_a_number_of_the_model_teach_nothing() -> None:
    rows = judged(60, skill=0.8)
    spoilt = [rows.assign(p_machine=np.nan), rows.assign(is_positive=np.nan)]
    assert [len(usable(one)) for one in spoilt] == [0, 0]
    assert len(usable(rows.assign(evidence_level=None))) == 60


def test_words_about_one_customer_on_one_day_count_as_one_case() -> None:
    rows = judged(200, skill=0.8)
    thrice = pd.concat([rows] * 3)
    assert top(thrice).weight == pytest.approx(top(rows).weight, abs=0.002)
    assert learn(thrice).proof.n == 200


def test_good_people_are_proven_and_only_then_in_force() -> None:
    rows = judged(1200, skill=0.3)
    policy = learn(rows)
    assert policy.proof.why == "proven"
    assert policy.proof.over_model.is_above_zero
    assert policy.proof.over_best.is_above_zero
    assert (policy.weights(rows) > 0).all()
    found = losses(usable(rows), policy.weights(usable(rows)))
    assert found["both"].sum() < found["machine"].sum()


def test_too_few_words_are_not_proven_and_say_how_many_are_missing() -> None:
    proof = learn(judged(60, skill=1)).proof
    assert (proof.why, proof.n, proof.n_wanted) == ("few", 60, 100)


def test_what_people_knew_once_and_no_longer_know_is_not_proven() -> None:
    rows = judged(1000, skill=0.9)
    days = rows["shown_as_of"].sort_values(ignore_index=True)
    late = rows["shown_as_of"] >= days[500]
    opposite = judged(1000, skill=-0.3, seed=0)
    mixed = rows.where(~late, opposite)
    assert not learn(mixed.assign(shown_as_of=rows["shown_as_of"])).proof.is_proven


def test_guesses_cost_next_to_nothing_even_where_they_are_used() -> None:
    rows, later = judged(500, skill=0), usable(judged(4000, skill=0, seed=9))
    found = losses(later, lookup(learn(rows).cells, later))
    assert found["both"].sum() / found["machine"].sum() < 1.003


def test_no_column_and_no_key_names_a_person() -> None:
    names = {field.name for kind in (Cell, Policy, Proven) for field in fields(kind)}
    assert not names & {"who", "who_name", "person", "people", "owner_id", "entry_id", "entity_id"}
    told = repr(learn(judged(300, skill=0.8)))
    assert "person-" not in told
    assert "customer_told_us-0-" not in told
