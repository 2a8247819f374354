"""A card written by hand, and the exact sentences that a manager reads."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from crm_core.scoring.card import Card
from crm_core.scoring.guard import Exclusion
from crm_core.scoring.metrics import CalibrationBin, LiftBin
from crm_core.views import trust
from crm_core.views.trust.card import wilson
from crm_core.views.trust.model import spoken
from pages._kit import model
from tests.views.company import PEOPLE
from tests.views.quarantined import database, let_go

ANALYST = PEOPLE["analyst"]
CARD = Card(
    "churn", "champion", "", 7, "2026-06-10", "time",
    n_train=9_000, n_calibrate=5_000, n_test=1_200, entities_test=400, positives_test=120,
    n_entities=800, positive_entities=200, min_positives=40, min_negatives=40, base_rate=0.1,
    auc=0.8, auc_low=0.7, auc_high=0.9,
    train_from="2024-10-08", train_to="2025-06-05", test_from="2026-01-31", test_to="2026-04-01",
    features_used=["n_meetings_90d", "mrr"],
    features_excluded=[
        Exclusion("Churn_Reason__c", "known only after the outcome (declared in the mapping)"),
        Exclusion("gender", "protected attribute: never enters a model"),
        Exclusion("days_since_order", "always empty"),
    ],
    calibration=[CalibrationBin(0.05, 0.04, 400), CalibrationBin(0.3, 0.28, 412), CalibrationBin(0.6, 0.5, 388)],
    lift=[LiftBin(0.05, 0.25, 0.5, 5.0), LiftBin(0.1, 0.41, 0.45, 4.1), LiftBin(0.5, 0.9, 0.18, 1.8)],
)  # fmt: skip


def put(data_dir: Path, text: str, note: str = "", question: str = "churn") -> None:
    let_go(data_dir)
    with duckdb.connect(str(database(data_dir))) as con:
        con.execute("delete from meta.cards where question = ?", [question])
        con.execute("insert into meta.cards values (?, ?, ?)", [question, text, note])


def page_of(data_dir: Path, card: Card = CARD, note: str = "", **changed: Any) -> trust.ModelPage:
    facts = card.to_dict() | changed
    put(data_dir, json.dumps(facts), note, str(facts["question"]))
    return trust.model(ANALYST, str(facts["question"]))


def test_the_three_answers_are_said_as_worked_out_by_hand(company: Path) -> None:
    page = page_of(company)
    assert model.word_kept(page) == "When it says about 30 of 100, 28 left (of 412 such cases)."
    assert model.found_at_top(page) == (
        "Among the 10 % it ranks highest it finds 41 % of those who leave, 4.1 times as many as by chance."
    )
    assert (
        model.right_at_top(page) == "Of 100 customers in its top 10 %, 45 left (31–60, from 120 cases); usual are 10."
    )


def test_leads_buy_where_customers_leave(company: Path) -> None:
    page = page_of(company, question="lead")
    assert model.word_kept(page) == "When it says about 30 of 100, 28 bought (of 412 such cases)."
    assert "of those who buy, 4.1 times" in model.found_at_top(page)
    assert model.right_at_top(page).startswith("Of 100 leads in its top 10 %, 45 bought")


def test_the_level_told_is_where_a_chance_begins_to_be_called_high(company: Path) -> None:
    # Usual odds 1 to 9; three times that is 1 to 3, a chance of 25 of 100.
    assert page_of(company).telling == page_of(company).levels[1]


def test_where_nothing_reaches_that_level_the_highest_is_told(company: Path) -> None:
    low = [{"said": 0.02, "came": 0.01, "n": 50}, {"said": 0.05, "came": 0.06, "n": 51}]
    assert model.word_kept(page_of(company, calibration=low)) == (
        "When it says about 5 of 100, 6 left (of 51 such cases)."
    )


def test_cases_of_one_customer_do_not_count_as_so_many_proofs(company: Path) -> None:
    alone, thrice = page_of(company, entities_test=1_200), page_of(company, entities_test=400)
    assert alone.tops[1].high - alone.tops[1].low < thrice.tops[1].high - thrice.tops[1].low
    assert (thrice.tops[1].low, thrice.tops[1].high) == pytest.approx((0.3070, 0.6017), abs=1e-3)


def test_an_older_card_knows_its_overlap_from_its_dates(company: Path) -> None:
    old = {k: v for k, v in CARD.to_dict().items() if k not in ("entities_test", "min_positives", "min_negatives")}
    put(company, json.dumps(old))
    page = trust.model(ANALYST, "churn")
    assert (page.tops[1].low, page.tops[1].high) == pytest.approx(wilson(0.45, 40), abs=1e-9)
    assert model.word_kept(page) == model.word_kept(page_of(company))


def test_its_age_and_its_next_training_are_told(company: Path) -> None:
    page = page_of(company)
    assert (page.age_days, page.retrain_on) == (20, date(2026, 7, 10))


def test_what_it_cannot_know_is_told_in_words(company: Path) -> None:
    told = " ".join(model.unknown(page_of(company))).replace("\\", "")
    assert "Never used, because it is protected:** Gender." in told
    assert "Never used, because it is known only afterwards:** Churn reason." in told
    assert "No data have come about:** Days since the last order." in told
    assert "_" not in told


def test_few_cases_are_admitted(company: Path) -> None:
    told = " ".join(model.unknown(page_of(company, positive_entities=60)))
    assert "it has seen only 60 customers that left" in told
    assert "Few cases" not in " ".join(model.unknown(page_of(company)))


def test_too_little_data_says_what_is_missing_and_what_stands_in(company: Path) -> None:
    page = page_of(company, status="none", reason="too little data: …", n_entities=42, positive_entities=12)
    told = list(model.no_model(page))
    assert told[0] == "**No model: too little data.**"
    assert told[1] == "12 customers left; a model needs 40, so 28 are missing."
    assert told[2] == "30 customers did not; a model needs 40, so 10 are missing."
    assert told[3].startswith("Meanwhile the lists are ordered by simple signs that anybody can check")


def test_no_signal_is_said_without_a_figure_for_experts(company: Path) -> None:
    page = page_of(company, status="none", reason="no signal: on rows … (AUC 0.510, …)")
    told = " ".join(model.no_model(page))
    assert "On cases it had not seen it ranked those who leave no better than chance would." in told
    assert "AUC" not in told


def test_a_challenger_that_was_kept_back_is_told_with_the_reason(company: Path) -> None:
    note = "version 8 was trained and not published: it ranks worse than version 7"
    assert model.kept_back(page_of(company, note=note)) == f"A newer training did not replace this model: {note}."
    assert model.kept_back(page_of(company, note="version 7 is recent")) == ""


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7"])
def test_a_damaged_card_is_no_model_but_no_accident(company: Path, text: str) -> None:
    put(company, text)
    page = trust.model(ANALYST, "churn")
    assert page.is_empty
    assert "--retrain" in page.why_empty


@pytest.mark.parametrize(
    "change",
    [
        {"calibration": None, "lift": "x", "drives": [1, {"feature": "a"}], "features_excluded": [{}]},
        {"calibration": [{"said": "much"}], "lift": [{"share": None}], "base_rate": "high", "as_of": "soon"},
        {"n_test": -5, "auc": float("nan"), "train_from": 7, "version": None},
    ],
)
def test_facts_of_another_kind_are_simply_not_known(company: Path, change: dict[str, Any]) -> None:
    page = page_of(company, **change)
    for sentences in (model.unknown(page), model.data_used(page)):
        assert all(isinstance(sentence, str) for sentence in sentences)
    assert isinstance(model.word_kept(page) + model.found_at_top(page) + model.right_at_top(page), str)


def test_a_question_nobody_trained_for_is_empty(company: Path) -> None:
    page = trust.model(ANALYST, "upsell")
    assert page.is_empty
    assert "python -m crm_core build" in page.why_empty


@pytest.mark.parametrize(
    ("column", "words"),
    [("Churn_Reason__c", "Churn reason"), ("monthlyCharges", "Monthly charges"), ("NPS", "NPS"), ("a.b_c", "A b c")],
)
def test_a_column_is_said_in_words(column: str, words: str) -> None:
    assert spoken(column) == words


@pytest.mark.parametrize(
    ("rate", "n", "low", "high"), [(0.0, 10, 0.0, 0.2775), (0.5, 10, 0.2366, 0.7634), (1.0, 0.2, 0.2065, 1.0)]
)
def test_the_interval_is_wilson_s(rate: float, n: float, low: float, high: float) -> None:
    assert wilson(rate, n) == pytest.approx((low, high), abs=1e-4)
