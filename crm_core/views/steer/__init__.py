"""What the section Steer shows: how the company stands, for those who decide together."""

from crm_core.views.measures import Measure
from crm_core.views.movements import Movements
from crm_core.views.steer import duties
from crm_core.views.steer.meeting import MeetingFilter, MeetingPage, meeting
from crm_core.views.steer.outcomes import Outcome
from crm_core.views.steer.parts import Danger, Dispute, Kpi, Move, Moves
from crm_core.views.steer.weekly import WeeklyPage, weekly

__all__ = [
    "Danger",
    "Dispute",
    "Kpi",
    "Measure",
    "MeetingFilter",
    "MeetingPage",
    "Move",
    "Movements",
    "Moves",
    "Outcome",
    "WeeklyPage",
    "duties",
    "meeting",
    "weekly",
]
