"""Models on disk: whole, plain, and refused when somebody has damaged them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from crm_core.errors import ArtefactError
from crm_core.scoring import registry
from crm_core.scoring.card import Card
from crm_core.scoring.metrics import CalibrationBin
from crm_core.scoring.model import FINAL, CalibrationCases, Model
from crm_core.settings import Settings
from tests.scoring.conftest import simulated

FILES = ("model.ubj", "contract.json", "calibration.parquet", "folds.parquet", "card.json")


@pytest.fixture
def where(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def test_a_model_scores_the_same_after_it_was_stored_and_read(where: Settings, model: Model) -> None:
    folder = registry.save(where, model)
    again = registry.load(where, "churn", 1)
    frame = simulated(200, seed=5)
    before, after = model.score(frame), again.score(frame)
    np.testing.assert_array_equal(before.raw, after.raw)
    np.testing.assert_array_equal(before.calibrated.probability, after.calibrated.probability)
    np.testing.assert_array_equal(before.calibrated.low, after.calibrated.low)
    np.testing.assert_array_equal(before.contributions, after.contributions)
    assert {p.name for p in folder.iterdir()} == set(FILES)
    assert not any(p.read_bytes().startswith(b"\x80") for p in folder.iterdir()), "a pickle"


def test_a_model_of_folds_scores_each_entity_by_the_one_that_has_not_seen_it(where: Settings, model: Model) -> None:
    frame = simulated(200, seed=5)
    fold = pd.Series(np.arange(100) % 2, index=frame["entity_id"].unique())
    cases = CalibrationCases(model.cases.raw, model.cases.y, np.arange(len(model.cases.raw)) % 2, 1.0)
    booster = model.boosters[FINAL]
    one = Model(model.contract, {FINAL: booster, 0: booster[:20], 1: booster[:40]}, cases, fold, model.card)
    registry.save(where, one)
    again = registry.load(where, "churn", 1)
    assert again.fold_of(pd.Series(["x:C0", "x:C1", "x:new"])).tolist() == [0, 1, FINAL]
    np.testing.assert_array_equal(again.score(frame).raw, one.score(frame).raw)
    assert (again.probabilities(frame)[0] != model.probabilities(frame)[0]).any()


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], Any]] = {
    "gone": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "cut in half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "something else": lambda path: path.write_bytes(b"nothing of ours" * 50),
    "a folder": replace_by_folder,
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_model_is_refused_with_words(where: Settings, model: Model, name: str, damage: str) -> None:
    folder = registry.save(where, model)
    DAMAGES[damage](folder / name)
    with pytest.raises(ArtefactError, match="Version 1 of the churn model cannot be read") as caught:
        registry.load(where, "churn", 1)
    assert caught.value.why
    assert "--retrain" in caught.value.remedy


def test_a_contract_changed_by_hand_and_a_model_of_another_are_refused(where: Settings, model: Model) -> None:
    folder = registry.save(where, model)
    contract = (folder / "contract.json").read_text()
    (folder / "contract.json").write_text(contract.replace("mrr", "rmr"))
    with pytest.raises(ArtefactError, match="changed after training"):
        registry.load(where, "churn", 1)
    shorter = model.contract.from_json(json.dumps(json.loads(contract)[:2]))
    (folder / "contract.json").write_text(shorter.to_json())
    card = replace(model.card, contract_hash=shorter.hash())
    (folder / "card.json").write_text(card.to_json())
    with pytest.raises(ArtefactError, match="does not belong"):
        registry.load(where, "churn", 1)


def test_a_missing_fold_is_refused(where: Settings, model: Model) -> None:
    folds = pd.Series([0, 1], index=["a", "b"])
    booster = model.boosters[FINAL]
    of_folds = Model(model.contract, {FINAL: booster, 0: booster, 1: booster}, model.cases, folds, model.card)
    folder = registry.save(where, of_folds)
    (folder / "fold_1.ubj").unlink()
    with pytest.raises(ArtefactError, match="fold"):
        registry.load(where, "churn", 1)


def test_versions_count_on_and_the_champion_can_be_withdrawn(where: Settings, model: Model) -> None:
    assert registry.champion_version(where, "churn") is None
    registry.save(where, model)
    assert registry.next_version(where, "churn") == 2
    registry.save(where, replace(model, card=replace(model.card, version=2)))
    registry.set_champion(where, "churn", 2)
    assert registry.champion_version(where, "churn") == 2
    registry.set_champion(where, "churn", None)
    assert registry.champion_version(where, "churn") is None
    assert registry.next_version(where, "churn") == 3


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": "x"}', "null"])
def test_a_damaged_note_of_the_champion_is_said(where: Settings, text: str) -> None:
    registry.set_champion(where, "churn", 1)
    (where.models_dir / "churn" / "champion.json").write_text(text)
    with pytest.raises(ArtefactError, match="which version"):
        registry.champion_version(where, "churn")


def test_a_card_keeps_everything_in_its_plain_form(where: Settings, model: Model) -> None:
    card = replace(model.card, auc=0.8, calibration=[CalibrationBin(0.1, 0.2, 3)], notes=["é €"])
    assert Card.from_json(card.to_json()) == card
    registry.save_card(where, card)
    assert registry.newest_card(where, "churn") == card
    assert registry.newest_card(where, "lead") is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"question": "churn", "unknown": 1}'])
def test_a_damaged_newest_card_is_said(where: Settings, model: Model, text: str) -> None:
    registry.save_card(where, model.card)
    (where.models_dir / "churn" / "newest_card.json").write_text(text)
    with pytest.raises(ArtefactError, match="newest card"):
        registry.newest_card(where, "churn")
