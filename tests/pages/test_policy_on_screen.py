"""What the policy leaves out is on no screen and in no file."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_core import views
from crm_core.access import Viewer
from tests.pages.conftest import OPEN, tables_of, words_of
from tests.pages.test_every_page import person


def with_notes(viewer: Viewer) -> tuple[str, str]:
    """A customer of this viewer with a note, and the note."""
    for row in views.sell.risk(viewer).rows:
        for event in views.sell.account(viewer, row.customer_id).timeline:
            if event.words and event.kind in {"call", "email", "meeting"}:
                return row.customer_id, event.words
    pytest.fail("nobody has a note")


def test_a_rep_sees_own_customers_only(demo: Path, open_page: OPEN) -> None:
    rep = person("rep")
    at = open_page("risk", **{"as": rep.who})
    assert set(at.dataframe[0].value["Owner"]) == {rep.name}


def test_a_customer_outside_the_scope_reads_like_one_that_does_not_exist(demo: Path, open_page: OPEN) -> None:
    rep = person("rep")
    own = {row.customer_id for row in views.sell.risk(rep).rows}
    foreign = next(r.customer_id for r in views.sell.risk(person("executive")).rows if r.customer_id not in own)
    shown = {words_of(open_page("account", customer=key, **{"as": rep.who})) for key in (foreign, "demo:C-99999")}
    assert len(shown) == 1
    assert "Not in your scope" in shown.pop()


def test_a_manager_reads_notes_an_executive_and_an_analyst_do_not(demo: Path, open_page: OPEN) -> None:
    customer, note = with_notes(person("manager"))
    assert note in tables_of(open_page("account", customer=customer, **{"as": person("manager").who}))
    for role in ("executive", "analyst"):
        at = open_page("account", customer=customer, **{"as": person(role).who})
        assert note not in tables_of(at) + words_of(at)


def test_an_analyst_sees_pseudonyms_and_cannot_disagree(demo: Path, open_page: OPEN) -> None:
    analyst = person("analyst")
    # Who looks after a source or a model is named to everybody: an office is no statistic.
    names = {viewer.name for viewer in views.personas() if viewer.role in ("rep", "manager", "executive")}
    at = open_page("risk", **{"as": analyst.who})
    shown = "\n".join(line for line in (words_of(at) + tables_of(at)).splitlines() if "You look as" not in line)
    assert [name for name in names if name in shown] == []
    assert at.dataframe[0].value["Owner"].str.startswith("Person ").all()
    assert at.button(key="disagree_chosen").disabled


def test_nobody_is_chosen_from_afar() -> None:
    from pages._kit.shell import far_away

    for host in ("localhost:8501", "127.0.0.1:8501", "[::1]:8501", "127.0.0.1"):
        assert far_away({"Host": host}) == ""
    assert far_away({}) == ""
    assert far_away({"Host": "crm.example.com"}) == "crm.example.com"
    assert far_away({"Host": "10.0.0.5:8501"}) == "10.0.0.5"
    assert far_away({"Host": "localhost:8501", "X-Forwarded-For": "10.0.0.5"}) == "10.0.0.5"
    assert far_away({"Host": "localhost:8501", "X-Forwarded-Host": "crm.example.com"}) == "crm.example.com"
