"""A company so small that every figure of a page can be worked out by hand.

Alpha (owner Rep North) pays 1,200 a year, ends on 1 Aug; Beta (Rep South) 12,000, open-ended; Gamma is known to two
systems, pays 600, ends on 15 Jul and has signed again; Delta left in May. Firm and Jo Doe are leads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crm_core import pipeline
from crm_core.access import Role, Viewer
from crm_core.scoring.card import Card
from crm_core.scoring.publish import Verdict
from crm_core.scoring.score import REASONS, SCORES
from crm_core.settings import Settings
from tests.warehouse.company import write_lake

DAY = date(2026, 6, 30)
THEN = datetime(2025, 1, 1)  # noqa: DTZ001 - times are UTC without a zone
PEOPLE = {
    "north": Viewer("crm:E1", "Rep North", Role.REP, frozenset({"A"})),
    "south": Viewer("crm:E2", "Rep South", Role.REP, frozenset({"B"})),
    "manager": Viewer("crm:E3", "Manager North", Role.MANAGER, frozenset({"A"})),
    "executive": Viewer("crm:E4", "Executive", Role.EXECUTIVE),
    "analyst": Viewer("crm:E5", "Analyst", Role.ANALYST),
    "steward": Viewer("crm:E6", "Steward", Role.STEWARD),
    "admin": Viewer("crm:E7", "Admin", Role.ADMIN),
}
NAMES = {"crm:1": "Alpha", "crm:2": "Beta", "billing:9": "Gamma", "crm:4": "Delta"}
CHANCES = {"crm:1": (0.6, "high"), "crm:2": (0.1, "low"), "billing:9": (0.3, "medium")}
Row = dict[str, Any]
Chances = dict[tuple[str, str], tuple[float, str]]


def row(source_id: str, happened: datetime = THEN, source: str = "crm", **values: Any) -> Row:
    clocks = {"happened_at": happened, "known_at": happened, "is_update": False}
    return {"source": source, "source_id": source_id, **clocks, **values}


def _customers() -> list[Row]:
    return [
        row("1", name="Alpha", owner_id="crm:E1", segment="small", website="alpha.example"),
        row("2", name="Beta", owner_id="crm:E2", segment="large", website="beta.example"),
        row("3", name=" gamma", owner_id="crm:E1", website="https://www.gamma.example/de"),
        row("9", source="billing", name="Gamma", owner_id="crm:E1", website="gamma.example"),
        row("4", name="Delta", owner_id="crm:E2"),
    ]


def _lines() -> list[Row]:
    year: Row = {"started_on": date(2025, 8, 2), "ends_on": date(2026, 8, 1), "currency": "EUR", "product": "basic"}
    return [
        row("B1", customer_id="crm:1", mrr=100.0, seats=4, **year),
        row("B2", customer_id="crm:2", mrr=1000.0, **year | {"ends_on": None}),
        row("B3", customer_id="billing:9", mrr=50.0, **year | {"ends_on": date(2026, 7, 15)}),
        row(
            "B4",
            customer_id="crm:3",
            mrr=60.0,
            **year | {"started_on": date(2026, 7, 16), "ends_on": date(2027, 7, 15)},
        ),
        row("B5", customer_id="crm:4", mrr=70.0, **year | {"cancelled_on": date(2026, 5, 20)}),
    ]


def _calls() -> list[Row]:
    def call(n: int, customer: str, days: int, **more: Any) -> Row:
        at = datetime.combine(DAY, datetime.min.time()) - timedelta(days=days)
        about = {"kind": "call", "direction": "inbound", "customer_id": customer, "owner_id": "crm:E1", "feed": "phone"}
        return row(f"I{n}", at, **about | more)

    return [
        call(1, "crm:1", 3, note="open note"),
        call(2, "crm:1", 5, note="private note", visibility="private"),
        call(3, "crm:1", 7, note="note of the other", visibility="private", owner_id="crm:E2"),
        call(4, "crm:2", 0, owner_id="crm:E2"),
        call(5, "billing:9", 9),
        call(6, "crm:3", 8),
        call(7, "", 400, customer_id="crm:2"),
    ]


def lake() -> dict[str, list[Row]]:
    """All tables of the company."""
    people = [row(v.who[4:], name=v.name, role=v.role.value, team=next(iter(v.teams), None)) for v in PEOPLE.values()]
    return {
        "employees": people,
        "customers": _customers(),
        "subscriptions": _lines(),
        "interactions": _calls(),
        "contacts": [row("P1", customer_id="crm:1", full_name="Jane Roe", email="jane@alpha.example", phone="123")],
        "tickets": [row("T1", customer_id="crm:1", opened_at=THEN, priority="high", subject="ticket words")],
        "leads": [
            row("L1", name="Ann Poe", company="Firm", owner_id="crm:E1", created_at=datetime(2026, 6, 1)),  # noqa: DTZ001
            row("L2", name="Jo Doe", owner_id="crm:E2", created_at=datetime(2026, 6, 1)),  # noqa: DTZ001
        ],
        "attributes": [
            row("1|plan", entity="customer", entity_id="crm:1", name="plan", type="text", value="x", purpose="feature"),
            row(
                "1|age", entity="customer", entity_id="crm:1", name="age", type="number", value="7", purpose="protected"
            ),
        ],
    }


def scored(work: pipeline.Build) -> str:
    """A step in place of training: the chances above, and three reasons for Alpha."""
    chances = {("churn", key): value for key, value in CHANCES.items()} | {("lead", "crm:L1"): (0.5, "high")}
    return score_as(work, chances | {("lead", "crm:L2"): (0.4, "high")}, "crm:1")


def score_as(work: pipeline.Build, chances: Chances, explained: str) -> str:
    """Give entities these chances and tiers, and one customer three reasons."""
    common = {
        "as_of": work.as_of,
        "scored_at": datetime.now(UTC).replace(tzinfo=None),
        "build_id": work.folder.build_id,
    }
    common |= {"model_version": "1", "base_rate": 0.2, "typical": 0.2, "is_backcast": False, "doubts": "[]", "raw": 0.0}
    scores = [
        common | {"question": q, "entity_id": key, "probability": p, "low": p / 2, "high": p + 0.1, "tier": tier}
        for (q, key), (p, tier) in chances.items()
    ]
    told = {"question": "churn", "entity_id": explained, "as_of": work.as_of, "build_id": work.folder.build_id}
    why = [told | {"feature": f"f{i}", "label": "F", "sentence": f"reason {i}", "contribution": 0.1, "points": 0.1,
                   "rank": i} for i in range(1, 5)]  # fmt: skip
    for kind, schema, rows in (("scores", SCORES, scores), ("reasons", REASONS, why)):
        table = pa.Table.from_pandas(pd.DataFrame(rows).reindex(columns=schema.names), schema, preserve_index=False)
        pq.write_table(table, work.folder.pending_scores / f"{kind}_churn.parquet")
    card = Card("churn", "champion", "", 1, DAY.isoformat(), "time")
    model: Any = object()  # a verdict with a model names its version in the build
    work.verdicts += [Verdict(model, card, False, ""), Verdict(model, replace(card, question="lead"), False, "")]
    return "scored"


def build_company(folder: Path) -> None:
    """Build the company with the real pipeline, but for the training."""
    build_rows(folder, lake(), scored)


def build_rows(
    folder: Path,
    tables: dict[str, list[Row]],
    scoring: Callable[[pipeline.Build], str],
    as_of: date | None = None,
) -> None:
    """Build a company of these rows with the real pipeline; `scoring` is the step in place of the training."""
    write_lake(folder / "lake", tables)
    (folder / "lake" / "_batches").mkdir()
    (folder / "lake" / "_batches" / "b.json").write_text("{}")
    for table in (folder / "lake").iterdir():
        if (table / "crm__b.parquet").exists():
            pq.write_table(pq.read_table(table / "crm__b.parquet").slice(0, 0), table / "_empty.parquet")
    steps: list[tuple[str, Callable[[pipeline.Build], str]]] = [
        (name, scoring if name == "train and score" else step) for name, step in pipeline.STEPS
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "STEPS", steps)
        pipeline.build(Settings(data_dir=folder), as_of=as_of)
