"""Compiled models, once a session, and a builder of small companies."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from crm_core.ledger import StoredEntry
from tests.warehouse.company import Rows, write_lake
from tests.warehouse.compiled import Built, compile_models

Build = Callable[..., Built]


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """`build(rows, answers)`: features and labels of a lake and of what people answered, up to `AS_OF`."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "compiled"
    folder.mkdir(exist_ok=True)
    models = compile_models(folder)

    def make(rows: Rows, answers: Sequence[StoredEntry] = ()) -> Built:
        with TemporaryDirectory(dir=folder) as lake:
            return Built(models, write_lake(Path(lake), rows), answers)

    return make
