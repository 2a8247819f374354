"""Trained only where there is enough to learn from, published only if it is no worse."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from crm_core.scoring import registry
from crm_core.scoring.publish import confirm, decide, store
from crm_core.scoring.question import Question, question
from crm_core.scoring.training import Candidate, Run, train_candidate
from crm_core.settings import Settings

DAY = date(2026, 6, 30)
COLUMNS = ("days_since_contact", "mrr", "segment")


def tables(
    n: int, n_dates: int, strength: float, seed: int = 1, positive: float | None = None
) -> duckdb.DuckDBPyConnection:
    """A build's feature and label tables: n customers at so many dates; labels for those 90 days old."""
    rng = np.random.default_rng(seed)
    days = [DAY - timedelta(days=30 * k) for k in range(n_dates)]
    frame = pd.DataFrame({"customer_id": np.repeat([f"x:{i}" for i in range(n)], n_dates), "as_of": days * n})
    frame["is_in_population"] = True
    silence = np.repeat(rng.normal(size=n), n_dates) + 0.3 * rng.normal(size=len(frame))
    frame["days_since_contact"], frame["mrr"] = 50 + 20 * silence, rng.normal(500, 100, len(frame))
    frame["segment"] = rng.choice(["small", "large"], len(frame))
    chance = 1 / (1 + np.exp(1.5 - strength * silence)) if positive is None else positive
    frame["y"] = (rng.random(len(frame)) < chance).astype(int)
    con = duckdb.connect()
    con.execute("create schema features; create schema labels")
    con.execute("create table features.feat_customer as select * exclude (y) from frame")
    con.execute("create table features.feat_attribute (entity text, entity_id text, as_of date, name text, type text, "
                "value text, purpose text)")  # fmt: skip
    con.execute("create table labels.label_churn as select customer_id as entity_id, as_of, y as is_positive, "
                "'derived' as origin from frame where as_of <= ?", [DAY - timedelta(days=90)])  # fmt: skip
    return con


def tell(con: duckdb.DuckDBPyConnection, day: date = DAY) -> duckdb.DuckDBPyConnection:
    """The same labels as if told from outside, at one day."""
    newest = "select entity_id, is_positive from labels.label_churn qualify as_of = max(as_of) over ()"
    con.execute(
        f"create or replace table labels.label_churn as select *, ?::date as as_of, 'told' as origin from ({newest})",
        [day],
    )
    return con


def candidate(con: duckdb.DuckDBPyConnection, asked: Question | None = None) -> Candidate:
    return train_candidate(con, Run(asked or question("churn"), 1, DAY, 1))


@pytest.fixture(scope="module")
def company() -> duckdb.DuckDBPyConnection:
    return tables(500, 14, 2.0)


def test_history_is_split_by_time_and_the_card_says_all_that_was_measured(company: duckdb.DuckDBPyConnection) -> None:
    card = candidate(company).card
    assert (card.status, card.split) == ("challenger", "time")
    assert card.auc is not None
    assert card.auc_low is not None
    assert card.auc_high is not None
    assert 0.5 < card.auc_low < card.auc < card.auc_high < 1
    # Few departures: the training part helps to calibrate, out of fold, beside one date of its own.
    assert card.n_calibrate - card.n_train == card.n_test == 500
    assert card.n_test > card.positives_test > 0
    assert set(card.features_used) == set(COLUMNS)
    assert date.fromisoformat(card.train_to) + timedelta(days=180) <= date.fromisoformat(card.test_from)
    assert card.trees > 0
    assert len(card.calibration) == 10
    # Nobody has checked, stopped or told anything here.
    known = {name for name, value in card.to_dict().items() if value is not None}
    assert card.to_dict().keys() - known <= {"fairness", "stopped", "people"}


def test_the_same_rows_train_the_same_model(company: duckdb.DuckDBPyConnection) -> None:
    one, two = candidate(company), candidate(company)
    assert one.card == two.card
    assert one.model is not None
    assert two.model is not None
    np.testing.assert_array_equal(one.model.score(one.test).contributions, two.model.score(two.test).contributions)


def test_labels_told_from_outside_are_split_by_folds() -> None:
    found = candidate(tell(tables(800, 4, 3.0)))
    assert (found.card.split, found.card.status) == ("folds", "challenger")
    assert found.card.n_test == 800
    assert found.model is not None
    assert set(found.model.folds) == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("told", [False, True])
def test_where_chance_alone_decides_there_is_no_model(told: bool) -> None:
    con = tables(900, 14, 0, positive=0.07)
    found = candidate(tell(con) if told else con)
    assert found.model is None
    assert found.card.status == "none"
    assert found.card.reason.startswith("no signal")
    assert re.search(r"AUC 0\.\d{3}, 95 % interval 0\.\d{3} to 0\.\d{3}", found.card.reason)


@pytest.mark.parametrize(("n", "positive", "words"), [
    (30, 0.5, "too little data"), (500, 0.0, "0 that left"), (200, 1.0, "0 that did not"),
])  # fmt: skip
def test_too_few_of_either_outcome_train_nothing(n: int, positive: float, words: str) -> None:
    found = candidate(tables(n, 4, 0, positive=positive))
    assert found.model is None
    assert found.card.reason.startswith("too little data")
    assert words in found.card.reason
    assert "40" in found.card.reason


def test_customers_are_counted_and_not_their_rows() -> None:
    con = tables(39, 14, 0, positive=1.0)
    con.execute("insert into features.feat_customer select 'y:' || i, as_of, true, 1, 1, 'small' from "
                "features.feat_customer, range(2) t(i) where customer_id = 'x:1'")  # fmt: skip
    found = candidate(con)
    assert found.card.reason.startswith("too little data: 39 that left")


@pytest.fixture
def where(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, threads=1)


def publish(
    con: duckdb.DuckDBPyConnection, where: Settings, day: date = DAY, *, retrain: bool = False
) -> tuple[int | None, str]:
    """One build's decision, stored and confirmed: champion's version and the note."""
    verdict = decide(con, where, question("churn"), day, retrain=retrain)
    if verdict.model is not None:
        from crm_core.scoring.matrix import read_matrix

        matrix = read_matrix(con, question("churn"), [DAY])
        verdict = store(where, verdict, matrix, np.ones(len(verdict.model.contract.features)))
    confirm(where, [verdict])
    return registry.champion_version(where, "churn"), verdict.note


def test_the_first_model_becomes_champion_and_stays_while_it_is_recent(
    company: duckdb.DuckDBPyConnection, where: Settings
) -> None:
    assert publish(company, where)[0] == 1
    assert publish(company, where, DAY + timedelta(days=29)) == (1, "version 1 is recent")
    card = registry.newest_card(where, "churn")
    assert card is not None
    assert card.status == "champion"
    assert [d.feature for d in card.drives]
    assert publish(company, where, DAY + timedelta(days=30))[0] == 2


def test_a_worse_challenger_is_kept_and_not_published(company: duckdb.DuckDBPyConnection, where: Settings) -> None:
    publish(company, where)
    # The newcomer learns from months in which the outcome mostly followed a coin of each customer.
    con = tables(500, 14, 2.0)
    coin = "case when hash(entity_id, as_of) % 20 < 18 then hash(entity_id) % 2 else is_positive end"
    earlier = DAY - timedelta(days=200)
    con.execute(f"update labels.label_churn set is_positive = {coin} where as_of < ?", [earlier])
    version, note = publish(con, where, retrain=True)
    assert version == 1
    assert "ranks worse than version 1" in note or "probabilities are worse" in note
    kept = registry.load(where, "churn", 2).card
    assert kept.status == "challenger"
    assert "version 1" in kept.reason


def test_a_training_that_learns_nothing_does_not_take_a_good_champion_away(
    company: duckdb.DuckDBPyConnection, where: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(company, where)
    found = candidate(company)
    nothing = replace(found, model=None, card=replace(found.card, status="none", reason="no signal: by bad luck"))
    monkeypatch.setattr("crm_core.scoring.publish.train_candidate", lambda *_: nothing)
    version, note = publish(company, where, retrain=True)
    assert version == 1
    assert "no signal" in note


def test_a_champion_that_ranks_no_better_than_chance_any_more_is_withdrawn(
    company: duckdb.DuckDBPyConnection, where: Settings
) -> None:
    publish(company, where)
    assert publish(tables(900, 14, 0, positive=0.07), where, retrain=True)[0] is None
    card = registry.newest_card(where, "churn")
    assert card is not None
    assert (card.status, card.reason[:9]) == ("none", "no signal")


def test_a_model_deleted_by_hand_is_trained_anew_and_said(company: duckdb.DuckDBPyConnection, where: Settings) -> None:
    publish(company, where)
    (where.models_dir / "churn" / "0001" / "model.ubj").unlink()
    version, note = publish(company, where)
    assert version == 2
    assert "trained anew" in note
    assert "cannot be read" in note
    card = registry.newest_card(where, "churn")
    assert card is not None
    assert "trained anew" in card.reason


@pytest.mark.parametrize("text", ["", "{}"])
def test_a_damaged_note_of_the_champion_does_not_stop_a_build(
    company: duckdb.DuckDBPyConnection, where: Settings, text: str
) -> None:
    publish(company, where)
    (where.models_dir / "churn" / "champion.json").write_text(text)
    version, note = publish(company, where)
    assert version == 2
    assert "trained anew" in note


def test_a_champion_from_before_blind_feeds_were_known_is_trained_anew(
    company: duckdb.DuckDBPyConnection, where: Settings
) -> None:
    publish(company, where)
    card = where.models_dir / "churn" / "0001" / "card.json"
    facts = json.loads(card.read_text())
    assert facts["attention"]
    card.write_text(json.dumps(facts | {"attention": {}}))
    version, note = publish(company, where)
    assert version == 2
    assert "blind" in note


def test_a_question_of_higher_demands_is_refused(company: duckdb.DuckDBPyConnection) -> None:
    found = candidate(company, replace(question("churn"), min_positives=10_000))
    assert found.card.reason.startswith("too little data")
