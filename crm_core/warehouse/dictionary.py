"""The feature dictionary: meanings written once, in the YAML twins of the feature models."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import yaml

from crm_core.warehouse.runner import PROJECT


@dataclass(frozen=True)
class FeatureMeaning:
    """What a feature means to a person.

    `unit` decides how a value is written; `say` holds ``{v}`` where the value goes; `monotone` is 1 or -1 where
    common sense allows the chance to move in one direction only.
    """

    name: str
    label: str
    unit: str
    window: str
    feed: str
    say: str
    say_zero: str
    say_missing: str
    misleads: str
    monotone: int = 0


@cache
def feature_meanings(model: str) -> dict[str, FeatureMeaning]:
    """Meanings of all features of a model (`feat_customer` or `feat_lead`), in the model's order."""
    twin = yaml.safe_load((PROJECT / "models" / "features" / f"{model}.yml").read_text(encoding="utf-8"))
    columns = next(m for m in twin["models"] if m["name"] == model)["columns"]
    meanings = {}
    for column in columns:
        meta = column.get("config", {}).get("meta")
        if meta:
            meanings[column["name"]] = FeatureMeaning(**({"name": column["name"], "say_zero": ""} | meta))
    return meanings


def features_markdown() -> str:
    """The feature dictionary as a document."""
    lines = ["# Features", "", "Made from the YAML twins of the feature models by `python -m crm_core features`.", ""]
    lines += ["A feature at a day knows only what was known on that day; windows end there.", ""]
    for model, title in (("feat_customer", "Customers"), ("feat_lead", "Leads")):
        lines += [
            f"## {title}",
            "",
            "| feature | means | unit | window | rests on | may mislead |",
            "|---|---|---|---|---|---|",
        ]
        for m in feature_meanings(model).values():
            lines.append(f"| `{m.name}` | {m.label} | {m.unit} | {m.window} | {m.feed} | {m.misleads} |")
        lines.append("")
    return "\n".join(lines)
