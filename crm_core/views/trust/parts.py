"""What read models of the section Trust are made of, for whoever draws one row of them."""

from __future__ import annotations

from crm_core.views.trust.card import Level, PeopleTold, Top
from crm_core.views.trust.data_health import FaultKind, Feed, Finding, Landed
from crm_core.views.trust.disagreements import Disagreement, DisagreementsPage
from crm_core.views.trust.first_views import FirstViews
from crm_core.views.trust.judged import LATE_DAYS, LEAST_CASES, LEAST_PEOPLE, Awaited, JudgedCell, WhoWasRightPage
from crm_core.views.trust.proof import Proof
from crm_core.views.trust.tracking import Month
from crm_core.views.trust.versions import ModelChoice, Version
from crm_core.views.trust.watching import Moved, Part
from crm_core.views.trust.whose_word import WhoseWord, WordCell

__all__ = [
    "LATE_DAYS",
    "LEAST_CASES",
    "LEAST_PEOPLE",
    "Awaited",
    "Disagreement",
    "DisagreementsPage",
    "FaultKind",
    "Feed",
    "Finding",
    "FirstViews",
    "JudgedCell",
    "Landed",
    "Level",
    "ModelChoice",
    "Month",
    "Moved",
    "Part",
    "PeopleTold",
    "Proof",
    "Top",
    "Version",
    "WhoWasRightPage",
    "WhoseWord",
    "WordCell",
]
