"""Decide which model scores: train when due, let a challenger replace the champion only through the gate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
from sklearn.metrics import roc_auc_score

from crm_core.errors import ArtefactError
from crm_core.scoring import choice, registry, stop
from crm_core.scoring.card import Card, Drive
from crm_core.scoring.drift import MAX_ROWS, SCORE, Drift, since
from crm_core.scoring.fair_overrides import overridden
from crm_core.scoring.fair_screen import check
from crm_core.scoring.matrix import Matrix, feature_names
from crm_core.scoring.metrics import auc_interval, is_worse
from crm_core.scoring.model import Model
from crm_core.scoring.question import Question, questions
from crm_core.scoring.score import meanings_of
from crm_core.scoring.training import Candidate, Run, train_candidate
from crm_core.settings import Settings

MIN_AUC_SHARE = 0.95


@dataclass(frozen=True)
class Verdict:
    """Which model scores a question now, if any, with its card.

    `is_new` marks one trained in this run, `is_chosen` one that scores because a person chose it.
    """

    model: Model | None
    card: Card
    is_new: bool
    note: str
    is_chosen: bool = False


def decide(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    question: Question,
    as_of: date,
    *,
    retrain: bool = False,
    ledger: Path | None = None,
) -> Verdict:
    """Champion of a question for this build; trains when there is none, when it is old, damaged or out of date.

    Nothing on disk changes which model serves until `confirm` is called after the swap.

    Parameters
    ----------
    ledger : Path, optional
        Folder of the ledger's snapshot: releases from the fairness stop, and which version a person has chosen.
    """
    run = Run(question, registry.next_version(settings, question.name), as_of, settings.threads)
    verdict = _decided(con, settings, run, retrain=retrain, ledger=ledger)
    return replace(verdict, card=replace(verdict.card, overrides=overridden(con, question)))


def _decided(
    con: duckdb.DuckDBPyConnection, settings: Settings, run: Run, *, retrain: bool, ledger: Path | None
) -> Verdict:
    pick = choice.picked(con, settings, run.question, ledger)
    if pick.model:
        return _as_chosen(con, settings, run, pick.model, retrain=retrain, ledger=ledger)
    verdict = _automatic(con, settings, run, retrain=retrain, ledger=ledger)
    return replace(verdict, note=choice.told(pick, verdict.note))


def _as_chosen(
    con: duckdb.DuckDBPyConnection, settings: Settings, run: Run, model: Model, *, retrain: bool, ledger: Path | None
) -> Verdict:
    """The version a person has chosen scores; training goes on, and what it finds is kept aside."""
    card = model.card
    note = f"version {card.version} scores because a person chose it"
    if not retrain and not choice.due(settings, card.question, run.as_of):
        return Verdict(model, card, False, note, is_chosen=True)
    candidate = train_candidate(con, run)
    if candidate.model is None:
        return Verdict(model, card, False, f"{note}; a new training found {candidate.card.reason}", is_chosen=True)
    refusal = _refusal(candidate, model)
    reason = f"kept, because a person chose version {card.version}" + (f"; {refusal}" if refusal else "")
    fairness = check(con, run.question, candidate.model, candidate.test)
    fairness = stop.stopped(fairness, is_owned=stop.has_owner(con, settings, ledger))
    kept = replace(candidate.card, status="challenger", reason=reason, fairness=fairness)
    registry.save(settings, replace(candidate.model, card=kept))
    return Verdict(model, card, False, f"{note}; version {kept.version} was trained and is kept", is_chosen=True)


def _automatic(
    con: duckdb.DuckDBPyConnection, settings: Settings, run: Run, *, retrain: bool, ledger: Path | None
) -> Verdict:
    """The champion by age, the gate and the fairness stop, where nobody has chosen."""
    question, as_of = run.question, run.as_of
    champion, note = _champion(settings, question.name)
    gone = _features_gone(con, question, champion)
    if gone:
        champion, note = None, f"trained anew: no longer usable as features: {', '.join(gone)}"
    elif champion and champion.card.split == "time" and not champion.card.attention:
        # Its features meant something else: nothing logged was nothing happened.
        champion, note = None, "trained anew: the version before did not know that feeds may be blind"
    held = None if retrain else stop.waiting(settings, question.name, champion.card if champion else None)
    if held:
        is_released = held.version in stop.released_versions(con, ledger, question.name)
        model = _usable(con, settings, question, held)
        if model and is_released:
            return Verdict(model, stop.released(held), True, f"version {held.version} was released and serves")
        if model and stop.is_recent(held, as_of, settings):
            return _waits(champion, held)
    if not retrain and champion and _age(champion.card, as_of) < settings.retrain_days:
        return Verdict(champion, champion.card, False, f"version {champion.card.version} is recent")
    return _gate(con, settings, train_candidate(con, run), (champion, note), ledger)


def _gate(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    candidate: Candidate,
    before: tuple[Model | None, str],
    ledger: Path | None,
) -> Verdict:
    """Whether a newly trained model may take over, and if not, why it is kept aside.

    Parameters
    ----------
    before : (champion, note)
    """
    champion, note = before
    if candidate.model is None:
        if champion and _still_ranks(candidate, champion):
            kept_on = f"version {champion.card.version} is kept: training it anew found {candidate.card.reason}"
            return Verdict(champion, champion.card, False, kept_on)
        return Verdict(None, candidate.card, True, note)
    candidate = _preferred(con, settings, candidate)
    if candidate.model is None:
        return Verdict(None, candidate.card, True, note)
    fairness = check(con, questions()[candidate.card.question], candidate.model, candidate.test)
    card = replace(candidate.card, fairness=fairness)
    refusal = _refusal(candidate, champion) if champion else ""
    if champion and refusal:
        kept = replace(card, status="challenger", reason=refusal)
        registry.save(settings, replace(candidate.model, card=kept))
        return Verdict(champion, champion.card, False, _kept_back(kept))
    fairness = stop.stopped(fairness, is_owned=stop.has_owner(con, settings, ledger))
    if fairness.is_stopped:
        kept = replace(card, status="challenger", reason=stop.why(fairness), fairness=fairness)
        registry.save(settings, replace(candidate.model, card=kept))
        return _waits(champion, kept)
    return Verdict(candidate.model, replace(card, status="champion", reason=note), True, note)


def _preferred(con: duckdb.DuckDBPyConnection, settings: Settings, candidate: Candidate) -> Candidate:
    """The candidate that uses what people told us, if it also passes the gate and the fairness check."""
    wider, found = candidate.with_people, candidate.card.people
    if wider is None or wider.model is None or candidate.model is None or found is None:
        return candidate
    fairness = check(con, questions()[candidate.card.question], wider.model, wider.test)
    is_stopped = stop.stopped(fairness, is_owned=stop.has_owner(con, settings)).is_stopped
    refusal = _refusal(wider, candidate.model) or ("the fairness check stops it" if is_stopped else "")
    chosen = candidate if refusal else wider
    card = replace(chosen.card, people=replace(found, is_used=not refusal, reason=refusal))
    return replace(chosen, card=card, with_people=None)


def _waits(champion: Model | None, held: Card) -> Verdict:
    """A stopped version waits for its release; until then the champion serves, or nothing."""
    if champion:
        return Verdict(champion, replace(champion.card, stopped=held.fairness), False, _kept_back(held))
    return Verdict(None, replace(held, status="none", stopped=held.fairness), False, _kept_back(held))


def _kept_back(kept: Card) -> str:
    return f"version {kept.version} was trained and not published: {kept.reason}"


def _usable(con: duckdb.DuckDBPyConnection, settings: Settings, question: Question, card: Card) -> Model | None:
    """A stored version, if it can be read and this build has all it expects."""
    try:
        model = registry.load(settings, question.name, card.version)
    except ArtefactError:
        return None
    return None if _features_gone(con, question, model) else model


def store(settings: Settings, verdict: Verdict, matrix: Matrix, mean_abs: np.ndarray) -> Verdict:
    """Store a new model with its card completed by what drives its scores; the build's card also tells the drift."""
    if verdict.model is None:
        return verdict
    card, model = verdict.card, verdict.model
    if verdict.is_new:
        card = replace(card, drives=_drives(model, matrix, mean_abs))
        model = replace(model, card=card)
        # A version that was stopped has been stored already; only what its card says changes.
        registry.update_card(settings, card) if registry.is_stored(settings, card) else registry.save(settings, model)
    return replace(verdict, model=model, card=replace(card, drift=_drift(model, matrix, settings.currency)))


def _drift(model: Model, matrix: Matrix, currency: str) -> list[Drift]:
    """How far the newest rows have moved from what the model learned; of very many a part tells as much."""
    frame = matrix.frame[matrix.frame["as_of"] == matrix.frame["as_of"].max()]
    if not len(frame) or not model.card.references:
        return []
    frame = frame.sample(min(len(frame), MAX_ROWS), random_state=7)
    frame = frame.assign(**{SCORE: model.probabilities(frame)[0]})
    return since(model.card.references, frame, meanings_of(model, matrix), currency)


def confirm(settings: Settings, verdicts: list[Verdict]) -> None:
    """Name the champions of a build that has been swapped in."""
    for verdict in verdicts:
        name = verdict.card.question
        registry.save_card(settings, verdict.card)
        automatic = choice.set_aside(settings, name) if verdict.is_chosen else None
        registry.set_champion(settings, name, verdict.card.version if verdict.model else None, automatic)


def _champion(settings: Settings, name: str) -> tuple[Model | None, str]:
    try:
        version = choice.automatic_version(settings, name) or registry.champion_version(settings, name)
        return (None, "") if version is None else (registry.load(settings, name, version), "")
    except ArtefactError as error:
        return None, f"trained anew: {error.what[0].lower()}{error.what[1:]} ({error.why})"


def _features_gone(con: duckdb.DuckDBPyConnection, question: Question, champion: Model | None) -> list[str]:
    """Features the champion expects and this build lacks: it would take them for missing everywhere."""
    if champion is None:
        return []
    return sorted({f.name for f in champion.contract.features} - feature_names(con, question))


def _age(card: Card, as_of: date) -> int:
    return (as_of - date.fromisoformat(card.as_of)).days


def _still_ranks(candidate: Candidate, champion: Model) -> bool:
    """Whether the champion ranks the newest test part better than chance, although a new training learned nothing."""
    test = candidate.test
    if test["is_positive"].nunique() < 2:
        return False
    y, (raw, _) = test["is_positive"].to_numpy(dtype=int), champion.probabilities(test)
    return auc_interval(y, raw, test["entity_id"].to_numpy())[0] > 0.5


def _refusal(candidate: Candidate, champion: Model) -> str:
    test = candidate.test
    if candidate.model is None or not len(test):
        return ""
    y = test["is_positive"].to_numpy(dtype=int)
    new_raw, new = candidate.model.probabilities(test)
    old_raw, old = champion.probabilities(test)
    new_auc, old_auc = roc_auc_score(y, new_raw), roc_auc_score(y, old_raw)
    rival = f"version {champion.card.version} on the newest test part"
    if new_auc < MIN_AUC_SHARE * old_auc:
        return f"it ranks worse than {rival} ({new_auc:.3f} against {old_auc:.3f})"
    if is_worse(y, new.probability, old.probability, test["entity_id"].to_numpy()):
        return f"its probabilities are worse than those of {rival}, beyond noise"
    return ""


def _drives(model: Model, matrix: Matrix, mean_abs: np.ndarray) -> list[Drive]:
    total = float(mean_abs.sum()) or 1.0
    rows = [
        Drive(name, meaning.label, float(value), float(value) / total)
        for (name, meaning), value in zip(meanings_of(model, matrix).items(), mean_abs, strict=True)
    ]
    return sorted(rows, key=lambda d: -d.mean_abs)
