"""The write door: one function per thing a person can do; each validates, records what was shown, and appends."""

from crm_core.actions import answers, duties, first_views, models, releases, triaging
from crm_core.actions.disagreements import Disagree, disagree, disagree_all, withdraw
from crm_core.actions.nudges import Nudge, nudge
from crm_core.actions.storing import Receipt
from crm_core.actions.tours import tour_seen
from crm_core.ledger import words

__all__ = [
    "Disagree",
    "Nudge",
    "Receipt",
    "answers",
    "disagree",
    "disagree_all",
    "duties",
    "first_views",
    "models",
    "nudge",
    "releases",
    "tour_seen",
    "triaging",
    "withdraw",
    "words",
]
