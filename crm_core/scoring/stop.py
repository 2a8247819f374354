"""The stop: a model that treats groups too differently is not published until the owner of the stop releases it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from crm_core import assigning
from crm_core.scoring import registry
from crm_core.scoring.card import Card
from crm_core.scoring.fairness import Fairness
from crm_core.scoring.wording import pretty_name
from crm_core.settings import Settings

STOPPED = "stopped by the fairness check"
RELEASES = "releases.parquet"
ASSIGNMENTS = "assignments.parquet"


def has_owner(con: duckdb.DuckDBPyConnection, settings: Settings, ledger: Path | None = None) -> bool:
    """Whether anybody may release a stop: the assigned one, the named one, or an admin or a steward.

    Without anybody a stop could never end, so a breach is then said, loudly, and nothing is stopped. If the assigned
    one has left, the stop stands as long as there is an admin, who can assign another.

    Parameters
    ----------
    ledger : Path, optional
        Folder of the ledger's snapshot.
    """
    people = _people(con)
    default = assigning.fairness_default(settings.fairness_owner, people.items())
    held = assigning.duty(_assigned(con, ledger), default, people)
    return bool(held.owner or held.deputy) or (bool(held.lost) and "admin" in people.values())


def _people(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Employee -> role, of all the data know now."""
    known = "select 1 from information_schema.tables where table_schema = 'staging' and table_name = 'stg_employees'"
    if con.execute(known).fetchone() is None:
        return {}
    sql = "select employee_id, coalesce(role, 'rep') from staging.stg_employees where superseded_at is null"
    return dict(con.execute(sql).fetchall())


def _assigned(con: duckdb.DuckDBPyConnection, ledger: Path | None) -> assigning.Assigned | None:
    """The newest assignment of the fairness stop, from the snapshot of the ledger."""
    path = ledger / ASSIGNMENTS if ledger else None
    if path is None or not path.exists():
        return None
    sql = "select words from read_parquet(?) where entity_key = ? order by recorded_at desc, entry_id desc limit 1"
    found = con.execute(sql, [str(path), assigning.FAIRNESS]).fetchone()
    return assigning.Assigned.from_words(found[0]) if found else None


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
