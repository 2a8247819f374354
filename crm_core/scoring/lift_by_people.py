"""How much a model gains by what people told us, as it stands on the card."""

from __future__ import annotations

from dataclasses import dataclass

MIN_TRAIN, MIN_TEST = 40, 10


@dataclass(frozen=True)
class PeopleLift:
    """How much better a model with what people told us is, on test rows neither has seen; intervals are of 95 %.

    n_*: rows (entity × as_of) about which anybody had told a fact or had a view in force. auc_gain: AUC with minus
    without. brier_gain: Brier without minus with, so that above zero is better. reason: why it does not score.
    """

    n_train: int
    n_test: int
    auc_gain: float | None = None
    auc_low: float | None = None
    auc_high: float | None = None
    brier_gain: float | None = None
    brier_low: float | None = None
    brier_high: float | None = None
    is_used: bool = False
    reason: str = ""

    @property
    def is_enough(self) -> bool:
        """There are enough rows to try it."""
        return self.n_train >= MIN_TRAIN and self.n_test >= MIN_TEST

    @property
    def is_better(self) -> bool:
        """It is better beyond noise."""
        return self.brier_low is not None and self.brier_low > 0
