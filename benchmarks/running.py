"""Run the real command line and measure it from outside."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATASETS = ROOT.parent / "shared" / "datasets"


@dataclass(frozen=True)
class Timed:
    """One finished command: seconds by the wall, seconds of CPU, and peak memory of its largest process in MB."""

    wall: float
    cpu: float
    peak_mb: float
    output: str


def crm(data_dir: Path, *arguments: str) -> Timed:
    """Run `python -m crm_core ARGUMENTS` on a data folder; fails loudly if the command fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "crm_core", *arguments],
        cwd=ROOT,
        env=os.environ | {"CRM_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed: {done.stderr.strip()}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Timed(wall, cpu, after.ru_maxrss / 1024, done.stdout)


def card(data_dir: Path, question: str) -> dict[str, Any]:
    """The model card of a question, through the command line."""
    found: dict[str, Any] = json.loads(crm(data_dir, "card", question, "--json").output)
    return found
