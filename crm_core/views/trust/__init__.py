"""What the section Trust shows: what people said, how far a model can be trusted, how healthy the data are."""

from crm_core.views.trust.disagreements import Disagreement, DisagreementsPage, disagreements

__all__ = ["Disagreement", "DisagreementsPage", "disagreements"]
