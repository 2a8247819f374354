"""Small companies for tests: rich in late, planned, corrected and future-dated rows; every number is a sum of halves.

Halves add up exactly in any order, so that two builds may be compared cell by cell.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from crm_core.lake import TABLES
from tests.warehouse.compiled import AS_OF

Row = dict[str, Any]
Rows = dict[str, list[Row]]
FAR = datetime(2020, 1, 1)  # noqa: DTZ001 - lake times are UTC without a zone
# Dates that count only once they have come to pass: a value after the day may be anything.
COME_TO_PASS = {
    "subscriptions": ("cancelled_on",),
    "contacts": ("left_on",),
    "leads": ("converted_at", "disqualified_at"),
    "tickets": ("first_response_at", "reopened_at", "closed_at"),
    "opportunities": ("closed_at",),
}


@dataclass
class Dice:
    """Random values of one company, the same for the same seed."""

    seed: int
    n_customers: int = 4
    n_leads: int = 8
    roll: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.roll = random.Random(self.seed)

    def customer(self) -> str:
        return f"{self.roll.choice(('crm', 'billing'))}:C{self.roll.randrange(self.n_customers)}"

    def lead(self) -> str:
        return f"crm:L{self.roll.randrange(self.n_leads)}"

    def moment(self, first: int = -420, last: int = 60) -> datetime:
        """Some moment around the dates of the spine, often on one of the edges of a window."""
        days = self.roll.choice([self.roll.randint(first, last), *(30 * self.roll.randint(-12, 1) + d for d in (0, 1))])
        clock = self.roll.choice([time(0), time(9, 30), time(23, 59, 59)])
        return datetime.combine(AS_OF + timedelta(days=days), clock)

    def maybe(self, value: Any, chance: float = 0.7) -> Any:
        return value if self.roll.random() < chance else None

    def day(self, first: int = -420, last: int = 120) -> date:
        return self.moment(first, last).date()

    def halves(self, most: int) -> float:
        return self.roll.randint(0, 2 * most) / 2


def _customer(d: Dice, n: int) -> Row:
    return {
        "segment": d.roll.choice(["small", "large", None]),
        "industry": d.roll.choice(["steel", "food"]),
        "country": d.roll.choice(["DE", "JP"]),
        "region": d.roll.choice(["north", "south"]),
        "product_line": d.roll.choice(["basic", "pro"]),
        "owner_id": f"crm:E{d.roll.randrange(3)}",
        "created_on": d.day(-700, -300),
    }


def _contact(d: Dice, n: int) -> Row:
    role = d.roll.choice(["champion", "user", None])
    return {"customer_id": d.customer(), "full_name": f"Person {n}", "role": role, "left_on": d.maybe(d.day(), 0.4)}


def _lead(d: Dice, n: int) -> Row:
    return {
        "name": f"Lead {n}",
        "email": d.roll.choice([None, "a@gmail.com", "a@firm.example"]),
        "company": d.roll.choice([None, "Firm"]),
        "source_channel": d.roll.choice(["web", "fair"]),
        "campaign": d.roll.choice(["spring", None]),
        "region": d.roll.choice(["north", "south"]),
        "owner_id": f"crm:E{d.roll.randrange(3)}",
        "created_at": d.moment(-200, 0),
        "status": d.roll.choice(["open", "won"]),
        "converted_at": d.maybe(d.moment(-150), 0.6),
        "disqualified_at": d.maybe(d.moment(-100), 0.2),
    }


def _opportunity(d: Dice, n: int) -> Row:
    closed = d.maybe(d.moment(-300), 0.5)
    return {
        "customer_id": d.maybe(d.customer()),
        "lead_id": d.maybe(d.lead()),
        "amount": d.halves(900),
        "currency": "EUR",
        "stage": d.roll.choice(["offer", "closed"]),
        "created_at": d.moment(-400, 0),
        "closed_at": closed,
        "is_won": d.roll.choice([True, False]) if closed else None,
    }


def _stage(d: Dice, n: int) -> Row:
    return {"opportunity_id": f"crm:O{d.roll.randrange(4)}", "stage": "offer", "entered_at": d.moment(-300)}


def _subscription(d: Dice, n: int) -> Row:
    started = d.day(-420, 60)
    return {
        "customer_id": d.customer(),
        "product": d.roll.choice(["basic", "pro"]),
        "started_on": started,
        "ends_on": d.maybe(started + timedelta(days=d.roll.choice([30, 180, 365])), 0.8),
        "mrr": d.halves(500),
        "seats": d.roll.randint(1, 20),
        "auto_renew": d.roll.choice([True, False, None]),
        "cancelled_on": d.maybe(started + timedelta(days=d.roll.randint(1, 300)), 0.3),
    }


def _interaction(d: Dice, n: int) -> Row:
    kind = d.roll.choice(["call", "email", "meeting", "visit", "login", "order", "web"])
    return {
        "customer_id": d.maybe(d.customer()),
        "lead_id": d.maybe(d.lead(), 0.4),
        "kind": kind,
        "direction": d.roll.choice(["inbound", "outbound", None]),
        "duration_minutes": d.maybe(d.halves(60)),
        "sentiment": d.maybe(d.roll.choice([-1.0, -0.5, 0.0, 0.5, 1.0])),
        "quantity": d.maybe(d.halves(9)),
        "amount": d.halves(99) if kind == "order" else None,
    }


def _ticket(d: Dice, n: int) -> Row:
    opened = d.moment(-400, 30)
    later = [opened + timedelta(days=d.roll.randint(0, 90), hours=d.roll.randint(0, 9)) for _ in range(3)]
    names = ("first_response_at", "reopened_at", "closed_at")
    return {
        "customer_id": d.customer(),
        "opened_at": opened,
        **{name: d.maybe(moment, 0.6) for name, moment in zip(names, later, strict=True)},
        "priority": d.roll.choice(["low", "high", "urgent"]),
        "csat": d.maybe(float(d.roll.randint(1, 5))),
    }


def _survey(d: Dice, n: int) -> Row:
    return {"customer_id": d.customer(), "kind": d.roll.choice(["nps", "csat"]), "score": float(d.roll.randint(0, 10))}


def _attribute(d: Dice, n: int) -> Row:
    entity = d.roll.choice(["customer", "lead"])
    return {
        "entity": entity,
        "entity_id": d.customer() if entity == "customer" else d.lead(),
        "name": d.roll.choice(["plan", "score", "vip"]),
        "type": "text",
        "value": d.maybe(str(d.roll.randint(0, 9))),
        "purpose": "feature",
    }


MAKERS = {
    "contacts": (_contact, "P", 10),
    "leads": (_lead, "L", 8),
    "opportunities": (_opportunity, "O", 12),
    "opportunity_stages": (_stage, "S", 6),
    "subscriptions": (_subscription, "B", 8),
    "interactions": (_interaction, "I", 60),
    "tickets": (_ticket, "T", 8),
    "surveys": (_survey, "N", 8),
    "attributes": (_attribute, "A", 12),
}
DATED_BY = {name: table.happened_from for name, table in TABLES.items() if table.happened_from}


def _times(d: Dice, table: str, row: Row) -> Row:
    own = row.get(DATED_BY.get(table, ""))
    happened = own if isinstance(own, datetime) else datetime.combine(own, time(0)) if own else d.moment()
    late = timedelta(days=d.roll.choice([0, 0, 0, 1, 20, 45, 130, -10, -70]), hours=d.roll.choice([0, 5]))
    return row | {"happened_at": happened, "known_at": happened + late, "is_update": False}


def fresh(d: Dice, table: str, source_id: str) -> Row:
    """A new row with that id; `known_at` may be before, at or after `happened_at`."""
    make = MAKERS[table][0]
    return _times(d, table, make(d, d.roll.randrange(10_000))) | {"source": "crm", "source_id": source_id}


def update_of(d: Dice, table: str, row: Row) -> Row:
    """A later version of a row with other values."""
    known = row["known_at"] + timedelta(days=d.roll.choice([1, 15, 60, 150]), seconds=d.roll.randint(1, 9))
    anew = fresh(d, table, row["source_id"]) if table in MAKERS else row | _customer(d, 0)
    return anew | {"source": row["source"], "known_at": known, "is_update": True}


def company(d: Dice, share: float = 1.0) -> Rows:
    """All tables of a company; every customer has a row in each of two systems, some of them known late."""
    rows: Rows = {name: [] for name in TABLES}
    for n in range(d.n_customers):
        for source in ("crm", "billing"):
            known = FAR if source == "crm" else min(d.moment(-300, 0), datetime.combine(AS_OF, time(9)))
            described = {"name": f"Customer {n}", "website": f"c{n}.example", "source": source, "source_id": f"C{n}"}
            row = _customer(d, n) | described | {"happened_at": known, "known_at": known, "is_update": False}
            rows["customers"] += _versions(d, "customers", row)
    for table, (_, letter, n_rows) in MAKERS.items():
        for n in range(max(1, round(share * n_rows))):
            rows[table] += _versions(d, table, fresh(d, table, f"{letter}{n}"))
    return rows


def _versions(d: Dice, table: str, row: Row) -> list[Row]:
    versions = [row]
    while d.roll.random() < 0.3:
        versions.append(update_of(d, table, versions[-1]))
    return versions


def write_lake(folder: Path, rows: Rows) -> Path:
    """Write rows as the lake holds them, one file a table, and an empty one where there are none."""
    for name, table in TABLES.items():
        target = folder / name
        target.mkdir(parents=True, exist_ok=True)
        landed = [{"batch_id": "b", **row} for row in rows.get(name, [])]
        pq.write_table(_typed(landed, table.schema()), target / "crm__b.parquet")
    return folder


def _typed(rows: list[Row], schema: pa.Schema) -> pa.Table:
    arrays = []
    for column in schema:
        values = pa.array(
            [row.get(column.name) for row in rows], pa.float64() if column.name in _MONEY else column.type
        )
        arrays.append(values.cast(column.type, safe=False) if column.name in _MONEY else values)
    return pa.Table.from_arrays(arrays, schema=schema)


_MONEY = {"amount", "mrr"}
