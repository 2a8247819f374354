"""Start the dashboard's server, and say what an installation holds."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import subprocess
import sys
import uuid
from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import duckdb

from crm_core import clock
from crm_core.errors import InputError, NoWarehouseError
from crm_core.settings import ROOT, Settings
from crm_core.warehouse import build_info, current_build, open_read_only

if TYPE_CHECKING:
    from crm_core.demo import Company, Word
    from crm_core.ledger import StoredEntry

DEMO = "demo:"


def checked_address(host: str, port: int) -> tuple[str, int]:
    """Host and port, if the dashboard may listen there.

    Raises
    ------
    InputError
        The address is not this machine's own (the demo's persona switch lets anybody be anybody), or the port is taken.
    """
    if host != "localhost" and not _is_loopback(host):
        raise InputError(
            "The dashboard only listens on this machine",
            where=host,
            why="without sign-in everybody who reaches it could choose who he is",
            remedy="leave --host at 127.0.0.1",
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            is_denied = isinstance(error, PermissionError)
            raise InputError(
                f"Port {port} is {'reserved' if is_denied else 'taken'}",
                why="ports below 1024 belong to the system" if is_denied else "another program listens there",
                remedy="choose another: CRM_PORT=8502 make run",
            ) from error
    return host, port


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def run(host: str, port: int) -> int:
    """Serve until stopped; returns the server's exit code."""
    environment = os.environ | {"DO_NOT_TRACK": "1", "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false"}
    command = [sys.executable, "-m", "pages._kit.serve", "run", str(ROOT / "app.py")]
    command += ["--server.address", host, "--server.port", str(port), "--server.headless", "true"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603 - our own command
    # The first run of a fresh server knows no pages: one run of the root makes deep links work.
    warm = [sys.executable, "-m", "pages._kit.warm", str(port)]
    warmer = subprocess.Popen(warm, cwd=ROOT, env=environment)  # noqa: S603 - our own command
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.terminate())
    code = server.wait()
    warmer.terminate()
    warmer.wait()
    return 0 if code in (0, -signal.SIGTERM, -signal.SIGINT) else code


def has_build(settings: Settings) -> bool:
    """Whether a build serves."""
    try:
        current_build(settings)
    except NoWarehouseError:
        return False
    return True


def sources(settings: Settings) -> set[str]:
    """Source systems whose data lie in the lake."""
    return {
        p.name.split("__")[0] for p in settings.lake_dir.glob("*/*__*.parquet") if not p.parent.name.startswith("_")
    }


def recall(settings: Settings, company: Company) -> int:
    """Bring what the demo company's employees said into its ledger; returns how many entries were new.

    What waits for an answer is said in the hours before now. Twice changes nothing. A ledger in which anybody else has
    spoken stays as it is: the demo's words are not mixed with those of people.
    """
    from crm_core import ledger
    from crm_core.demo import talk, waiting_at

    with ledger.open_ledger(settings) as book:
        if any(not entry.who.startswith(DEMO) for entry in book.entries()):
            return 0
        return book.restore([_stored(company, word) for word in waiting_at(talk(company), clock.utc_now())])


def _stored(company: Company, word: Word) -> StoredEntry:
    from crm_core.demo import staff
    from crm_core.ledger import ENTITY_KINDS, Kind, Shown, StoredEntry, words

    kind = Kind(word.kind)
    name, role, team = staff()[word.who]
    is_answer = kind in (Kind.TRIAGE, Kind.FIXED)
    seen = {f.name: getattr(word.shown, f.name) for f in fields(word.shown)} if word.shown else {}
    return StoredEntry(
        id=_entry_id(company, word.key), recorded_at=word.at, kind=kind,
        who=DEMO + word.who, who_name=name, who_role=role, who_team=team,
        question=word.question, entity_kind=words.ABOUT_DISAGREEMENT if is_answer else ENTITY_KINDS[word.question],
        entity_key=_entry_id(company, word.about) if is_answer else DEMO + word.about,
        idempotency_key=f"{kind}:{DEMO}{_entry_id(company, word.key)}",
        belief=word.belief, probability=word.probability, reason_code=word.code, words=word.words,
        expires_on=word.expires_on, withdraws_id=_entry_id(company, word.takes_back) if word.takes_back else None,
        shown=Shown(**seen),
    )  # fmt: skip


def _entry_id(company: Company, key: str) -> str:
    """The same for the same word of the same company, another one in any other company."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"second-opinion {company} {key}"))


def status(settings: Settings) -> dict[str, Any]:
    """What an installation holds, for people and machines.

    Raises
    ------
    NoWarehouseError
        Nothing was built yet.
    """
    from crm_core import lake, ledger, scoring

    folder = current_build(settings)
    info = build_info(folder)
    con = open_read_only(folder)
    with ledger.open_ledger(settings) as book:
        entries = len(book.entries())
    cards = {name: scoring.newest_card(settings, name) for name in scoring.questions()}
    return {
        "build": info.build_id,
        "as_of": info.as_of.isoformat(),
        "built_at": info.built_at.isoformat(),
        "customers": info.customers,
        "leads": info.leads,
        "sources": sorted(sources(settings)),
        "models": {n: {"status": c.status, "version": c.version, "reason": c.reason} for n, c in cards.items() if c},
        "silent_feeds": _silent(con),
        "ledger_entries": entries,
        "quarantined_rows": len(lake.quarantined_rows(settings)),
        "data_dir": str(settings.data_dir),
    }


def _silent(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    rows = con.execute("select title, age_days, owner_name from marts.mart_feed where is_silent order by age_days desc")
    return [{"feed": title, "days": days, "owner": owner} for title, days, owner in rows.fetchall()]
