"""What one import knows while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from crm_core.clock import utc_now
from crm_core.lake.mapping import Mapping
from crm_core.lake.planning import Plan
from crm_core.lake.reading import RawFile
from crm_core.lake.validating import Tally
from crm_core.lake.versions import Incoming
from crm_core.settings import Settings

Progress = Callable[[str, int], None]


@dataclass
class Run:
    """One run; the work database holds everything until the commit."""

    con: duckdb.DuckDBPyConnection
    mapping: Mapping
    lake: Path
    settings: Settings
    tell: Progress
    is_dry: bool = False
    now: datetime = field(default_factory=utc_now)
    raws: list[RawFile] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    tallies: dict[int, Tally] = field(default_factory=dict)
    incoming: dict[str, list[Incoming]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unmapped: dict[str, tuple[str, ...]] = field(default_factory=dict)
    histories: set[str] = field(default_factory=set)
