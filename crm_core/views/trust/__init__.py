"""What the section Trust shows: what people said, how far a model can be trusted, how healthy the data are."""

from crm_core.views.trust import fairness, parts, unseen
from crm_core.views.trust.data_health import (
    DataHealthPage,
    FaultRow,
    data_health,
    fault_rows,
)
from crm_core.views.trust.disagreements import Disagreement, DisagreementsPage, disagreements
from crm_core.views.trust.judged import who_was_right
from crm_core.views.trust.model import ModelPage, model
from crm_core.views.trust.proof import proof

__all__ = [
    "DataHealthPage",
    "Disagreement",
    "DisagreementsPage",
    "FaultRow",
    "ModelPage",
    "data_health",
    "disagreements",
    "fairness",
    "fault_rows",
    "model",
    "parts",
    "proof",
    "unseen",
    "who_was_right",
]
