"""A real PostgreSQL server from the system's packages: a cluster of its own in a temporary folder."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import OperationalError

DEBIAN = Path("/usr/lib/postgresql")
START_SECONDS = 120


def programs() -> Path | None:
    """Folder with initdb and postgres of the newest PostgreSQL that is installed; None without any."""
    found = [
        folder for folder in DEBIAN.glob("*/bin") if (folder / "initdb").exists() and (folder / "postgres").exists()
    ]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path and shutil.which("postgres") else None


class Server:
    """Started, stopped, killed; nobody but this user and root can reach it, and it does not listen on the network."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder, self._programs = folder, programs
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        # The server refuses to run as root.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            owner = pwd.getpwnam(self._user)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        done = self._begin("initdb", "--auth=trust", "--username=owner", "--encoding=UTF8", "--locale=C", "--no-sync")
        if done.wait() != 0:
            raise RuntimeError(f"initdb ended with {done.returncode}: {self._said()}")

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        # As a server is set up out of the box: fsync and synchronous_commit are on.
        options = {"listen_addresses": "", "unix_socket_directories": self._folder, "timezone": "Asia/Kolkata"}
        self._process = self._begin("postgres", *(f"--{name}={value}" for name, value in options.items()))
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return self.execute("SELECT 1")
            except OperationalError:
                if not self.is_running or time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL did not start: {self._said()}") from None
                time.sleep(0.05)

    def stop(self, ending: str = "fast") -> None:
        """`fast` as an administrator does it; `immediate` is a crash; `kill` is SIGKILL to it and to its children."""
        if self._process is None:
            return
        if ending == "kill":
            for pid in [self._process.pid, *children(self._process.pid)]:
                os.kill(pid, signal.SIGKILL)
        else:
            self._process.send_signal(signal.SIGINT if ending == "fast" else signal.SIGQUIT)
        self._process.wait()

    def url(self, database: str = "postgres", user: str = "owner", **settings: str) -> str:
        """SQLAlchemy URL of a database of this server, with settings of PostgreSQL for whoever uses it."""
        query = {"host": str(self._folder), "options": " ".join(f"-c{n}={value}" for n, value in settings.items())}
        return URL.create("postgresql+psycopg", user, database=database, query=query).render_as_string()

    def new_place(self) -> str:
        """Name of a new, empty schema: as good as a database of its own, and many do not slow down a restart."""
        name = f"ledger_{next(self._numbers)}"
        self.execute(f"CREATE SCHEMA {name}")
        return name

    def execute(self, *statements: str, url: str = "") -> None:
        """Run statements as an administrator would by hand, each for itself."""
        engine = create_engine(url or self.url(), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                for statement in statements:
                    connection.execute(text(statement))
        finally:
            engine.dispose()

    def _begin(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self._programs / program, "-D", self._folder / "data", *arguments],
                user=self._user, extra_groups=[] if self._user else None, cwd=self._folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def _said(self) -> str:
        return (self._folder / "log").read_text(errors="replace")[-3_000:]


def children(pid: int) -> list[int]:
    """Processes that this one started."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def running_server(programs: Path) -> Iterator[Server]:
    """A new server, gone without a trace afterwards."""
    # Not pytest's folder: only its owner may enter that one, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="ledger-"))
    try:
        server = Server(folder, programs)
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder)
