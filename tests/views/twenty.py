"""A company of 20 customers, of which every measure can be worked out by hand: rows in tests/cases/tiny_company.yml.

As of 30 June 2026. Teams North (Nora E1: C01-C05; Noah E2: C06-C10) and South (Sara E3: C11-C15; Sam E4: C16-C20);
regions East, West, South, Overseas; segments small and large (C15: none); product lines basic (odd) and pro (even).
C01 has an Arabic name, C02 an emoji, C03 `<b>`, `|` and `$`. Deal O05 has no amount, O08 is in dollars without a rate,
O11 has no owner but its customer's, O07 belongs to a lead. C08 pays nobody knows what. Lead L09 has a name only.
Six people disagreed about customers, in May, June and July 2026. Rows marked "too late" are known after the as-of day.
"""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from crm_core import pipeline
from crm_core.access import Role, Viewer
from crm_core.lake import TABLES
from crm_core.ledger import Entry, Kind, open_ledger
from crm_core.settings import Settings
from tests.views.company import Chances, Row, build_rows, row, score_as

AS_OF = date(2026, 6, 30)
CASES = Path(__file__).parents[1] / "cases"
KEYS = ("customer_id", "lead_id", "owner_id", "opportunity_id")
LONG_AGO = datetime(2023, 1, 1)  # noqa: DTZ001 - times are UTC without a zone
PEOPLE = {
    "nora": Viewer("crm:E1", "Nora Berg", Role.REP, frozenset({"North"})),
    "noah": Viewer("crm:E2", "Noah Lind", Role.REP, frozenset({"North"})),
    "sara": Viewer("crm:E3", "Sara Costa", Role.REP, frozenset({"South"})),
    "sam": Viewer("crm:E4", "Sam Okoro", Role.REP, frozenset({"South"})),
    "north": Viewer("crm:E5", "Mona North", Role.MANAGER, frozenset({"North"})),
    "south": Viewer("crm:E6", "Marc South", Role.MANAGER, frozenset({"South"})),
    "executive": Viewer("crm:E7", "Eva Executive", Role.EXECUTIVE),
    "analyst": Viewer("crm:E8", "Ana Analyst", Role.ANALYST),
    "steward": Viewer("crm:E9", "Stan Steward", Role.STEWARD),
    "admin": Viewer("crm:E10", "Ada Admin", Role.ADMIN),
}
LEAVING = {"C01": (0.6, "high"), "C11": (0.3, "medium"), "C06": (0.5, "high")}
LOW = "C02 C03 C08 C10 C13 C14 C16 C17 C18 C19 C20"
READY = {"L08": (0.5, "high"), "L09": (0.3, "medium"), "L07": (0.1, "low"), "L05": (0.1, "low")}


@cache
def _written() -> dict[str, list[Row]]:
    loaded: dict[str, list[Row]] = yaml.safe_load((CASES / "tiny_company.yml").read_text(encoding="utf-8"))
    return loaded


def _moment(value: Any) -> Any:
    return datetime.combine(value, time()) if isinstance(value, date) and not isinstance(value, datetime) else value


def _landed(table: str, told: Row) -> Row:
    values = {k: f"crm:{v}" if k in KEYS else v for k, v in told.items() if k not in ("id", "at", "known")}
    if table in ("subscriptions", "opportunities"):
        values.setdefault("currency", "EUR")
    happened = _moment(told.get("at") or told.get(TABLES[table].happened_from) or LONG_AGO)
    landed = row(told["id"], happened, **values)
    return landed | {"known_at": _moment(told["known"])} if "known" in told else landed


def twenty_lake() -> dict[str, list[Row]]:
    """All rows of the company, also those that are known too late; of two rows with one id the second is an update."""
    tables: dict[str, list[Row]] = {}
    for name in TABLES:
        landed = [_landed(name, told) for told in _written().get(name, [])]
        ids: set[str] = set()
        for one in landed:
            one["is_update"] = one["source_id"] in ids
            ids.add(one["source_id"])
        tables[name] = landed
    return tables


def scored(work: pipeline.Build) -> str:
    """In place of the training: chances anybody can read off the tables above."""
    chances: Chances = {("churn", f"crm:{key}"): chance for key, chance in LEAVING.items()}
    chances |= {("churn", f"crm:{key}"): (0.1, "low") for key in LOW.split()}
    chances |= {("lead", f"crm:{key}"): chance for key, chance in READY.items()}
    return score_as(work, chances, "crm:C01")


def _speak(folder: Path) -> None:
    """Write what people said into the ledger, at the moments they said it."""
    said: list[tuple[datetime, Row, bool]] = []
    for one in _written()["disagreements"]:
        said.append((one["at"], one, False))
        if "withdrawn" in one:
            said.append((one["withdrawn"], one, True))
    ids: dict[str, str] = {}
    with open_ledger(Settings(data_dir=folder)) as book, pytest.MonkeyPatch.context() as patch:
        for moment, one, is_withdrawal in sorted(said, key=lambda s: s[0]):
            patch.setattr("crm_core.clock.utc_now", lambda moment=moment: moment)
            stored = book.append(_entry(one, ids.get(one["customer"]) if is_withdrawal else None))
            ids[one["customer"]] = stored.id


def _entry(told: Row, withdraws: str | None) -> Entry:
    who = next(viewer for viewer in PEOPLE.values() if viewer.who == f"crm:{told['who']}")
    opinion: dict[str, Any] = {"belief": "will_stay", "reason_code": "knows_personally", "expires_on": told["until"]}
    return Entry(
        kind=Kind.WITHDRAWAL if withdraws else Kind.DISAGREEMENT,
        who=who.who,
        who_name=who.name,
        who_role=who.role.value,
        who_team=Entry.joined(who.teams),
        question="churn",
        entity_kind="customer",
        entity_key=f"crm:{told['customer']}",
        idempotency_key=f"{told['customer']} {'back' if withdraws else 'said'}",
        withdraws_id=withdraws,
        **({} if withdraws else opinion),
    )


def build_twenty(folder: Path) -> None:
    """Build the company with the real pipeline, but for the training."""
    folder.mkdir(parents=True, exist_ok=True)
    _speak(folder)
    build_rows(folder, twenty_lake(), scored, AS_OF)
