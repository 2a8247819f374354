"""How long it takes: the first start, the second, a build, a large company."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from benchmarks.running import ROOT, crm


def first_page(data_dir: Path) -> float:
    """Seconds from `serve` to the first page; an empty data folder includes making and building the demo company."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "crm_core", "serve", "--port", str(port)],
        cwd=ROOT,
        env=os.environ | {"CRM_DATA_DIR": str(data_dir)},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        while not answers(port):
            if server.poll() is not None or time.perf_counter() - began > 600:
                raise SystemExit("the server did not come up")
            time.sleep(0.1)
        subprocess.run([sys.executable, "-m", "pages._kit.warm", str(port)], cwd=ROOT, check=True)
        return time.perf_counter() - began
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def answers(port: int) -> bool:
    """Whether a server is up."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def starts(folder: Path) -> list[dict[str, object]]:
    """First and second start on an installed environment, until the first page has run."""
    return [
        {"what": "first start, demo built", "s": first_page(folder / "start")},
        {"what": "second start", "s": first_page(folder / "start")},
    ]


def large(folder: Path, customers: int) -> list[dict[str, object]]:
    """Generate a large company, and build it."""
    where = folder / "large"
    made = crm(where, "demo", "--customers", str(customers))
    built = crm(where, "build")
    return [
        {"what": f"generate {customers:,}", "s": made.wall, "cpu_s": made.cpu, "peak_mb": made.peak_mb},
        {"what": f"build {customers:,}", "s": built.wall, "cpu_s": built.cpu, "peak_mb": built.peak_mb},
    ]
