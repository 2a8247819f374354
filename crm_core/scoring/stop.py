"""The stop: a model that treats groups too differently is not published until the owner of the stop releases it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from crm_core.scoring import registry
from crm_core.scoring.card import Card
from crm_core.scoring.fairness import Fairness
from crm_core.scoring.wording import pretty_name
from crm_core.settings import Settings

STOPPED = "stopped by the fairness check"
RELEASES = "releases.parquet"


def has_owner(con: duckdb.DuckDBPyConnection, settings: Settings) -> bool:
    """Whether anybody may release a stop: the named one, or an admin or a steward among the employees.

    Without anybody a stop could never end, so a breach is then said, loudly, and nothing is stopped.
    """
    if settings.fairness_owner:
        return True
    known = "select 1 from information_schema.tables where table_schema = 'staging' and table_name = 'stg_employees'"
    if con.execute(known).fetchone() is None:
        return False
    sql = "select 1 from staging.stg_employees where superseded_at is null and role in ('admin', 'steward') limit 1"
    return con.execute(sql).fetchone() is not None


def stopped(fairness: Fairness, *, is_owned: bool) -> Fairness:
    """The check with its consequence."""
    return replace(fairness, is_stopped=is_owned and bool(fairness.breaches))


def why(fairness: Fairness) -> str:
    """Why a model was stopped, in one line without figures: those stand on the page."""
    names = sorted({pretty_name(c.attribute) for c, _ in fairness.breaches})
    return f"{STOPPED}: groups of {', '.join(names)} are treated too differently, and not by chance"


def released_versions(con: duckdb.DuckDBPyConnection, ledger: Path | None, question: str) -> frozenset[int]:
    """Versions of a question's model that the owner of the stop has released, from the snapshot of the ledger."""
    path = ledger / RELEASES if ledger else None
    if path is None or not path.exists():
        return frozenset()
    sql = "select try_cast(entity_key as integer) from read_parquet(?) where question = ?"
    return frozenset(version for (version,) in con.execute(sql, [str(path), question]).fetchall() if version)


def waiting(settings: Settings, question: str, champion: Card | None) -> Card | None:
    """Card of the newest stored version, if it is newer than the champion and was stopped."""
    version = registry.next_version(settings, question) - 1
    if version <= (champion.version if champion else 0):
        return None
    path = settings.models_dir / question / f"{version:04d}" / "card.json"
    try:
        card = Card.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return card if card.status == "challenger" and card.fairness and card.fairness.is_stopped else None


def released(card: Card) -> Card:
    """Card of a stopped version after its release."""
    fairness = replace(card.fairness, is_stopped=False, is_released=True) if card.fairness else None
    return replace(card, status="champion", reason="released from the fairness stop", fairness=fairness)


def is_recent(card: Card, as_of: date, settings: Settings) -> bool:
    """Whether a version that waits is worth waiting for: a training of every build would outrun its owner."""
    return (as_of - date.fromisoformat(card.as_of)).days < settings.retrain_days
