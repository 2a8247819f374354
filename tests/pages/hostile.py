"""A company whose customers leave after they stop using the product, and what can go wrong with its data."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

from crm_core.clock import today
from crm_core.lake import TABLES
from tests.warehouse.company import Row, Rows, write_lake

DAYS = 690
EVERY = {"call": 24, "email": 17, "meeting": 37, "login": 6}
FEED = {"call": "calls", "email": "emails", "meeting": "meetings", "login": "product_usage"}
ROLES = ("rep", "manager", "executive", "analyst", "steward", "admin")
N_CUSTOMERS, N_LEADS, N_OWNERS = 200, 260, 5
Change = Callable[[Rows], Rows]


def on(day: int, hour: int = 9) -> datetime:
    """A moment; day 0 is yesterday, so that nothing of the sound company lies in the future."""
    return datetime.combine(today() + timedelta(days=day - 1), time(hour))


def row(key: str, at: datetime, **values: object) -> Row:
    """A row of the lake, known when it happened."""
    return {"source": "crm", "source_id": key, "happened_at": at, "known_at": at, "is_update": False, **values}


def company() -> Rows:
    """The company with sound data: 200 customers, of whom 3 in 10 left, and 260 leads."""
    dice = random.Random(5)
    rows: Rows = {name: [] for name in TABLES}
    rows["employees"] = [
        row(who, on(-DAYS), name=f"{role} {who}", role=role, team="North", region="north")
        for who, role in [*((f"E{n}", "rep") for n in range(N_OWNERS)), *((f"P-{r}", r) for r in ROLES)]
    ]
    for n in range(N_CUSTOMERS):
        _customer(rows, dice, n)
    for n in range(N_LEADS):
        _lead(rows, dice, n)
    return rows


def _customer(rows: Rows, dice: random.Random, n: int) -> None:
    key, owner, start = f"C{n}", f"crm:E{n % N_OWNERS}", on(-DAYS)
    left = dice.randint(-DAYS + 200, 60) if dice.random() < 0.33 else None
    about = {"name": f"Customer {n}", "region": dice.choice(("north", "south")), "owner_id": owner}
    rows["customers"].append(row(key, start, created_on=start.date(), segment=dice.choice(("small", "large")), **about))
    ended = on(left).date() if left is not None and left <= 0 else None
    terms = {"product": "basic", "started_on": start.date(), "mrr": 100.0 + n, "seats": 5, "auto_renew": True}
    rows["subscriptions"].append(row(f"S{n}", start, customer_id=f"crm:{key}", cancelled_on=ended, **terms))
    contact = {"full_name": f"Person {n}", "role": "champion"}
    rows["contacts"].append(row(f"P{n}", start, customer_id=f"crm:{key}", **contact))
    for kind, every in EVERY.items():
        for day in range(-DAYS + n % every, 1, every):
            fades = left is not None and day > left - dice.randint(40, 110)
            if (left is None or day <= left) and not (fades and dice.random() < 0.85):
                rows["interactions"].append(touch(f"crm:{key}", owner, kind, day))


def _lead(rows: Rows, dice: random.Random, n: int) -> None:
    key, owner, born = f"L{n}", f"crm:E{n % N_OWNERS}", dice.randint(-DAYS + 60, -1)
    is_warm = dice.random() < 0.4
    won = born + dice.randint(15, 100) if is_warm and dice.random() < 0.8 else None
    converted = on(won) if won is not None and won <= 0 else None
    about = {"name": f"Lead {n}", "company": f"Firm {n}", "owner_id": owner, "source_channel": "web"}
    rows["leads"].append(row(key, on(born), created_at=on(born), status="open", converted_at=converted, **about))
    for day in range(born + 1, min(0, born + 150, won or 0), 5 if is_warm else 25):
        rows["interactions"].append(touch(None, owner, dice.choice(("call", "email", "meeting")), day, f"crm:{key}"))


def touch(customer: str | None, owner: str, kind: str, day: int, lead: str | None = None) -> Row:
    """One thing that happened with a customer or a lead."""
    about = {"customer_id": customer, "lead_id": lead, "owner_id": owner, "kind": kind, "direction": "inbound"}
    return row(f"{customer or lead}{kind}{day}", on(day), feed=FEED[kind], duration_minutes=10.0, **about)


def _only(rows: Rows, keeps: Callable[[Row], bool]) -> Rows:
    return rows | {"interactions": [one for one in rows["interactions"] if keeps(one)]}


def without_rhythm(rows: Rows) -> Rows:
    """Every feed brings something in three short bursts only."""
    bursts = [(on(first), on(first + 6)) for first in (-500, -310, -45)]
    return _only(rows, lambda one: any(a <= one["happened_at"] <= b for a, b in bursts))


def use_in_bursts(rows: Rows) -> Rows:
    """Use of the product arrives for four days at a time, every 45 days, lastly 31 days ago."""
    bursts = [(on(newest - 3), on(newest + 1)) for newest in range(-31, -800, -45)]
    return _only(rows, lambda one: one["kind"] != "login" or any(a <= one["happened_at"] <= b for a, b in bursts))


def starts_in_the_middle(rows: Rows) -> Rows:
    """Calls were connected 200 days ago."""
    return _only(rows, lambda one: one["kind"] != "call" or one["happened_at"] >= on(-200))


def all_feeds_dead(rows: Rows) -> Rows:
    """Nothing but contracts and leads has arrived for 80 days."""
    newest = row("L-new", on(0), name="Newest", owner_id="crm:E0", created_at=on(0), status="open")
    return _only(rows, lambda one: one["happened_at"] <= on(-80)) | {"leads": [*rows["leads"], newest]}


def one_employee(rows: Rows) -> Rows:
    """One person looks after everything."""
    alone = {
        name: [one | {"owner_id": "crm:E0"} if "owner_id" in one else one for one in part]
        for name, part in rows.items()
    }
    return alone | {"employees": [one | {"role": "admin"} for one in rows["employees"] if one["source_id"] == "E0"]}


def clock_in_the_future(rows: Rows) -> Rows:
    """Calls have stopped, but their clock runs ahead: rows, syncs and leads of tomorrow and of years to come."""
    ahead = [touch(f"crm:C{n}", f"crm:E{n % N_OWNERS}", "call", day) for n in range(40) for day in (2, 3, 60, 2000)]
    declared = {"feed": "calls", "kind": "call", "title": "Telephone", "expected_every_hours": 24.0}
    feed = row("F1", on(-DAYS), last_synced_at=on(900), **declared)
    sound = _only(rows, lambda one: one["kind"] != "call" or one["happened_at"] <= on(-30))["interactions"]
    born = row("L-ahead", on(40), created_at=on(40), name="Not born", owner_id="crm:E0", status="open")
    return rows | {
        "interactions": [*sound, *ahead],
        "feeds": [feed],
        "leads": [*rows["leads"], born],
    }


def entities_without_a_row(rows: Rows) -> Rows:
    """Customers with a contract and nothing else, one without even that, and leads nobody ever touched."""
    start, bare = on(-400), [f"C-bare{n}" for n in range(5)]
    lines = [
        row(f"S-{key}", start, customer_id=f"crm:{key}", product="basic", started_on=start.date(), mrr=900.0)
        for key in bare[1:]
    ]
    return rows | {
        "customers": [*rows["customers"], *(row(key, start, name=f"Bare {key}") for key in bare)],
        "subscriptions": [*rows["subscriptions"], *lines],
        "leads": [*rows["leads"], row("L-bare", on(-30), created_at=on(-30), name="Bare lead", status="open")],
    }


def call_logs_lost(rows: Rows) -> Rows:
    """Not a single call is left."""
    return _only(rows, lambda one: one["kind"] != "call")


def one_feed_only(rows: Rows) -> Rows:
    """Nothing but e-mails was ever connected."""
    return _only(rows, lambda one: one["kind"] == "email")


def consent_refused_by_all(rows: Rows) -> Rows:
    """Every person at every customer refused profiling and mail."""
    refused = {"consent_profiling": False, "consent_email": False}
    return rows | {"contacts": [one | refused for one in rows["contacts"]]}


CASES: tuple[Change, ...] = (
    without_rhythm,
    use_in_bursts,
    starts_in_the_middle,
    all_feeds_dead,
    one_employee,
    clock_in_the_future,
    entities_without_a_row,
    call_logs_lost,
    one_feed_only,
    consent_refused_by_all,
)


def write(folder: Path, change: Change) -> None:
    """Write the changed company into the lake of a data folder."""
    write_lake(folder / "lake", change(company()))
    (folder / "lake" / "_batches").mkdir()
    (folder / "lake" / "_batches" / "b.json").write_text("{}")


def newest_day() -> date:
    """Day of the newest row of the sound company."""
    return on(0).date()
