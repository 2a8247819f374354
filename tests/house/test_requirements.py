"""The locks: complete, without addresses, without what must not be installed."""

from __future__ import annotations

import re

import pytest

from tests.house.reading import read

LINE = re.compile(r"^[a-z0-9][a-z0-9._-]*(?:\[[a-z0-9,_-]+\])?==[A-Za-z0-9.!+_-]+(?: ; [\w .'<>=!()-]+)?$")
UNWANTED = {
    "xgboost": "xgboost-cpu is the same without 470 MB for graphics cards",
    "evidently": "conflicts",
    "nannyml": "conflicts",
    "aequitas": "conflicts",
    "pygwalker": "conflicts",
    "litellm": "a malicious release in 2026",
    "streamlit-authenticator": "stale",
    "scikit-survival": "its licence",
    "pingouin": "its licence",
    "recordlinkage": "downgrades pandas silently",
}


def locked_names(text: str) -> set[str]:
    return {re.split(r"[=\[ ]", line)[0] for line in text.splitlines() if line and not line.startswith("#")}


def wanted_names(text: str) -> set[str]:
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    return {re.split(r"[<>=~!\[ ;]", line)[0].lower() for line in lines if line and not line.startswith("-")}


def bad_lines(text: str) -> list[str]:
    """Lines of a lock that are more than a name, a version and a marker, or name what is unwanted."""
    found = [line for line in text.splitlines() if line and not line.startswith("#") and not LINE.match(line)]
    return found + [f"{name}: {UNWANTED[name]}" for name in sorted(locked_names(text) & set(UNWANTED))]


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_holds_only_names_versions_and_markers(lock: str) -> None:
    assert bad_lines(read(lock)) == []


@pytest.mark.parametrize("kind", ["requirements", "requirements-dev"])
def test_a_lock_has_everything_that_is_asked_for(kind: str) -> None:
    assert wanted_names(read(f"{kind}.in")) - locked_names(read(f"{kind}.txt")) == set()


def test_the_lock_for_developers_contains_the_other_one() -> None:
    assert set(read("requirements.txt").splitlines()) - set(read("requirements-dev.txt").splitlines()) == set()


@pytest.mark.parametrize(
    "line",
    [
        "duckdb",
        "duckdb>=2",
        "duckdb @ https://example.com/duckdb.whl",
        "--index-url https://example.com/simple",
        "-e .",
        "xgboost==3.2.0",
        "duckdb==2.0.0 --hash=sha256:00",
    ],
)
def test_a_bad_line_is_noticed(line: str) -> None:
    assert bad_lines(line)
    assert not bad_lines("xgboost-cpu==3.2.0 ; python_full_version < '3.12'\nduckdb==2.0.0")
