"""Ten calls on the screen: one click each, a receipt, the way back, and nothing lost by a reload."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from crm_core import views
from crm_core.access import Viewer
from crm_core.ledger import open_ledger
from crm_core.settings import settings
from pages._kit import nudges
from tests.pages.conftest import OPEN, TEST_BEGINS, words_of
from tests.pages.test_every_page import person


def stored() -> list[tuple[str, str | None]]:
    with open_ledger(settings()) as book:
        return [(entry.entity_key, entry.belief) for entry in book.entries(since=TEST_BEGINS)]


def calls_on(at: AppTest) -> list[str]:
    """Keys of what is suggested, in order."""
    return [b.key.removeprefix("done_") for b in at.button if b.key and b.key.startswith("done_")]


def opened(open_page: OPEN, viewer: Viewer) -> AppTest:
    at = open_page("today", **{"as": viewer.who})
    assert len(at.exception) == 0
    return at


@pytest.mark.parametrize("role", ["rep", "manager", "executive", "analyst"])
def test_everybody_is_greeted_and_sees_the_calls_of_his_own_scope(demo: Path, open_page: OPEN, role: str) -> None:
    viewer = person(role)
    page = views.sell.today(viewer)
    at = opened(open_page, viewer)
    assert at.title[0].value.startswith(viewer.name.split()[0])
    assert calls_on(at) == [call.entity_id for call in page.calls]
    assert all(at.button(key=f"done_{key}").disabled == (role == "analyst") for key in calls_on(at))
    for call in page.calls[:3]:
        assert call.name in words_of(at)


def test_a_click_stores_says_so_and_survives_a_reload_and_is_nobody_elses(copy_of_demo: Path, open_page: OPEN) -> None:
    rep = person("rep")
    at = opened(open_page, rep)
    first, second, *_ = calls_on(at)
    at.button(key=f"done_{first}").click().run()
    assert stored() == [(first, "done")]
    assert "Done. It comes back on" in words_of(at)
    assert "1 done this week" in words_of(at)
    assert first not in calls_on(at)
    assert calls_on(at)[0] == second
    assert first not in calls_on(opened(open_page, rep))
    manager = next(v for v in views.personas() if v.role == "manager" and v.teams & rep.teams)
    assert "0 done this week" in words_of(opened(open_page, manager))


def test_a_slip_is_undone_at_one_click(copy_of_demo: Path, open_page: OPEN) -> None:
    rep = person("rep")
    at = opened(open_page, rep)
    before = calls_on(at)
    at.button(key=f"not_useful_{before[0]}").click().run()
    at.button(key="undo").click().run()
    assert calls_on(at) == before
    assert [belief for _, belief in stored()] == ["not_useful", "later"]
    assert "undo" not in {b.key for b in at.button}
    at.button(key=f"done_{before[0]}").click().run()
    assert before[0] not in calls_on(at), "done after an undo is done"


def test_a_click_that_arrives_twice_is_stored_once(
    copy_of_demo: Path, open_page: OPEN, monkeypatch: pytest.MonkeyPatch
) -> None:
    rep = person("rep")
    at = opened(open_page, rep)
    call = views.sell.today(rep).calls[0]
    about = nudges.About(call.question, call.entity_id, call.name)
    monkeypatch.setattr(st, "toast", lambda *_, **__: None)
    for _ in range(2):
        nudges._store(rep, about, "done", "as drawn")
    assert stored() == [(call.entity_id, "done")]
    assert len(at.exception) == 0


def test_what_the_ledger_refuses_is_said_and_nothing_is_lost(
    copy_of_demo: Path, open_page: OPEN, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened(open_page, person("rep"))
    before = calls_on(at)
    monkeypatch.setattr("crm_core.actions.nudges.may", lambda *_: False)
    at.button(key=f"done_{before[0]}").click().run()
    assert "Your role only reads" in at.error[0].value.replace("\\", "")
    assert calls_on(at) == before
    assert stored() == []


def test_a_kept_promise_leaves_the_list(copy_of_demo: Path, open_page: OPEN) -> None:
    manager = person("manager")
    page = views.sell.today(manager)
    assert page.promises, "the demo's people promise a lot"
    at = opened(open_page, manager)
    assert f"Promises due: {page.n_promises:,}" in words_of(at)
    first = page.promises[0].promise_id
    at.button(key=f"kept_{first}").click().run()
    assert stored() == [(first, "kept")]
    assert f"Promises due: {page.n_promises - 1:,}" in words_of(at)


def test_an_executive_reads_no_promise(demo: Path, open_page: OPEN) -> None:
    assert "Promises due" not in words_of(opened(open_page, person("executive")))


def test_with_nothing_left_it_says_so(copy_of_demo: Path, open_page: OPEN) -> None:
    rep = person("rep")
    at = opened(open_page, rep)
    for _ in range(200):
        if not calls_on(at):
            break
        at.button(key=f"not_useful_{calls_on(at)[0]}").click().run()
    assert len(at.exception) == 0
    assert "no calls for today" in at.title[0].value
    assert "Nobody" in words_of(at)


def test_the_front_door_leads_a_rep_here_and_a_manager_to_risk(demo: Path, open_page: OPEN) -> None:
    from tests.conftest import ROOT

    for role, expected in (("rep", "calls for today"), ("manager", "Who may leave")):
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        at.query_params["as"] = person(role).who
        assert expected in at.run().title[0].value


def test_a_phone_has_one_button_and_the_rest_behind_another(
    demo: Path, open_page: OPEN, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages._kit.state.is_phone", lambda: True)
    at = opened(open_page, person("rep"))
    assert len(calls_on(at)) == len(views.sell.today(person("rep")).calls)
