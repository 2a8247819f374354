"""How long a page takes, as a ratio to an empty Streamlit page in the same run; and 20 people at once."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load import Address, Run, crowd, visit
from benchmarks.running import ROOT, crm
from benchmarks.speed import answers
from crm_core import views
from crm_core.access import Role

ROUNDS, RUNS, COLD = 6, 4, 2
USERS = 20
EMPTY = 'import streamlit as st\n\nst.title("Empty")\n'
EMPTY_PAGE = Address("")


@contextmanager
def served(command: Sequence[str], data_dir: Path) -> Iterator[int]:
    """A server of its own for a while; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = [sys.executable, "-m", *(part.format(port=port) for part in command)]
    server = subprocess.Popen(
        words,
        cwd=ROOT,
        env=os.environ | {"CRM_DATA_DIR": str(data_dir)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        began = time.perf_counter()
        while not answers(port):
            if server.poll() is not None or time.perf_counter() - began > 120:
                raise SystemExit(f"{' '.join(command)} did not come up")
            time.sleep(0.1)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def addresses(data_dir: Path) -> list[Address]:
    """Every page of the navigation as somebody who may see everything; of accounts the one in most danger."""
    names = re.findall(r'"pages/\w+/(\w+)\.py"', (ROOT / "app.py").read_text(encoding="utf-8"))
    viewer = _sees_everything(data_dir)
    top = json.loads(crm(data_dir, "scores", "churn", "--top", "1", "--format", "json").output)
    customer = (viewer, ("customer", str(top[0]["entity_id"])))
    found = [Address(name, (viewer,)) for name in dict.fromkeys(names) if name != "account"]
    return [*found, Address("account", customer), Address("account", (*customer, ("brief", "1")))]


def _sees_everything(data_dir: Path) -> tuple[str, str]:
    """Query parameter of somebody whose rows are not limited."""
    os.environ["CRM_DATA_DIR"] = str(data_dir)
    known = views.personas()
    return "as", next((viewer.who for viewer in known if viewer.role is Role.EXECUTIVE), known[0].who)


def company(folder: Path, customers: int = 0) -> Path:
    """A built company: the demo as it is, or one of this size with 14 months (about 50 interactions a customer)."""
    crm(folder, "demo", *(("--customers", str(customers), "--months", "14") if customers else ()))
    crm(folder, "build")
    return folder


def size(folder: Path) -> str:
    """How large a built company is."""
    found = json.loads(crm(folder, "status", "--json").output)
    return f"{found['customers']:,} customers"


def table(data_dir: Path) -> list[dict[str, object]]:
    """Median and 95th percentile of warm runs of every page, and their ratio to an empty page's."""
    empty_file = data_dir / "empty_page.py"
    empty_file.write_text(EMPTY, encoding="utf-8")
    quiet = ("--server.headless", "true", "--server.fileWatcherType", "none", "--browser.gatherUsageStats", "false")
    bare = ("streamlit", "run", str(empty_file), "--server.port", "{port}", *quiet)
    with served(("crm_core", "serve", "--port", "{port}"), data_dir) as ours, served(bare, data_dir) as empty:
        asyncio.run(visit(ours, [Address("")]))
        pages = addresses(data_dir)
        rows = [_row(ours, empty, page) for page in pages]
        return [*rows, _together(ours, pages)]


def _row(ours: int, empty: int, page: Address) -> dict[str, object]:
    first = asyncio.run(visit(ours, [page] * COLD))[0]
    asyncio.run(visit(empty, [EMPTY_PAGE] * COLD))
    own: list[Run] = []
    bare: list[Run] = []
    for _ in range(ROUNDS):
        own += asyncio.run(visit(ours, [page] * (RUNS + 1)))[1:]
        bare += asyncio.run(visit(empty, [EMPTY_PAGE] * (RUNS + 1)))[1:]
    (p50, p95), (bare50, bare95) = _spread(own), _spread(bare)
    return {
        "page": page.name,
        "first_ms": round(first.seconds * 1e3),
        "p50_ms": round(p50 * 1e3),
        "p95_ms": round(p95 * 1e3),
        "empty_p50": round(bare50 * 1e3),
        "empty_p95": round(bare95 * 1e3),
        "x_p50": f"{p50 / bare50:.2f}",
        "x_p95": f"{p95 / bare95:.2f}",
        "kB": round(own[-1].size / 1e3),
        "errors": sum(len(run.errors) for run in own),
    }


def _together(port: int, pages: Sequence[Address]) -> dict[str, object]:
    runs = asyncio.run(crowd(port, pages, USERS))
    p50, p95 = _spread(runs)
    errors = [error for run in runs for error in run.errors]
    return {
        "page": f"{USERS} people at once, all pages",
        "p50_ms": round(p50 * 1e3),
        "p95_ms": round(p95 * 1e3),
        "kB": round(max(run.size for run in runs) / 1e3),
        "errors": len(errors),
        "note": "; ".join(sorted(set(errors))[:3]),
    }


def _spread(runs: Sequence[Run]) -> tuple[float, float]:
    times = sorted(run.seconds for run in runs)
    return statistics.median(times), times[max(0, int(0.95 * len(times)) - 1)]
