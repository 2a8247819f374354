"""The append-only history of scores: one Parquet file per build and question, never overwritten.

scores/scores/<build>_<question>.parquet     what was said of every entity
scores/reasons/<build>_<question>.parquet    why
scores/features/<build>_<question>.parquet   from what (see kept.py)
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from crm_core.scoring.choice import write_versions
from crm_core.scoring.question import questions
from crm_core.scoring.score import REASONS, SCORES
from crm_core.settings import Settings

KINDS = ("scores", "reasons", "features")


def is_published(settings: Settings, question: str) -> bool:
    """Whether any score of this question was ever published."""
    return any((settings.scores_dir / "scores").glob(f"*_{question}.parquet"))


def append(settings: Settings, pending: Path, build_id: str) -> None:
    """Move a serving build's scores into the history, each by one rename; doing it twice changes nothing."""
    for kind in KINDS:
        target = settings.scores_dir / kind
        target.mkdir(parents=True, exist_ok=True)
        for path in pending.glob(f"{kind}_*.parquet"):
            path.rename(target / f"{build_id}_{path.stem.removeprefix(kind + '_')}.parquet")


def collect(con: duckdb.DuckDBPyConnection, settings: Settings, pending: Path) -> int:
    """Bring the history and a build's own scores into its tables; returns the number of scores."""
    con.execute("create schema if not exists scoring")
    history = sorted((settings.scores_dir / "scores").glob("*.parquet"))
    _fill(con, "scoring.scores", SCORES.empty_table(), [*history, *sorted(pending.glob("scores_*.parquet"))])
    _fill(con, "scoring.reasons", REASONS.empty_table(), sorted(pending.glob("reasons_*.parquet")))
    write_versions(con, settings, list(questions()))
    row = con.execute("select count(*) from scoring.scores").fetchone()
    return int(row[0]) if row else 0


def _fill(con: duckdb.DuckDBPyConnection, name: str, empty: pa.Table, files: list[Path]) -> None:
    con.register("empty_rows", empty)
    con.execute(f"create or replace table {name} as select * from empty_rows")
    con.unregister("empty_rows")
    if files:
        sql = f"insert into {name} by name select * from read_parquet(?, union_by_name = true)"
        con.execute(sql, [[str(path) for path in files]])
