"""A company that talks: names that are hard to type, notes with promises, people who come and go; no model.

ACME Manufacturing (owner Rep North) has the notes of tests/cases/promises.yml, one a day, and what the brief is about.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT
from tests.views.company import DAY, PEOPLE, Row, build_rows, row

CASES: list[dict[str, Any]] = yaml.safe_load((ROOT / "tests/cases/promises.yml").read_text(encoding="utf-8"))
CUSTOMERS = {
    "1": ("ACME Manufacturing", "E1"),
    "2": ("Müller & Söhne AG", "E1"),
    "3": ("شركة النور للتجارة", "E1"),
    "4": ("Ærø Søfart", "E2"),
    "5": ("<b>Bold</b> | $5 🚀", "E1"),
    "6": ("Left Behind Ltd", "E1"),
    "7": ("Norevo Schools Ltd", "E2"),
    "8": ("Acme Farms", "E2"),
}


def days_ago(days: float) -> datetime:
    return datetime.combine(DAY, datetime.min.time()) + timedelta(hours=12) - timedelta(days=days)


def talk(n: str, days: float, note: str | None, **more: Any) -> Row:
    about = {"kind": "call", "direction": "outbound", "customer_id": "crm:1", "owner_id": "crm:E1", "feed": "phone"}
    return row(n, days_ago(days), **about | {"note": note} | more)


def _talks() -> list[Row]:
    told = [talk(f"N{i}", 20 + i, case["note"], customer_id="crm:2") for i, case in enumerate(CASES)]
    late = talk("late", 2, "promised what nobody knew yet") | {"known_at": days_ago(-3)}
    return [
        *told,
        late,
        talk("old", 95, "promised long ago"),
        talk("open", 3, "Fine; will send the draft by Friday.", sentiment=-0.8),
        talk("own", 4, "promised in private", visibility="private", sentiment=-0.6),
        talk("other", 5, "promised by another", visibility="private", owner_id="crm:E2", sentiment=-0.7),
        *[talk(f"good{i}", 10 + i, None, sentiment=0.5, kind="email") for i in range(8)],
        talk("lead", 6, "promised a visit", customer_id=None, lead_id="crm:L1"),
        talk("moved", 1, None, kind="login", direction=None),
    ]


def lake() -> dict[str, list[Row]]:
    """All tables of the company."""
    people = [row(v.who[4:], name=v.name, role=v.role.value, team=next(iter(v.teams), None)) for v in PEOPLE.values()]
    year: Row = {"started_on": date(2025, 8, 2), "ends_on": date(2026, 8, 1), "currency": "EUR", "product": "basic"}
    lines = [row(f"B{key}", customer_id=f"crm:{key}", mrr=100.0, auto_renew=False, **year) for key in CUSTOMERS]
    lines[5] |= {"cancelled_on": date(2026, 3, 1)}
    return {
        "employees": people,
        "customers": [
            row(key, name=name, owner_id=f"crm:{owner}", website=f"c{key}.example")
            for key, (name, owner) in CUSTOMERS.items()
        ],
        "subscriptions": lines,
        "interactions": _talks(),
        "contacts": [
            row("P1", customer_id="crm:1", full_name="Jane Roe", role="decision maker", left_on=date(2026, 6, 1)),
            row("P2", customer_id="crm:1", full_name="Max Stay", role="user"),
        ],
        "tickets": [
            row("T1", days_ago(10), customer_id="crm:1", opened_at=days_ago(10), priority="high", subject="it burns"),
            row("T2", days_ago(40), customer_id="crm:1", opened_at=days_ago(40), closed_at=days_ago(39), csat=2.0,
                subject="was solved"),
        ],
        "surveys": [row("S1", days_ago(30), customer_id="crm:1", kind="nps", score=4.0, comment="too slow")],
        "leads": [
            row("L1", name="Emma Laurent", company="Taromer Chemicals", owner_id="crm:E1", created_at=days_ago(50)),
            row("L2", name="Jo Doe", owner_id="crm:E2", created_at=days_ago(50)),
        ],
        "opportunities": [
            row("O1", name="Second site", customer_id="crm:1", owner_id="crm:E1", stage="Offer",
                created_at=days_ago(30), amount=10.0, currency="EUR"),
        ],
    }  # fmt: skip


def build_talking(folder: Path) -> None:
    """Build the company without a model."""
    build_rows(folder, lake(), lambda work: "no model", DAY)
