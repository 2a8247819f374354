"""Views given before the number was shown, judged by what came: the person's own, and in sum only of enough people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from crm_core.clock import cutoff
from crm_core.ledger import Kind, Shown, StoredEntry
from tests.warehouse.company import Rows
from tests.warehouse.compiled import AS_OF, Built
from tests.warehouse.conftest import Build

SEEN = AS_OF - timedelta(days=120)
LEFT = SEEN + timedelta(days=30)
N = 24


def customer(n: int) -> dict[str, Any]:
    then = datetime(2025, 1, 1)  # noqa: DTZ001 - times are UTC without a zone
    return {"source": "crm", "source_id": f"C{n}", "happened_at": then, "known_at": then, "is_update": False,
            "name": f"Customer {n}"}  # fmt: skip


def line(n: int, cancelled: date | None) -> dict[str, Any]:
    kept = {k: v for k, v in customer(n).items() if k != "name"}
    return kept | {
        "source_id": f"L{n}", "customer_id": f"crm:C{n}", "product": "a", "started_on": date(2025, 1, 1),
        "ends_on": None, "mrr": 10.0, "seats": 1, "auto_renew": False, "cancelled_on": cancelled, "currency": "EUR",
    }  # fmt: skip


def said(n: int, who: int, belief: str, chance: float | None = None, *, late: int = 0, day: date = SEEN) -> StoredEntry:
    return StoredEntry(
        id=f"f{n} {who} {day}", recorded_at=cutoff(day) + timedelta(days=late, minutes=n), kind=Kind.FIRST_VIEW,
        who=f"crm:E{who}", who_name="", who_role="rep", who_team="", question="churn", entity_kind="customer",
        entity_key=f"crm:C{n}", idempotency_key=f"f{n} {who} {day}", belief=belief, probability=chance,
        shown=Shown(probability=0.5, as_of=day, model_version="1"),
    )  # fmt: skip


@pytest.fixture
def made(build: Build) -> Iterator[Any]:
    """Half of the customers leave 30 days after they were spoken of."""
    rows: Rows = {
        "customers": [customer(n) for n in range(N)],
        "subscriptions": [line(n, LEFT if n % 2 else None) for n in range(N)],
    }
    opened: list[Built] = []

    def call(*entries: StoredEntry) -> Built:
        opened.append(build(rows, list(entries)))
        return opened[-1]

    yield call
    for one in opened:
        one.close()


def right(n: int) -> str:
    return "will_leave" if n % 2 else "will_stay"


def test_a_view_is_judged_by_what_came_once_the_horizon_has_passed(made: Any) -> None:
    built = made(said(1, 1, "will_leave", 0.9), said(2, 1, "will_stay"), said(3, 1, "skipped"),
                 said(4, 1, "will_stay", day=AS_OF - timedelta(days=30)))  # fmt: skip
    found = built.ask(
        "select entity_id, is_due, is_positive, p_machine, p_person, brier_machine, brier_person, was_skipped "
        "from labels.label_first_view order by entity_id"
    )
    assert found == [
        ("crm:C1", True, 1, 0.5, 0.9, 0.25, pytest.approx(0.01), False),
        ("crm:C2", True, 0, 0.5, 0.03, 0.25, pytest.approx(0.0009), False),
        ("crm:C3", True, 1, 0.5, None, 0.25, None, True),
        ("crm:C4", False, None, 0.5, 0.03, None, None, False),
    ]


def test_in_sum_only_from_5_people_and_20_cases_on_and_without_what_was_said_late(made: Any) -> None:
    everybody = [said(n, n % 5, right(n)) for n in range(20)]
    sql = "select question, n_cases, n_people, off_machine, gain > 0, gain_low > 0 from marts.mart_first_view"
    assert made(*everybody).ask(sql) == [("churn", 20, 5, 0.25, True, True)]
    assert made(*everybody[:19]).ask(sql) == []
    assert made(*[said(n, n % 4, right(n)) for n in range(20)]).ask(sql) == []
    assert made(*everybody[:19], said(19, 4, right(19), late=40)).ask(sql) == []
    columns = {row[0] for row in made(*everybody).ask("describe marts.mart_first_view")}
    assert not columns & {"who", "entity_id", "entry_id"}
