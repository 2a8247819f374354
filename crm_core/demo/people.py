"""The employees of the demo company, its regions, teams and feeds. All names are invented."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from crm_core.demo.columns import DAY_SECONDS, constant, days, reals, times
from crm_core.demo.parameters import Company

REGIONS = ("EMEA", "Americas", "APAC")
COUNTRIES = {
    "EMEA": ("Germany", "France", "United Kingdom", "Netherlands", "Spain", "Egypt", "South Africa", "Poland"),
    "Americas": ("United States", "Canada", "Brazil", "Mexico"),
    "APAC": ("Japan", "India", "Australia", "Singapore"),
}
TEAMS = ("EMEA North", "EMEA South", "Americas", "APAC")
TEAM_REGION = (0, 0, 1, 2)
DOMAIN = "northwind-demo.example"


@dataclass(frozen=True)
class Person:
    """One employee."""

    number: int
    name: str
    mail: str
    role: str
    team: int
    manager: int = 0


_REPS = (
    ("Ingrid Solheim", "Tomasz Wilk", "Maeve Callaghan", "Jonas Brandt"),
    ("Amira El-Sayed", "Luca Ferrante", "Thandi Mokoena", "Inés Robledo"),
    ("Marcus Whitfield", "Camila Duarte", "Noah Lindqvist", "Renata Salazar"),
    ("Haruto Minami", "Priya Raghunathan", "Wei Ling Tan", "Callum Fraser"),
)
_MANAGERS = ("Katrin Vogel", "Youssef Haddad", "Denise Okafor", "Sakura Ishii")
_OTHERS = (
    ("Elena Marchetti", "executive", 0),
    ("Dmitri Volkov", "analyst", 0),
    ("Fatou Ndiaye", "steward", 1),
    ("Grace Nakamura", "steward", 3),
    ("Olivier Lambert", "admin", 0),
)
_FOLD = str.maketrans("éíáóúñüöä", "eiaounuoa")


def _mail(name: str) -> str:
    return name.lower().translate(_FOLD).replace(" ", ".").replace("-", "") + "@" + DOMAIN


def employees() -> tuple[Person, ...]:
    """The 25 employees: 16 reps, 4 managers, executive, analyst, 2 stewards, admin."""
    people = [
        Person(4 * team + seat + 1, name, _mail(name), "rep", team, 17 + team)
        for team, names in enumerate(_REPS)
        for seat, name in enumerate(names)
    ]
    people += [Person(17 + team, name, _mail(name), "manager", team, 21) for team, name in enumerate(_MANAGERS)]
    people += [Person(21 + i, name, _mail(name), role, team) for i, (name, role, team) in enumerate(_OTHERS)]
    return tuple(people)


def team_of(person: Person) -> str:
    """Name of somebody's team."""
    return TEAMS[person.team] if person.role in ("rep", "manager") else "Head office"


def staff() -> dict[str, tuple[str, str, str]]:
    """Id of every employee -> name, role, team."""
    return {f"E-{p.number:02d}": (p.name, p.role, team_of(p)) for p in employees()}


REPS_OF_REGION = tuple(
    np.array([p.number for p in employees() if p.role == "rep" and TEAM_REGION[p.team] == region])
    for region in range(len(REGIONS))
)
BLIND_REPS = (3, 6, 11)
BLIND_FEED = "calls"
ON_LEAVE = 13
DEAD_FEED = "meetings"
DEAD_DAYS = 21
OWNER_IDS = pa.array([f"E-{number:02d}" for number in range(26)])

# feed, kind it carries, title, owner, expected hours, hours since the last delivery
FEEDS = (
    ("calls", "call", "Telephone system", 23, 4.0, 2),
    ("meetings", "meeting", "Calendar sync", 24, 6.0, DEAD_DAYS * 24),
    ("emails", "email", "Mail archive", 23, 2.0, 1),
    ("product_usage", "login", "Product logins", 25, 24.0, 9),
    ("tickets", "ticket", "Help desk", 24, 4.0, 3),
    ("billing", "invoice", "Billing system", 25, 168.0, 51),
    ("surveys", "survey", "Customer surveys", 22, 720.0, 240),
)


def employee_table(company: Company) -> pa.Table:
    """Lake columns of `employees`."""
    people = employees()
    away = np.array([p.number != ON_LEAVE for p in people])
    joined = company.first_day - 60 - 37 * np.arange(len(people))
    return pa.table(
        {
            "source_id": pa.array([f"E-{p.number:02d}" for p in people]),
            "happened_at": times(joined * DAY_SECONDS),
            "known_at": times(joined * DAY_SECONDS),
            "name": pa.array([p.name for p in people]),
            "email": pa.array([p.mail for p in people]),
            "role": pa.array([p.role for p in people]),
            "team": pa.array([team_of(p) for p in people]),
            "region": pa.array([REGIONS[TEAM_REGION[p.team]] for p in people]),
            "manager_id": pa.array([f"E-{p.manager:02d}" if p.manager else None for p in people], pa.string()),
            "out_of_office_from": days(np.full(len(people), company.last_day - 6), away),
            "out_of_office_to": days(np.full(len(people), company.last_day + 15), away),
        }
    )


def feed_table(company: Company) -> pa.Table:
    """Lake columns of `feeds`, as the integration monitor showed them on the as-of day."""
    end = (company.last_day + 1) * DAY_SECONDS
    snapshot = np.full(len(FEEDS), company.last_day * DAY_SECONDS)
    return pa.table(
        {
            "source_id": pa.array([f"F-{i + 1:02d}" for i in range(len(FEEDS))]),
            "happened_at": times(snapshot),
            "known_at": times(snapshot),
            "feed": pa.array([row[0] for row in FEEDS]),
            "kind": pa.array([row[1] for row in FEEDS]),
            "title": pa.array([row[2] for row in FEEDS]),
            "owner_id": pa.array([f"E-{row[3]:02d}" for row in FEEDS]),
            "expected_every_hours": reals(np.array([row[4] for row in FEEDS])),
            "last_synced_at": times(np.array([end - 3600 * row[5] for row in FEEDS])),
        }
    )


def blind_cells() -> pa.Table:
    """Owner × feed that never delivers: the reps who never log a call."""
    owners = [f"E-{number:02d}" for number in BLIND_REPS]
    return pa.table({"owner_id": pa.array(owners), "feed": constant(BLIND_FEED, len(owners)).cast(pa.string())})
