"""The write door: one function per thing a person can do; each validates, records what was shown, and appends."""

from crm_core.actions import duties, models
from crm_core.actions.answers import Answer, answer
from crm_core.actions.disagreements import Disagree, disagree, withdraw
from crm_core.actions.nudges import Nudge, nudge
from crm_core.actions.releases import Release, release_stop
from crm_core.actions.storing import Receipt
from crm_core.actions.tours import tour_seen
from crm_core.ledger import BELIEFS, REASONS

__all__ = [
    "BELIEFS",
    "REASONS",
    "Answer",
    "Disagree",
    "Nudge",
    "Receipt",
    "Release",
    "answer",
    "disagree",
    "duties",
    "models",
    "nudge",
    "release_stop",
    "tour_seen",
    "withdraw",
]
