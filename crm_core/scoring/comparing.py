"""What changed since earlier builds: every score's movement with its causes, as tables of the build.

scoring.movements           one row per question, entity and earlier build
scoring.movement_reasons    the features that moved most inside a cause, as sentences before and after
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from crm_core.errors import ArtefactError
from crm_core.scoring import kept, movement, registry
from crm_core.scoring.hindsight import in_hindsight
from crm_core.scoring.matrix import Matrix, column_name, read_matrix
from crm_core.scoring.model import Model
from crm_core.scoring.moved_features import moved_features
from crm_core.scoring.publish import Verdict
from crm_core.scoring.question import Question, question
from crm_core.scoring.score import meanings_of
from crm_core.settings import Settings
from crm_core.warehouse import BuildFolder, dictionary

MONTH = 30
SAME = 1e-6
MOVEMENTS = (
    "question varchar, entity_id varchar, from_build varchar, from_as_of date, is_default boolean, "
    "p_before double, p_after double, tier_before varchar, was_withheld boolean, is_split boolean, why_not varchar, "
    "behaviour double, late_data double, sight double, model double, definition double, "
    "feeds_lost varchar, feeds_regained varchar, version_before varchar, version_after varchar"
)
REASONS = (
    "question varchar, entity_id varchar, from_build varchar, cause varchar, feature varchar, label varchar, "
    "said_before varchar, said_after varchar, contribution double, rank integer"
)


@dataclass(frozen=True)
class _About:
    """What a build is compared from: its folder, its day and its dbt variables."""

    settings: Settings
    folder: BuildFolder
    as_of: date
    variables: Mapping[str, Any]


def explain_movements(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    folder: BuildFolder,
    as_of: date,
    variables: Mapping[str, Any],
    verdicts: Sequence[Verdict],
) -> int:
    """Keep the rows this build has scored, and say what moved each score since earlier builds.

    Parameters
    ----------
    con : connection
        The build's own file.
    variables : mapping
        dbt variables of the build.

    Returns
    -------
    int
        Movements told: entities × earlier builds.
    """
    about = _About(settings, folder, as_of, variables)
    con.execute("create schema if not exists scoring")
    con.execute(f"create or replace table scoring.movements ({MOVEMENTS})")
    con.execute(f"create or replace table scoring.movement_reasons ({REASONS})")
    with ExitStack() as looks:
        back: dict[date, duckdb.DuckDBPyConnection] = {}
        for verdict in verdicts:
            if not isinstance(verdict.model, Model):
                continue
            asked = question(verdict.card.question)
            newer = _Newer(asked, verdict.model, *_rows_now(con, asked, about))
            for build_id, day in baselines(kept.builds_kept(about.settings, asked.name), about.as_of):
                if day < about.as_of and day not in back:
                    look = in_hindsight(con, about.settings, about.folder, day, about.variables)
                    back[day] = looks.enter_context(look)
                _compare(con, about, newer, build_id, back.get(day))
    _mark_default(con, as_of)
    return int((con.execute("select count(*) from scoring.movements").fetchone() or (0,))[0])


@dataclass(frozen=True)
class _Newer:
    asked: Question
    model: Model
    matrix: Matrix
    scores: pd.DataFrame
    meaning: kept.Meaning


def baselines(found: Sequence[tuple[str, date]], as_of: date) -> list[tuple[str, date]]:
    """Earlier builds worth comparing with: the one before, and the one nearest to a month before.

    Parameters
    ----------
    found : sequence of (build, day), newest build first
    """
    earlier = [(build, day) for build, day in found if day <= as_of]
    chosen = earlier[:1]
    of_other_days = [pair for pair in earlier if pair[1] < as_of]
    if of_other_days:
        chosen.append(min(of_other_days, key=lambda pair: abs((as_of - pair[1]).days - MONTH)))
    return list(dict.fromkeys(chosen))


def _rows_now(
    con: duckdb.DuckDBPyConnection, asked: Question, about: _About
) -> tuple[Matrix, pd.DataFrame, kept.Meaning]:
    """This build's rows, which are kept for later builds, their scores, and what they mean."""
    matrix = read_matrix(con, asked, [about.as_of])
    types = {column_name(a.name): a.type for a in matrix.attributes if a.purpose == "feature"}
    meaning = kept.Meaning(
        dictionary.feature_fingerprints(asked.features, about.variables) | types,
        dictionary.outcome_fingerprint(asked.labels, about.variables),
    )
    kept.keep(matrix, asked.name, about.as_of, meaning, about.folder.pending_scores)
    scores = kept.published(about.folder.pending_scores / f"scores_{asked.name}.parquet")
    return matrix, scores[scores["as_of"] == about.as_of].drop(columns="as_of"), meaning


def _compare(
    con: duckdb.DuckDBPyConnection,
    about: _About,
    newer: _Newer,
    build_id: str,
    back: duckdb.DuckDBPyConnection | None,
) -> None:
    """Movements since one earlier build."""
    earlier = kept.read_kept(about.settings, newer.asked.name, build_id)
    if earlier is None:
        return
    now = newer.matrix.frame.merge(newer.scores, on="entity_id")
    both = np.intersect1d(earlier.frame["entity_id"], now["entity_id"])
    before, now = _aligned(earlier.frame, both), _aligned(now, both)
    table = _blank(newer, earlier, before, now)
    reasons = []
    for version, rows in before.groupby("(version)").indices.items():
        model, why = _model(about.settings, newer, str(version))
        if model is None:
            table.loc[rows, "why_not"] = why
            continue
        sides = _sides(newer, earlier, before.iloc[rows], now.iloc[rows], back)
        result = movement.split(model, newer.model, sides)
        _fill(table, rows, result)
        told = table.loc[rows].reset_index(drop=True)
        reasons += list(_reasons(newer, about.settings, told, result, sides))
    _insert(con, "movements", table)
    for part in reasons:
        _insert(con, "movement_reasons", part)


def _aligned(frame: pd.DataFrame, keys: np.ndarray) -> pd.DataFrame:
    return frame.set_index("entity_id").loc[keys].reset_index()


def _blank(newer: _Newer, earlier: kept.Kept, before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame({"question": newer.asked.name, "entity_id": now["entity_id"]})
    table["from_build"], table["from_as_of"], table["is_default"] = earlier.build_id, earlier.as_of, False
    table["p_before"], table["p_after"] = before["(probability)"], now["(probability)"]
    table["tier_before"], table["was_withheld"] = before["(tier)"], before["(withheld)"].astype(bool)
    table["is_split"], table["why_not"] = False, ""
    for cause in movement.CAUSES:
        table[cause] = np.nan
    lost, regained = _feeds_turned(before, now)
    table["feeds_lost"], table["feeds_regained"] = lost, regained
    table["version_before"], table["version_after"] = before["(version)"], now["(version)"]
    return table


def _feeds_turned(before: pd.DataFrame, now: pd.DataFrame) -> tuple[list[str], list[str]]:
    if "blind_feeds" not in before or "blind_feeds" not in now:
        return [""] * len(now), [""] * len(now)
    pairs = [
        (set(str(then or "").split(",")), set(str(today or "").split(",")))
        for then, today in zip(before["blind_feeds"].fillna(""), now["blind_feeds"].fillna(""), strict=True)
    ]
    lost = [",".join(sorted(today - then - {""})) for then, today in pairs]
    return lost, [",".join(sorted(then - today - {""})) for then, today in pairs]


def _model(settings: Settings, newer: _Newer, version: str) -> tuple[Model | None, str]:
    if version == str(newer.model.card.version):
        return newer.model, ""
    try:
        return registry.load(settings, newer.asked.name, int(version)), ""
    except (ArtefactError, ValueError):
        return None, f"version {version} of the model is gone or damaged"


def _sides(
    newer: _Newer,
    earlier: kept.Kept,
    before: pd.DataFrame,
    now: pd.DataFrame,
    back: duckdb.DuckDBPyConnection | None,
) -> movement.Sides:
    before, now = before.reset_index(drop=True), now.reset_index(drop=True)
    shown = [c for c in before.columns if c.startswith("(")]
    before, now = before.drop(columns=shown), now.drop(columns=shown)
    hindsight = now if back is None else _hindsight(back, newer.asked, earlier.as_of, before)
    then, today = earlier.meaning, newer.meaning
    redefined = {n for n in {*then.features, *today.features} if then.features.get(n) != today.features.get(n)}
    feeds = {name: meaning.feed for name, meaning in meanings_of(newer.model, newer.matrix).items()}
    return movement.Sides(before, hindsight, now, feeds, frozenset(redefined), then.outcome != today.outcome)


def _hindsight(back: duckdb.DuckDBPyConnection, asked: Question, day: date, before: pd.DataFrame) -> pd.DataFrame:
    """The earlier day with what is known now; who is not in it looks as before."""
    found = read_matrix(back, asked, [day]).frame.set_index("entity_id")
    rows = found.reindex(before["entity_id"]).reset_index()
    is_absent = ~before["entity_id"].isin(found.index).to_numpy()
    for name in rows.columns.intersection(before.columns):
        if is_absent.any() and name != "entity_id":
            rows[name] = rows[name].astype(object).where(~is_absent, before[name].astype(object)).infer_objects()
    return rows


def _fill(table: pd.DataFrame, rows: np.ndarray, result: movement.Split) -> None:
    """Write the parts of those rows that the models still give the published numbers for."""
    shown = table.loc[rows, ["p_before", "p_after"]].to_numpy(dtype=float)
    is_same = np.abs(shown - np.column_stack([result.before, result.after])).max(axis=1, initial=0.0) <= SAME
    table.loc[rows, "is_split"] = is_same
    table.loc[rows, "why_not"] = np.where(is_same, "", "the earlier number can no longer be computed as it was")
    # A last bit lost in adding up goes to the largest part, so that the parts add up to what was shown.
    parts = result.parts.copy()
    largest = np.abs(parts).argmax(axis=1)
    parts[np.arange(len(parts)), largest] += shown[:, 1] - shown[:, 0] - parts.sum(axis=1)
    table.loc[rows, list(movement.CAUSES)] = np.where(is_same[:, None], parts, np.nan)


def _reasons(
    newer: _Newer, settings: Settings, told: pd.DataFrame, result: movement.Split, sides: movement.Sides
) -> Iterator[pd.DataFrame]:
    meanings = meanings_of(newer.model, newer.matrix)
    for cause, before, after in (
        ("behaviour", result.without_behaviour, sides.now),
        ("late_data", sides.before, sides.hindsight),
    ):
        found = moved_features(newer.model, meanings, before, after, told[cause].to_numpy(), settings.currency)
        keys = told.iloc[found.pop("row")][["question", "entity_id", "from_build"]].reset_index(drop=True)
        yield pd.concat([keys.assign(cause=cause), found.reset_index(drop=True)], axis=1)


def _insert(con: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame) -> None:
    con.register("new_rows", frame)
    con.execute(f"insert into scoring.{name} by name select * from new_rows")
    con.unregister("new_rows")


def _mark_default(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """The comparison a page shows unless asked otherwise: with about a month before, else with the build before."""
    con.execute(
        f"""
        update scoring.movements set is_default = true
        where (question, from_build) in (
            select question, from_build from (
                select distinct question, from_build, from_as_of from scoring.movements
            )
            qualify row_number() over (
                partition by question
                order by from_as_of = $day, abs(date_diff('day', from_as_of, $day) - {MONTH}), from_build desc
            ) = 1
        )
        """,
        {"day": as_of},
    )
