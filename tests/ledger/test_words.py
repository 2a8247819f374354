"""What a word stands for: a person's own number, else a convention that never makes agreement a contradiction."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crm_core.ledger import words

CHANCES = st.floats(0.001, 0.999)
BELIEFS = st.sampled_from(sorted(words.MEANT))


@given(belief=BELIEFS, own=CHANCES, machine=CHANCES | st.none())
def test_a_number_of_ones_own_counts_whatever_the_model_says(belief: str, own: float, machine: float | None) -> None:
    assert words.meant(belief, own, machine) == own


@given(belief=BELIEFS, machine=CHANCES)
def test_a_belief_never_pulls_against_what_it_says(belief: str, machine: float) -> None:
    meant = words.meant(belief, None, machine)
    assert meant >= machine if belief in words.EXPECTS_EVENT else meant <= machine


@given(belief=BELIEFS)
def test_without_a_number_of_the_model_the_convention_stands(belief: str) -> None:
    assert words.meant(belief, None, None) == words.MEANT[belief]


def test_what_expects_the_event_stands_above_one_half_and_everything_else_below() -> None:
    assert {belief for belief, chance in words.MEANT.items() if chance > 0.5} == words.EXPECTS_EVENT
    assert set(words.MEANT) == {belief for known in words.BELIEFS.values() for belief in known}
