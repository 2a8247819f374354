"""Fair to everybody? on screen: what was checked, what is stopped, and the form of the one who owns the stop."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.pages.conftest import OPEN, tables_of, words_of
from tests.pages.test_every_page import person
from tests.pages.test_model import card_of, put
from tests.views.test_fairness_page import OVERRIDES, UNFAIR

STOPPED = {"stopped": asdict(UNFAIR), "overrides": [asdict(o) for o in OVERRIDES]}
REASON = "Whoever is flagged gets a call and loses nothing."


def said(at: object) -> str:
    return words_of(at) + "\n".join(str(e.value) for e in at.error).replace("\\", "")  # type: ignore[arg-type,attr-defined]


def test_the_demo_company_s_leads_are_checked_by_their_salutation(demo: Path, open_page: OPEN) -> None:
    at = open_page("model", question="lead")
    assert len(at.exception) == 0
    told = [str(block.value).replace("\\", "") for block in at.markdown]
    after = told[told.index("##### Fair to everybody?") + 1 :]
    assert "Salutation" in after[0]
    assert "never enter the model" in after[0]


def test_where_no_protected_attribute_is_known_it_says_what_to_do(demo: Path, open_page: OPEN) -> None:
    at = open_page("model", question="churn")
    assert "No protected attribute is known" in words_of(at)
    assert "as protected in the mapping" in words_of(at)


@pytest.mark.parametrize("role", ["manager", "rep", "analyst", "steward"])
def test_who_does_not_own_the_stop_reads_who_does_and_gets_no_form(
    copy_of_demo: Path, open_page: OPEN, role: str
) -> None:
    put(copy_of_demo, json.dumps(card_of(copy_of_demo) | STOPPED))
    at = open_page("model", **{"as": person(role).who})
    assert len(at.exception) == 0
    told = said(at)
    assert "Version 8 is stopped: it treats groups too differently." in told
    assert "Olivier Lambert owns this stop" in told
    assert not [area for area in at.text_area if area.key == "release_words"]
    assert "40 of 100 (35–45)" in tables_of(at)
    assert "fewer than 5" in tables_of(at)


def test_the_owner_releases_it_with_a_reason_and_everybody_reads_that(copy_of_demo: Path, open_page: OPEN) -> None:
    put(copy_of_demo, json.dumps(card_of(copy_of_demo) | STOPPED))
    at = open_page("model", **{"as": person("admin").who})
    at.button(key="release_send").click().run()
    assert "say in a sentence why" in said(at)
    at.text_area(key="release_words").input(REASON)
    at.button(key="release_send").click().run()
    assert len(at.exception) == 0
    assert "Released. Version 8 serves from the next build on" in "\n".join(str(s.value) for s in at.success).replace(
        "\\", ""
    )
    assert not [area for area in at.text_area if area.key == "release_words"]
    other = open_page("model", **{"as": person("steward").who})
    told = "\n".join(str(w.value) for w in other.warning).replace("\\", "")
    assert "Released by Olivier Lambert" in told
    assert REASON in told


def test_on_a_phone_groups_are_lines_and_not_a_table(
    copy_of_demo: Path, open_page: OPEN, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages._kit.state.is_phone", lambda: True)
    put(copy_of_demo, json.dumps(card_of(copy_of_demo) | STOPPED))
    at = open_page("model")
    assert len(at.exception) == 0
    assert "Flagged: 40 of 100 (35–45)" in words_of(at)
    assert "40 of 100 (35–45)" not in tables_of(at)


def test_a_group_whose_name_is_markup_stays_words(copy_of_demo: Path, open_page: OPEN) -> None:
    text = json.dumps(card_of(copy_of_demo) | STOPPED).replace('"f"', '"<b>$x$ [a](b)"')
    put(copy_of_demo, text)
    at = open_page("model")
    assert len(at.exception) == 0
    assert "\\<b\\>\\$x\\$" in "\n".join(str(e.value) for e in at.error)
