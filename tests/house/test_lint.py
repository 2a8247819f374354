"""`make lint` as a test, so that one summary says everything."""

from __future__ import annotations

import subprocess

import pytest

from tests.house.reading import ROOT


def test_ruff_mypy_and_the_table_of_imports_are_content() -> None:
    done = subprocess.run([".ci/lint.sh"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.fail(f"make lint\n{done.stdout}\n{done.stderr}", pytrace=False)
