"""What read models are made of, for whoever draws one row of them."""

from __future__ import annotations

from crm_core.views.opinions import Opinion
from crm_core.views.sell.account import Event
from crm_core.views.sell.risk import Reason, RiskRow

__all__ = ["Event", "Opinion", "Reason", "RiskRow"]
