"""Every page × {empty, demo, broken build} × {rep, manager, executive, analyst}: words, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from crm_core import views
from crm_core.access import Viewer
from tests.pages.conftest import OPEN, PAGES, words_of

ROLES = ("rep", "manager", "executive", "analyst")
EXPECTED = {
    "today": "for today",
    "risk": "Who may leave within 90 days?",
    "leads": "Who is ready to buy within 90 days?",
    "account": "Whose account?",
    "pipeline": "What is in the pipeline?",
    "disagreements": "Where do people see it differently?",
    "who_was_right": "Who was right, people or the model?",
    "meeting": "How do we stand?",
    "weekly": "What did we learn this week?",
    "responsibilities": "Whom do I ask when a score looks weird?",
    "model": "How far can the model be trusted?",
    "data_health": "Can the data be trusted today?",
    "triage": "What did people tell us?",
    "your_words": "What came of your words?",
    "explore": "How has it developed?",
}


def person(role: str) -> Viewer:
    """Somebody of this role in the demo company."""
    return next(viewer for viewer in views.personas() if viewer.role == role)


def point_nowhere(data_dir: Path) -> None:
    (data_dir / "warehouse" / "current.json").write_text(json.dumps({"build_id": "9999"}))


def damage_pointer(data_dir: Path) -> None:
    (data_dir / "warehouse" / "current.json").write_text("{")


def cut_in_half(data_dir: Path) -> None:
    database = next(data_dir.glob("warehouse/builds/*/warehouse.duckdb"))
    database.write_bytes(database.read_bytes()[: database.stat().st_size // 2])


def damage_facts(data_dir: Path) -> None:
    next(data_dir.glob("warehouse/builds/*/build.json")).write_text("{}")


def lose_a_table(data_dir: Path) -> None:
    with duckdb.connect(str(next(data_dir.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        con.execute("drop table marts.mart_feed")


BROKEN = (point_nowhere, damage_pointer, cut_in_half, damage_facts, lose_a_table)


def says_what_to_do(at: AppTest) -> bool:
    return len(at.exception) == 0 and "What to do:" in words_of(at) and "python -m crm_core build" in words_of(at)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_for_everybody(demo: Path, open_page: OPEN, name: str, role: str) -> None:
    at = open_page(name, **{"as": person(role).who})
    assert len(at.exception) == 0
    assert EXPECTED[name] in at.title[0].value
    assert "as of 30 Jun 2026 · built" in words_of(at)
    assert f"{'leads' if name == 'leads' else 'customers'} in your scope" in words_of(at)
    assert at.selectbox(key="persona").value == person(role).who


@pytest.mark.parametrize("role", ROLES)
def test_an_account_opens_for_everybody_who_may_see_it(
    demo: Path, open_page: OPEN, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What an owner sees before he has said his own view is another test's matter (test_first_view.py).
    monkeypatch.setenv("CRM_FIRST_VIEW_SHARE", "0")
    viewer = person(role)
    row = views.sell.risk(viewer).rows[0]
    at = open_page("account", customer=row.customer_id, **{"as": viewer.who})
    assert len(at.exception) == 0
    assert at.title[0].value.replace("\\", "") == row.name
    for word in ("The model", "People", "What it rests on", "Contract", "of 100 leave", "Usual here"):
        assert word in words_of(at)


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_installation_says_what_to_do(data_dir: Path, open_page: OPEN, name: str) -> None:
    at = open_page(name, customer="demo:C-00001")
    assert says_what_to_do(at)
    assert "There is no build to read yet" in words_of(at)


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("name", PAGES)
def test_a_broken_build_says_what_to_do(
    copy_of_demo: Path, open_page: OPEN, name: str, broken: Callable[[Path], None]
) -> None:
    broken(copy_of_demo)
    assert says_what_to_do(open_page(name))


def test_a_broken_ledger_says_what_to_do(copy_of_demo: Path, open_page: OPEN) -> None:
    for part in (copy_of_demo / "ledger").iterdir():
        part.unlink()
    (copy_of_demo / "ledger" / "ledger.db").write_bytes(b"no database" * 1000)
    at = open_page("risk")
    assert len(at.exception) == 0
    assert "The ledger cannot be opened" in words_of(at)


def test_a_new_build_is_shown_at_once(copy_of_demo: Path, open_page: OPEN) -> None:
    open_page("risk")
    point_nowhere(copy_of_demo)
    assert says_what_to_do(open_page("risk"))
