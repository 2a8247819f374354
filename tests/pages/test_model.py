"""The Model page on screen: for every role, for both questions, with a card that is thin, broken or not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.pages.conftest import OPEN, tables_of, words_of
from tests.pages.test_every_page import person
from tests.views.quarantined import database, let_go

ROLES = ("rep", "manager", "executive", "analyst", "steward")


def put(data_dir: Path, text: str | None, note: str = "") -> None:
    let_go(data_dir)
    with duckdb.connect(str(database(data_dir))) as con:
        con.execute("delete from meta.cards where question = 'churn'")
        if text is not None:
            con.execute("insert into meta.cards values ('churn', ?, ?)", [text, note])


def card_of(data_dir: Path) -> dict[str, Any]:
    let_go(data_dir)
    with duckdb.connect(str(database(data_dir))) as con:
        (text,) = con.execute("select card from meta.cards where question = 'churn'").fetchone() or ("{}",)
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("question", "did"), [("churn", "left"), ("lead", "bought")])
def test_everybody_reads_the_three_answers(demo: Path, open_page: OPEN, role: str, question: str, did: str) -> None:
    at = open_page("model", question=question, **{"as": person(role).who})
    assert len(at.exception) == 0
    said = words_of(at)
    for words in ("When it says about", f" {did} (of ", "Among the 10 % it ranks highest it finds",
                  "What it cannot know", "What it has learned from", "trains it again"):  # fmt: skip
        assert words in said, words
    assert at.segmented_control(key="question").value == question


def test_a_question_that_does_not_exist_falls_back_to_churn(demo: Path, open_page: OPEN) -> None:
    at = open_page("model", question="upsell")
    assert len(at.exception) == 0
    assert at.segmented_control(key="question").value == "churn"


def test_the_manager_s_part_speaks_no_statistics(demo: Path, open_page: OPEN) -> None:
    at = open_page("model")
    told = words_of(at).split("| figure")[0]
    for word in ("AUC", "log-odds", "Brier", "SHAP", "_90d", "__c"):
        assert word not in told


def test_the_analyst_s_figures_stand_below(demo: Path, open_page: OPEN) -> None:
    at = open_page("model")
    for word in ("AUC", "Average precision", "Brier score", "Log loss", "Calibration error", "Trees", "Contract"):
        assert word in "\n".join(str(block.value) for block in at.markdown)
    assert "May mislead" in tables_of(at)
    assert "known only after the outcome" in tables_of(at)


def test_too_little_data_says_what_is_missing(copy_of_demo: Path, open_page: OPEN) -> None:
    thin = card_of(copy_of_demo) | {"status": "none", "reason": "too little data: x", "n_entities": 20}
    put(copy_of_demo, json.dumps(thin | {"positive_entities": 5}))
    at = open_page("model")
    assert len(at.exception) == 0
    said = "\n".join(str(w.value) for w in at.warning).replace("\\", "")
    assert "5 customers left; a model needs 40, so 35 are missing." in said
    assert "Meanwhile the lists are ordered by simple signs" in said


@pytest.mark.parametrize("text", ["{", "[]", '{"status": "champion"}', None])
def test_a_broken_or_absent_card_is_said_in_words(copy_of_demo: Path, open_page: OPEN, text: str | None) -> None:
    put(copy_of_demo, text)
    at = open_page("model")
    assert len(at.exception) == 0
    assert at.title[0].value == "How far can the model be trusted?"
    said = words_of(at)
    assert "python -m crm_core build" in said or "This card holds no figures yet." in said


def test_a_label_that_is_markup_stays_words(copy_of_demo: Path, open_page: OPEN) -> None:
    evil = {"name": "<b>|$x$ [a](b)", "reason": "protected attribute: never enters a model"}
    drive = {"feature": "custom: x", "label": "<img src=x> 😀 العربية", "share": 0.9}
    card = card_of(copy_of_demo)
    put(copy_of_demo, json.dumps(card | {"features_excluded": [evil], "drives": [drive]}))
    at = open_page("model")
    assert len(at.exception) == 0
    assert "\\<b\\>\\|\\$x\\$" in "\n".join(str(block.value) for block in at.markdown)


def test_a_challenger_that_was_kept_back_is_told(copy_of_demo: Path, open_page: OPEN) -> None:
    put(copy_of_demo, json.dumps(card_of(copy_of_demo)), "version 2 was trained and not published: it ranks worse")
    said = "\n".join(str(i.value) for i in open_page("model").info).replace("\\", "")
    assert "did not replace this model: version 2 was trained and not published: it ranks worse." in said
