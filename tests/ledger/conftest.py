"""A ledger of its own for each test: on SQLite and, where a server can be started, on PostgreSQL too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_core.ledger import Ledger, open_ledger
from crm_core.settings import Settings
from tests.ledger.postgresql import Server, programs, running_server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server of this session's own, with fsync on."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (make setup-dev)", exc_type=ImportError)
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL server on this machine (Debian: apt-get install postgresql)")
    with running_server(found) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an installation whose ledger does not exist yet, one for each database."""
    data_dir = tmp_path / "data"
    if request.param == "sqlite":
        return Settings(data_dir=data_dir)
    server: Server = request.getfixturevalue("postgresql")
    return Settings(data_dir=data_dir, ledger_url=server.url(search_path=server.new_place()))


@pytest.fixture
def ledger(installation: Settings) -> Iterator[Ledger]:
    with open_ledger(installation) as ledger:
        yield ledger
