"""The brief on screen: in the address, in place of the account, and without words for those who read none."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_core import views
from crm_core.access import Viewer
from pages._kit.brief import mood_in_words
from tests.pages.conftest import OPEN, words_of
from tests.pages.test_every_page import ROLES, person

BOXES = ("What to ask", "Mood", "What we promised", "Open tickets", "Contract", "Last talks", "People there")


def promised(viewer: Viewer) -> views.sell.parts.Brief:
    """The brief on the first customer to whom something was promised."""
    briefs = (views.sell.brief(viewer, row.customer_id) for row in views.sell.risk(viewer).rows)
    return next(page for page in briefs if page.promises)


@pytest.mark.parametrize("role", ROLES)
def test_the_brief_stands_in_the_address_for_everybody(demo: Path, open_page: OPEN, role: str) -> None:
    viewer = person(role)
    key = views.sell.risk(viewer).rows[0].customer_id
    at = open_page("account", customer=key, brief="1", **{"as": viewer.who})
    assert len(at.exception) == 0
    shown = words_of(at)
    assert [box for box in BOXES if box not in shown] == []
    assert "What it rests on" not in shown, "it stands in place of the account"


def test_it_is_opened_and_closed_by_a_button(demo: Path, open_page: OPEN) -> None:
    at = open_page("account", customer=views.sell.risk(person("manager")).rows[0].customer_id)
    at.button(key="brief_on").click().run()
    assert at.query_params["brief"] == "1"
    assert "What to ask" in words_of(at)
    at.button(key="brief_off").click().run()
    assert "brief" not in at.query_params
    assert "What it rests on" in words_of(at)


def test_a_promise_is_read_by_the_manager_and_not_by_executive_and_analyst(demo: Path, open_page: OPEN) -> None:
    page = promised(person("manager"))
    manager = open_page("account", customer=page.customer_id, brief="1")
    assert page.promises[0].words in words_of(manager)
    for role in ("executive", "analyst"):
        shown = words_of(open_page("account", customer=page.customer_id, brief="1", **{"as": person(role).who}))
        assert page.promises[0].words not in shown
        assert "Stands in notes, which your role does not read." in shown


def test_a_brief_out_of_scope_reads_like_one_that_does_not_exist(demo: Path, open_page: OPEN) -> None:
    rep = person("rep")
    own = {row.customer_id for row in views.sell.risk(rep).rows}
    foreign = next(r.customer_id for r in views.sell.risk(person("executive")).rows if r.customer_id not in own)
    shown = {
        words_of(open_page("account", customer=key, brief="1", **{"as": rep.who})) for key in (foreign, "demo:C-99999")
    }
    assert len(shown) == 1
    assert "Not in your scope" in shown.pop()


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (None, 0.5, "Too few talks with a mood to say."),
        (0.5, None, "Last 5 talks: good."),
        (-0.5, 0.5, "Last 5 talks: bad, worse than before."),
        (0.1, -0.5, "Last 5 talks: mixed, better than before."),
        (0.3, 0.3, "Last 5 talks: good, as before."),
    ],
)
def test_the_mood_is_said_in_words(now: float | None, before: float | None, said: str) -> None:
    assert mood_in_words(now, before, 5) == said
