"""The ledger as a build sees it: typed Parquet files, so that a build reads what people said like any other table.

disagreements.parquet: one row per disagreement ever said, with the two moments that may have ended it. In force at the
end of day D: `recorded_at < D + 1 day`, `expires_on >= D`, and `withdrawn_at` and `superseded_at` NULL or not before
D + 1 day.
Words and names stay in the ledger: the warehouse does not need them, and who may read them is decided at the door.

releases.parquet: one row per version of a model that the owner of the fairness stop has released.
answers.parquet: one row per answer to the question of a source that could not see; the newest of an entity and feed
counts, through its `expires_on`.
model_choices.parquet: one row per decision of which version of a model scores.
triage.parquet: one row per sorting of a disagreement by a steward; `entity_key` is the disagreement's id.
assignments.parquet: one row per decision of who looks after something; `words` as `responsibilities` wrote them.
first_views.parquet: one row per view given before the model's number was shown, with that number.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crm_core.errors import LedgerError
from crm_core.ledger.answers import Answered
from crm_core.ledger.entries import Kind, StoredEntry
from crm_core.ledger.state import Fate, fates

TEXT, MOMENT, DAY, NUMBER, COUNT = "string", "timestamp[us]", "date32[day]", "double", "int32"
COLUMNS = {
    "entry_id": TEXT,
    "recorded_at": MOMENT,
    "who": TEXT,
    "who_role": TEXT,
    "who_team": TEXT,
    "question": TEXT,
    "entity_kind": TEXT,
    "entity_key": TEXT,
    "belief": TEXT,
    "probability": NUMBER,
    "reason_code": TEXT,
    "expires_on": DAY,
    "withdrawn_at": MOMENT,
    "superseded_at": MOMENT,
    "shown_probability": NUMBER,
    "shown_low": NUMBER,
    "shown_high": NUMBER,
    "shown_base_rate": NUMBER,
    "shown_tier": TEXT,
    "shown_evidence": NUMBER,
    "shown_money_at_stake": NUMBER,
    "shown_model_version": TEXT,
    "shown_build_id": TEXT,
    "shown_as_of": DAY,
}
SAID = {"entry_id": TEXT, "recorded_at": MOMENT, "who": TEXT, "question": TEXT, "entity_kind": TEXT, "entity_key": TEXT}
FIRST_VIEWS = {name: kind for name, kind in COLUMNS.items() if name not in ("withdrawn_at", "superseded_at")}
ANSWERS = {
    **SAID,
    "feed": TEXT,
    "n_in_90d": COUNT,
    "last_on": DAY,
    "direction": TEXT,
    "n_open": COUNT,
    "recommends": COUNT,
    "expires_on": DAY,
}
OTHER_KINDS = {
    "releases": (Kind.RELEASE, SAID),
    "model_choices": (Kind.MODEL_CHOICE, {**SAID, "belief": TEXT}),
    "triage": (Kind.TRIAGE, {**SAID, "belief": TEXT, "reason_code": TEXT}),
    "assignments": (Kind.ASSIGNMENT, {**SAID, "words": TEXT}),
}
"""Name of a file -> kind of entries in it and their columns; `entry_id` is the entry's `id`."""


def write_snapshot(entries: Iterable[StoredEntry], folder: Path) -> Path:
    """Write a file per kind under `folder`/ledger, each whole or not at all, also when it has no row.

    Returns
    -------
    Path
        `disagreements.parquet`.
    """
    said = tuple(entries)
    for name, (kind, columns) in OTHER_KINDS.items():
        rows = [
            {column: entry.id if column == "entry_id" else getattr(entry, column) for column in columns}
            for entry in said
            if entry.kind == kind
        ]
        _write(rows, columns, folder / "ledger" / f"{name}.parquet")
    told = [entry for entry in said if entry.kind == Kind.ANSWER and Answered.from_words(entry.words) != Answered()]
    answers = [_answer(entry) for entry in told]
    _write(answers, ANSWERS, folder / "ledger" / "answers.parquet")
    first = [_row(Fate(entry, None, None)) for entry in said if entry.kind == Kind.FIRST_VIEW]
    _write(first, FIRST_VIEWS, folder / "ledger" / "first_views.parquet")
    return _write([_row(fate) for fate in fates(said)], COLUMNS, folder / "ledger" / "disagreements.parquet")


def _write(rows: list[dict[str, Any]], columns: dict[str, str], path: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {TEXT: pa.string(), MOMENT: pa.timestamp("us"), DAY: pa.date32(), NUMBER: pa.float64(), COUNT: pa.int32()}
    table = pa.Table.from_pylist(rows, schema=pa.schema([(name, types[kind]) for name, kind in columns.items()]))
    draft = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            pq.write_table(table, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        remedy = "make the folder writable and free some space, then build again"
        raise LedgerError(
            "The ledger was not copied for the build", where=str(path), why=str(error), remedy=remedy
        ) from error
    return path


def _answer(entry: StoredEntry) -> dict[str, Any]:
    about = {column: getattr(entry, column) for column in SAID if column != "entry_id"}
    told = Answered.from_words(entry.words)
    return about | {"entry_id": entry.id, "feed": entry.belief, "expires_on": entry.expires_on} | asdict(told)


def _row(fate: Fate) -> dict[str, Any]:
    ended = {"withdrawn_at": fate.withdrawn_at, "superseded_at": fate.superseded_at}
    own = {name: getattr(fate.entry, name, None) for name in COLUMNS}
    shown = {name: getattr(fate.entry.shown, name.removeprefix("shown_")) for name in COLUMNS if name[:6] == "shown_"}
    return own | {"entry_id": fate.entry.id} | ended | shown
