"""What the section Explore shows: any measure, split, filtered and followed over time."""

from crm_core.views.explore.explore import (
    SPLITS,
    ExploreChoice,
    ExploreChoices,
    ExplorePage,
    Line,
    explore,
    explore_choices,
)
from crm_core.views.measures import Measure, MeasureFilter

__all__ = [
    "SPLITS",
    "ExploreChoice",
    "ExploreChoices",
    "ExplorePage",
    "Line",
    "Measure",
    "MeasureFilter",
    "explore",
    "explore_choices",
]
