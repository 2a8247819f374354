"""The promise that everything else rests on: what became known after a day changes nothing computed at that day."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_core.clock import cutoff
from crm_core.ledger import Kind, StoredEntry
from crm_core.ledger.answers import ASKED, Answered
from tests.warehouse.company import COME_TO_PASS, MAKERS, Dice, Row, Rows, company, fresh, update_of
from tests.warehouse.compiled import N_HISTORY, spine_day
from tests.warehouse.conftest import Build

TABLES = ("feat_customer", "feat_lead", "feat_attribute")
seeds = st.integers(0, 2**32)
sizes = st.floats(0.2, 2.0)


def _masked(d: Dice, table: str, row: Row, until: datetime) -> Row:
    """The row with every date that had not come to pass by then, and what hangs on it, replaced."""
    changed = dict(row)
    for column in COME_TO_PASS.get(table, ()):
        value = row[column]
        if value is None or (value if isinstance(value, datetime) else cutoff(value) - timedelta(1)) < until:
            continue
        later = until + timedelta(days=d.roll.randint(0, 200))
        changed[column] = d.maybe(later if isinstance(value, datetime) else later.date(), 0.5)
        if column == "closed_at":
            changed |= {k: v for k, v in (("is_won", d.maybe(True)), ("csat", 1.0)) if k in row}
    return changed


def _later(d: Dice, until: datetime, row: Row) -> Row:
    return row | {"known_at": until + timedelta(days=d.roll.choice([0, 1, 29, 30, 90]), seconds=d.roll.randrange(900))}


def altered(d: Dice, rows: Rows, until: datetime) -> Rows:
    """The same company in another future: rows known from `until` on are changed, gone, or new."""
    other: Rows = {"customers": _customers(d, rows["customers"], until)}
    for table in MAKERS:
        kept: list[Row] = []
        for row in rows[table]:
            fate = d.roll.choice(["gone", "changed", "stays"])
            if row["known_at"] < until:
                kept.append(_masked(d, table, row, until))
                if fate == "changed":
                    kept.append(_later(d, until, update_of(d, table, row)))
            elif fate == "stays":
                kept.append(row)
            elif fate == "changed":
                kept.append(_later(d, until, fresh(d, table, row["source_id"])) | {"is_update": row["is_update"]})
        other[table] = kept + [_later(d, until, fresh(d, table, f"new{n}")) for n in range(6)]
    return other


def _customers(d: Dice, rows: list[Row], until: datetime) -> list[Row]:
    """Descriptions may change at any time; who is who is settled once per build, so names and sites stay."""
    known = [row for row in rows if row["known_at"] < until]
    later = [row | {"segment": "other", "created_on": None} for row in rows if row["known_at"] >= until]
    updates = [_later(d, until, update_of(d, "customers", row)) for row in known if d.roll.random() < 0.5]
    return [*known, *later, *updates]


def differences(before: dict[Any, Any], after: dict[Any, Any]) -> list[Any]:
    return [key for key in before.keys() | after.keys() if before.get(key, "no row") != after.get(key, "no row")]


def answered(d: Dice, n: int, until: datetime, *, is_late: bool) -> StoredEntry:
    """An answer about some customer or lead, recorded before a moment or from it on."""
    away = timedelta(minutes=d.roll.randrange(150 * 1440))
    at = until + away if is_late else until - away - timedelta(minutes=1)
    question, kind, feeds = d.roll.choice([("churn", "customer", list(ASKED)), ("lead", "lead", ["calls", "emails"])])
    feed = d.roll.choice(feeds)
    told = {name: ANSWERS[name] for name in ASKED[feed]}
    told |= {"last_on": at.date() - timedelta(days=d.roll.randrange(90))} if "last_on" in told else {}
    return StoredEntry(
        id=f"{n} {at}", recorded_at=at, kind=Kind.ANSWER, who="crm:E1", who_name="", who_role="rep", who_team="",
        question=question, entity_kind=kind, entity_key=f"crm:{kind[0].upper()}{d.roll.randrange(4)}",
        idempotency_key=f"{n} {at}", belief=feed, words=Answered(**told).to_words(),
        expires_on=at.date() + timedelta(days=60),
    )  # fmt: skip


ANSWERS: dict[str, Any] = {"n_in_90d": 3, "last_on": None, "direction": "less", "n_open": 2, "recommends": 9}


@settings(max_examples=25)
@given(seed=seeds, size=sizes, k=st.integers(0, N_HISTORY - 1))
def test_no_cell_changes_when_everything_known_after_a_day_is_altered(
    build: Build, seed: int, size: float, k: int
) -> None:
    d, day = Dice(seed), spine_day(k)
    rows = company(d, size)
    early = [answered(d, n, cutoff(day), is_late=False) for n in range(12)]
    late = [answered(d, n, cutoff(day), is_late=True) for n in range(12)]
    ours, theirs = build(rows, early), build(altered(d, rows, cutoff(day)), early + late)
    try:
        for table in TABLES:
            cells = ours.cells(table, day)
            assert differences(cells, theirs.cells(table, day)) == [], table
    finally:
        ours.close()
        theirs.close()


@settings(max_examples=8)
@given(seed=seeds)
def test_a_customer_seen_later_under_another_name_or_in_another_system_changes_nothing(build: Build, seed: int) -> None:
    d, day = Dice(seed), spine_day(0)
    rows = company(d)
    until = cutoff(day)
    renamed = [_later(d, until, row) | {"name": "Customer 0", "website": "c0.example", "is_update": True}
               for row in rows["customers"] if row["known_at"] < until]  # fmt: skip
    newcomers = [row | {"source": "shop", "is_update": False} for row in renamed]
    known = [row for row in rows["customers"] if row["known_at"] < until]
    ours, theirs = build(rows), build(rows | {"customers": known + renamed + newcomers})
    for table in TABLES:
        assert differences(ours.cells(table, day), theirs.cells(table, day)) == [], table


@settings(max_examples=8)
@given(seed=seeds, size=sizes)
def test_there_is_one_row_per_entity_and_day_however_many_versions_and_lines_it_has(
    build: Build, seed: int, size: float
) -> None:
    rows = company(Dice(seed), size)
    built = build(rows)
    for table, key in (("feat_customer", "customer_id"), ("feat_lead", "lead_id")):
        doubled = f"select {key}, as_of from features.{table} group by all having count(*) > 1"
        assert built.ask(doubled) == []
    known = Counter[int]()
    for k in range(N_HISTORY):
        keys = {(r["source_id"]) for r in rows["customers"] if r["known_at"] < cutoff(spine_day(k))}
        known[k] = len(keys)
    found = dict(built.ask("select k, count(*) from features.int_customer_as_of group by k"))
    assert found == dict(known)


@pytest.mark.parametrize("change", ["a late row", "a correction", "a deletion"])
def test_a_change_known_before_the_day_is_noticed_by_the_same_comparison(build: Build, change: str) -> None:
    d, day = Dice(5), spine_day(2)
    then = cutoff(day) - timedelta(days=10)
    call = fresh(d, "interactions", "C1") | {"customer_id": "crm:C0", "lead_id": None, "kind": "call"}
    call |= {"happened_at": then, "known_at": then}
    rows = company(d, 0.3)
    rows["interactions"].append(call)
    changed = {
        "a late row": [*rows["interactions"], call | {"source_id": "C2", "known_at": cutoff(day) - timedelta(1)}],
        "a correction": [*rows["interactions"], call | {"kind": "login", "is_update": True, "known_at": cutoff(day)}],
        "a deletion": [row for row in rows["interactions"] if row["source_id"] != "C1"],
    }
    ours, theirs = build(rows), build(rows | {"interactions": changed[change]})
    noticed_on = spine_day(1) if change == "a correction" else day
    cells = ours.cells("feat_customer", noticed_on)
    assert differences(cells, theirs.cells("feat_customer", noticed_on))


def test_an_answer_stands_in_for_a_source_that_could_not_see_and_expires(build: Build) -> None:
    rows, at = company(Dice(5), 0.3), cutoff(spine_day(2)) - timedelta(days=1)
    rows["interactions"] = [row for row in rows["interactions"] if row["kind"] not in ("meeting", "visit")]
    told = Answered(n_in_90d=7, last_on=at.date()).to_words()
    entry = replace(answered(Dice(1), 0, at, is_late=False), recorded_at=at, question="churn", entity_kind="customer",
                       entity_key="crm:C0", belief="meetings", words=told,
                       expires_on=spine_day(1))  # fmt: skip
    built = build(rows, [entry])
    mine = "(select customer_id from identity.customer_links where customer_key = 'crm:C0')"
    sql = f"select as_of, n_meetings_90d, blind_feeds from features.feat_customer where customer_id in {mine}"
    found = {day: (n, "meetings" in feeds) for day, n, feeds in built.ask(sql)}
    blind = (None, True)
    assert found[spine_day(2)] == found[spine_day(1)] == (7, False)
    assert found[spine_day(0)] == blind, "it has expired"
    assert found.get(spine_day(3), blind) == blind, "nobody had said it yet"
