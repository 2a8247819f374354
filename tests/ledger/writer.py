"""A client in a process of its own: says one thing after the other and notes each id when it is acknowledged.

What its file holds already was acknowledged; it goes on with the next, so whatever was said and not acknowledged is
said again with the same key. `python -m tests.ledger.writer` starts such processes: to load the program anew for each
that was killed would take longer than all the writing.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from pathlib import Path

from crm_core.ledger import Entry, open_ledger
from crm_core.settings import settings


def said(name: str, n: int) -> Entry:
    """The n-th thing this client says; another length each time, so that pages and pages of the log fill unevenly."""
    return Entry(
        kind="disagreement", who=name, who_name=name, who_role="rep", who_team="", question="churn",
        entity_kind="customer", entity_key=f"demo:C-{n}", idempotency_key=f"{name}-{n}", words="x" * (n * 37 % 900),
    )  # fmt: skip


def acknowledged(file: Path) -> list[str]:
    """Ids in the order in which they were acknowledged; half a line is none."""
    return [line[:-1] for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]


def write(name: str, file: Path) -> None:
    """Say on until killed."""
    with file.open("ab", buffering=0) as notes, open_ledger(settings()) as ledger:
        for n in itertools.count(len(acknowledged(file))):
            stored = ledger.append(said(name, n))
            notes.write(f"{stored.id}\n".encode())
            if n % 50 == 0 and ledger.append(said(name, n)) != stored:
                os.abort()


def main() -> None:
    """For each line `NAME FILE` start a writer in a process of its own and tell its number."""
    # Whoever dies is forgotten at once, so that nobody mistakes a dead one for one that runs.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        name, file = line.split()
        pid = os.fork()
        if pid == 0:
            try:
                write(name, Path(file))
            finally:
                os._exit(1)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
