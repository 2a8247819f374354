"""Nowhere a list of people by rightness: every read function, every command and every table is searched for one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest

from crm_core import views
from crm_core.__main__ import app
from crm_core.access import Viewer
from crm_core.errors import AccessDeniedError
from crm_core.views import explore, reading, sell, trust
from tests.conftest import run_cli
from tests.views.judging import SPEAKERS
from tests.views.quarantined import database
from tests.views.twenty import PEOPLE
from tests.views.walking import is_leak, leaks, numbers, objects, strangers

pytestmark = pytest.mark.usefixtures("judged")
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "question": ("churn", "lead"),
    "entity_key": ("crm:C04",),
    "entity_id": ("crm:C04", "crm:L08"),
    "customer_id": ("crm:C04", "crm:C01"),
    "lead_id": ("crm:L08",),
    "deal_id": ("crm:O01", "crm:O02"),
    "text": ("Nora", "C0"),
}
"""What a read function is asked for, by the name of its parameter."""
COMMANDS: dict[str, list[tuple[str, ...]]] = {
    "status": [("status", "--json")],
    "scores": [("scores", "churn"), ("scores", "lead"), ("scores", "churn", "--format", "json")],
    "card": [("card", "churn")],
    "features": [("features",)],
    "measures": [("measures",)],
    "demo": [], "import": [], "build": [], "serve": [],
}  # fmt: skip
"""Every command with the ways of calling it that give something to read."""


def doors(module: ModuleType = views, path: str = "views") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every read function behind the doors of the views, also those of modules that a door lets through."""
    for name in getattr(module, "__all__", vars(module)):
        found = getattr(module, name)
        if inspect.ismodule(found) and found.__name__.startswith("crm_core.views"):
            yield from doors(found, f"{path}.{name}")
        elif inspect.isfunction(found) and not name.startswith("_"):
            is_own = hasattr(module, "__all__") or found.__module__ == module.__name__
            if is_own and next(iter(inspect.signature(found).parameters), "") == "viewer":
                yield f"{path}.{name}", found


def answers(viewer: Viewer, read: Callable[..., Any]) -> Iterator[Any]:
    """What a read function answers to this viewer, for everything it can be asked for here."""
    needed = [name for name, p in inspect.signature(read).parameters.items() if p.default is p.empty][1:]
    if needed == ["choice"]:
        keys = [measure.key for measure in explore.explore_choices(viewer).measures]
        yield from (read(viewer, explore.ExploreChoice(key)) for key in {keys[0], "override_rate"} & set(keys))
        return
    if needed == ["disagreement_id"]:
        ids = [entry.id for entry in reading.book().entries(kinds=("disagreement",))]
        assert ids
        yield from (read(viewer, entry_id) for entry_id in ids)
        return
    assert set(needed) <= set(ARGUMENTS), f"tell this test how to call {read.__qualname__}({', '.join(needed)})"
    asked: list[tuple[Any, ...]] = [()]
    for name in needed:
        asked = [(*before, value) for before in asked for value in ARGUMENTS[name]]
    for arguments in asked:
        try:
            yield read(viewer, *arguments)
        except AccessDeniedError:
            continue


def test_the_search_walks_through_every_door() -> None:
    found = dict(doors())
    assert len(found) > 20
    assert {"views.sell.own_balance", "views.trust.who_was_right", "views.trust.fairness.fairness_page"} <= set(found)


@pytest.mark.parametrize("who", ["nora", "north", "executive", "analyst", "steward", "admin"])
def test_no_read_function_tells_how_right_somebody_else_was(who: str) -> None:
    viewer, private, n = PEOPLE[who], figures_of_others(who), 0
    assert private
    for name, read in doors():
        for answer in answers(viewer, read):
            n += 1
            assert leaks(answer, viewer) == [], name
            assert not numbers(answer) & private, f"{name}: a figure of somebody's own balance"
    assert n > 25


def figures_of_others(who: str) -> set[float]:
    """How far off the others were, which stands in their own balances only."""
    totals = {speaker: sell.own_balance(PEOPLE[speaker]).total for speaker in {*SPEAKERS, who}}
    told = {speaker: {round(total.off_person, 6)} for speaker, total in totals.items() if total}
    own = told.pop(who, set[float]())
    return set[float]().union(*told.values()) - own


def test_no_command_prints_somebody_beside_a_judgement(judged: Path) -> None:
    known = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    assert known == set(COMMANDS), "tell this test how to read what the new command prints"
    names = strangers(Viewer("", "", PEOPLE["nora"].role))
    for calls in COMMANDS.values():
        for call in calls:
            done = run_cli(judged, *call)
            assert done.returncode == 0 or "no model" in done.stderr.lower() + done.stdout.lower(), done.stderr
            header = done.stdout.splitlines()[:1]
            for line in done.stdout.splitlines():
                assert not is_leak({"header": " ".join(header), "line": line}, names), call


def test_no_table_that_pages_read_has_a_person_beside_a_judgement(judged: Path) -> None:
    with duckdb.connect(str(database(judged)), read_only=True) as con:
        tables: dict[str, list[str]] = {}
        for table, column in con.execute(
            "select table_name, column_name from information_schema.columns where table_schema in ('marts', 'meta')"
        ).fetchall():
            tables.setdefault(table, []).append(column)
    people = {"who", "who_name", "who_role", "who_team", "owner_id", "owner_name", "employee_id", "team", "manager_id"}
    judges = ("brier", "nearer", "p_person")
    mixed = [
        table
        for table, columns in tables.items()
        if people & set(columns) and any(word in column for word in judges for column in columns)
    ]
    assert mixed == []
    assert {"mart_judgement", "mart_judged_cell"} <= set(tables)


def test_no_view_reads_the_tables_that_know_both() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in Path("crm_core/views").rglob("*.py")}
    assert [path for path, text in texts.items() if "labels." in text or "int_judged" in text] == []


@dataclass(frozen=True)
class Person:
    name: str
    brier: float


@dataclass(frozen=True)
class Shelf:
    day: date
    people: tuple[Person, ...]

    @property
    def first(self) -> Person:
        return self.people[0]


def test_a_list_of_people_by_rightness_would_be_found() -> None:
    other = PEOPLE["noah"].name
    assert leaks(Shelf(date(2026, 6, 30), (Person(other, 0.1),)), PEOPLE["nora"])
    assert leaks([{"who": PEOPLE["noah"].who, "n_nearer": 3}], PEOPLE["nora"])
    assert leaks({"line": f"{other} was right 7 times"}, PEOPLE["nora"])
    assert not leaks(Shelf(date(2026, 6, 30), (Person(PEOPLE["nora"].name, 0.1),)), PEOPLE["nora"])
    assert not leaks({"who": other, "chance": 0.3}, PEOPLE["nora"])
    assert 0.1 in numbers(Shelf(date(2026, 6, 30), (Person(other, 0.1),)))
    assert len(list(objects(trust.who_was_right(PEOPLE["nora"])))) > 10
