"""How long the server needs from a person's word to its receipt: what was shown is read, one row is stored for good."""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from crm_core import actions, views
from crm_core.access import Capability, Role, Viewer, may
from crm_core.actions import Disagree

WORDS, AT_ONCE = 50, 50
ONE = Disagree("churn", "", "will_stay", None, "contract_known", "as agreed by word", None, "")


def table(demo: Path, folder: Path) -> list[dict[str, object]]:
    """Median and 95th percentile of one disagreement after another, and of fifty at once, on a copy of a company.

    Parameters
    ----------
    demo : Path
        Data folder that is built; it stays as it is.
    folder : Path
        Takes the copy.
    """
    shutil.copytree(demo, folder, dirs_exist_ok=True)
    os.environ["CRM_DATA_DIR"] = str(folder)
    viewer = _somebody()
    keys = [row.key for row in views.sell.risk(viewer).rows]

    def one(n: int) -> None:
        actions.disagree(viewer, replace(ONE, entity_key=keys[n % len(keys)], idempotency_key=f"one {n}", words=f"{n}"))

    def many(n: int) -> None:
        about = [replace(ONE, entity_key=key, idempotency_key=f"{n} {key}", words=f"{n}") for key in keys[:AT_ONCE]]
        actions.disagree_all(viewer, about)

    return [
        {"what": "one disagreement", **_timed(one, WORDS)},
        {"what": f"{min(AT_ONCE, len(keys))} at once", **_timed(many, 10)},
    ]


def _somebody() -> Viewer:
    """Who sees most of those who may disagree."""
    known = [viewer for viewer in views.personas() if may(viewer, Capability.DISAGREE)]
    return next((viewer for viewer in known if viewer.role is Role.EXECUTIVE), known[0])


def _timed(do: Callable[[int], None], times: int) -> dict[str, object]:
    do(-1)
    took, cpu = [], []
    for n in range(times):
        began, worked = time.perf_counter(), time.process_time()
        do(n)
        took.append((time.perf_counter() - began) * 1e3)
        cpu.append((time.process_time() - worked) * 1e3)
    p95 = sorted(took)[max(0, int(0.95 * times) - 1)]
    return {
        "times": times,
        "p50_ms": round(statistics.median(took)),
        "p95_ms": round(p95),
        "cpu_p50_ms": round(statistics.median(cpu)),
    }
