"""What read models are made of, for whoever draws one row of them."""

from __future__ import annotations

from crm_core.views.account import Event
from crm_core.views.ledger_page import Disagreement
from crm_core.views.opinions import Opinion
from crm_core.views.risk import Reason, RiskRow

__all__ = ["Disagreement", "Event", "Opinion", "Reason", "RiskRow"]
