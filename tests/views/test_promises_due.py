"""Which promises are due, for whom, and what ticking one does; what the words of a promise tell of its day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from crm_core.access import Viewer
from crm_core.errors import AccessDeniedError
from crm_core.views.sell import today
from crm_core.views.sell.promises import due_on
from tests.views.company import DAY, PEOPLE
from tests.views.test_today import MONDAY, NORTH, open_warehouse, put_away

pytestmark = pytest.mark.usefixtures("company")


def promise(n: int, entity: str, key: str, words: str, days_ago: int, **more: str) -> dict[str, object]:
    said = datetime.combine(DAY, datetime.min.time()) - timedelta(days=days_ago)
    plain = {"owner_id": "crm:E1", "owner_name": "Rep North", "team": "A", "kind": "call", "visibility": "team"} | more
    return {"promise_id": f"p{n}", "entity": entity, "entity_id": key, "promised_at": said, "words": words, **plain}


@pytest.fixture
def promised(company: Path) -> None:
    """Tuesday 30 June is the newest day."""
    given = [
        promise(1, "customer", "crm:1", "will send it within ten days", 11),
        promise(2, "lead", "crm:L1", "will call tomorrow", 0),
        promise(3, "customer", "crm:1", "will send it within ten days", 30),
        promise(4, "customer", "crm:1", "will send it within ten days", 2),
        promise(5, "customer", "crm:2", "will send it tomorrow", 2, owner_id="crm:E2", team="B"),
        promise(6, "customer", "crm:1", "will tell nobody, tomorrow", 1, visibility="private"),
        promise(7, "customer", "crm:4", "will send it tomorrow", 1),
    ]
    with open_warehouse(company) as con:
        con.execute("delete from marts.mart_promise")
        for row in given:
            columns = ", ".join(f"${name} as {name}" for name in row)
            con.execute(f"insert into marts.mart_promise by name select {columns}", row)


def due(viewer: Viewer) -> list[str]:
    return [row.promise_id for row in today(viewer).promises]


@pytest.mark.usefixtures("promised")
def test_promises_that_are_due_about_now_are_listed_for_those_who_may_read_them() -> None:
    assert due(NORTH) == ["p1", "p6", "p2"], "overdue for long, not due yet, of others, of one who left: not"
    assert due(PEOPLE["manager"]) == ["p1", "p2"], "a private note is for who wrote it"
    assert due(PEOPLE["south"]) == ["p5"]
    assert due(PEOPLE["executive"]) == due(PEOPLE["analyst"]) == []
    row = today(NORTH).promises[0]
    assert (row.name, row.question, row.due_on, row.owner_name) == ("Alpha", "churn", date(2026, 6, 29), "Rep North")


@pytest.mark.usefixtures("promised")
def test_a_kept_promise_is_gone_for_good_for_who_ticked_it() -> None:
    with time_machine.travel(MONDAY):
        put_away(NORTH, "p1", "kept", question="promise")
        page = today(NORTH)
    assert ([row.promise_id for row in page.promises], page.n_done) == (["p6", "p2"], 1)
    with time_machine.travel(MONDAY + timedelta(days=300)):
        assert due(NORTH) == ["p6", "p2"]
    assert due(PEOPLE["manager"]) == ["p1", "p2"]


@pytest.mark.usefixtures("promised")
def test_nobody_ticks_a_promise_that_he_may_not_read() -> None:
    refused = set()
    for viewer, key in (
        (PEOPLE["manager"], "p6"),
        (PEOPLE["south"], "p1"),
        (PEOPLE["executive"], "p1"),
        (NORTH, "p99"),
    ):
        with pytest.raises(AccessDeniedError) as caught:
            put_away(viewer, key, "kept", question="promise")
        refused.add(str(caught.value))
    assert len(refused) == 1
    put_away(PEOPLE["steward"], "p6", "kept", question="promise")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("promised a quote by Friday", date(2026, 7, 3)),
        ("bis Freitag schicken wir es", date(2026, 7, 3)),
        ("will call on Tuesday", date(2026, 7, 7)),
        ("promised a training date by MONDAY", date(2026, 7, 6)),
        ("will arrange a visit within ten days", date(2026, 7, 10)),
        ("melden uns innerhalb von 3 Tagen", date(2026, 7, 3)),
        ("will send it in two weeks", date(2026, 7, 14)),
        ("rufe morgen an", date(2026, 7, 1)),
        ("promised a call with support next week", date(2026, 7, 10)),
        ("will check the invoice before the end of the month", date(2026, 6, 30)),
        ("promised the price list after the holidays", date(2026, 7, 14)),
        ("promised the usage report", date(2026, 7, 7)),
        ("will send it within 99999999 days", date(2026, 7, 7)),
        ("", date(2026, 7, 7)),
        ("🎉 ⟨b⟩ $|`", date(2026, 7, 7)),
    ],
)
def test_the_words_of_a_promise_tell_its_day(words: str, expected: date) -> None:
    assert due_on(words, DAY) == expected
