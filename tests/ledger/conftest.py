"""A ledger of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_core.ledger import Ledger, open_ledger
from crm_core.settings import Settings


@pytest.fixture
def installation(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def ledger(installation: Settings) -> Iterator[Ledger]:
    with open_ledger(installation) as ledger:
        yield ledger
