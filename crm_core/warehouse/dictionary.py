"""What features and measures mean, written once: in the YAML twins of the feature models, and in measures.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from crm_core.warehouse.definitions import fingerprint
from crm_core.warehouse.runner import PROJECT

MEASURES = Path(__file__).parent / "measures.yml"


@dataclass(frozen=True)
class FeatureMeaning:
    """What a feature means to a person.

    `unit` decides how a value is written; `say` holds ``{v}`` where the value goes; `monotone` is 1 or -1 where
    common sense allows the chance to move in one direction only. `sight` says whether `all` of its feeds must have
    been able to see, or `one` of them is enough (averages).
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
    sight: str = "all"

    @property
    def feeds(self) -> frozenset[str]:
        """The feeds it rests on."""
        return frozenset(part.strip() for part in self.feed.split(","))

    def is_unseen(self, blind: frozenset[str]) -> bool:
        """Whether it is unknown where these feeds could not see."""
        return self.feeds <= blind if self.sight == "one" else bool(self.feeds & blind)


@dataclass(frozen=True)
class MeasureMeaning:
    """What a measure means to a person, and how its cells in `mart_measure` may be put together.

    `divided_by` says in words what the denominator counts, empty for counts and sums. `kind` is stock (value at the
    period's end), flow (belongs to the month that ends then; months may be added up) or trailing (the window is in
    it: one period at a time). `rank` is the order on a page.
    """

    key: str
    title: str
    meaning: str
    unit: str
    direction: str
    formula: str
    kind: str
    divided_by: str
    splits: tuple[str, ...]
    misleads: str
    rank: int


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


def feature_fingerprints(model: str, variables: Mapping[str, Any]) -> dict[str, str]:
    """Fingerprint of each feature's definition: the same in two builds that computed the same thing."""
    return {
        name: fingerprint(model, variables, name, {"unit": m.unit, "window": m.window, "feed": m.feed})
        for name, m in feature_meanings(model).items()
    }


def outcome_fingerprint(model: str, variables: Mapping[str, Any]) -> str:
    """Fingerprint of what counts as an outcome, e.g. as leaving."""
    return fingerprint(model, variables)


@cache
def measures() -> dict[str, MeasureMeaning]:
    """Meanings of all measures, in the order of a page."""
    written = yaml.safe_load(MEASURES.read_text(encoding="utf-8"))["measures"]
    return {
        one["key"]: MeasureMeaning(**(one | {"splits": tuple(one["splits"]), "rank": rank}))
        for rank, one in enumerate(written, start=1)
    }


def features_markdown() -> str:
    """The feature dictionary as a document."""
    lines = ["# Features", "", "Made from the YAML twins of the feature models by `python -m crm_core features`.", ""]
    lines += ["A feature at a day knows only what was known on that day; windows end there.", ""]
    for model, title in (
        ("feat_customer", "Customers"),
        ("feat_lead", "Leads"),
        ("feat_people", "What people told us"),
    ):
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


def measures_markdown() -> str:
    """The measures as a document."""
    lines = [
        "# Measures",
        "",
        "Made from `crm_core/warehouse/measures.yml` by `python -m crm_core measures`.",
        "",
        "Periods are months counted back from the newest day, the as-of day. A stock is the value on a period's last",
        "day, a flow belongs to the month that ends then, a trailing measure has its window in it. Only what was known",
        "on the as-of day counts. Where the data do not reach back far enough a measure is unknown, never zero.",
        "",
        "| measure | means | unit | better | kind | formula | may mislead |",
        "|---|---|---|---|---|---|---|",
    ]
    for m in measures().values():
        better = {"up": "higher", "down": "lower", "none": "neither"}[m.direction]
        cells = (f"{m.title} (`{m.key}`)", m.meaning, m.unit, better, m.kind, m.formula, m.misleads)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])
