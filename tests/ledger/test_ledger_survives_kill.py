"""kill -9 while several processes append: everything acknowledged is there, nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from crm_core.ledger import open_ledger
from crm_core.settings import ROOT, Settings

WRITER = """
import itertools, sys
from crm_core.ledger import Entry, open_ledger
from crm_core.settings import settings

name = sys.argv[1]
with open_ledger(settings()) as ledger:
    for n in itertools.count():
        entry = Entry(kind="disagreement", who=name, who_name=name, who_role="rep", who_team="", question="churn",
                      entity_kind="customer", entity_key=f"demo:C-{n}", idempotency_key=f"{name}-{n}", words="x" * 500)
        stored = ledger.append(entry)
        if n % 3 == 0:
            stored = ledger.append(entry)
        sys.stdout.write(stored.id + "\\n")
        sys.stdout.flush()
"""
ROUNDS = 2
WRITERS = 2


def start(name: str, output: Path, data_dir: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {"CRM_DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT)}
    with output.open("wb") as file:
        return subprocess.Popen([sys.executable, "-c", WRITER, name], stdout=file, env=environment)


def wait_for_lines(outputs: list[Path], n: int) -> None:
    deadline = time.monotonic() + 60
    while any(output.read_bytes().count(b"\n") < n for output in outputs):
        assert time.monotonic() < deadline, "the writers do not get on"
        time.sleep(0.01)


def test_every_acknowledged_entry_survives_kill_9_and_none_is_there_twice(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    acknowledged: list[str] = []
    for n_round in range(ROUNDS):
        outputs = [tmp_path / f"{n_round}-{n}.txt" for n in range(WRITERS)]
        # The first round also lets two processes create the ledger at the same moment.
        writers = [start(f"demo:E-{n_round}{n}", output, data_dir) for n, output in enumerate(outputs)]
        try:
            for n, writer in enumerate(writers):
                wait_for_lines(outputs[n:], 20 + 37 * n_round + 25 * n)
                os.kill(writer.pid, signal.SIGKILL)
                writer.wait()
        finally:
            for writer in writers:
                writer.kill()
                writer.wait()
        for output in outputs:
            acknowledged += output.read_text().splitlines(keepends=True)
    complete = [line.strip() for line in acknowledged if line.endswith("\n")]
    with open_ledger(Settings(data_dir=data_dir)) as ledger:
        entries = ledger.entries()
    ids = Counter(entry.id for entry in entries)
    assert len(complete) > ROUNDS * WRITERS * 20
    assert set(complete) <= set(ids)
    assert max(ids.values()) == 1
    assert max(Counter(entry.idempotency_key for entry in entries).values()) == 1
    assert len(entries) <= len(complete) + ROUNDS * WRITERS
    moments = [entry.recorded_at for entry in entries]
    assert moments == sorted(set(moments))
    in_order = [entry.id for entry in entries if entry.who == f"demo:E-{ROUNDS - 1}0"]
    said_order = [line.strip() for line in (tmp_path / f"{ROUNDS - 1}-0.txt").read_text().splitlines()]
    assert in_order[: len(said_order)] == said_order
