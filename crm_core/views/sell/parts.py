"""What read models are made of, for whoever draws one row of them."""

from __future__ import annotations

from crm_core.views.both import Both
from crm_core.views.evidence import Evidence, Gap, doubts_in_words, in_words, things_of
from crm_core.views.known import KnownFact
from crm_core.views.movements import Movement
from crm_core.views.opinions import Opinion, standing
from crm_core.views.sell.account import AccountPage
from crm_core.views.sell.balance import OwnBalance, OwnCase, OwnFigures
from crm_core.views.sell.brief import Brief, LastContact, Mood, Promise
from crm_core.views.sell.deals import CLOSING, DealCard, DealRow
from crm_core.views.sell.leads import LeadRow, LeadsPage
from crm_core.views.sell.listing import Reason, ScoredPage, ScoredRow
from crm_core.views.sell.moves import Move, Renewal
from crm_core.views.sell.pipeline import PipelinePage, StageLine, Totals, WinRate
from crm_core.views.sell.promises import PromiseRow
from crm_core.views.sell.record import Contact, Contract, Event, Ticket
from crm_core.views.sell.risk import RiskPage, RiskRow
from crm_core.views.sell.today import Call, Expiring, TodayPage
from crm_core.views.sell.views_first import ViewFirst
from crm_core.views.sell.your_words import OwnWord, YourWordsPage
from crm_core.views.shown import ShownScore
from crm_core.views.verdicts import Answer, Case, Verdict

__all__ = [
    "CLOSING",
    "AccountPage",
    "Answer",
    "Both",
    "Brief",
    "Call",
    "Case",
    "Contact",
    "Contract",
    "DealCard",
    "DealRow",
    "Event",
    "Evidence",
    "Expiring",
    "Gap",
    "KnownFact",
    "LastContact",
    "LeadRow",
    "LeadsPage",
    "Mood",
    "Move",
    "Movement",
    "Opinion",
    "OwnBalance",
    "OwnCase",
    "OwnFigures",
    "OwnWord",
    "PipelinePage",
    "Promise",
    "PromiseRow",
    "Reason",
    "Renewal",
    "RiskPage",
    "RiskRow",
    "ScoredPage",
    "ScoredRow",
    "ShownScore",
    "StageLine",
    "Ticket",
    "TodayPage",
    "Totals",
    "Verdict",
    "ViewFirst",
    "WinRate",
    "YourWordsPage",
    "doubts_in_words",
    "in_words",
    "standing",
    "things_of",
]
