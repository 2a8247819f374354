"""Score entities and say why; the result is appended as Parquet and never overwritten."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crm_core.errors import Doubt
from crm_core.scoring.judging import judge
from crm_core.scoring.matrix import Matrix
from crm_core.scoring.model import Model, Scored
from crm_core.scoring.wording import attribute_meaning, pretty_name, sentences
from crm_core.warehouse import FeatureMeaning, feature_meanings

TOP_REASONS = 10
WIDE = 0.35
STEEPEST = 0.5
THIN = 100
CHUNK = 200_000

SCORES = pa.schema(
    [
        ("question", pa.string()),
        ("entity_id", pa.string()),
        ("as_of", pa.date32()),
        ("scored_at", pa.timestamp("us")),
        ("build_id", pa.string()),
        ("model_version", pa.string()),
        ("raw", pa.float64()),
        ("probability", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("base_rate", pa.float64()),
        ("typical", pa.float64()),
        ("tier", pa.string()),
        ("evidence", pa.float64()),
        ("doubts", pa.string()),
        ("is_backcast", pa.bool_()),
        ("evidence_level", pa.string()),
        ("n_seen", pa.int32()),
        ("n_feeds", pa.int32()),
        ("is_withheld", pa.bool_()),
        ("is_fragile", pa.bool_()),
        ("fragile_low", pa.float64()),
        ("fragile_high", pa.float64()),
        ("ask_feed", pa.string()),
        ("is_worth_asking", pa.bool_()),
    ]
)
REASONS = pa.schema(
    [
        ("question", pa.string()),
        ("entity_id", pa.string()),
        ("as_of", pa.date32()),
        ("build_id", pa.string()),
        ("feature", pa.string()),
        ("label", pa.string()),
        ("sentence", pa.string()),
        ("contribution", pa.float64()),
        ("points", pa.float64()),
        ("rank", pa.int32()),
    ]
)


@dataclass(frozen=True)
class Stamp:
    """What every score of one run carries."""

    build_id: str
    scored_at: datetime
    currency: str
    backcast_before: date


@dataclass(frozen=True)
class ScoreRun:
    """What one run scored: rows, and mean |SHAP| per feature of the contract in log-odds."""

    n_rows: int
    mean_abs: np.ndarray


def points(contribution: np.ndarray, probability: np.ndarray, typical: np.ndarray) -> np.ndarray:
    """Contributions in probability points, from `typical` towards `probability`.

    The calibrated curve is followed along the straight line from the typical margin to the score's, so every
    contribution gets the same mean slope. The curve has steps, so the slope is kept within what a smooth one could
    have; what that leaves over belongs to "everything else". An approximation for reading; the exact values are the
    log-odds.

    Parameters
    ----------
    contribution : ndarray, shape (n_rows, n_features), log-odds
    probability, typical : ndarray, shape (n_rows,)
    """
    total = contribution.sum(axis=1)
    steep = np.abs(total) > 0.05
    slope = np.where(steep, (probability - typical) / np.where(steep, total, 1.0), probability * (1 - probability))
    return np.asarray(contribution * np.clip(slope, 0.0, STEEPEST)[:, None])


def write_scores(model: Model, matrix: Matrix, stamp: Stamp, folder: Path) -> ScoreRun:
    """Score all rows of a matrix and append `scores.parquet` and `reasons.parquet` under the question's name.

    Returns
    -------
    ScoreRun
        Reasons are kept for the newest date only.
    """
    name = model.card.question
    n, n_explained, summed = 0, 0, np.zeros(len(model.contract.features))
    with (
        pq.ParquetWriter(folder / f"scores_{name}.parquet", SCORES) as scores,
        pq.ParquetWriter(folder / f"reasons_{name}.parquet", REASONS) as reasons,
    ):
        for start in range(0, len(matrix.frame), CHUNK):
            frame = matrix.frame.iloc[start : start + CHUNK].reset_index(drop=True)
            is_old = (frame["as_of"] < stamp.backcast_before).to_numpy()
            now = frame[~is_old].reset_index(drop=True)
            if is_old.any():
                old = frame[is_old].reset_index(drop=True)
                raw, calibrated = model.probabilities(old)
                nothing = np.full(len(old), np.nan)
                blank = Scored(raw, calibrated, np.empty((len(old), 0)), nothing, nothing)
                scores.write_table(_score_table(model, old, blank, stamp, is_backcast=True))
            if len(now):
                scored = model.score(now)
                scores.write_table(_score_table(model, now, scored, stamp, is_backcast=False))
                reasons.write_table(_reason_table(model, matrix, now, scored, stamp))
                summed += np.abs(scored.contributions).sum(axis=0)
                n_explained += len(now)
            n += len(frame)
    return ScoreRun(n, summed / max(1, n_explained))


def _score_table(model: Model, frame: pd.DataFrame, scored: Scored, stamp: Stamp, *, is_backcast: bool) -> pa.Table:
    card, c = model.card, scored.calibrated
    judged = judge(model, frame, c.probability, is_backcast=is_backcast)
    table = pd.DataFrame(
        {
            "question": card.question,
            "entity_id": frame["entity_id"],
            "as_of": frame["as_of"],
            "scored_at": stamp.scored_at,
            "build_id": stamp.build_id,
            "model_version": str(card.version),
            "raw": scored.raw,
            "probability": c.probability,
            "low": c.low,
            "high": c.high,
            "base_rate": card.base_rate or 0.0,
            "typical": scored.typical,
            "tier": judged.tier,
            "evidence": judged.evidence,
            "doubts": _doubts(model, scored, is_backcast=is_backcast),
            "is_backcast": is_backcast,
            "evidence_level": judged.level,
            "n_seen": judged.n_seen,
            "n_feeds": judged.n_feeds,
            "is_withheld": judged.is_withheld,
            "is_fragile": judged.is_fragile,
            "fragile_low": judged.low,
            "fragile_high": judged.high,
            "ask_feed": judged.ask_feed,
            "is_worth_asking": judged.is_worth_asking,
        }
    )
    return pa.Table.from_pandas(table, schema=SCORES, preserve_index=False)


def _doubts(model: Model, scored: Scored, *, is_backcast: bool) -> list[str]:
    c = scored.calibrated
    common = [Doubt.BACKCAST] if is_backcast else []
    if model.card.positive_entities < THIN:
        common.append(Doubt.THIN_SAMPLE)
    outside = (scored.raw < model.cases.raw.min()) | (scored.raw > model.cases.raw.max())
    wide = (c.high - c.low) > WIDE
    kinds = [
        json.dumps([*common, *([Doubt.OUTSIDE_TRAINING] if o else []), *([Doubt.WIDE_INTERVAL] if w else [])])
        for o in (False, True)
        for w in (False, True)
    ]
    return [kinds[2 * int(o) + int(w)] for o, w in zip(outside, wide, strict=True)]


def meanings_of(model: Model, matrix: Matrix) -> dict[str, FeatureMeaning]:
    """Meaning of every feature the model uses, ours and custom ones."""
    entity = "feat_customer" if model.card.question == "churn" else "feat_lead"
    known = feature_meanings(entity) | feature_meanings("feat_people")
    known |= {m.name: m for m in (attribute_meaning(a) for a in matrix.attributes)}
    return {f.name: known.get(f.name) or _unknown(f.name) for f in model.contract.features}


def _unknown(name: str) -> FeatureMeaning:
    label = pretty_name(name)
    return FeatureMeaning(name, label, "plain", "now", "crm", f"{label}: {{v}}", "", f"{label}: not known", "")


def _reason_table(model: Model, matrix: Matrix, frame: pd.DataFrame, scored: Scored, stamp: Stamp) -> pa.Table:
    values = scored.contributions
    shares = points(values, scored.calibrated.probability, scored.typical)
    k = min(TOP_REASONS, values.shape[1])
    order = np.argsort(-np.abs(values), axis=1, kind="stable")
    rank = np.empty(values.shape, dtype=np.int32)
    np.put_along_axis(rank, order, np.arange(values.shape[1], dtype=np.int32)[None, :], axis=1)
    parts = []
    for j, (name, meaning) in enumerate(meanings_of(model, matrix).items()):
        rows = np.flatnonzero(rank[:, j] < k)
        column = frame[name].iloc[rows] if name in frame else pd.Series(np.nan, index=rows)
        part = _identified(frame, rows)
        part["feature"], part["label"] = name, meaning.label
        part["sentence"] = sentences(meaning, column, stamp.currency).to_numpy()
        part["contribution"], part["points"], part["rank"] = values[rows, j], shares[rows, j], rank[rows, j] + 1
        parts.append(part)
    rest = _identified(frame, np.arange(len(frame)))
    rest["feature"], rest["label"], rest["sentence"] = "(other)", "Everything else", "Everything else together"
    is_rest = rank >= k
    rest["contribution"] = (values * is_rest).sum(axis=1)
    rest["points"] = scored.calibrated.probability - scored.typical - (shares * ~is_rest).sum(axis=1)
    rest["rank"] = k + 1
    table = pd.concat([*parts, rest], ignore_index=True)
    table["question"], table["build_id"] = model.card.question, stamp.build_id
    return pa.Table.from_pandas(table, schema=REASONS, preserve_index=False)


def _identified(frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    return frame[["entity_id", "as_of"]].iloc[rows].reset_index(drop=True)
