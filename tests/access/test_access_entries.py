"""Who sees whose disagreement, and how much of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest

from crm_core.access import Custody, Role, Viewer, visible_entries
from crm_core.ledger import Kind, StoredEntry

CUSTODY = {
    "demo:C-1": Custody("demo:E-01", "north"),
    "demo:C-2": Custody("demo:E-02", "north"),
    "demo:C-3": Custody("demo:E-03", "south"),
}


def custody_of(entity_kind: str, entity_key: str) -> Custody | None:
    return CUSTODY.get(entity_key) if entity_kind == "customer" else None


def said(name: str, who: str, team: str, about: str, **changes: Any) -> StoredEntry:
    plain = StoredEntry(
        id=name, recorded_at=datetime(2026, 6, 1), kind=Kind.DISAGREEMENT, who=who, who_name=f"Name of {who}",  # noqa: DTZ001
        who_role="rep", who_team=team, question="churn", entity_kind="customer", entity_key=about,
        idempotency_key=f"{who}:{name}", belief="will_stay", words=f"words of {who}",
    )  # fmt: skip
    return replace(plain, **changes)


MINE = said("mine", "demo:E-01", "north", "demo:C-1")
ON_MINE = said("on mine", "demo:E-03", "south", "demo:C-1")
TEAMMATE = said("teammate", "demo:E-02", "north|west", "demo:C-2")
OUR_MAN_ELSEWHERE = said("our man elsewhere", "demo:E-02", "north", "demo:C-3")
ELSEWHERE = said("elsewhere", "demo:E-03", "south", "demo:C-3")
GONE = said("gone", "demo:E-03", "south", "demo:C-404")
TAKEN_BACK = said("taken back", "demo:E-09", "", "demo:C-1", kind=Kind.WITHDRAWAL, withdraws_id="mine", words="")
ANSWERED = said("answered", "demo:E-20", "", "mine", kind=Kind.TRIAGE, entity_kind="disagreement", belief="opinion")
ALL = (MINE, ON_MINE, TEAMMATE, OUR_MAN_ELSEWHERE, ELSEWHERE, GONE, TAKEN_BACK)


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_DATA_DIR", str(tmp_path))


def seen(role: Role, *teams: str, who: str = "demo:E-01") -> tuple[StoredEntry, ...]:
    return visible_entries(Viewer(who, "Ann", role, frozenset(teams)), ALL, custody_of)


def ids(entries: tuple[StoredEntry, ...]) -> set[str]:
    return {entry.id for entry in entries}


def test_a_rep_sees_his_own_and_those_on_his_customers_in_words() -> None:
    assert ids(seen(Role.REP, "north")) == {"mine", "on mine", "taken back"}
    assert all(entry.words for entry in seen(Role.REP, "north") if entry.id != "taken back")


def test_a_manager_sees_his_teams_people_and_his_teams_customers() -> None:
    team = {"mine", "on mine", "teammate", "our man elsewhere", "taken back"}
    assert ids(seen(Role.MANAGER, "north", who="demo:E-08")) == team
    assert ids(seen(Role.MANAGER, "west", who="demo:E-08")) == {"teammate"}
    assert ids(seen(Role.MANAGER, who="demo:E-08")) == set()


def test_a_withdrawal_is_seen_by_whoever_sees_what_it_withdraws() -> None:
    assert "taken back" in ids(seen(Role.REP))
    only_withdrawal = visible_entries(
        Viewer("demo:E-02", "Bob", Role.REP), [said("x", "demo:E-09", "", "demo:C-3", withdraws_id="mine")], custody_of
    )
    assert only_withdrawal == ()


def test_an_executive_sees_all_without_the_words_of_others() -> None:
    entries = seen(Role.EXECUTIVE, who="demo:E-03")
    assert ids(entries) == ids(ALL)
    assert {entry.words for entry in entries} == {"", "words of demo:E-03"}
    assert {entry.who_name for entry in entries} == {entry.who_name for entry in ALL}


def test_an_analyst_sees_all_without_words_and_without_persons() -> None:
    entries = seen(Role.ANALYST, who="demo:E-50")
    assert ids(entries) == ids(ALL)
    text = repr(entries)
    assert "words of" not in text
    assert "Name of" not in text
    assert not any(who in text for who in ("demo:E-01", "demo:E-02", "demo:E-03", "demo:E-09"))
    assert len({entry.who for entry in entries}) == len({entry.who for entry in ALL})
    assert {entry.belief for entry in entries} == {"will_stay"}


@pytest.mark.parametrize("role", [Role.STEWARD, Role.ADMIN])
def test_steward_and_admin_see_all_in_words(role: Role) -> None:
    entries = seen(role, who="demo:E-50")
    assert [entry.words for entry in entries] == [entry.words for entry in ALL]
    assert [entry.who for entry in entries] == [entry.who for entry in ALL]


def test_whoever_the_policy_does_not_know_sees_nothing() -> None:
    assert seen(cast("Role", "admin")) == ()
    assert seen(Role.ADMIN, who="") == ()


def test_an_unowned_customer_does_not_match_a_person_or_team_by_being_empty() -> None:
    nobody = said("nobody", "demo:E-77", "", "demo:C-404")
    assert visible_entries(Viewer("demo:E-01", "Ann", Role.MANAGER, frozenset({""})), [nobody], custody_of) == ()


@pytest.mark.parametrize("kind", [Kind.NUDGE, "a kind of another version"])
def test_what_a_person_does_with_suggestions_is_seen_by_nobody_else(kind: str) -> None:
    own = said("own", "demo:E-01", "north", "demo:C-1", kind=kind)
    others = said("other", "demo:E-02", "north", "demo:C-1", kind=kind, withdraws_id="mine")
    for role in Role:
        viewer = Viewer("demo:E-01", "Ann", role, frozenset({"north"}))
        assert ids(visible_entries(viewer, (MINE, own, others), custody_of)) == {"mine", "own"}


@pytest.mark.parametrize("kind", [Kind.TRIAGE, Kind.FIXED])
def test_what_answers_a_disagreement_is_seen_by_whoever_sees_that(kind: Kind) -> None:
    answer = replace(ANSWERED, kind=kind)
    rows = (MINE, answer, replace(answer, id="of another", entity_key=ELSEWHERE.id), ELSEWHERE)
    author = visible_entries(Viewer("demo:E-01", "Ann", Role.REP), rows, custody_of)
    assert ids(author) == {"mine", "answered"}
    assert next(e for e in author if e.id == "answered").words == "words of demo:E-20"
    assert ids(visible_entries(Viewer("demo:E-02", "Bob", Role.REP), rows, custody_of)) == set()
    analyst = visible_entries(Viewer("demo:E-21", "Ida", Role.ANALYST), rows, custody_of)
    assert ids(analyst) == ids(rows)
    assert not any(e.words or e.who.startswith("demo:") for e in analyst)


def test_who_looks_after_what_is_seen_by_everybody_and_a_first_view_by_nobody_else() -> None:
    assigned = said("assigned", "demo:E-20", "", "steward", kind=Kind.ASSIGNMENT, entity_kind="role")
    first = said("first", "demo:E-01", "north", "demo:C-1", kind=Kind.FIRST_VIEW)
    rows = (assigned, first)
    assert ids(visible_entries(Viewer("demo:E-02", "Bob", Role.REP), rows, custody_of)) == {"assigned"}
    assert ids(visible_entries(Viewer("demo:E-22", "Eve", Role.ADMIN), rows, custody_of)) == {"assigned"}
    assert ids(visible_entries(Viewer("demo:E-01", "Ann", Role.REP), rows, custody_of)) == {"assigned", "first"}
