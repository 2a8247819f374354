"""All stored versions of a model, which one is in use and why, and who has chosen it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from crm_core.access import Viewer, visible_entries
from crm_core.ledger import Kind
from crm_core.views.reading import book, rows, told

AUTOMATIC = "automatic"


@dataclass(frozen=True)
class Version:
    """One stored version of a model."""

    version: int = told("Its number.")
    trained_on: date | None = told("Newest day it has seen.")
    state: str = told("in use, earlier, or kept (never published).")
    reason: str = told("What the gate said of it.")
    auc: float | None = told("How well it ranked cases it had not seen; 0.5 is chance.")
    auc_low: float | None = told("Lower end of the 95 % interval.")
    auc_high: float | None = told("Upper end of the 95 % interval.")
    ece: float | None = told("Mean distance of what it said and what came.")
    n_features: int = told("Signs it uses.")

    @property
    def is_choosable(self) -> bool:
        """It was in use before, so a person may let it score."""
        return self.state != "kept"


@dataclass(frozen=True)
class ModelChoice:
    """What a person decided about which version scores."""

    version: int | None = told("The version; empty where the choice was given back to the gate.")
    who_name: str = told("Who decided.")
    why: str = told("Why, in the person's words, if you may read them.")
    recorded_at: datetime = told("When it was said (UTC).")
    is_in_build: bool = told("The build that serves knew of it; otherwise the next one will.")


def versions(con: duckdb.DuckDBPyConnection, question: str, in_use: int | None) -> tuple[Version, ...]:
    """Newest first; a build of an older program has no list."""
    known = "select 1 from information_schema.tables where table_schema = 'scoring' and table_name = 'versions'"
    if con.execute(known).fetchone() is None:
        return ()
    sql = "select * from scoring.versions where question = $question order by version desc"
    return tuple(
        Version(
            version=row["version"],
            trained_on=row["as_of"],
            state="in use" if row["version"] == in_use else "earlier" if row["status"] == "champion" else "kept",
            reason=row["reason"] or "",
            **{name: row[name] for name in ("auc", "auc_low", "auc_high", "ece", "n_features")},
        )
        for row in rows(con, sql, {"question": question})
    )


def choices(viewer: Viewer, question: str, built_at: datetime) -> tuple[ModelChoice, ...]:
    """What people decided, newest first; everybody sees that it was decided."""
    entries = book().entries(question=question, kinds=(Kind.MODEL_CHOICE,))
    seen = visible_entries(viewer, entries, lambda kind, key: None)
    return tuple(
        ModelChoice(
            version=None if entry.belief == AUTOMATIC else int(entry.belief or 0),
            who_name=entry.who_name,
            why=entry.words,
            recorded_at=entry.recorded_at,
            is_in_build=entry.recorded_at <= built_at,
        )
        for entry in reversed(seen)
    )
