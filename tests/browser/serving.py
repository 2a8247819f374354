"""A real server and a real Chromium, for tests and for the pictures in docs/images."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]
# A Chromium that fetches updates or lists of its own would make tests depend on the network.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def find_chromium() -> str | None:
    """Path of the Chromium to use (CRM_CHROMIUM, then the system's); None: Playwright's own."""
    names = (os.environ.get("CRM_CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if name and (path := shutil.which(name))), None)


def free_port() -> int:
    """A port of localhost that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`python -m crm_core serve` on a data folder, as a process of its own; a context manager.

    Parameters
    ----------
    data_dir : Path
        Data folder; what is in it stays when the server stops.
    log : Path
        File that takes the server's words, read when it does not come up.
    wait_seconds : float
        How long it may take until it answers.
    """

    def __init__(self, data_dir: Path, log: Path, wait_seconds: float = 120) -> None:
        self.data_dir, self.log, self.wait_seconds = data_dir, log, wait_seconds
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until the server is healthy."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CRM_")}
        with self.log.open("ab") as words:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "crm_core", "serve", "--port", str(self.port)],
                cwd=ROOT,
                env={**kept, "CRM_DATA_DIR": str(self.data_dir)},
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server and whatever it started, which is why it has a process group of its own."""
        if self._process is None:
            return
        for how in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=15)
        self._process = None

    def restart(self) -> None:
        """Stop and start on the same port, with people still looking at it."""
        self.stop()
        self.start()

    def words(self) -> str:
        """What the server has said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _wait(self) -> None:
        deadline = time.monotonic() + self.wait_seconds
        while not self.is_healthy():
            ended = self._process is None or self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                why = "ended" if ended else f"did not answer within {self.wait_seconds:.0f} s"
                raise RuntimeError(f"The server {why}. It said:\n{self.words()[-4000:]}")
            time.sleep(0.1)
