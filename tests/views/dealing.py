"""A company whose pipeline can be worked out by hand, as of 30 June 2026: $ 1 is € 0.50, yen have no rate.

Team A: rep north (E1), manager; target of a quarter 1,000. Team B: rep south (E2), no target. Alpha and a customer with
an odd name are A's, Beta is B's. Stages: Offer, then Talks, then Won or Lost. Deals, by number:

1 Alpha 1,000, won 21 Mar      2 lead Firm 2,000, lost 21 Mar   3 Beta $ 400 = 200, won 11 Feb   4 Beta 300, lost 21 Feb
5 Alpha 800, in Talks since 25 Jun   6 lead Firm, no amount, new   7 odd name $ 600 = 300, in Offer since April, late
8 lead Jo Doe ¥ 5,000, back in Offer   9 Beta 700, in Talks, will close on 5 July   10 Alpha 50, closed, nobody said how
11 known after the day
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.views.company import PEOPLE, Row, build_rows, row

AS_OF = date(2026, 6, 30)
SETTINGS = {"CRM_RATES": '{"USD": 0.5}', "CRM_QUARTER_TARGETS": '{"A": 1000}'}
ODD = "<b>شركة</b> 🦊 | $x$"


def at(day: str) -> datetime:
    """Noon of a day of 2026, written as month-day."""
    return datetime.fromisoformat(f"2026-{day}T12:00:00")


DEALS: dict[int, dict[str, Any]] = {
    1: {"customer_id": "crm:1", "owner_id": "crm:E1", "amount": 1000.0, "closed_at": at("03-21"), "is_won": True},
    2: {"lead_id": "crm:L1", "owner_id": "crm:E1", "amount": 2000.0, "closed_at": at("03-21"), "is_won": False},
    3: {"customer_id": "crm:2", "owner_id": "crm:E2", "amount": 400.0, "closed_at": at("02-11"), "is_won": True},
    4: {"customer_id": "crm:2", "owner_id": "crm:E2", "amount": 300.0, "closed_at": at("02-21"), "is_won": False},
    5: {"customer_id": "crm:1", "owner_id": "crm:E1", "amount": 800.0, "expected_close_on": date(2026, 8, 1)},
    6: {"lead_id": "crm:L1", "owner_id": "crm:E1"},
    7: {"customer_id": "crm:3", "amount": 600.0, "expected_close_on": date(2026, 6, 24)},
    8: {"lead_id": "crm:L2", "owner_id": "crm:E2", "amount": 5000.0, "expected_close_on": date(2026, 7, 10)},
    9: {"customer_id": "crm:2", "owner_id": "crm:E2", "amount": 700.0, "expected_close_on": date(2026, 7, 3)},
    10: {"customer_id": "crm:1", "owner_id": "crm:E1", "amount": 50.0, "closed_at": at("06-25")},
    11: {"customer_id": "crm:1", "owner_id": "crm:E1", "amount": 9999.0},
}
CURRENCIES = {3: "USD", 6: None, 7: "usd", 8: "JPY"}
STAGES = {
    1: [("Offer", "03-01"), ("Talks", "03-11"), ("Won", "03-21")],
    2: [("Offer", "03-01"), ("Lost", "03-21")],
    3: [("Offer", "02-01"), ("Won", "02-11")],
    4: [("Offer", "02-01"), ("Lost", "02-21")],
    5: [("Offer", "05-01"), ("Offer", "05-09"), ("Talks", "06-25")],
    6: [("Offer", "06-26")],
    7: [("Offer", "04-01")],
    8: [("Talks", "06-20"), ("Offer", "06-28")],
    9: [("Offer", "06-01"), ("Talks", "06-10"), ("Won", "07-05")],
    10: [("Offer", "06-01")],
    11: [("Offer", "06-01")],
}


def _deals() -> list[Row]:
    DEALS[9] |= {"closed_at": at("07-05"), "is_won": True, "stage": "Won"}
    rows = []
    for n, values in DEALS.items():
        began = at(STAGES[n][0][1])
        common: Row = {"name": f"Deal {n}", "created_at": began, "currency": CURRENCIES.get(n, "EUR")}
        rows.append(row(f"D{n}", began, **common | values))
    rows[-1]["known_at"] = at("07-02")
    return rows


def _stages() -> list[Row]:
    entered = [(n, stage, at(day)) for n, stays in STAGES.items() for stage, day in stays]
    return [
        row(f"S{place}", moment, opportunity_id=f"crm:D{n}", stage=stage, entered_at=moment)
        for place, (n, stage, moment) in enumerate(entered)
    ]


def _lines() -> list[Row]:
    def line(key: str, customer: str, mrr: float, ends: date, **more: Any) -> Row:
        told: Row = {"customer_id": customer, "mrr": mrr, "ends_on": ends, "currency": "EUR", "product": "basic"}
        return row(key, started_on=more.pop("started_on", date(2025, 8, 2)), **told | more)

    return [
        line("B1", "crm:1", 100.0, date(2026, 8, 1)),
        line("B2", "crm:2", 10.0, date(2026, 7, 15)),
        line("B3", "crm:2", 999.0, date(2026, 7, 15), currency="JPY"),
        line("B4", "crm:3", 20.0, date(2026, 7, 10), currency="USD"),
        line("B5", "crm:3", 20.0, date(2027, 7, 10), started_on=date(2026, 7, 11)),
    ]


def dealing_lake() -> dict[str, list[Row]]:
    """All tables of the company."""
    people = [row(v.who[4:], name=v.name, role=v.role.value, team=next(iter(v.teams), None)) for v in PEOPLE.values()]
    return {
        "employees": people,
        "customers": [
            row("1", name="Alpha", owner_id="crm:E1", region="East", product_line="core", website="alpha.example"),
            row("2", name="Beta", owner_id="crm:E2", region="West", product_line="pro", website="beta.example"),
            row("3", name=ODD, owner_id="crm:E1", region="East", product_line="pro", website="odd.example"),
        ],
        "leads": [
            row("L1", name="Ann Poe", company="Firm", owner_id="crm:E1", source_channel="web", created_at=at("01-05")),
            row("L2", name="Jo Doe", owner_id="crm:E2", source_channel="fair", created_at=at("01-05")),
        ],
        "subscriptions": _lines(),
        "opportunities": _deals(),
        "opportunity_stages": _stages(),
        "interactions": [row("I1", customer_id="crm:1", kind="call", owner_id="crm:E1", feed="phone")],
    }


def build_dealing(folder: Path) -> None:
    """Build the company with its rates and targets, without a model."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        build_rows(folder, dealing_lake(), lambda work: "no model", AS_OF)
