"""What stewards made of a disagreement: pure functions, whatever the order and however often the rows arrive."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.ledger import Kind, StoredEntry
from crm_core.ledger.triage import Stage, Triage, triages

START = datetime(2026, 6, 1)  # noqa: DTZ001 - times inside the product are UTC without a zone
SORTS = ("data_error", "new_fact", "missing_feature", "opinion")


def entry(name: str, hours: float = 0, **changes: object) -> StoredEntry:
    plain: dict[str, object] = {
        "id": name, "recorded_at": START + timedelta(hours=hours), "kind": Kind.DISAGREEMENT, "who": "x:E1",
        "who_name": "Ann", "who_role": "rep", "who_team": "north", "question": "churn", "entity_kind": "customer",
        "entity_key": "x:C-1", "idempotency_key": name, "belief": "will_stay",
    }  # fmt: skip
    return StoredEntry(**(plain | changes))  # type: ignore[arg-type]


def sorting(name: str, hours: float, who: str, sort: str, detail: str | None = None, about: str = "d") -> StoredEntry:
    said = {"kind": Kind.TRIAGE, "entity_kind": "disagreement", "entity_key": about, "belief": sort}
    return entry(name, hours, who=who, reason_code=detail, words=f"why {name}", **said)


def fixed(name: str, hours: float, about: str = "d") -> StoredEntry:
    return entry(name, hours, who="x:E7", kind=Kind.FIXED, entity_kind="disagreement", entity_key=about, belief=None)


def of(*more: StoredEntry) -> Triage:
    return next(one for one in triages((entry("d"), *more)) if one.said.id == "d")


def test_without_a_sorting_it_is_open_and_waits() -> None:
    one = of()
    assert (one.stage, one.is_waiting, one.sort, one.verdict) == (Stage.OPEN, True, None, None)


def test_one_steward_settles_it() -> None:
    one = of(sorting("t", 5, "x:S1", "new_fact", "champion_left"))
    assert (one.stage, one.sort, one.detail, one.is_waiting) == (Stage.SETTLED, "new_fact", "champion_left", False)
    assert one.verdict is not None
    assert (one.verdict.words, one.verdict.recorded_at) == ("why t", START + timedelta(hours=5))


def test_two_stewards_who_differ_leave_it_pending_until_one_of_them_comes_round() -> None:
    first, second = sorting("a", 1, "x:S1", "opinion"), sorting("b", 2, "x:S2", "data_error", "calls")
    one = of(first, second)
    assert (one.stage, one.is_waiting, one.verdict) == (Stage.PENDING, True, None)
    assert [s.id for s in one.sortings] == ["a", "b"]
    again = of(first, second, sorting("c", 3, "x:S1", "data_error", "emails"))
    assert (again.stage, again.sort, again.detail) == (Stage.SETTLED, "data_error", "emails")
    assert [s.id for s in again.sortings] == ["b", "c"]


def test_what_was_taken_back_or_replaced_waits_no_more() -> None:
    back = entry("w", 1, kind=Kind.WITHDRAWAL, belief=None, withdraws_id="d")
    assert not of(back).is_waiting
    assert not of(entry("later", 1)).is_waiting


def test_a_data_error_is_a_task_until_it_is_mended_and_again_if_it_is_found_once_more() -> None:
    found = sorting("t", 1, "x:S1", "data_error", "calls")
    assert of(found).is_task
    mended = fixed("f", 2)
    assert not of(found, mended).is_task
    assert of(found, mended).fixed == mended
    assert not of(found, mended, sorting("agrees", 3, "x:S2", "data_error", "calls")).is_task
    assert of(found, mended, sorting("again", 3, "x:S1", "data_error", "calls")).is_task
    assert of(found, mended, sorting("another", 3, "x:S1", "data_error", "emails")).is_task
    assert not of(fixed("early", 0.5), sorting("o", 1, "x:S1", "opinion")).is_task


def test_a_task_stays_one_when_the_view_is_taken_back() -> None:
    back = entry("w", 2, kind=Kind.WITHDRAWAL, belief=None, withdraws_id="d")
    assert of(sorting("t", 1, "x:S1", "data_error", "calls"), back).is_task


@pytest.mark.parametrize("kind", [Kind.ANSWER, Kind.NUDGE])
def test_other_kinds_of_entries_answer_nothing(kind: Kind) -> None:
    assert of(entry("x", 1, kind=kind, entity_kind="disagreement", entity_key="d")).stage is Stage.OPEN


@st.composite
def histories(draw: st.DrawFn) -> list[StoredEntry]:
    """Few people, few disagreements, few ids, so that collisions are common."""
    drawn = []
    for _ in range(draw(st.integers(0, 14))):
        name, hours = f"id-{draw(st.integers(0, 9))}", draw(st.integers(0, 6))
        about, who = f"id-{draw(st.integers(0, 4))}", f"x:E{draw(st.integers(1, 3))}"
        drawn.append(
            draw(
                st.sampled_from(
                    [
                        entry(name, hours, who=who),
                        sorting(
                            name, hours, who, draw(st.sampled_from(SORTS)), draw(st.sampled_from(["a", "b"])), about
                        ),
                        fixed(name, hours, about),
                        entry(name, hours, who=who, kind=Kind.WITHDRAWAL, withdraws_id=about),
                    ]
                )
            )
        )
    return drawn


@given(histories(), st.randoms())
def test_order_and_repetition_do_not_matter(history: list[StoredEntry], random: object) -> None:
    shuffled = history + history[: len(history) // 2]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert triages(shuffled) == triages(history)


@given(histories())
def test_each_steward_has_one_voice_and_they_settle_it_only_if_they_agree(history: list[StoredEntry]) -> None:
    for one in triages(history):
        stewards = [s.who for s in one.sortings]
        assert len(stewards) == len(set(stewards))
        assert list(one.sortings) == sorted(one.sortings, key=lambda s: s.order)
        sorts = {s.belief for s in one.sortings}
        assert (one.stage is Stage.SETTLED) == (len(sorts) == 1) == (one.verdict is not None)
        assert one.fixed is None or one.sort == "data_error"
        assert not (one.is_waiting and one.verdict)
