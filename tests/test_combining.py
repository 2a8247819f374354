"""A word and a number become one chance: between both, clipped, and nobody counts for ten."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crm_core.combining import FURTHEST, combined, log_odds

CHANCES = st.floats(0.001, 0.999)
WORDS = st.lists(st.tuples(CHANCES, st.floats(0, 1)), min_size=1, max_size=5)


@given(CHANCES, st.lists(CHANCES, min_size=1, max_size=5))
def test_words_without_weight_change_nothing(machine: float, people: list[float]) -> None:
    assert abs(log_odds(combined(machine, [(p, 0.0) for p in people])) - log_odds(machine)) < 1e-9
    assert combined(machine, []) == machine


@given(CHANCES, WORDS)
def test_the_result_lies_between_the_number_and_the_words(machine: float, said: list[tuple[float, float]]) -> None:
    all_odds = [log_odds(machine), *(log_odds(p) for p, _ in said)]
    assert min(all_odds) - 1e-9 <= log_odds(combined(machine, said)) <= max(all_odds) + 1e-9


@given(CHANCES, WORDS)
def test_no_word_pulls_further_than_it_may(machine: float, said: list[tuple[float, float]]) -> None:
    assert abs(log_odds(combined(machine, said)) - log_odds(machine)) <= FURTHEST + 1e-9


@given(CHANCES, CHANCES, st.floats(0, 1), st.integers(2, 10))
def test_the_same_word_from_ten_people_counts_once(machine: float, person: float, weight: float, n: int) -> None:
    assert abs(combined(machine, [(person, weight)] * n) - combined(machine, [(person, weight)])) < 1e-9


def test_the_formula_by_hand() -> None:
    # logit(0.2) = -1.386, logit(0.5) = 0: half way is -0.693, which is 1/3.
    assert abs(combined(0.2, [(0.5, 0.5)]) - 1 / 3) < 1e-3
    assert abs(combined(0.2, [(0.5, 1.0)]) - 0.5) < 1e-9
