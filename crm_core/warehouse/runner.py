"""Run dbt on one build's file, inside this process: starting it anew costs seconds each time."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_core.errors import BuildError, ContractError
from crm_core.settings import Settings
from crm_core.warehouse.store import BuildFolder

PROJECT = Path(__file__).parent / "dbt"


@dataclass(frozen=True)
class DbtRun:
    """What one dbt invocation did."""

    models: int
    tests: int
    warnings: tuple[str, ...]


def run_dbt(
    settings: Settings,
    folder: BuildFolder,
    select: list[str],
    variables: dict[str, Any],
    *,
    is_checked: bool = True,
) -> DbtRun:
    """Build and test the selected models in the build's file.

    Parameters
    ----------
    select : list of str
        dbt selectors, e.g. ``["staging", "features"]``.
    variables : dict
        dbt variables on top of those of dbt_project.yml.
    is_checked : bool
        Run the contract tests too; a second look at what was checked already does without.

    Raises
    ------
    BuildError
        A model could not be computed.
    ContractError
        A contract test failed: the data break a promise that pages rely on.
    """
    from dbt.cli.main import dbtRunner

    left_out = ["unit_test"] if is_checked else ["unit_test", "test"]
    without = [part for kind in left_out for part in ("--exclude-resource-type", kind)]
    outcome = dbtRunner().invoke([*_arguments(settings, folder, select, variables), *without])
    _let_go()
    if outcome.exception is not None:
        raise BuildError(
            "The warehouse could not be built",
            why=_one_line(str(outcome.exception)),
            remedy="the build before it still serves; mend the cause and run `python -m crm_core build` again",
        ) from outcome.exception
    return _judge(outcome.result)


def _arguments(settings: Settings, folder: BuildFolder, select: list[str], variables: dict[str, Any]) -> list[str]:
    temp = folder.path / "temp"
    temp.mkdir(exist_ok=True)
    os.environ |= {
        "CRM_BUILD_FILE": str(folder.database),
        "CRM_BUILD_TEMP": str(temp),
        "CRM_BUILD_MEMORY": settings.memory_limit,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "False",
        "DO_NOT_TRACK": "1",
    }
    arguments = ["build", "--project-dir", str(PROJECT)]
    arguments += ["--profiles-dir", str(PROJECT), "--target-path", str(temp / "target"), "--log-path", str(temp)]
    arguments += ["--quiet", "--no-use-colors", "--no-version-check", "--log-level", "none"]
    arguments += ["--vars", json.dumps(variables)]
    return [*arguments, "--select", *select, "--indirect-selection", "cautious"]


def _let_go() -> None:
    """Close the build's file: while a process holds it writable, no other can read it, not even after the swap."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


def _judge(results: Any) -> DbtRun:
    failed_models, broken, warnings, models, tests = [], [], [], 0, 0
    for row in results:
        is_test = row.node.resource_type == "test"
        models, tests = models + (not is_test), tests + is_test
        if row.status in ("error", "runtime error"):
            failed_models.append(f"{row.node.name}: {_one_line(row.message or '')}")
        elif row.status == "fail":
            broken.append(f"{row.node.name}: {row.failures} rows")
        elif row.status == "warn":
            warnings.append(f"{row.node.name}: {row.failures} rows")
    if failed_models:
        raise BuildError(
            "The warehouse could not be built",
            where=failed_models[0].split(":")[0],
            why="; ".join(failed_models[:3]),
            remedy="the build before it still serves; mend the cause and run `python -m crm_core build` again",
        )
    if broken:
        raise ContractError(
            "The new warehouse breaks a contract and was not swapped in",
            where=broken[0].split(":")[0],
            why="; ".join(broken[:5]),
            remedy="the build before it still serves; look at the rows named and import them corrected",
        )
    return DbtRun(models, tests, tuple(warnings))


def _one_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and "compiled code" not in line.lower()]
    return " ".join(lines[:4])[:400]
