"""The frame: which page the front door opens for whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from crm_core.access import Role
from pages._kit import shell
from tests.conftest import ROOT
from tests.pages.conftest import SECONDS
from tests.pages.test_every_page import person

MORNING = {"manager": "sell/risk", "rep": "sell/today", "executive": "steer/meeting", "analyst": "explore/explore"}
MORNING |= {"steward": "trust/data_health", "admin": "sell/risk"}


@pytest.mark.parametrize("role", MORNING)
def test_the_front_door_opens_the_page_of_the_morning(demo: Path, role: str) -> None:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    at.query_params["as"] = person(role).who
    at.run()
    wanted = ROOT / "pages" / f"{MORNING[role]}.py"
    at.switch_page(str((wanted if wanted.exists() else ROOT / "pages/sell/risk.py").relative_to(ROOT)))
    front = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    front.query_params["as"] = person(role).who
    assert len(front.run().exception) == 0
    assert front.title[0].value == at.run().title[0].value


def test_every_role_has_a_first_page_that_is_written_right() -> None:
    assert set(shell.FIRST) <= set(Role)
    for page in shell.FIRST.values():
        assert (ROOT / "pages" / page).parent.name in {"sell", "steer", "explore", "trust"}
