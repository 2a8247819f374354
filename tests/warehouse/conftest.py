"""Compiled models, once a session, and a builder of small companies."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.warehouse.company import Rows, write_lake
from tests.warehouse.compiled import Built, compile_models

Build = Callable[[Rows], Built]


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Features and labels of given lake rows; the newest as-of date is `AS_OF`."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "compiled"
    folder.mkdir(exist_ok=True)
    models = compile_models(folder)

    def make(rows: Rows) -> Built:
        with TemporaryDirectory(dir=folder) as lake:
            return Built(models, write_lake(Path(lake), rows))

    return make
