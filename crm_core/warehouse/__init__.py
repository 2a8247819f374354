"""The warehouse: one DuckDB file per build, made by dbt, swapped in whole, read read-only."""

from crm_core.warehouse import dictionary
from crm_core.warehouse.dictionary import FeatureMeaning, feature_meanings
from crm_core.warehouse.meta import write_meta
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
)

__all__ = [
    "BuildFolder",
    "BuildInfo",
    "FeatureMeaning",
    "build_info",
    "building",
    "current_build",
    "dictionary",
    "feature_meanings",
    "finish_build",
    "new_build",
    "open_read_only",
    "prune",
    "run_dbt",
    "swap_in",
    "write_meta",
]
