"""Layers of the dbt project: each reads only lower ones, and every model says what it is and is tested."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml

from tests.house.reading import files, read

MODELS = "crm_core/warehouse/dbt/models"
REF = re.compile(r"\{\{[^}]*?\bref\(\s*'(\w+)'\s*\)")
SOURCE = re.compile(r"\{\{[^}]*?\bsource\(\s*'(\w+)'\s*,\s*'\w+'\s*\)")


@dataclass(frozen=True)
class Layer:
    """What a folder of models may read (layers, sources; None: all) and how its models are called."""

    layers: frozenset[str] | None
    sources: frozenset[str] | None
    prefixes: tuple[str, ...]


def layer(layers: str, sources: str, *prefixes: str) -> Layer:
    return Layer(frozenset(layers.split()), frozenset(sources.split()), prefixes)


LAYERS = {
    "staging": layer("", "lake ledger", "stg_"),
    "features": layer("staging features", "identity ledger", "int_", "feat_"),
    "labels": layer("staging features labels", "identity ledger", "int_", "label_"),
    "marts": Layer(None, None, ("mart_", "int_")),
}


def layer_of(name: str) -> str:
    return PurePosixPath(name).relative_to(MODELS).parts[0]


def reads_upwards(name: str, text: str, homes: dict[str, str]) -> list[str]:
    """What a model reads although its layer may not; `homes` tells the layer of each model."""
    mine = LAYERS.get(layer_of(name))
    if mine is None:
        return [f"{name}: no such layer"]
    found = (
        [] if PurePosixPath(name).name.startswith(mine.prefixes) else [f"{name}: name it {' or '.join(mine.prefixes)}…"]
    )
    for model in REF.findall(text):
        home = homes.get(model, "nowhere")
        if home == "nowhere" or (mine.layers is not None and home not in mine.layers):
            found.append(f"{name}: reads {model} of {home}")
    if mine.sources is not None:
        found += [f"{name}: reads source {s}" for s in SOURCE.findall(text) if s not in mine.sources]
    if re.search(r"\b(?:from|join)\s+(?!\{\{)\w+\.\w+", text):
        found.append(f"{name}: names a table without ref() or source()")
    return found


def poor_twin(entry: dict[str, Any]) -> list[str]:
    """What is missing in a model's YAML entry."""
    found = []
    if "Grain:" not in (entry.get("description") or ""):
        found.append(f"{entry['name']}: description without its grain")
    columns = entry.get("columns") or []
    if not any(part.get("data_tests") for part in [entry, *columns]):
        found.append(f"{entry['name']}: no test")
    return found


def twins() -> dict[str, dict[str, Any]]:
    """Each model's YAML entry."""
    loaded = [yaml.safe_load(read(n)) or {} for n in files(MODELS) if n.endswith((".yml", ".yaml"))]
    return {entry["name"]: entry for document in loaded for entry in document.get("models") or []}


def test_every_model_reads_only_lower_layers() -> None:
    models = files(MODELS, suffix=".sql")
    homes = {PurePosixPath(name).stem: layer_of(name) for name in models}
    assert [fault for name in models for fault in reads_upwards(name, read(name), homes)] == []


def test_every_model_has_a_yaml_twin_with_grain_and_test() -> None:
    models, entries = {PurePosixPath(n).stem for n in files(MODELS, suffix=".sql")}, twins()
    assert models - set(entries) == set(), "models without an entry"
    assert set(entries) - models == set(), "entries without a model"
    assert [fault for entry in entries.values() for fault in poor_twin(entry)] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("staging/stg_x.sql", "select * from {{ ref('feat_customer') }}"),
        ("staging/stg_x.sql", "select * from {{ source('identity', 'customer_links') }}"),
        ("features/feat_x.sql", "select * from {{ ref('label_churn') }}"),
        ("features/feat_x.sql", "select * from {{ source('lake', 'customers') }}"),
        ("labels/label_x.sql", "select * from {{ ref('mart_customer') }}"),
        ("labels/label_x.sql", "select * from {{ source('scoring', 'scores') }}"),
        ("marts/mart_x.sql", "select * from {{ ref('gone') }}"),
        ("marts/mart_x.sql", "select * from staging.stg_customers"),
        ("marts/customers.sql", "select 1"),
        ("elsewhere/x.sql", "select 1"),
    ],
)
def test_a_model_that_reads_upwards_or_past_dbt_is_noticed(name: str, text: str) -> None:
    homes = {"feat_customer": "features", "label_churn": "labels", "mart_customer": "marts", "stg_customers": "staging"}
    assert reads_upwards(f"{MODELS}/{name}", text, homes)
    lower = "select * from {{ ref('stg_customers') }} inner join {{ source('identity', 'customer_links') }} using (k)"
    assert not reads_upwards(f"{MODELS}/features/feat_x.sql", lower, homes)


def test_a_poor_twin_is_noticed() -> None:
    assert poor_twin({"name": "m", "description": "Customers.", "data_tests": ["x"]})
    assert poor_twin(
        {"name": "m", "description": "Customers. Grain: one row per customer.", "columns": [{"name": "a"}]}
    )
    good = {"name": "m", "description": "Grain: one row per a.", "columns": [{"name": "a", "data_tests": ["unique"]}]}
    assert not poor_twin(good)
