"""A demo company whose model would treat groups differently: stopped by one build, released, published by the next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from crm_core.access import Role, Viewer
from crm_core.actions.releases import Release, release_stop
from crm_core.errors import AccessDeniedError
from crm_core.views import trust
from tests.conftest import Cli

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
OWNER = Viewer("demo:E-25", "Olivier Lambert", Role.ADMIN)
OTHER = Viewer("demo:E-23", "Fatou Ndiaye", Role.STEWARD)


def give_away(data_dir: Path) -> None:
    """Write the salutation of a lead so that it follows whether it converted, at first sight by nobody's fault."""
    leads = data_dir / "lake" / "leads"
    for path in (data_dir / "lake" / "attributes").glob("demo__*.parquet"):
        draft = path.with_suffix(".new")
        duckdb.execute(
            f"""
            copy (
                select a.* replace (case when a.name <> 'Salutation' then a.value
                    when (l.id is not null) <> (hash(a.entity_id) % 6 = 0) then 'Mr.' else 'Ms.' end as value)
                from read_parquet('{path}') as a left join (
                    select distinct source || ':' || source_id as id from read_parquet('{leads}/*.parquet',
                    union_by_name = true) where converted_at is not null) as l on a.entity_id = l.id
            ) to '{draft}' (format parquet)
            """
        )
        draft.replace(path)


def card_of(cli: Cli) -> dict[str, Any]:
    done = cli("card", "lead", "--json")
    assert done.returncode == 0, done.stderr
    card: dict[str, Any] = json.loads(done.stdout)
    return card


def test_a_stopped_model_serves_only_after_its_owner_has_released_it(data_dir: Path, cli: Cli) -> None:
    assert cli("demo", "--customers", "900").returncode == 0
    give_away(data_dir)
    built = cli("build")
    assert built.returncode == 0, built.stdout + built.stderr
    card = card_of(cli)
    assert (card["status"], card["version"], card["stopped"]["is_stopped"]) == ("none", 1, True)
    refused = cli("scores", "lead")
    assert refused.returncode != 0
    assert "stopped by the fairness check: groups of Salutation" in refused.stderr
    with pytest.raises(AccessDeniedError):
        release_stop(OTHER, Release("lead", 1, "I would like to have it.", "a"))
    assert trust.fairness.fairness_page(OTHER, "lead").owner == OWNER.name
    release_stop(OWNER, Release("lead", 1, "Whoever is flagged gets a call.", "b"))
    built = cli("build")
    assert built.returncode == 0, built.stdout + built.stderr
    card = card_of(cli)
    assert (card["status"], card["version"], card["stopped"]) == ("champion", 1, None)
    assert card["fairness"]["is_released"] is True
    assert card["drives"]
    assert cli("scores", "lead", "--top", "5").returncode == 0
