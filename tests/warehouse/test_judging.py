"""Disagreements and what came of them: judged by what was known, described as on the day that was spoken about."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_core import pipeline
from crm_core.clock import cutoff
from crm_core.ledger import Kind, Shown, StoredEntry, words
from crm_core.settings import Settings
from crm_core.warehouse import BuildFolder
from crm_core.warehouse.runner import PROJECT
from tests.warehouse.company import Dice, Rows, company
from tests.warehouse.compiled import AS_OF, Built, spine_day
from tests.warehouse.conftest import Build
from tests.warehouse.test_as_of import altered

DESCRIBED = "entry_id, entity_id, segment, product_line, region, direction, p_machine, p_person"


def said(d: Dice, n: int, day: date, *, days_late: int = 0) -> StoredEntry:
    """A disagreement with a score of that day about some customer or lead."""
    question, kind = d.roll.choice([("churn", "customer"), ("lead", "lead")])
    at = cutoff(day) + timedelta(days=days_late) - timedelta(hours=8)
    return StoredEntry(
        id=f"{n} {day}", recorded_at=at, kind=Kind.DISAGREEMENT, who=f"crm:E{d.roll.randrange(3)}", who_name="",
        who_role="rep", who_team="", question=question, entity_kind=kind,
        entity_key=f"crm:{kind[0].upper()}{d.roll.randrange(4)}", idempotency_key=f"{n} {day}",
        belief=d.roll.choice(list(words.BELIEFS[question])), probability=d.maybe(d.roll.random()), reason_code="timing",
        shown=Shown(probability=d.maybe(d.roll.random(), 0.8), evidence=d.roll.random(), as_of=day),
    )  # fmt: skip


def judged(built: Built, columns: str = "*", until: date = AS_OF) -> dict[str, Any]:
    sql = f"select {columns} from labels.label_disagreement where shown_as_of <= '{until}'"
    found = {str(row[0]): row for row in built.ask(sql)}
    built.close()
    return found


def days(d: Dice, n: int) -> list[date]:
    return [AS_OF - timedelta(days=d.roll.randrange(200)) for _ in range(n)]


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32), size=st.floats(0.2, 2.0))
def test_what_becomes_known_after_the_newest_day_changes_no_judgement(build: Build, seed: int, size: float) -> None:
    d = Dice(seed)
    rows: Rows = company(d, size)
    early = [said(d, n, day) for n, day in enumerate(days(d, 20))]
    late = [said(d, n, AS_OF + timedelta(days=1 + n)) for n in range(5)]
    late += [said(d, 100 + n, day, days_late=250) for n, day in enumerate(days(d, 5))]
    ours, theirs = judged(build(rows, early)), judged(build(altered(d, rows, cutoff(AS_OF)), early + late))
    assert len(ours) == 20
    assert {key: theirs[key] for key in ours} == ours


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32), k=st.integers(1, 4))
def test_what_becomes_known_after_a_day_changes_no_description_of_what_was_said_until_then(
    build: Build, seed: int, k: int
) -> None:
    d = Dice(seed)
    rows, entries = company(d), [said(d, n, day) for n, day in enumerate(days(d, 20))]
    ours, theirs = build(rows, entries), build(altered(d, rows, cutoff(spine_day(k))), entries)
    assert judged(ours, DESCRIBED, spine_day(k)) == judged(theirs, DESCRIBED, spine_day(k))


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32))
def test_nothing_is_judged_before_its_horizon_has_passed_and_distances_are_brier_s(build: Build, seed: int) -> None:
    d = Dice(seed)
    entries = {entry.id: entry for entry in (said(d, n, day) for n, day in enumerate(days(d, 40)))}
    columns = "entry_id, is_due, due_on, is_positive, p_machine, p_person, brier_machine, brier_person, who"
    for key, row in judged(build(company(d), list(entries.values())), columns).items():
        _, is_due, due_on, outcome, machine, person, off_machine, off_person, who = row
        entry = entries[key]
        assert (due_on - entry.shown.as_of).days == 90
        assert is_due == (due_on <= AS_OF)
        assert who == entry.who
        assert machine == entry.shown.probability
        assert person == pytest.approx(words.meant(entry.belief or "", entry.probability, machine))
        assert outcome in ((0, 1, None) if is_due else (None,))
        assert (off_machine is None) == (outcome is None or machine is None)
        assert (off_person is None) == (outcome is None)
        if outcome is not None:
            assert off_person == pytest.approx((person - outcome) ** 2, abs=1e-6)


def test_what_a_word_stands_for_is_defined_once(data_dir: Path) -> None:
    default = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]["meant"]
    work = pipeline.Build(
        Settings(data_dir=data_dir), BuildFolder(data_dir), AS_OF, AS_OF, 1, retrain=False, report=lambda step: None
    )
    assert default == work.variables()["meant"] == dict(words.MEANT)
    assert set(words.MEANT) == {belief for beliefs in words.BELIEFS.values() for belief in beliefs}
