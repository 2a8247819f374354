"""The warehouse: one DuckDB file per build, made by dbt, swapped in whole, read read-only."""

from crm_core.warehouse.dictionary import FeatureMeaning, feature_meanings, features_markdown
from crm_core.warehouse.runner import run_dbt
from crm_core.warehouse.store import (
    BuildFolder,
    BuildInfo,
    build_info,
    building,
    current_build,
    finish_build,
    new_build,
    open_read_only,
    prune,
    swap_in,
    write_atomically,
)

__all__ = [
    "BuildFolder",
    "BuildInfo",
    "FeatureMeaning",
    "build_info",
    "building",
    "current_build",
    "feature_meanings",
    "features_markdown",
    "finish_build",
    "new_build",
    "open_read_only",
    "prune",
    "run_dbt",
    "swap_in",
    "write_atomically",
]
