"""The rows a build has scored, kept beside its scores: what a later build needs to tell what has changed.

scores/features/<build>_<question>.parquet     one row per entity: the features as they were seen
Fingerprints of what the features and the outcome mean stand in the file's own metadata.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crm_core.scoring.matrix import Matrix, people_features
from crm_core.settings import Settings

META = b"second_opinion"
ASIDE = ("blind_feeds", "owner_id")


@dataclass(frozen=True)
class Meaning:
    """Fingerprints of one build: of each feature, and of what counts as the outcome."""

    features: Mapping[str, str] = field(default_factory=dict)
    outcome: str = ""


@dataclass(frozen=True)
class Kept:
    """The rows of one build and question, with the scores they got."""

    build_id: str
    as_of: date
    frame: pd.DataFrame
    meaning: Meaning


def keep(matrix: Matrix, question: str, as_of: date, meaning: Meaning, folder: Path) -> None:
    """Write the rows of the newest day into a build's pending folder, as small as they get without loss."""
    frame = matrix.frame[matrix.frame["as_of"] == as_of]
    columns = ["entity_id", *(c for c in ASIDE if c in frame), *(f for f in matrix.features if f not in ASIDE)]
    columns += [p for p in people_features() if p in frame and frame[p].any()]
    small = pd.DataFrame({c: _small(frame[c]) for c in columns})
    table = pa.Table.from_pandas(small, preserve_index=False)
    said = {"as_of": as_of.isoformat(), "features": dict(meaning.features), "outcome": meaning.outcome}
    table = table.replace_schema_metadata({META: json.dumps(said).encode()})
    pq.write_table(table, folder / f"features_{question}.parquet", compression="zstd")


def _small(values: pd.Series) -> pd.Series:
    # Models read numbers in single precision.
    return values.astype(np.float32) if pd.api.types.is_numeric_dtype(values) else values.astype(object)


def builds_kept(settings: Settings, question: str) -> list[tuple[str, date]]:
    """Builds whose rows of this question are kept and readable, newest first, with the day they look from."""
    found = []
    for path in (settings.scores_dir / "features").glob(f"*_{question}.parquet"):
        try:
            said = json.loads((pq.read_schema(path).metadata or {})[META])
            found.append((path.stem.removesuffix(f"_{question}"), date.fromisoformat(said["as_of"])))
        except (OSError, pa.ArrowInvalid, LookupError, ValueError):
            continue
    return sorted(found, reverse=True)


def read_kept(settings: Settings, question: str, build_id: str) -> Kept | None:
    """Rows of a build joined with the scores it published for them; None where either is gone or damaged.

    Returns
    -------
    Kept
        `frame` has entity_id, as_of, the features, and of the score: probability, tier, model_version, is_withheld.
    """
    name = f"{build_id}_{question}.parquet"
    try:
        table = pq.read_table(settings.scores_dir / "features" / name)
        scores = published(settings.scores_dir / "scores" / name)
    except (OSError, pa.ArrowInvalid, duckdb.Error):
        return None
    said = json.loads((table.schema.metadata or {})[META])
    as_of = date.fromisoformat(said["as_of"])
    frame = table.to_pandas(ignore_metadata=True)
    frame.insert(1, "as_of", as_of)
    # Kept only where somebody had told us anything.
    frame = frame.assign(**{name: 0.0 for name in people_features() if name not in frame})
    scores = scores[scores["as_of"] == as_of].drop(columns="as_of")
    return Kept(build_id, as_of, frame.merge(scores, on="entity_id"), Meaning(said["features"], said["outcome"]))


def published(path: Path) -> pd.DataFrame:
    """Scores of one file, their columns in brackets so that they never collide with a feature."""
    names = pq.read_schema(path).names
    withheld = "coalesce(is_withheld, false)" if "is_withheld" in names else "false"
    sql = f"""
        select entity_id, as_of, probability as "(probability)", tier as "(tier)",
            model_version as "(version)", {withheld} as "(withheld)"
        from read_parquet(?) where not is_backcast
    """
    with duckdb.connect() as con:
        frame = con.execute(sql, [str(path)]).df()
    frame["as_of"] = pd.to_datetime(frame["as_of"]).dt.date
    return frame
