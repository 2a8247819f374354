"""A value becomes the sentence that a sales manager reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from crm_core.scoring.matrix import Attribute
from crm_core.scoring.wording import attribute_meaning, pretty_name, sentences
from crm_core.warehouse import FeatureMeaning, feature_meanings

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/scoring/sentences.yml").read_text(encoding="utf-8"))


def meaning(unit: str, say: str, zero: str = "") -> FeatureMeaning:
    return FeatureMeaning("f", "F", unit, "now", "crm", say, zero, "not known", "")


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["reads"]))
def test_a_value_reads_as_people_say_it(case: dict[str, Any]) -> None:
    values = pd.Series([case["value"]], dtype="object" if case["unit"] == "text" else "float64")
    assert sentences(meaning(case["unit"], case["say"], case.get("zero", "")), values).tolist() == [case["reads"]]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("MonthlyCharges", "Monthly charges"),
        ("monthly_charges", "Monthly charges"),
        ("NPS", "NPS"),
        ("p.days", "P days"),
    ],
)
def test_a_column_name_reads_as_words(name: str, words: str) -> None:
    assert pretty_name(name) == words


def test_a_yes_or_no_field_reads_as_yes_no_or_not_known() -> None:
    flag = attribute_meaning(Attribute("PaperlessBilling", "bool", "feature"))
    assert sentences(flag, pd.Series([1.0, 0.0, None])).tolist() == [
        "Paperless billing: yes", "Paperless billing: no", "Paperless billing: not known",
    ]  # fmt: skip


def test_a_field_name_with_braces_does_not_break_its_sentence() -> None:
    odd = attribute_meaning(Attribute("rate {v} {x}", "number", "feature"))
    assert "7" in sentences(odd, pd.Series([7.0]))[0]


@pytest.mark.parametrize("model", ["feat_customer", "feat_lead"])
def test_every_feature_of_ours_has_a_sentence_for_a_value_for_nothing_and_for_zero(model: str) -> None:
    for name, of in feature_meanings(model).items():
        values = pd.Series(["x", None]) if of.unit == "text" else pd.Series([3.0, None, 0.0])
        said = sentences(of, values).tolist()
        assert all(text and "{" not in text and "nan" not in text for text in said), name
        assert of.label, name
        assert of.misleads, name
        assert of.window, name
