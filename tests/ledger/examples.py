"""What a rep says in these tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from crm_core.ledger import Entry, Kind, Shown

SHOWN = Shown(
    probability=0.31, low=0.22, high=0.4, base_rate=0.1, tier="high", reasons=("No order for 60 days", "Größe → €"),
    evidence=0.8, money_at_stake=1200.5, model_version="churn-3", build_id="b-17", as_of=date(2026, 6, 30),
)  # fmt: skip


def entry(n: int = 0, **changes: Any) -> Entry:
    plain = Entry(
        kind=Kind.DISAGREEMENT, who="demo:E-07", who_name="Ann", who_role="rep", who_team="north", question="churn",
        entity_kind="customer", entity_key=f"demo:C-{n:05}", idempotency_key=f"key-{n}", belief="will_stay",
        probability=0.05, reason_code="knows_personally", words="We had lunch 🍜", expires_on=date(2026, 8, 29),
        shown=SHOWN,
    )  # fmt: skip
    return replace(plain, **changes)
