"""Train a candidate model for a question and measure it on rows it has never seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import numpy as np
import pandas as pd
import xgboost as xgb

from crm_core.clock import BUCKET_DAYS
from crm_core.scoring import people
from crm_core.scoring.booster import Rows, best_rounds, margin, train_booster
from crm_core.scoring.calibration import Calibrator
from crm_core.scoring.card import Card
from crm_core.scoring.drift import references
from crm_core.scoring.encoding import FeatureContract, make_contract
from crm_core.scoring.explain import contributions
from crm_core.scoring.gaps import Sight, best_seen, donors_of, evidence, with_gaps
from crm_core.scoring.guard import screen
from crm_core.scoring.lift_by_people import PeopleLift
from crm_core.scoring.matrix import Matrix, is_told, label_dates, read_matrix
from crm_core.scoring.metrics import calibration_bins, lift, quality
from crm_core.scoring.model import FINAL, CalibrationCases, Model, levels
from crm_core.scoring.question import Question
from crm_core.scoring.slices import measure
from crm_core.scoring.split import N_FOLDS, TimeSplit, fold_of, time_split
from crm_core.warehouse import FeatureMeaning, feature_meanings

MIN_POSITIVES_PER_PART = 10
ENOUGH_CALIBRATION_POSITIVES = 2_000
GAP_WEIGHT = 0.2


@dataclass(frozen=True)
class Candidate:
    """Outcome of a training: a card, and a model if the data carry one.

    `test` holds the rows the card was measured on, for the comparison with the champion. `with_people` is one that also
    uses what people told us, where it is better beyond noise.
    """

    card: Card
    model: Model | None
    test: pd.DataFrame
    with_people: Candidate | None = None


@dataclass(frozen=True)
class Run:
    """What a training works on; a model that does not expect gaps is what benchmarks compare with."""

    question: Question
    version: int
    as_of: date
    threads: int
    expects_gaps: bool = True


def train_candidate(con: duckdb.DuckDBPyConnection, run: Run) -> Candidate:
    """Train and measure a model on a build's tables; refuse where data or signal are too thin."""
    question = run.question
    known = label_dates(con, question)
    told = is_told(con, question)
    matrix = read_matrix(con, question, [d for d, _, _ in known] or [run.as_of], question.max_training_rows)
    blank = Card(question.name, "none", "", run.version, run.as_of.isoformat(), "none")
    too_thin = _too_thin(question, matrix.labelled)
    n_entities, positives = _entity_counts(matrix.labelled)
    blank = replace(
        blank,
        n_entities=n_entities,
        positive_entities=positives,
        min_positives=question.min_positives,
        min_negatives=question.min_negatives,
    )
    if too_thin:
        return Candidate(replace(blank, reason=too_thin), None, matrix.labelled.iloc[:0])
    split = None if told else time_split([d for d, _, _ in known], question.horizon_days)
    if split and _has_enough(matrix.labelled, split):
        return _tried_with_people(run, matrix, split, blank)
    return _by_folds(run, matrix, blank)


def _entity_counts(labelled: pd.DataFrame) -> tuple[int, int]:
    outcome = labelled.groupby("entity_id")["is_positive"].max()
    return len(outcome), int(outcome.sum())


def _too_thin(question: Question, labelled: pd.DataFrame) -> str:
    total, positives = _entity_counts(labelled)
    negatives = total - positives
    if positives >= question.min_positives and negatives >= question.min_negatives:
        return ""
    return (
        f"too little data: {positives} that {question.positive} and {negatives} that did not; "
        f"needed are {question.min_positives} and {question.min_negatives}"
    )


def _has_enough(labelled: pd.DataFrame, split: TimeSplit) -> bool:
    parts = [
        labelled[labelled["as_of"].isin(dates)]["is_positive"] for dates in (split.train, split.calibrate, split.test)
    ]
    return all(p.sum() >= MIN_POSITIVES_PER_PART and (1 - p).sum() >= MIN_POSITIVES_PER_PART for p in parts)


def _rows(contract: FeatureContract, frame: pd.DataFrame) -> Rows:
    entity = frame["entity_id"].reset_index(drop=True)
    x = contract.encode(frame).reset_index(drop=True)
    return Rows(x, frame["is_positive"].to_numpy(dtype=int), entity)


def _sight(run: Run, contract: FeatureContract) -> Sight:
    meanings = _meanings(run.question) if run.expects_gaps else {}
    return Sight(tuple(f.name for f in contract.features), meanings)


def _monotone(question: Question) -> dict[str, int]:
    return {name: meaning.monotone for name, meaning in _meanings(question).items()}


def _meanings(question: Question) -> dict[str, FeatureMeaning]:
    return feature_meanings(question.features) | feature_meanings("feat_people")


def _tried_with_people(run: Run, matrix: Matrix, split: TimeSplit, blank: Card) -> Candidate:
    """The ordinary candidate; where people told enough also one that uses it, kept only if better beyond noise."""
    ordinary = _by_time(run, matrix, split, blank)
    found = people.told(matrix, split)
    if found is None or ordinary.model is None:
        return ordinary
    wider = _by_time(run, people.widened(matrix), split, blank) if found.is_enough else None
    if wider and wider.model:
        found = people.compared(found, ordinary.model, wider.model, ordinary.test)
    told = _said_on_card(ordinary, found)
    return replace(told, with_people=_said_on_card(wider, found)) if wider and found.is_better else told


def _said_on_card(candidate: Candidate, found: PeopleLift) -> Candidate:
    card = replace(candidate.card, people=found)
    return replace(candidate, card=card, model=replace(candidate.model, card=card) if candidate.model else None)


def _by_time(run: Run, matrix: Matrix, split: TimeSplit, blank: Card) -> Candidate:
    labelled = matrix.labelled
    train, calibrate, test = (labelled[labelled["as_of"].isin(d)] for d in (split.train, split.calibrate, split.test))
    used, excluded = screen(matrix, train)
    contract = make_contract(train, used, _monotone(run.question))
    sight = _sight(run, contract)
    more = [pd.concat([part, with_gaps(part, sight)], ignore_index=True) for part in (train, calibrate)]
    learned, cal = _rows(contract, more[0]), _rows(contract, more[1])
    learned = replace(learned, weight=np.where(np.arange(len(learned.y)) < len(train), 1.0, GAP_WEIGHT))
    booster = train_booster(learned, contract, run.threads)
    attention = _attention(booster, contract, sight, train)
    cases = _calibration_cases(run, contract, booster, learned, cal)
    shares = np.concatenate([evidence(part, sight, attention) for part in more])[-len(cases.y) :]
    cases = replace(cases, level=levels(shares).astype(object))
    seen = _rows(contract, test)
    card = replace(
        blank,
        split="time",
        n_train=len(train),
        n_calibrate=len(cases.y) * len(calibrate) // len(cal.y),
        base_rate=float(np.concatenate([calibrate["is_positive"], seen.y]).mean()),
        attention={f.name: float(v) for f, v in zip(contract.features, attention, strict=True)},
        features_excluded=excluded,
        train_from=min(split.train).isoformat(),
        train_to=max(split.train).isoformat(),
        test_from=min(split.test).isoformat(),
        test_to=max(split.test).isoformat(),
    )
    card = replace(card, trees=booster.num_boosted_rounds())
    model = Model(contract, {FINAL: booster}, cases, pd.Series(dtype=int), card, donors_of(train, sight))
    raw, calibrated = model.probabilities(test)
    card = _measured(card, contract, seen, calibrated.probability, raw)
    measured = test.assign(evidence_level=levels(model.evidence(test)))
    slices = measure(measured, calibrated.probability)
    card = replace(card, slices=slices, references=references(train, contract, test, raw))
    return Candidate(card, replace(model, card=card) if card.status != "none" else None, test)


def _attention(booster: xgb.Booster, contract: FeatureContract, sight: Sight, train: pd.DataFrame) -> np.ndarray:
    """Mean |SHAP| per feature on training rows that could be seen best, log-odds, shape (n_features,)."""
    rows = best_seen(train, sight)
    values, _ = contributions(booster, contract, contract.encode(rows).reset_index(drop=True))
    return np.asarray(np.abs(values).mean(axis=0))


def _calibration_cases(
    run: Run, contract: FeatureContract, booster: xgb.Booster, train: Rows, cal: Rows
) -> CalibrationCases:
    """Cases the calibrator learns from: the calibration part, and where that is small the training part out of fold.

    A few hundred departures in three overlapping windows fluctuate more than a model errs; all of it precedes the test.
    """
    overlap = run.question.horizon_days / BUCKET_DAYS
    raw, y = margin(booster, cal.x), cal.y
    if y.sum() < ENOUGH_CALIBRATION_POSITIVES:
        fold = fold_of(train.entity, pd.Series(train.y)).to_numpy()
        _, unseen, _ = _fold_boosters(train, fold, contract, run.threads)
        raw, y = np.concatenate([unseen, raw]), np.concatenate([train.y, y])
    return CalibrationCases(raw, y, np.full(len(y), FINAL), overlap)


def _by_folds(run: Run, matrix: Matrix, blank: Card) -> Candidate:
    labelled = matrix.labelled.reset_index(drop=True)
    used, excluded = screen(matrix, labelled)
    contract = make_contract(labelled, used, _monotone(run.question))
    rows = _rows(contract, labelled)
    fold = fold_of(labelled["entity_id"], labelled["is_positive"]).to_numpy()
    boosters, raw, rounds = _fold_boosters(rows, fold, contract, run.threads)
    boosters[FINAL] = train_booster(rows, contract, run.threads, rounds)
    cases = CalibrationCases(raw, rows.y, fold, 1.0)
    p = np.zeros(len(rows.y))
    for i in range(N_FOLDS):
        others = fold != i
        p[~others] = Calibrator().fit(raw[others], rows.y[others]).predict(raw[~others]).probability
    card = replace(
        blank,
        split="folds",
        n_train=round(len(rows.y) * (N_FOLDS - 1) / N_FOLDS),
        n_calibrate=len(rows.y),
        base_rate=float(rows.y.mean()),
        features_excluded=excluded,
        trees=rounds,
    )
    card = _measured(card, contract, rows, p, raw)
    card = replace(card, slices=measure(labelled, p), references=references(labelled, contract, labelled, raw))
    folds = pd.Series(fold, index=labelled["entity_id"]).groupby(level=0).first()
    model = Model(contract, boosters, cases, folds, card)
    return Candidate(card, model if card.status != "none" else None, labelled)


def _fold_boosters(
    rows: Rows, fold: np.ndarray, contract: FeatureContract, threads: int
) -> tuple[dict[int, xgb.Booster], np.ndarray, int]:
    """One booster per fold, trained on the others; margins of all rows by the booster that has not seen them."""

    def train(i: int) -> tuple[xgb.Booster, int]:
        part = rows.take(fold != i)
        n = best_rounds(part, contract, threads)
        return train_booster(part, contract, threads, n), n

    with ThreadPoolExecutor(threads) as pool:
        trained = list(pool.map(train, range(N_FOLDS)))
    raw = np.zeros(len(rows.y))
    for i, (booster, _) in enumerate(trained):
        raw[fold == i] = margin(booster, rows.x[fold == i])
    return {i: booster for i, (booster, _) in enumerate(trained)}, raw, int(np.median([n for _, n in trained]))


def _measured(card: Card, contract: FeatureContract, seen: Rows, p: np.ndarray, raw: np.ndarray) -> Card:
    found = quality(seen.y, p, raw, seen.entity.to_numpy())
    has_signal = found.auc_low > 0.5
    no_signal = (
        "no signal: on rows it has not seen the model ranks no better than chance "
        f"(AUC {found.auc:.3f}, 95 % interval {found.auc_low:.3f} to {found.auc_high:.3f}, must lie above 0.5)"
    )
    return replace(
        card.with_quality(found),
        status="challenger" if has_signal else "none",
        reason="" if has_signal else no_signal,
        n_test=len(seen.y),
        positives_test=int(seen.y.sum()),
        entities_test=int(seen.entity.nunique()),
        contract_hash=contract.hash(),
        features_used=[f.name for f in contract.features],
        calibration=calibration_bins(seen.y, p),
        lift=lift(seen.y, raw),
    )
