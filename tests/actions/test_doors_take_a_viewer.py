"""Nothing about people leaves these rooms without the policy, and nothing ranks people by being right."""

from __future__ import annotations

import ast
import inspect
import typing
from pathlib import Path
from types import ModuleType

import pytest

from crm_core import access, actions, ledger
from crm_core.access import Viewer

ROOMS = [access, actions, ledger]
WITHOUT_VIEWER = {"system_viewer"}
RANKING = ("rank", "leaderboard", "rightness", "who_was_right", "accuracy", "hit_rate", "wrong", "best_", "worst_")


def functions(room: ModuleType) -> list[tuple[str, typing.Any]]:
    return [(name, thing) for name in room.__all__ if inspect.isfunction(thing := getattr(room, name))]


def behind_modules(room: ModuleType) -> list[tuple[str, typing.Any]]:
    """Public functions of the room's own modules that stand in its door."""
    found = []
    for inner in (getattr(room, name) for name in room.__all__):
        if inspect.ismodule(inner) and inner.__name__.startswith(f"{room.__name__}."):
            own = inspect.getmembers(inner, inspect.isfunction)
            found += [(n, f) for n, f in own if f.__module__ == inner.__name__ and not n.startswith("_")]
    return found


@pytest.mark.parametrize("room", [access, actions], ids=lambda room: room.__name__)
def test_every_function_of_access_and_actions_takes_a_viewer_first(room: ModuleType) -> None:
    for name, function in [*functions(room), *behind_modules(room)]:
        if name in WITHOUT_VIEWER:
            continue
        first = next(iter(inspect.signature(function).parameters))
        assert first == "viewer", name
        assert typing.get_type_hints(function)["viewer"] is Viewer, name


def test_what_the_ledger_hands_out_is_marked_as_not_yet_filtered() -> None:
    assert "Ledger-internal" in (ledger.__doc__ or "")
    for name, method in inspect.getmembers(ledger.Ledger, inspect.isfunction):
        hands_out = "StoredEntry" in str(inspect.signature(method).return_annotation)
        if hands_out and not name.startswith("_") and name not in {"append", "append_all"}:
            assert "Ledger-internal" in (method.__doc__ or ""), name


def test_the_ledgers_free_functions_only_rearrange_what_they_are_given() -> None:
    for name, function in functions(ledger):
        parameters = list(inspect.signature(function).parameters)
        assert parameters[0] in {"entries", "ours", "code", "settings"}, name


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_no_function_groups_or_ranks_people_by_being_right(room: ModuleType) -> None:
    for path in Path(typing.cast("str", room.__file__)).parent.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        defined = [n.name for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        assert not [name for name in defined if any(word in name.lower() for word in RANKING)], path.name
        assert "group_by" not in source, path.name
        assert "GROUP BY" not in source, path.name


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_a_door_has_at_most_fifteen_names_and_all_exist(room: ModuleType) -> None:
    assert len(room.__all__) <= 15
    assert all(hasattr(room, name) for name in room.__all__)
    assert len(set(room.__all__)) == len(room.__all__)
