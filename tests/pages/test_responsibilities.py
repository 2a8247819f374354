"""Who looks after what, as people of each role see it; the way from an admin's form to the button beside a score."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from crm_core import views
from tests.pages.conftest import OPEN, words_of
from tests.pages.test_every_page import person


def in_dialog(at: AppTest) -> str:
    """All lines on the screen, those of an open dialog too."""
    return "\n".join(line.value for line in at.markdown).replace("\\", "")


def test_an_admin_assigns_and_a_rep_reads_the_name_beside_a_score(copy_of_demo: Path, open_page: OPEN) -> None:
    admin, rep = person("admin"), person("rep")
    at = open_page("responsibilities", **{"as": admin.who})
    assert "All 11 have somebody who is there today." in words_of(at)
    at.button(key="assign_model:churn").click().run()
    assert len(at.exception) == 0
    owner = next(who for who in views.steer.duties.duties(admin).people if who.name == "Katrin Vogel")
    at.selectbox(key="assign_owner").set_value(owner.employee_id)
    at.button(key="assign_send").click().run()
    assert "Katrin Vogel looks after it from now on" in words_of(at)
    customer = views.sell.risk(rep).rows[0].customer_id
    at = open_page("account", customer=customer, **{"as": rep.who})
    at.button(key="ask_account").click().run()
    assert len(at.exception) == 0
    assert "Model: who may leave:** Katrin Vogel" in in_dialog(at)
    assert "Fairness stop:** Olivier Lambert" in in_dialog(at)


@pytest.mark.parametrize("role", ["rep", "manager", "executive", "analyst", "steward"])
def test_nobody_but_an_admin_sees_the_form_and_the_history(demo: Path, open_page: OPEN, role: str) -> None:
    at = open_page("responsibilities", **{"as": person(role).who})
    assert not [button for button in at.button if (button.key or "").startswith("assign_")]
    assert "An admin decides who looks after what." in words_of(at)
    assert "Fatou Ndiaye" in words_of(at), "who holds an office is named to everybody"
    assert "Person " not in words_of(at)
    assert "(mailto:fatou.ndiaye@northwind-demo.example)" in words_of(at)


@pytest.mark.parametrize("name", ["risk", "leads"])
def test_beside_the_chosen_score_stands_whom_to_ask(demo: Path, open_page: OPEN, name: str) -> None:
    at = open_page(name, **{"as": person("manager").who})
    at.button(key="ask_chosen").click().run()
    assert len(at.exception) == 0
    assert "Fairness stop:** Olivier Lambert" in in_dialog(at)
    assert "Data steward:** Fatou Ndiaye" in in_dialog(at)
