"""The model card: what a model (or the lack of one) rests on and how far it can be trusted."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from crm_core.scoring.drift import Drift, Reference
from crm_core.scoring.fairness import Fairness, Overridden, fairness_of, overridden_of
from crm_core.scoring.guard import Exclusion
from crm_core.scoring.lift_by_people import PeopleLift
from crm_core.scoring.metrics import CalibrationBin, LiftBin, Quality
from crm_core.scoring.slices import Slice


@dataclass(frozen=True)
class Drive:
    """How strongly a feature drives the scores: mean |SHAP| in log-odds, and its share of the sum."""

    feature: str
    label: str
    mean_abs: float
    share: float


@dataclass(frozen=True)
class Card:
    """Model card of one question. Figures are None where nothing could be measured.

    status: champion, challenger (kept, not published) or none. split: time, folds or none.
    n_*: rows (entity × as_of); n_calibrate counts every case the calibrator learned from, those of the training part
    that no booster had seen included. positives_test: rows with the outcome in the test part; entities_test: how many
    entities these rows are of. attention: mean |SHAP| per feature on training rows that could be seen. min_*: entities
    of either outcome that a model needs. slices: the test rows by part.
    references: how the features were spread when it learned; drift: how far they have moved since, worked out anew at
    every build (empty on the stored card). fairness: the check of this very version;
    stopped: that of a newer one which waits for the owner of the stop; overrides: people's words by group. people: what
    using what people told us would add, empty where nobody has said anything.
    """

    question: str
    status: str
    reason: str
    version: int
    as_of: str
    split: str
    n_train: int = 0
    n_calibrate: int = 0
    n_test: int = 0
    positives_test: int = 0
    entities_test: int = 0
    n_entities: int = 0
    positive_entities: int = 0
    min_positives: int = 0
    min_negatives: int = 0
    base_rate: float | None = None
    auc: float | None = None
    auc_low: float | None = None
    auc_high: float | None = None
    average_precision: float | None = None
    brier: float | None = None
    brier_base: float | None = None
    log_loss: float | None = None
    ece: float | None = None
    train_from: str = ""
    train_to: str = ""
    test_from: str = ""
    test_to: str = ""
    trees: int = 0
    contract_hash: str = ""
    features_used: list[str] = field(default_factory=list)
    features_excluded: list[Exclusion] = field(default_factory=list)
    calibration: list[CalibrationBin] = field(default_factory=list)
    lift: list[LiftBin] = field(default_factory=list)
    drives: list[Drive] = field(default_factory=list)
    attention: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    slices: list[Slice] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    drift: list[Drift] = field(default_factory=list)
    fairness: Fairness | None = None
    stopped: Fairness | None = None
    overrides: list[Overridden] = field(default_factory=list)
    people: PeopleLift | None = None

    def with_quality(self, found: Quality) -> Card:
        """The card with the measured figures filled in."""
        return replace(self, **asdict(found))

    def to_dict(self) -> dict[str, Any]:
        """Plain form, ready for JSON."""
        return asdict(self)

    def to_json(self) -> str:
        """Plain text form."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> Card:
        """Read the plain text form."""
        facts = json.loads(text)
        for name, kind in (
            ("features_excluded", Exclusion),
            ("calibration", CalibrationBin),
            ("lift", LiftBin),
            ("drives", Drive),
            ("slices", Slice),
            ("references", Reference),
            ("drift", Drift),
        ):
            facts[name] = [kind(**row) for row in facts.get(name, [])]
        for name in ("fairness", "stopped"):
            facts[name] = fairness_of(facts.get(name))
        facts["people"] = PeopleLift(**facts["people"]) if facts.get("people") else None
        facts["overrides"] = overridden_of(facts.get("overrides", []))
        return Card(**facts)
