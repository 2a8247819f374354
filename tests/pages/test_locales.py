"""Numbers and days as the viewer's part of the world writes them, in English words."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pages._kit import locales, words
from tests.conftest import ROOT

CASES: list[dict[str, Any]] = json.loads(Path(ROOT, "tests/cases/pages/locales.json").read_text(encoding="utf-8"))
SEPTEMBER = date(2027, 9, 12)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["locale"]))
def test_numbers_and_days_are_written_as_people_there_do(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    manner = locales.manner_of(case["locale"])
    monkeypatch.setattr(words, "manner", lambda: manner)
    said = {
        "number": words.number(1_234_567),
        "decimal": words.number(1_234.56, 1),
        "exact": words.money(48_230.4, "EUR", is_exact=True),
        "short": words.money(5_711, "EUR"),
        "day": words.day(SEPTEMBER, 2027),
        "another_year": words.day(SEPTEMBER, 2026),
        "counted": words.counted(1_912, "customer"),
    }
    assert said == {name: case[name] for name in said}


@pytest.mark.parametrize("given", ["", "xx-YY", "de_DE.UTF-8", "<script>", "c"])
def test_an_unknown_locale_is_taken_for_a_british_one(given: str) -> None:
    manner = locales.manner_of(given)
    assert manner.number(-1_234.5, 1) in {"−1,234.5", "−1.234,5"}
    assert sorted(manner.order) == ["d", "m", "y"]


def test_nothing_is_no_less_than_nothing() -> None:
    assert locales.Manner().number(-0.2) == "0"
    assert locales.Manner().number(-0.04, 1) == "0.0"


def test_pages_leave_the_separators_to_one_place() -> None:
    # Pictures' own formats begin with %{ and follow the separators that the picture is given.
    own = re.compile(r"(?<!%)\{[^{}]*:,")
    found = [str(path) for path in (ROOT / "pages").rglob("*.py") if own.search(path.read_text(encoding="utf-8"))]
    assert found == []
