"""Nothing grows beyond what a newcomer reads in one go."""

from __future__ import annotations

import ast

import pytest

from tests.house.reading import faults, files

FUNCTION_LINES, PARAMETERS = 40, 6


def line_budget(name: str) -> int:
    """How many lines a file may have."""
    if name == "app.py":
        return 60
    if name == "README.md":
        return 150
    if name.endswith(".sql") or (name.startswith("pages/") and not name.startswith("pages/_kit/")):
        return 80
    return 300


def too_long_file(name: str, text: str) -> list[str]:
    n, budget = len(text.splitlines()), line_budget(name)
    return [f"{name}: {n} lines, at most {budget}"] if n > budget else []


def too_big_function(name: str, text: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        n_lines = (node.end_lineno or node.lineno) - node.lineno + 1
        own = [
            a for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs) if a.arg not in {"self", "cls"}
        ]
        if n_lines > FUNCTION_LINES:
            found.append(f"{name}:{node.lineno} {node.name}: {n_lines} lines, at most {FUNCTION_LINES}")
        if len(own) > PARAMETERS:
            found.append(f"{name}:{node.lineno} {node.name}: {len(own)} parameters, at most {PARAMETERS}: a dataclass?")
    return found


def test_no_file_is_longer_than_its_budget() -> None:
    assert faults(too_long_file, [*files(suffix=".py"), *files("crm_core", suffix=".sql"), *files("README.md")]) == []


def test_no_function_is_longer_than_40_lines_or_takes_more_than_six_parameters() -> None:
    assert faults(too_big_function, files(suffix=".py")) == []


@pytest.mark.parametrize(
    ("name", "n_lines"),
    [
        ("app.py", 61),
        ("pages/sell/risk.py", 81),
        ("crm_core/x.py", 301),
        ("pages/_kit/x.py", 301),
        ("x/marts/m.sql", 81),
    ],
)
def test_a_file_one_line_too_long_is_noticed(name: str, n_lines: int) -> None:
    assert too_long_file(name, "x\n" * n_lines)
    assert not too_long_file(name, "x\n" * (n_lines - 1))


def test_a_function_too_long_or_with_too_many_parameters_is_noticed() -> None:
    assert too_big_function("x.py", "def f():\n" + "    x = 1\n" * 40)
    assert not too_big_function("x.py", "def f():\n" + "    x = 1\n" * 39)
    assert too_big_function("x.py", "def f(a, b, c, d, *, e, f, g): ...")
    assert not too_big_function("x.py", "def f(self, a, b, c, *, d, e, f): ...")
