"""kill -9 while four processes append: everything acknowledged is there, nothing twice, in the order of storing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from crm_core.ledger import open_ledger
from crm_core.ledger.engine import connect
from crm_core.settings import ROOT, Settings
from tests.ledger.writer import acknowledged, said

WRITERS = 4
MOST_BETWEEN_KILLS = 400
"""Writes between two kills at most, so that the number of kills does not hang on how fast the machine is."""
LONGEST_WAIT = 480.0


class Clients:
    """Four clients, each with a file of what was acknowledged to it."""

    def __init__(self, folder: Path, installation: Settings) -> None:
        self.names = [f"demo:E-{n}" for n in range(WRITERS)]
        self._files = {name: folder / f"{name[5:]}.txt" for name in self.names}
        for file in self._files.values():
            file.touch()
        own = {"CRM_DATA_DIR": str(installation.data_dir), "CRM_LEDGER_URL": installation.ledger_url or ""}
        self._starter = subprocess.Popen(
            [sys.executable, "-m", "tests.ledger.writer"], env=os.environ | own, cwd=ROOT, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._processes = {name: self._start(name) for name in self.names}
        self.n_killed = 0

    def _start(self, name: str) -> int:
        assert self._starter.stdin is not None
        assert self._starter.stdout is not None
        self._starter.stdin.write(f"{name} {self._files[name]}\n")
        return int(self._starter.stdout.readline())

    def kill(self, name: str) -> None:
        """SIGKILL; whoever ended by himself has found something wrong."""
        pid = self._processes.pop(name)
        os.kill(pid, signal.SIGKILL)
        while is_running(pid):
            time.sleep(0.001)
        self.n_killed += 1

    def replace(self, name: str) -> None:
        """Kill one and start him anew: he says again what was not acknowledged to him."""
        self.kill(name)
        self._processes[name] = self._start(name)

    def acknowledged(self) -> dict[str, list[str]]:
        return {name: acknowledged(file) for name, file in self._files.items()}

    def n_acknowledged(self) -> int:
        return sum(file.read_bytes().count(b"\n") for file in self._files.values())

    def end(self) -> None:
        for pid in filter(is_running, self._processes.values()):
            os.kill(pid, signal.SIGKILL)
        self._starter.communicate()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def kill_at_random(clients: Clients, n_wanted: int, chance: random.Random) -> None:
    """Kill and replace until so many are acknowledged, then kill all: while they start, write, or wait for another."""
    deadline = time.monotonic() + LONGEST_WAIT
    n = 0
    while n < n_wanted:
        goal = n + chance.uniform(0, MOST_BETWEEN_KILLS)
        while n < goal:
            assert time.monotonic() < deadline, "the writers do not get on"
            time.sleep(chance.uniform(0, 0.05))
            n = clients.n_acknowledged()
        clients.replace(chance.choice(clients.names))
    for name in clients.names:
        clients.kill(name)


@pytest.mark.slow
@pytest.mark.timeout(LONGEST_WAIT + 60)
def test_ten_thousand_acknowledged_writes_of_four_processes_survive_kill_9(
    installation: Settings, tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    # They also make the ledger, at the same moment.
    clients = Clients(tmp_path, installation)
    began = time.monotonic()
    try:
        kill_at_random(clients, 10_000, random.Random(5))
    finally:
        clients.end()
    took = time.monotonic() - began
    promised = clients.acknowledged()
    n = sum(map(len, promised.values()))
    rate = f"{n} acknowledged in {took:.0f} s ({n / took:.0f} a second), {clients.n_killed} killed"
    record_testsuite_property(f"ledger: {installation.ledger_dsn.split(':')[0]}", rate)
    sys.stdout.write(rate + "\n")
    judge(installation, promised)
    assert clients.n_killed >= 10_000 // MOST_BETWEEN_KILLS


def judge(installation: Settings, promised: dict[str, list[str]]) -> None:
    """What is in the ledger is what was promised, and of each client at most the one thing he was killed with."""
    with open_ledger(installation) as ledger:
        entries = ledger.entries()
    engine = connect(installation.ledger_dsn)
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT seq, id FROM entries ORDER BY seq")).all()
    engine.dispose()
    assert [entry.id for entry in entries] == [id_ for _seq, id_ in stored]
    moments = [entry.recorded_at for entry in entries]
    assert all(before < after for before, after in pairwise(moments))
    assert max(Counter(entry.id for entry in entries).values()) == 1
    assert max(Counter(entry.idempotency_key for entry in entries).values()) == 1
    for name, ids in promised.items():
        own = [entry for entry in entries if entry.who == name]
        assert [entry.id for entry in own[: len(ids)]] == ids
        assert len(own) - len(ids) in {0, 1}
        assert [(entry.idempotency_key, entry.words) for entry in own] == [
            (said(name, n).idempotency_key, said(name, n).words) for n in range(len(own))
        ]
    assert {entry.who for entry in entries} == set(promised)
