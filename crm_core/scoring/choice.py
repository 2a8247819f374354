"""Which version a person has chosen to score, out of the snapshot of the ledger, and whether it still can.

The newest choice of a question counts until somebody chooses again; `automatic` gives the choice back to the gate.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from crm_core.errors import ArtefactError
from crm_core.scoring import registry
from crm_core.scoring.card import Card
from crm_core.scoring.matrix import feature_names
from crm_core.scoring.model import Model
from crm_core.scoring.question import Question
from crm_core.settings import Settings

CHOICES = "model_choices.parquet"
AUTOMATIC = "automatic"


@dataclass(frozen=True)
class Pick:
    """What a person's choice comes to: the model that scores because of it, or why it cannot.

    version: None where nothing was chosen, or the choice was given back. refusal: '' unless it cannot be honoured.
    """

    version: int | None = None
    said_on: date | None = None
    model: Model | None = None
    refusal: str = ""


def picked(con: duckdb.DuckDBPyConnection, settings: Settings, question: Question, ledger: Path | None) -> Pick:
    """The version a person has chosen for a question, loaded, or why it cannot score.

    Parameters
    ----------
    ledger : Path or None
        Folder of the ledger's snapshot; a snapshot of an older program has no choices.
    """
    version, said_on = _newest(con, ledger, question.name)
    if version is None:
        return Pick()
    try:
        model = registry.load(settings, question.name, version)
    except ArtefactError as error:
        return Pick(version, said_on, refusal=f"it cannot be read ({error.why})")
    if model.card.status != "champion":
        return Pick(version, said_on, refusal="it was never published")
    gone = sorted({f.name for f in model.contract.features} - feature_names(con, question))
    if gone:
        return Pick(version, said_on, refusal=f"no longer usable as features: {', '.join(gone)}")
    return Pick(version, said_on, model)


def _newest(con: duckdb.DuckDBPyConnection, ledger: Path | None, question: str) -> tuple[int | None, date | None]:
    path = ledger / CHOICES if ledger else None
    if path is None or not path.exists():
        return None, None
    sql = (
        "select try_cast(belief as integer), cast(recorded_at as date) from read_parquet(?) "
        "where question = ? order by recorded_at desc, entry_id desc limit 1"
    )
    found = con.execute(sql, [str(path), question]).fetchone()
    return found or (None, None)


def told(pick: Pick, note: str) -> str:
    """The build's note with why a choice could not be honoured."""
    if not pick.refusal:
        return note
    refused = f"version {pick.version} was chosen by a person and does not serve: {pick.refusal}"
    return f"{refused}; {note}" if note else refused


def due(settings: Settings, question: str, as_of: date) -> bool:
    """Whether the newest training is old enough for another one; a chosen version's own age does not count."""
    newest = max((card.as_of for card in stored(settings, question)), default="")
    return not newest or (as_of - date.fromisoformat(newest)).days >= settings.retrain_days


def stored(settings: Settings, question: str) -> list[Card]:
    """Cards of all stored versions that can be read, newest first."""
    found = []
    for path in (settings.models_dir / question).glob("[0-9]*/card.json"):
        try:
            found.append(Card.from_json(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            continue
    return sorted(found, key=lambda card: -card.version)


def write_versions(con: duckdb.DuckDBPyConnection, settings: Settings, names: list[str]) -> None:
    """Bring what is stored of every question into the build as `scoring.versions`, one row per question × version."""
    con.execute("create schema if not exists scoring")
    con.execute(
        "create or replace table scoring.versions (question varchar, version integer, as_of date, status varchar, "
        "reason varchar, auc double, auc_low double, auc_high double, ece double, n_features integer)"
    )
    rows = [
        [name, c.version, c.as_of, c.status, c.reason, c.auc, c.auc_low, c.auc_high, c.ece, len(c.features_used)]
        for name in names
        for c in stored(settings, name)
    ]
    if rows:
        con.executemany(f"insert into scoring.versions values ({', '.join('?' * len(rows[0]))})", rows)


def set_aside(settings: Settings, question: str) -> int | None:
    """The version to come back to when a choice is given back: the one before the first choice."""
    try:
        return automatic_version(settings, question) or registry.champion_version(settings, question)
    except ArtefactError:
        return None


def automatic_version(settings: Settings, question: str) -> int | None:
    """The version that scored before a person chose; None where nobody has, or nothing is known."""
    path = settings.models_dir / question / "champion.json"
    try:
        version = json.loads(path.read_text(encoding="utf-8")).get("automatic")
        return None if version is None else int(version)
    except (OSError, ValueError, TypeError, AttributeError):
        return None
