"""A person's choice of a version, through real builds of the demo company: honoured, refused, given back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from crm_core import actions, views
from crm_core.access import system_viewer
from crm_core.scoring import registry
from crm_core.settings import Settings
from crm_core.warehouse import build_info, current_build
from tests.conftest import Cli
from tests.views.quarantined import let_go

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
ME = system_viewer()


def built(cli: Cli, data_dir: Path, *more: str) -> str:
    let_go(data_dir)
    done = cli("build", *more)
    assert done.returncode == 0, done.stdout + done.stderr
    return " ".join((done.stdout + done.stderr).split())


def serving(data_dir: Path) -> str:
    return build_info(current_build(Settings(data_dir=data_dir))).models["churn"]


def with_second_version(data_dir: Path) -> None:
    """A second version, the same as the first but for its number, that is in use."""
    where = Settings(data_dir=data_dir)
    first = registry.load(where, "churn", 1)
    registry.save(where, replace(first, card=replace(first.card, version=2)))
    registry.set_champion(where, "churn", 2)


def choose(version: int | None, key: str) -> None:
    actions.models.choose_model(ME, actions.models.ModelChoice("churn", version, "to be tried again", key))


def test_a_choice_serves_from_the_next_build_until_it_is_given_back(copy_of_demo: Path, cli: Cli) -> None:
    with_second_version(copy_of_demo)
    choose(1, "a")
    waiting = views.trust.proof(ME, "churn").choice
    assert waiting is not None
    assert (waiting.version, waiting.is_in_build) == (1, False)

    # Training goes on meanwhile, and what it finds is kept aside.
    said = built(cli, copy_of_demo, "--retrain")
    assert "version 1 scores because a person chose it; version 3 was trained and is kept" in said
    assert serving(copy_of_demo) == "1"
    proof = views.trust.proof(ME, "churn")
    assert {v.version: v.state for v in proof.versions} == {3: "kept", 2: "earlier", 1: "in use"}
    assert proof.versions[0].reason.startswith("kept, because a person chose version 1")
    assert proof.choice is not None
    assert proof.choice.is_in_build

    choose(None, "b")
    built(cli, copy_of_demo)
    assert serving(copy_of_demo) == "2"
    assert views.trust.proof(ME, "churn").choice is None


def test_a_chosen_version_that_is_damaged_is_refused_and_the_champion_goes_on(copy_of_demo: Path, cli: Cli) -> None:
    with_second_version(copy_of_demo)
    choose(1, "a")
    (copy_of_demo / "models" / "churn" / "0001" / "model.ubj").write_bytes(b"not a model")
    said = built(cli, copy_of_demo)
    assert "version 1 was chosen by a person and does not serve: it cannot be read" in said
    assert serving(copy_of_demo) == "2"
    assert json.loads((copy_of_demo / "models" / "churn" / "champion.json").read_text()) == {"version": 2}
    assert "does not serve" in views.trust.proof(ME, "churn").note
