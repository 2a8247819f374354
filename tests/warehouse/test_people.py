"""What people told us as features: what counts as a fact, from when, and that no opinion ever becomes a label."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_core.clock import cutoff
from crm_core.ledger import Kind, StoredEntry
from crm_core.ledger.words import ABOUT_DISAGREEMENT, FACTS
from crm_core.warehouse.runner import PROJECT
from tests.warehouse.company import Dice, company
from tests.warehouse.compiled import AS_OF, N_HISTORY, spine_day
from tests.warehouse.conftest import Build
from tests.warehouse.test_as_of import differences

NOON = cutoff(AS_OF) - timedelta(hours=12)


def entry(kind: Kind, key: str, at: datetime, who: str = "crm:E1", **said: Any) -> StoredEntry:
    return StoredEntry(
        id=said.pop("id", f"{kind} {key} {who} {at}"), recorded_at=at, kind=kind, who=who, who_name="", who_role="rep",
        who_team="", question="churn", entity_key=key, idempotency_key=f"{kind} {key} {who} {at}",
        **{"entity_kind": "customer", **said},
    )  # fmt: skip


def word(
    at: datetime, belief: str = "will_leave", until: int = 60, who: str = "crm:E1", key: str = "crm:C0"
) -> StoredEntry:
    return entry(
        Kind.DISAGREEMENT, key, at, who, belief=belief, expires_on=at.date() + timedelta(days=until), id=f"d {at}"
    )


def sort(
    about: StoredEntry, at: datetime, belief: str = "new_fact", detail: str | None = "champion_left", who: str = "s1"
) -> StoredEntry:
    return entry(
        Kind.TRIAGE, about.id, at, who, entity_kind=ABOUT_DISAGREEMENT, belief=belief, reason_code=detail,
    )  # fmt: skip


@pytest.fixture
def told(build: Build) -> Callable[..., dict[date, tuple[Any, ...]]]:
    rows = company(Dice(1))

    def call(*entries: StoredEntry) -> dict[date, tuple[Any, ...]]:
        made = build(rows, list(entries))
        try:
            found = made.ask(
                "select as_of, n_facts_raising_180d, n_facts_lowering_180d, views_balance from features.feat_people"
            )
        finally:
            made.close()
        return {row[0]: row[1:] for row in found}

    return call


def test_a_fact_counts_from_the_day_a_steward_sorted_it(told: Callable[..., Any]) -> None:
    said = word(cutoff(spine_day(4)) - timedelta(hours=1), until=1)
    found = told(said, sort(said, cutoff(spine_day(2)) - timedelta(hours=1)))
    assert found == {
        spine_day(4): (0, 0, 1),  # the view itself was in force then
        spine_day(2): (1, 0, 0),
        spine_day(1): (1, 0, 0),
        AS_OF: (1, 0, 0),
    }


def test_a_fact_counts_for_180_days(told: Callable[..., Any]) -> None:
    said = word(cutoff(spine_day(4)) - timedelta(days=91), until=1)
    found = told(said, sort(said, cutoff(spine_day(4)) - timedelta(days=90, hours=1)))
    assert set(found) == {spine_day(4), spine_day(3), spine_day(2)}


def test_while_two_stewards_differ_there_is_no_fact(told: Callable[..., Any]) -> None:
    said = word(NOON - timedelta(days=95), until=1)
    first, second = sort(said, NOON - timedelta(days=92)), NOON - timedelta(days=35)
    differs = sort(said, second, "opinion", None, who="s2")
    agrees = sort(said, NOON - timedelta(days=2), who="s2")
    found = told(said, first, differs)
    assert found == {spine_day(3): (1, 0, 0), spine_day(2): (1, 0, 0)}
    assert told(said, first, differs, agrees)[AS_OF] == (1, 0, 0)
    assert AS_OF not in told(said, first, sort(said, second, "new_fact", "competitor", who="s2"))


def test_a_withdrawn_word_is_no_fact_any_more_and_facts_point_both_ways(told: Callable[..., Any]) -> None:
    said = word(NOON - timedelta(days=65))
    back = entry(Kind.WITHDRAWAL, said.entity_key, NOON - timedelta(days=20), withdraws_id=said.id)
    sorted_ = sort(said, NOON - timedelta(days=64), detail="renewal_agreed")
    found = told(said, sorted_, back)
    assert found[spine_day(2)] == found[spine_day(1)] == (0, 1, 1)
    assert AS_OF not in found


def test_a_fact_in_the_persons_own_words_counts_nowhere(told: Callable[..., Any]) -> None:
    said = word(NOON - timedelta(days=65), until=1)
    assert told(said, sort(said, NOON - timedelta(days=64), detail="other")) == {}


def test_views_in_force_are_balanced(told: Callable[..., Any]) -> None:
    views = [word(NOON - timedelta(days=3, hours=n), b, who=f"crm:E{n}") for n, b in enumerate(["will_leave"] * 2)]
    assert told(*views, word(NOON - timedelta(days=4), "will_stay", who="crm:E9"))[AS_OF] == (0, 0, 1)
    assert told() == {}


def said_by_people(d: Dice, n: int, until: datetime, *, is_late: bool) -> list[StoredEntry]:
    """A word about some customer, perhaps sorted by stewards and taken back, each before a moment or from it on."""

    def moment() -> datetime:
        away = timedelta(minutes=d.roll.randrange(1, 150 * 1440))
        return until + away if is_late else until - away

    said = word(moment() + timedelta(microseconds=n), d.roll.choice(["will_leave", "will_stay"]), 60, f"crm:E{n % 3}",
                f"crm:C{d.roll.randrange(4)}")  # fmt: skip
    rows = [said]
    for steward in ("s1", "s2"):
        if d.roll.random() < 0.6:
            at = max(moment(), said.recorded_at)
            rows.append(sort(said, at, "new_fact", d.roll.choice(list(FACTS["churn"])[:2]), steward))
    return rows


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32), k=st.integers(0, N_HISTORY - 1))
def test_no_cell_changes_by_what_people_say_or_stewards_sort_after_a_day(build: Build, seed: int, k: int) -> None:
    d, day = Dice(seed), spine_day(k)
    rows, until = company(d, 0.3), cutoff(spine_day(k))
    early = [e for n in range(8) for e in said_by_people(d, n, until, is_late=False)]
    late = [e for n in range(8, 16) for e in said_by_people(d, n, until, is_late=True)]
    about = [e for e in early if e.kind == Kind.DISAGREEMENT]
    late += [sort(d.roll.choice(about), until + timedelta(hours=n), "opinion", None, f"s{n % 2 + 1}") for n in range(4)]
    late += [entry(Kind.WITHDRAWAL, about[0].entity_key, until, about[0].who, withdraws_id=about[0].id)]
    ours, theirs = build(rows, early), build(rows, early + late)
    try:
        assert differences(ours.cells("feat_people", day), theirs.cells("feat_people", day)) == []
    finally:
        ours.close()
        theirs.close()


def test_an_opinion_never_becomes_a_label() -> None:
    """No outcome reads what people said: only what is compared with it does."""
    folder = PROJECT / "models" / "labels"
    for name in ("label_churn", "label_lead", "int_contract_spells"):
        text = (folder / f"{name}.sql").read_text(encoding="utf-8")
        assert not any(word in text for word in ("disagreement", "triage", "first_view", "people", "told_fact")), name


def test_the_ordinary_features_do_not_read_what_people_told_us() -> None:
    for path in (PROJECT / "models" / "features").glob("*.sql"):
        if path.stem not in ("feat_people", "int_told_fact", "int_people_dates"):
            text = path.read_text(encoding="utf-8")
            assert not any(w in text for w in ("stg_disagreements", "stg_triage", "feat_people")), path.stem


def test_facts_point_the_same_way_in_the_warehouse_and_in_the_ledger() -> None:
    default = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]["facts"]
    assert default == {
        f"{q}:{code}": int(fact.raises)
        for q, facts in FACTS.items()
        for code, fact in facts.items()
        if fact.raises is not None
    }
