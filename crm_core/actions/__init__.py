"""The write door: one function per thing a person can do; each validates, records what was shown, and appends."""

from crm_core.actions import first_views
from crm_core.actions.answers import Answer, answer
from crm_core.actions.disagreements import Disagree, disagree, withdraw
from crm_core.actions.models import ModelChoice, choose_model
from crm_core.actions.nudges import Nudge, nudge
from crm_core.actions.releases import Release, release_stop
from crm_core.actions.storing import Receipt
from crm_core.actions.tours import tour_seen
from crm_core.ledger import words

__all__ = [
    "Answer",
    "Disagree",
    "ModelChoice",
    "Nudge",
    "Receipt",
    "Release",
    "answer",
    "choose_model",
    "disagree",
    "first_views",
    "nudge",
    "release_stop",
    "tour_seen",
    "withdraw",
    "words",
]
