"""What read models are made of, for whoever draws one row of them."""

from __future__ import annotations

from crm_core.views.opinions import Opinion
from crm_core.views.sell.account import Event
from crm_core.views.sell.deals import CLOSING, DealRow
from crm_core.views.sell.moves import Move, Renewal
from crm_core.views.sell.pipeline import StageLine, WinRate
from crm_core.views.sell.risk import Reason, RiskRow

__all__ = ["CLOSING", "DealRow", "Event", "Move", "Opinion", "Reason", "Renewal", "RiskRow", "StageLine", "WinRate"]
