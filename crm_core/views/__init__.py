"""Read models: one frozen dataclass per page, every field explained, the policy applied in SQL."""

from crm_core.views import parts
from crm_core.views.account import AccountPage, account
from crm_core.views.frame import Frame, build_key, frame, personas
from crm_core.views.ledger_page import DisagreementsPage, disagreements
from crm_core.views.opinions import ledger_key
from crm_core.views.risk import RiskFilter, RiskPage, risk
from crm_core.views.shown import score_table, shown_score

__all__ = [
    "AccountPage",
    "DisagreementsPage",
    "Frame",
    "RiskFilter",
    "RiskPage",
    "account",
    "build_key",
    "disagreements",
    "frame",
    "ledger_key",
    "parts",
    "personas",
    "risk",
    "score_table",
    "shown_score",
]
