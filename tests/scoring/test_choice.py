"""Which version a person has chosen, and whether it still can score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from crm_core.ledger import Entry, Kind, Ledger, open_ledger
from crm_core.scoring import choice, question, registry
from crm_core.scoring.card import Card
from crm_core.scoring.model import Model
from crm_core.settings import Settings

CHURN = question("churn")


@pytest.fixture
def where(data_dir: Path) -> Settings:
    return Settings(data_dir=data_dir)


@pytest.fixture
def ledger(where: Settings) -> Iterator[Ledger]:
    with open_ledger(where) as ledger:
        yield ledger


@pytest.fixture
def con(model: Model) -> duckdb.DuckDBPyConnection:
    """A build that has what the model expects."""
    con = duckdb.connect()
    con.execute("create schema features")
    con.execute("create table features.feat_attribute (entity varchar, name varchar, type varchar, purpose varchar)")
    columns = ", ".join(f"null as {f.name}" for f in model.contract.features)
    con.execute(f"create table features.feat_customer as select {columns}")
    return con


def choose(ledger: Ledger, folder: Path, belief: str, question: str = "churn") -> Path:
    """A choice in the ledger, and the folder of its snapshot."""
    n = len(ledger.entries())
    entry = Entry(kind=Kind.MODEL_CHOICE, who="demo:E-25", who_name="Sam", who_role="steward", who_team="",
                  question=question, entity_kind="model", entity_key=question, idempotency_key=f"k{n}",
                  belief=belief, words="why")  # fmt: skip
    ledger.append(entry)
    return ledger.snapshot(folder).parent


def test_the_chosen_version_is_loaded_and_the_newest_choice_counts(
    where: Settings, con: duckdb.DuckDBPyConnection, ledger: Ledger, model: Model, tmp_path: Path
) -> None:
    for version in (1, 2):
        registry.save(where, replace(model, card=replace(model.card, version=version)))
    said = choose(ledger, tmp_path, "1")
    assert (
        choice.picked(con, where, CHURN, said).version,
        choice.picked(con, where, question("lead"), said).version,
    ) == (1, None)
    pick = choice.picked(con, where, CHURN, choose(ledger, tmp_path, "2"))
    assert pick.model is not None
    assert (pick.model.card.version, pick.refusal, pick.said_on) == (2, "", datetime.now(UTC).date())


@pytest.mark.parametrize("said", [None, Path("nowhere")])
def test_without_a_choice_or_in_an_older_snapshot_the_gate_decides(
    where: Settings, con: duckdb.DuckDBPyConnection, said: Path | None
) -> None:
    assert choice.picked(con, where, CHURN, said) == choice.Pick()


def test_giving_it_back_ends_a_choice(
    where: Settings, con: duckdb.DuckDBPyConnection, ledger: Ledger, model: Model, tmp_path: Path
) -> None:
    registry.save(where, model)
    choose(ledger, tmp_path, "1")
    assert choice.picked(con, where, CHURN, choose(ledger, tmp_path, "automatic")) == choice.Pick()


def test_a_version_that_cannot_score_is_refused_with_the_reason(
    where: Settings, con: duckdb.DuckDBPyConnection, ledger: Ledger, model: Model, tmp_path: Path
) -> None:
    folder = registry.save(where, model)
    registry.save(where, replace(model, card=replace(model.card, version=2, status="challenger")))
    said = choose(ledger, tmp_path, "2")
    assert choice.picked(con, where, CHURN, said).refusal == "it was never published"
    said = choose(ledger, tmp_path, "1")
    con.execute("alter table features.feat_customer drop column mrr")
    assert choice.picked(con, where, CHURN, said).refusal == "no longer usable as features: mrr"
    (folder / "model.ubj").write_bytes(b"")
    assert choice.picked(con, where, CHURN, said).refusal.startswith("it cannot be read")
    gone = choice.picked(con, where, CHURN, choose(ledger, tmp_path, "9"))
    assert gone.model is None
    told = choice.told(gone, "version 1 is recent")
    assert told.startswith("version 9 was chosen by a person and does not serve: it cannot be read")
    assert told.endswith("; version 1 is recent")


def test_training_goes_on_by_the_age_of_the_newest_training_not_of_the_chosen_version(where: Settings) -> None:
    day = date(2026, 6, 30)
    assert choice.due(where, "churn", day)
    for version, age in ((1, 90), (2, 10)):
        card = Card("churn", "champion", "", version, (day - timedelta(days=age)).isoformat(), "time")
        folder = where.models_dir / "churn" / f"{version:04d}"
        folder.mkdir(parents=True)
        (folder / "card.json").write_text(card.to_json())
    assert not choice.due(where, "churn", day)
    assert choice.due(where, "churn", day + timedelta(days=where.retrain_days))
    (where.models_dir / "churn" / "0002" / "card.json").write_text("{")
    assert [card.version for card in choice.stored(where, "churn")] == [1]


def test_the_version_before_the_first_choice_is_remembered(where: Settings) -> None:
    registry.set_champion(where, "churn", 3)
    assert (choice.automatic_version(where, "churn"), choice.set_aside(where, "churn")) == (None, 3)
    registry.set_champion(where, "churn", 1, choice.set_aside(where, "churn"))
    registry.set_champion(where, "churn", 2, choice.set_aside(where, "churn"))
    assert (registry.champion_version(where, "churn"), choice.automatic_version(where, "churn")) == (2, 3)
