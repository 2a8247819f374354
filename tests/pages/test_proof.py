"""Whether one can rely on a model, on screen: five tabs, and the action that lets an older version score."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from crm_core import views
from crm_core.access import system_viewer
from tests.pages.conftest import OPEN, tables_of, words_of
from tests.pages.test_every_page import person
from tests.pages.test_model import card_of, put
from tests.views.quarantined import database, let_go

PART = {"kind": "segment", "value": "Enterprise", "n": 936, "entities": 312, "positives": 84, "said": 0.08,
        "came": 0.09, "low": 0.06, "high": 0.13, "ece": 0.01, "is_few": False, "n_values": 1}  # fmt: skip
SIGN = {"feature": "mrr", "label": "Pays a month", "psi": 0.4, "expected": 0.01, "level": "strong", "n_then": 900,
        "n_now": 400, "missing_then": 0.0, "missing_now": 0.0, "then": "Pays € 5", "now": "Pays € 9"}  # fmt: skip
SCORE = {**SIGN, "feature": "(score)", "label": "", "level": "none", "then": "", "now": ""}


def opened(data_dir: Path, open_page: OPEN, **facts: Any) -> str:
    put(data_dir, json.dumps(card_of(data_dir) | facts))
    at = open_page("model")
    assert len(at.exception) == 0
    return words_of(at)


def versions(data_dir: Path, *states: str) -> None:
    """Versions 1, 2, … in the build's list."""
    let_go(data_dir)
    with duckdb.connect(str(database(data_dir))) as con:
        con.execute("delete from scoring.versions where question = 'churn'")
        for n, status in enumerate(states, 1):
            con.execute(
                "insert into scoring.versions values ('churn', ?, '2026-06-01', ?, ?, 0.84, 0.82, 0.87, 0.009, 40)",
                [n, status, "it ranks worse" if status == "challenger" else ""],
            )


@pytest.mark.parametrize("role", ["rep", "manager", "executive", "analyst", "steward"])
@pytest.mark.parametrize("question", ["churn", "lead"])
def test_everybody_can_check_the_model(demo: Path, open_page: OPEN, role: str, question: str) -> None:
    at = open_page("model", question=question, **{"as": person(role).who})
    assert len(at.exception) == 0
    said = words_of(at)
    assert "Can one rely on it?" in said
    assert "can first be judged on 28 Sep 2026" in said
    assert "look different from what the model learned from" in said or "looks different from what" in said
    assert "a model needs 40." in said
    assert "no, computed later" in tables_of(at)
    assert "(score)" not in said + tables_of(at)


def test_each_group_is_told_with_the_count_behind_it(copy_of_demo: Path, open_page: OPEN) -> None:
    off = {**PART, "value": "Public sector", "said": 0.2}
    few = {**PART, "value": "", "n_values": 3, "is_few": True, "n": 40, "positives": 2}
    said = opened(copy_of_demo, open_page, slices=[PART, off, few])
    assert "**Enterprise:** it said 8 of 100, 9 left (6–13, of 312 customers)." in said
    assert "**Public sector:** it said 20 of 100, 9 left (6–13, of 312 customers). **It says too much here.**" in said
    assert "**3 small ones together:** too few to judge (40 cases, 2 left)." in said
    assert "In 1 of 2 groups it came as it said" in said
    assert "Not so for Public sector: lean less on its number there." in said


def test_evidence_levels_are_said_in_words(copy_of_demo: Path, open_page: OPEN) -> None:
    parts = [{**PART, "kind": "evidence_level", "value": value} for value in ("full", "partial", "thin")]
    said = opened(copy_of_demo, open_page, slices=parts)
    for words in ("How much is seen", "**seen in full:**", "**seen in part:**", "**hardly seen:**"):
        assert words in said


def test_what_has_moved_is_said_with_its_label_and_the_typical_value(copy_of_demo: Path, open_page: OPEN) -> None:
    gone = {**SIGN, "label": "Meetings", "missing_now": 0.9}
    same = {**SIGN, "label": "Tenure", "level": "some", "now": SIGN["then"]}
    said = opened(copy_of_demo, open_page, drift=[gone, SIGN, same, SCORE])
    assert "3 of its 3 signs look different from what the model learned from, 2 of them very" in said
    assert "the chances it gives are spread as before." in said
    assert "**No longer known (1 sign):** Meetings. Known for 100 of 100 when it learned, for 10 of 100 now." in said
    assert "**Pays a month** looks very different. Typical then: Pays € 5; now: Pays € 9." in said
    assert "**Spread differently (1 sign):** Tenure." in said


def test_when_the_score_itself_has_moved_it_is_said_loudest(copy_of_demo: Path, open_page: OPEN) -> None:
    said = opened(copy_of_demo, open_page, drift=[{**SCORE, "level": "strong"}, {**SIGN, "level": "none"}])
    assert "**the chances it gives are very different too**: lean less on them until it is trained again." in said


def test_an_older_card_says_that_this_was_not_measured(copy_of_demo: Path, open_page: OPEN) -> None:
    said = opened(copy_of_demo, open_page, slices=[], drift=[])
    assert "The next training measures them." in said
    assert "The next training begins to." in said


def test_without_a_model_the_meter_says_how_far_it_is(copy_of_demo: Path, open_page: OPEN) -> None:
    thin = {"status": "none", "reason": "too little data: x", "n_entities": 66, "positive_entities": 26}
    said = opened(copy_of_demo, open_page, **thin)
    assert "26 of the 40 customers who left that a model needs; 14 are missing." in said
    assert "40 customers who did not are known; a model needs 40." in said


def test_versions_stand_with_the_gate_s_reason(copy_of_demo: Path, open_page: OPEN) -> None:
    versions(copy_of_demo, "champion", "challenger")
    at = open_page("model")
    shown = tables_of(at)
    assert "in use" in shown
    assert "kept, not published" in shown
    assert "it ranks worse" in shown
    assert "84 (82–87)" in shown


def test_who_may_not_choose_sees_no_form_and_whom_to_ask(copy_of_demo: Path, open_page: OPEN) -> None:
    versions(copy_of_demo, "champion", "champion")
    at = open_page("model", **{"as": person("manager").who})
    assert "choose_send" not in {b.key for b in at.button}
    assert "An analyst or a data steward can let an older version score again." in words_of(at)


def test_a_steward_goes_back_to_an_older_version_and_everybody_reads_it(copy_of_demo: Path, open_page: OPEN) -> None:
    card = card_of(copy_of_demo)
    put(copy_of_demo, json.dumps(card | {"version": 2}))
    versions(copy_of_demo, "champion", "champion")
    steward = person("steward")
    at = open_page("model", **{"as": steward.who})
    at.selectbox(key="choose_version").set_value(1)
    at = at.button(key="choose_send").click().run()
    assert "say in a few words why" in "\n".join(str(e.value) for e in at.error)
    assert views.trust.proof(system_viewer(), "churn").choices == ()

    at.selectbox(key="choose_version").set_value(1)
    at.text_area(key="choose_why").set_value("Version 2 flags too many")
    at = at.button(key="choose_send").click().run()
    assert len(at.exception) == 0
    assert len(at.error) == 0
    (choice,) = views.trust.proof(system_viewer(), "churn").choices
    assert (choice.version, choice.who_name, choice.why) == (1, steward.name, "Version 2 flags too many")
    told = "\n".join(str(i.value) for i in open_page("model").info).replace("\\", "")
    assert f"{steward.name} chose version 1 on" in told
    assert "It counts from the next build on." in told


def test_a_choice_that_could_not_be_honoured_is_said(copy_of_demo: Path, open_page: OPEN) -> None:
    versions(copy_of_demo, "champion", "champion")
    note = "version 1 was chosen by a person and does not serve: it cannot be read (damaged); version 2 is recent"
    put(copy_of_demo, json.dumps(card_of(copy_of_demo)), note)
    assert "does not serve" in "\n".join(str(w.value) for w in open_page("model").warning)
