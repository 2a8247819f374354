"""What people told us as features: never in the ordinary model, used only where it is better beyond noise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from crm_core.scoring import registry
from crm_core.scoring.card import Card
from crm_core.scoring.lift_by_people import MIN_TRAIN
from crm_core.scoring.matrix import people_features, read_matrix
from crm_core.scoring.publish import confirm, decide, store
from crm_core.scoring.question import question
from crm_core.scoring.training import Candidate, Run, train_candidate
from crm_core.settings import Settings
from tests.scoring.test_training import DAY, tables

CHURN = question("churn")


def with_words(con: duckdb.DuckDBPyConnection, share: float, truth: float) -> duckdb.DuckDBPyConnection:
    """People told a fact about a share of the rows; so often it points to what came, else it is a coin."""
    con.execute("select setseed(0.5)")
    con.execute(
        f"""
        create or replace table features.feat_people as
        with chosen as (
            select entity_id, as_of, case when random() < {truth} then is_positive else (random() < 0.5)::int end as up
            from labels.label_churn where hash(entity_id, as_of, 'x') % 1000 < {int(share * 1000)}
        )
        select 'customer' as entity, entity_id, as_of, up::double as n_facts_raising_180d,
            (1 - up)::double as n_facts_lowering_180d, 0.0 as views_balance
        from chosen
        """
    )
    return con


def trained(con: duckdb.DuckDBPyConnection) -> Candidate:
    return train_candidate(con, Run(CHURN, 1, DAY, 1))


@pytest.fixture
def where(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, threads=1)


@pytest.fixture
def company() -> duckdb.DuckDBPyConnection:
    return tables(400, 14, 2.0)


def test_without_any_word_the_features_the_card_and_the_model_are_as_ever(company: duckdb.DuckDBPyConnection) -> None:
    matrix = read_matrix(company, CHURN, [DAY])
    assert not set(people_features()) & set(matrix.features)
    assert (matrix.frame[list(people_features())] == 0).all(axis=None)
    before = trained(company)
    after = trained(with_words(company, 0, 1))
    assert before.card == after.card
    assert (before.card.people, after.with_people) == (None, None)


def test_a_few_words_are_counted_and_not_tried(company: duckdb.DuckDBPyConnection) -> None:
    before = trained(company)
    found = trained(with_words(company, 0.005, 1))
    assert found.with_people is None
    assert found.card.people is not None
    assert found.card.people.n_train < MIN_TRAIN
    assert "too few to try" in found.card.people.reason
    assert found.card.people.brier_gain is None
    assert replace(found.card, people=None) == before.card
    assert Card.from_json(found.card.to_json()) == found.card


def test_what_tells_nothing_is_measured_and_not_used(company: duckdb.DuckDBPyConnection, where: Settings) -> None:
    con = with_words(company, 0.3, 0)
    found = trained(con)
    assert found.with_people is None
    lift = found.card.people
    assert lift is not None
    assert lift.is_enough
    assert lift.brier_low is not None
    assert lift.brier_high is not None
    assert lift.brier_low <= 0
    assert lift.reason == "not better beyond chance"
    verdict = decide(con, where, CHURN, DAY)
    assert verdict.model is not None
    assert not set(people_features()) & set(verdict.card.features_used)


def test_what_tells_much_replaces_the_ordinary_model_and_scores(
    company: duckdb.DuckDBPyConnection, where: Settings
) -> None:
    con = with_words(company, 0.4, 0.9)
    verdict = decide(con, where, CHURN, DAY)
    assert verdict.model is not None
    lift = verdict.card.people
    assert lift is not None
    assert lift.is_used
    assert lift.brier_low is not None
    assert lift.auc_gain is not None
    assert lift.brier_low > 0
    assert lift.auc_gain > 0
    assert "n_facts_raising_180d" in verdict.card.features_used
    matrix = read_matrix(con, CHURN, [date.fromisoformat(verdict.card.test_to)])
    stored = store(where, verdict, matrix, np.zeros(len(verdict.model.contract.features)))
    confirm(where, [stored])
    again = registry.load(where, "churn", 1)
    assert again.card.people == lift
    # A later training in which nobody says anything any more goes back to the ordinary features through the gate.
    labels = {drive.feature: drive.label for drive in stored.card.drives}
    assert labels["n_facts_raising_180d"] == "Facts people told us that make it likelier"


def test_it_must_pass_the_gate_and_the_fairness_check_too(
    company: duckdb.DuckDBPyConnection, where: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    con = with_words(company, 0.4, 0.9)
    assert trained(con).with_people is not None
    refused = iter(["it ranks worse than version 1 on the newest test part"])
    monkeypatch.setattr("crm_core.scoring.publish._refusal", lambda *_: next(refused))
    verdict = decide(con, where, CHURN, DAY)
    assert verdict.card.people is not None
    assert not verdict.card.people.is_used
    assert verdict.card.people.reason.startswith("it ranks worse")
    assert not set(people_features()) & set(verdict.card.features_used)
