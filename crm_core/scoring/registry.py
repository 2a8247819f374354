"""Models on disk, in plain formats: `data/models/<question>/<version>/`, and which one is the champion.

model.ubj, fold_<i>.ubj      boosters
contract.json                feature contract
calibration.parquet          the cases the calibrator learned from
folds.parquet                fold of each entity (empty with a time split)
donors.parquet               rows that lend values to rows with blind feeds; absent where no feed can be blind
card.json                    model card, written last: marks the artefact as complete
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb

from crm_core.errors import ArtefactError
from crm_core.scoring.card import Card
from crm_core.scoring.encoding import FeatureContract
from crm_core.scoring.model import FINAL, CalibrationCases, Model
from crm_core.settings import Settings


def next_version(settings: Settings, question: str) -> int:
    """Number of the next version: one more than any that was ever stored."""
    folder = settings.models_dir / question
    taken = [int(p.name) for p in folder.glob("[0-9]*") if p.name.isdigit()]
    return max(taken, default=0) + 1


def save(settings: Settings, model: Model) -> Path:
    """Store a model as a whole or not at all."""
    target = settings.models_dir / model.card.question / f"{model.card.version:04d}"
    aside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for fold, booster in model.boosters.items():
        booster.save_model(aside / ("model.ubj" if fold == FINAL else f"fold_{fold}.ubj"))
    (aside / "contract.json").write_text(model.contract.to_json(), encoding="utf-8")
    cases = pd.DataFrame({"raw": model.cases.raw, "y": model.cases.y, "fold": model.cases.fold})
    cases["overlap"] = model.cases.overlap
    cases["level"] = model.cases.level if len(model.cases.level) else "full"
    cases.to_parquet(aside / "calibration.parquet", index=False)
    folds = pd.DataFrame({"entity_id": model.folds.index.astype(str), "fold": model.folds.to_numpy()})
    folds.to_parquet(aside / "folds.parquet", index=False)
    if len(model.donors):
        model.donors.to_parquet(aside / "donors.parquet", index=False)
    (aside / "card.json").write_text(model.card.to_json(), encoding="utf-8")
    aside.rename(target)
    return target


def is_stored(settings: Settings, card: Card) -> bool:
    """Whether this version of the model was stored before."""
    return (settings.models_dir / card.question / f"{card.version:04d}" / "card.json").exists()


def update_card(settings: Settings, card: Card) -> None:
    """Say something else of a stored version; its model stays as it is."""
    replace_text(settings.models_dir / card.question / f"{card.version:04d}" / "card.json", card.to_json())


def save_card(settings: Settings, card: Card) -> None:
    """Store the newest card of a question, whether there is a model or not."""
    path = settings.models_dir / card.question / "newest_card.json"
    replace_text(path, card.to_json())


def newest_card(settings: Settings, question: str) -> Card | None:
    """The newest card of a question, or None if it was never asked.

    Raises
    ------
    ArtefactError
        The card is damaged.
    """
    path = settings.models_dir / question / "newest_card.json"
    if not path.exists():
        return None
    try:
        return Card.from_json(path.read_text(encoding="utf-8"))
    except (ValueError, TypeError, AttributeError) as error:
        raise ArtefactError(
            f"The newest card of the {question} model cannot be read",
            where=f"models/{question}/{path.name}",
            why=str(error).splitlines()[0][:200],
            remedy="run `python -m crm_core build --retrain`; earlier scores are kept",
        ) from error


def set_champion(settings: Settings, question: str, version: int | None, automatic: int | None = None) -> None:
    """Name the version that scores; None withdraws it.

    Parameters
    ----------
    automatic : int, optional
        Where a person has chosen: the version that scores again when the choice is given back.
    """
    named = {"version": version} if automatic is None else {"version": version, "automatic": automatic}
    replace_text(settings.models_dir / question / "champion.json", json.dumps(named))


def champion_version(settings: Settings, question: str) -> int | None:
    """Version that scores, or None.

    Raises
    ------
    ArtefactError
        The note of it is damaged.
    """
    path = settings.models_dir / question / "champion.json"
    if not path.exists():
        return None
    try:
        version = json.loads(path.read_text(encoding="utf-8"))["version"]
        return None if version is None else int(version)
    except (ValueError, TypeError, KeyError) as error:
        raise ArtefactError(
            f"It cannot be read which version of the {question} model scores",
            where=f"models/{question}/{path.name}",
            why="the file is damaged",
            remedy="run `python -m crm_core build --retrain`; earlier scores are kept",
        ) from error


def load(settings: Settings, question: str, version: int) -> Model:
    """Read a stored model.

    Raises
    ------
    ArtefactError
        A file is missing or damaged.
    """
    folder = settings.models_dir / question / f"{version:04d}"
    try:
        card = Card.from_json((folder / "card.json").read_text(encoding="utf-8"))
        contract = FeatureContract.from_json((folder / "contract.json").read_text(encoding="utf-8"))
        paths = {FINAL: folder / "model.ubj"} | {int(p.stem[5:]): p for p in folder.glob("fold_*.ubj")}
        boosters = {fold: xgb.Booster(model_file=str(path)) for fold, path in paths.items()}
        cases = pd.read_parquet(folder / "calibration.parquet")
        folds = pd.read_parquet(folder / "folds.parquet")
        fold = pd.Series(folds["fold"].to_numpy(), index=folds["entity_id"])
        known = CalibrationCases(
            cases["raw"].to_numpy(),
            cases["y"].to_numpy(),
            cases["fold"].to_numpy(),
            float(cases["overlap"].iloc[0]),
            np.asarray(cases["level"], dtype=object) if "level" in cases else np.empty(0, dtype=object),
        )
        donors = pd.read_parquet(folder / "donors.parquet") if (folder / "donors.parquet").exists() else pd.DataFrame()
    except (OSError, ValueError, LookupError, TypeError, AttributeError, xgb.core.XGBoostError) as error:
        raise _unreadable(question, version, (str(error).splitlines() or [type(error).__name__])[0][:200]) from error
    if contract.hash() != card.contract_hash:
        raise _unreadable(question, version, "the feature contract was changed after training")
    if not set(fold) <= set(boosters):
        raise _unreadable(question, version, "the model of a fold is missing")
    if any(booster.num_features() != len(contract.owners) for booster in boosters.values()):
        raise _unreadable(question, version, "the model does not belong to its feature contract")
    return Model(contract, boosters, known, fold, card, donors)


def _unreadable(question: str, version: int, why: str) -> ArtefactError:
    return ArtefactError(
        f"Version {version} of the {question} model cannot be read",
        where=f"models/{question}/{version:04d}",
        why=why,
        remedy="run `python -m crm_core build --retrain`; earlier scores are kept",
    )


def replace_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
