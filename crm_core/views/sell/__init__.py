"""What the section Sell shows: whom to call, who may leave, who may buy, what is in the pipeline, one account."""

from crm_core.views.sell import parts
from crm_core.views.sell.account import account
from crm_core.views.sell.balance import own_balance
from crm_core.views.sell.brief import brief
from crm_core.views.sell.deals import PipelineFilter, deal
from crm_core.views.sell.leads import LeadFilter, lead, leads
from crm_core.views.sell.pipeline import PipelinePage, pipeline
from crm_core.views.sell.risk import RiskFilter, RiskPage, risk
from crm_core.views.sell.today import today

__all__ = [
    "LeadFilter",
    "PipelineFilter",
    "PipelinePage",
    "RiskFilter",
    "RiskPage",
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
]
