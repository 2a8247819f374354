"""What is in force: pure functions, whatever the order and however often the rows arrive."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core.clock import cutoff
from crm_core.ledger import (
    BELIEFS,
    ENTITY_KINDS,
    REASONS,
    Kind,
    StoredEntry,
    fates,
    label,
    words,
)
from crm_core.ledger.snapshot import COLUMNS, OTHER_KINDS, write_snapshot
from crm_core.ledger.state import merge, state_at

START = datetime(2026, 6, 1)  # noqa: DTZ001 - times inside the product are UTC without a zone
DAY = START.date()


def said(n: int, hours: float = 0, **changes: object) -> StoredEntry:
    plain: dict[str, object] = {
        "id": f"id-{n}", "recorded_at": START + timedelta(hours=hours), "kind": Kind.DISAGREEMENT, "who": "demo:E-01",
        "who_name": "Ann", "who_role": "rep", "who_team": "north", "question": "churn", "entity_kind": "customer",
        "entity_key": "demo:C-1", "idempotency_key": f"key-{n}", "belief": "will_stay",
        "expires_on": DAY + timedelta(days=10),
    }  # fmt: skip
    return StoredEntry(**(plain | changes))  # type: ignore[arg-type]


def withdrawn(n: int, target: StoredEntry, hours: float) -> StoredEntry:
    return said(n, hours, kind=Kind.WITHDRAWAL, belief=None, expires_on=None, withdraws_id=target.id)


@st.composite
def histories(draw: st.DrawFn) -> list[StoredEntry]:
    """Few people, few customers, few ids, so that collisions are common; even one id with two contents."""
    entries = []
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(Kind))
        expiry = draw(st.none() | st.integers(0, 6).map(lambda days: DAY + timedelta(days=days)))
        target = f"id-{draw(st.integers(0, 9))}"
        entries.append(
            said(
                draw(st.integers(0, 9)),
                draw(st.integers(0, 8)) * 12,
                kind=kind,
                who=draw(st.sampled_from(["demo:E-01", "demo:E-02"])),
                entity_key=draw(st.sampled_from(["demo:C-1", "demo:C-2"])),
                expires_on=expiry if kind == Kind.DISAGREEMENT else None,
                withdraws_id=target if kind == Kind.WITHDRAWAL else None,
            )
        )
    return entries


days = st.integers(-1, 8).map(lambda n: DAY + timedelta(days=n))


@given(histories(), days, st.randoms())
def test_the_state_does_not_depend_on_order_or_repetition(
    history: list[StoredEntry], day: date, random: object
) -> None:
    shuffled = history + history[: len(history) // 2]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert state_at(shuffled, day) == state_at(history, day) == state_at(merge(history, shuffled), day)


@given(histories(), histories(), histories())
def test_merging_is_commutative_associative_and_idempotent(
    a: list[StoredEntry], b: list[StoredEntry], c: list[StoredEntry]
) -> None:
    assert merge(a, b) == merge(b, a)
    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert merge(merge(a, b), merge(a, b)) == merge(a, b)
    assert {entry.id for entry in merge(a, b)} == {entry.id for entry in [*a, *b]}


@given(histories(), days)
def test_at_most_one_view_of_a_person_on_a_score_is_in_force(history: list[StoredEntry], day: date) -> None:
    state = state_at(history, day)
    assert len({(e.who, e.question, e.entity_key) for e in state}) == len(state)
    assert all(e.recorded_at < cutoff(day) and (e.expires_on is None or e.expires_on >= day) for e in state)


@given(histories(), days)
def test_what_is_said_later_does_not_change_the_state_of_an_earlier_day(history: list[StoredEntry], day: date) -> None:
    known_then = [entry for entry in merge(history, ()) if entry.recorded_at < cutoff(day)]
    assert state_at(known_then, day) == state_at(history, day)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(histories(), days)
def test_the_snapshot_gives_the_same_state_in_sql(tmp_path: Path, history: list[StoredEntry], day: date) -> None:
    path = write_snapshot(history, tmp_path)
    end = cutoff(day)
    found = duckdb.execute(
        """SELECT entry_id FROM read_parquet($path)
           WHERE recorded_at < $end AND coalesce(expires_on >= $day, true)
             AND coalesce(withdrawn_at >= $end, true) AND coalesce(superseded_at >= $end, true)
           ORDER BY recorded_at, entry_id""",
        {"path": str(path), "end": end, "day": day},
    ).fetchall()
    assert [entry_id for (entry_id,) in found] == [entry.id for entry in state_at(history, day)]


def test_an_empty_ledger_gives_a_typed_empty_snapshot_without_words_or_names(tmp_path: Path) -> None:
    path = write_snapshot([], tmp_path)
    assert path == tmp_path / "ledger" / "disagreements.parquet"
    described = duckdb.execute("DESCRIBE SELECT * FROM read_parquet($path)", {"path": str(path)}).fetchall()
    assert [row[0] for row in described] == list(COLUMNS)
    assert {row[1] for row in described} == {"VARCHAR", "TIMESTAMP", "DATE", "DOUBLE"}
    assert not {"words", "who_name"} & set(COLUMNS)
    assert sorted(p.name for p in path.parent.iterdir() if p.name != path.name) == sorted(
        f"{n}.parquet" for n in (*OTHER_KINDS, "answers", "first_views")
    )


def test_a_view_stands_through_its_last_day_and_not_longer() -> None:
    view = said(1, expires_on=DAY + timedelta(days=2))
    assert state_at([view], DAY - timedelta(days=1)) == ()
    assert state_at([view], DAY + timedelta(days=2)) == (view,)
    assert state_at([view], DAY + timedelta(days=3)) == ()


def test_two_persons_stand_side_by_side() -> None:
    ann, bob = said(1), said(2, 1, who="demo:E-02", belief="will_leave")
    assert state_at([bob, ann], DAY) == (ann, bob)


def test_a_later_view_replaces_the_earlier_for_good() -> None:
    first, second = said(1), said(2, 24, belief="will_leave")
    back = withdrawn(3, second, 48)
    assert state_at([first, second, back], DAY) == (first,)
    assert state_at([first, second, back], DAY + timedelta(days=1)) == (second,)
    assert state_at([first, second, back], DAY + timedelta(days=2)) == ()


def test_views_on_another_question_or_entity_do_not_replace_each_other() -> None:
    views = (said(1), said(2, 1, entity_key="demo:C-2"), said(3, 2, question="lead", entity_kind="lead"))
    assert state_at(views, DAY) == views


def test_every_question_has_beliefs_on_both_sides_and_every_code_has_a_label() -> None:
    assert BELIEFS.keys() == ENTITY_KINDS.keys()
    for beliefs in BELIEFS.values():
        assert beliefs.keys() & words.EXPECTS_EVENT
        assert beliefs.keys() - words.EXPECTS_EVENT
        assert all(label(code) == beliefs[code] for code in beliefs)
    assert label("customer_told_us") == REASONS["customer_told_us"]
    assert label("from_the_future") == "from the future"


def test_what_is_done_with_a_suggestion_neither_replaces_nor_withdraws_nor_stands_as_a_view(tmp_path: Path) -> None:
    view = said(1)
    put_away = said(2, 1, kind=Kind.NUDGE, belief="done", withdraws_id=view.id)
    assert state_at([view, put_away], DAY) == (view,)
    assert state_at([put_away], DAY) == ()
    assert [fate.entry for fate in fates([put_away, view])] == [view]
    path = write_snapshot([view, put_away], tmp_path)
    found = duckdb.execute("SELECT entry_id FROM read_parquet($path)", {"path": str(path)}).fetchall()
    assert found == [(view.id,)]
