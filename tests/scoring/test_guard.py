"""What may not be a feature is left out, and the card says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
import yaml

from crm_core.scoring.guard import screen, sole_auc
from crm_core.scoring.matrix import Attribute, Matrix, column_name, read_attributes
from crm_core.scoring.question import question

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/scoring/excluded.yml").read_text(encoding="utf-8"))
N = 400


def screened(values: list[Any], dates: int = 1) -> tuple[list[str], dict[str, str]]:
    """What the guard makes of one column: names used, and reasons by name."""
    n, y = len(values), [1 if i // dates % 4 == 0 else 0 for i in range(len(values))]
    frame = pd.DataFrame({"entity_id": [f"x:{i // dates}" for i in range(n)], "is_positive": y, "thing": values})
    used, excluded = screen(Matrix(frame, ("thing",), (), False), frame)
    return used, {e.name: e.reason for e in excluded}


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_a_column_is_used_or_left_out_with_its_reason(case: dict[str, Any]) -> None:
    dates = case.get("dates", 1)
    y = [1 if i // dates % 4 == 0 else 0 for i in range(N)]
    used, excluded = screened(eval(case["make"], {"n": N, "y": y, "range": range}), dates)
    if case["reason"] is None:
        assert used == ["thing"], excluded
    else:
        assert used == []
        assert case["reason"] in excluded["thing"]


def test_protected_and_later_known_attributes_are_named_on_the_card_and_never_used() -> None:
    frame = pd.DataFrame({"entity_id": ["a", "b"] * 100, "is_positive": [0, 1, 1, 0] * 50, "f": range(200)})
    declared = (Attribute("gender", "text", "protected"), Attribute("duration", "number", "after_outcome"))
    used, excluded = screen(Matrix(frame, ("f",), declared, False), frame)
    assert used == ["f"]
    reasons = {e.name: e.reason for e in excluded}
    assert "protected" in reasons["gender"]
    assert "only after the outcome" in reasons["duration"]


def test_an_attribute_landed_as_an_ordinary_one_is_recognised_by_its_name_and_left_out_with_that_reason() -> None:
    con = duckdb.connect()
    con.execute("create schema features")
    con.execute("create table features.feat_attribute (entity text, name text, type text, value text, purpose text)")
    for name in ("CustomerAge", "Usage", "plan"):
        con.execute("insert into features.feat_attribute values ('customer', ?, 'text', 'a', 'feature')", [name])
    found = read_attributes(con, question("churn"))
    assert {a.name for a in found if a.purpose == "feature"} == {"Usage", "plan"}
    frame = pd.DataFrame({"entity_id": ["a", "b"] * 100, "is_positive": [0, 1, 1, 0] * 50, "f": range(200)})
    reasons = {e.name: e.reason for e in screen(Matrix(frame, ("f",), found, False), frame)[1]}
    assert reasons == {"CustomerAge": "protected attribute, recognised by its name: never enters a model"}


def test_a_custom_attribute_that_is_left_out_goes_by_its_own_name() -> None:
    name = column_name("Contract no")
    frame = pd.DataFrame({"entity_id": [f"x:{i}" for i in range(N)], "is_positive": [0, 1] * (N // 2)})
    frame[name] = [f"K{i}" for i in range(N)]
    assert [e.name for e in screen(Matrix(frame, (name,), (), False), frame)[1]] == ["Contract no"]


@pytest.mark.parametrize("purpose", ["protected", "after_outcome"])
def test_an_attribute_once_declared_protected_is_so_for_rows_landed_before(purpose: str) -> None:
    con = duckdb.connect()
    con.execute("create schema features")
    con.execute("create table features.feat_attribute (entity text, name text, type text, value text, purpose text)")
    con.execute("insert into features.feat_attribute select 'customer', 'age', 'number', '7', 'feature' from range(50)")
    con.execute("insert into features.feat_attribute values ('customer', 'age', 'number', '7', ?)", [purpose])
    con.execute("insert into features.feat_attribute values ('customer', 'plan', 'text', 'a', 'feature')")
    found = {a.name: a.purpose for a in read_attributes(con, question("churn"))}
    assert found == {"age": purpose, "plan": "feature"}


def test_a_text_with_many_levels_does_not_look_like_a_leak_because_an_entity_comes_at_several_dates() -> None:
    rng = np.random.default_rng(1)
    entity = np.repeat(np.arange(600), 12)
    y = np.repeat((rng.random(600) < 0.3).astype(int), 12)
    town = pd.Series([f"town {e % 280}" for e in entity])
    names = pd.Series([f"x:{e}" for e in entity])
    assert sole_auc(town, y, names) < 0.7


def test_a_question_without_both_outcomes_suspects_nothing() -> None:
    frame = pd.DataFrame({"entity_id": ["a"] * 50, "is_positive": [1] * 50, "f": range(50)})
    assert screen(Matrix(frame, ("f",), (), False), frame) == (["f"], [])
