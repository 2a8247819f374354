"""Read models: one frozen dataclass per page, every field explained, the policy applied in SQL.

What every page needs stands here; what a section's pages show stands behind the section's own door.
"""

from crm_core.views import explore, sell, steer, trust
from crm_core.views.frame import Frame, build_key, frame, personas, tour_seen
from crm_core.views.nudges import nudge_key
from crm_core.views.opinions import ledger_key
from crm_core.views.search import Hit, search
from crm_core.views.shown import score_table, shown_score

__all__ = [
    "Frame",
    "Hit",
    "build_key",
    "explore",
    "frame",
    "ledger_key",
    "nudge_key",
    "personas",
    "score_table",
    "search",
    "sell",
    "shown_score",
    "steer",
    "tour_seen",
    "trust",
]
