"""What read models of the section Trust are made of, for whoever draws one row of them."""

from __future__ import annotations

from crm_core.views.trust.card import Level, Top
from crm_core.views.trust.data_health import FaultKind, Feed, Finding, Landed
from crm_core.views.trust.proof import Proof
from crm_core.views.trust.tracking import Month
from crm_core.views.trust.versions import ModelChoice, Version
from crm_core.views.trust.watching import Moved, Part

__all__ = [
    "FaultKind",
    "Feed",
    "Finding",
    "Landed",
    "Level",
    "ModelChoice",
    "Month",
    "Moved",
    "Part",
    "Proof",
    "Top",
    "Version",
]
