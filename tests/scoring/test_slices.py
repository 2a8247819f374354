"""Whether the model keeps its word is told for every part of the customers, and only where there are enough of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crm_core.scoring import slices


def cases(*parts: tuple[str | None, int, int], kind: str = "segment", per_entity: int = 1) -> pd.DataFrame:
    """Rows of (value, rows, outcomes), `per_entity` of them about the same customer."""
    rows = [
        {"entity_id": f"{value}-{i // per_entity}", kind: value, "is_positive": float(i < positives)}
        for value, n, positives in parts
        for i in range(n)
    ]
    return pd.DataFrame(rows)


def test_each_part_tells_what_was_said_what_came_and_of_how_many() -> None:
    test = cases(("Enterprise", 312, 28), ("Public", 200, 40))
    said = np.where(test["segment"] == "Enterprise", 0.08, 0.1)
    enterprise, public = slices.measure(test, said)
    assert (enterprise.value, enterprise.n, enterprise.positives) == ("Enterprise", 312, 28)
    assert enterprise.said == pytest.approx(0.08)
    assert enterprise.came == pytest.approx(28 / 312)
    assert enterprise.low < enterprise.said < enterprise.high
    # 10 of 100 were said of the public sector, 20 came: beyond what 200 cases leave to chance.
    assert public.low > public.said
    assert public.ece == pytest.approx(0.1, abs=0.02)


def test_one_customer_on_three_days_is_one_proof_not_three() -> None:
    once, _ = slices.measure(cases(("a", 300, 30), ("b", 300, 30)), np.full(600, 0.1))
    thrice, _ = slices.measure(cases(("a", 900, 90), ("b", 900, 90), per_entity=3), np.full(1800, 0.1))
    assert (once.n, thrice.n, once.entities, thrice.entities) == (300, 900, 300, 300)
    assert (once.low, once.high) == pytest.approx((thrice.low, thrice.high))


def test_small_parts_are_put_together_and_a_lone_one_is_said_to_be_too_few() -> None:
    big = ("big", 400, 40)
    together = slices.measure(cases(big, ("x", 60, 6), ("y", 70, 4), ("z", 300, 2)), np.full(830, 0.1))
    assert [(s.value, s.n, s.n_values, s.is_few) for s in together] == [("big", 400, 1, False), ("", 430, 3, False)]
    alone = slices.measure(cases(big, ("x", 60, 6)), np.full(460, 0.1))
    assert [(s.value, s.is_few, s.ece) for s in alone if s.value == "x"] == [("x", True, None)]


def test_what_is_not_filled_in_is_a_part_of_its_own() -> None:
    found = slices.measure(cases(("a", 200, 20), (None, 200, 20)), np.full(400, 0.1))
    assert {s.value for s in found} == {"a", slices.NOT_KNOWN}


def test_without_an_evidence_level_it_follows_from_the_blind_feeds() -> None:
    test = cases(("", 200, 20), ("calls,meetings", 150, 10), kind="blind_feeds")
    assert [(s.kind, s.value, s.n) for s in slices.measure(test, np.full(350, 0.1))] == [
        ("evidence_level", "full", 200),
        ("evidence_level", "partial", 150),
    ]


@pytest.mark.parametrize("test", [cases(("only", 300, 30)), cases(("a", 9, 1), kind="other")])
def test_where_there_is_only_one_part_or_none_nothing_is_told(test: pd.DataFrame) -> None:
    assert slices.measure(test, np.full(len(test), 0.1)) == []


def test_one_evidence_level_alone_is_told_because_nothing_is_known_then_of_another() -> None:
    test = cases(("", 300, 30), kind="blind_feeds")
    assert [(s.kind, s.value, s.n) for s in slices.measure(test, np.full(300, 0.1))] == [
        ("evidence_level", "full", 300)
    ]
