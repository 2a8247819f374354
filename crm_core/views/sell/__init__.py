"""What the section Sell shows: whom to call, who may leave, who may buy, what is in the pipeline, one account."""

from crm_core.views.sell import parts
from crm_core.views.sell.account import account
from crm_core.views.sell.balance import own_balance
from crm_core.views.sell.brief import brief
from crm_core.views.sell.deals import PipelineFilter, deal
from crm_core.views.sell.leads import LeadFilter, lead, leads
from crm_core.views.sell.pipeline import pipeline
from crm_core.views.sell.risk import RiskFilter, risk
from crm_core.views.sell.today import today
from crm_core.views.sell.your_words import your_words

__all__ = [
    "LeadFilter",
    "PipelineFilter",
    "RiskFilter",
    "account",
    "brief",
    "deal",
    "lead",
    "leads",
    "own_balance",
    "parts",
    "pipeline",
    "risk",
    "today",
    "your_words",
]
