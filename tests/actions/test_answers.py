"""Answers in the place of a source that could not see: checked, stored once, for everybody who may disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import time_machine

from crm_core.access import Role, Viewer, visible_entries
from crm_core.actions import Receipt
from crm_core.actions.answers import Answer, answer
from crm_core.errors import AccessDeniedError, RejectedEntryError
from crm_core.ledger import Ledger, open_ledger
from crm_core.ledger.answers import ASKED, Answered
from crm_core.settings import settings
from tests.actions.test_disagree import ANN, BOB, STEWARD, TODAY, shown

CALLS = Answer("churn", "demo:C-00001", "calls", "form-1", n_in_90d=4, last_on=TODAY - timedelta(days=3))
USAGE = replace(CALLS, feed="product_usage", n_in_90d=None, last_on=None, direction="less")


def send(request: Answer = CALLS, viewer: Viewer = ANN) -> Receipt:
    return answer(viewer, request, shown=shown)


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CRM_DATA_DIR", str(tmp_path))
    with time_machine.travel(datetime(2026, 6, 30, 9, 0, tzinfo=UTC)):
        yield tmp_path


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with open_ledger(settings()) as ledger:
        yield ledger


def test_an_answer_is_stored_with_what_was_shown_and_the_receipt_says_when_it_counts(ledger: Ledger) -> None:
    receipt = send()
    (entry,) = ledger.entries()
    assert receipt.message == "Noted. It counts from the next build on, until 29 Aug."
    assert (entry.kind, entry.belief, entry.entity_key) == ("answer", "calls", "demo:C-00001")
    assert Answered.from_words(entry.words) == Answered(n_in_90d=4, last_on=date(2026, 6, 27))
    assert entry.shown.probability == 0.31
    assert entry.expires_on == receipt.expires_on == date(2026, 8, 29)


def test_the_same_form_sent_twice_is_stored_once(ledger: Ledger) -> None:
    assert send().entry_id == send().entry_id
    assert len(ledger.entries()) == 1


@pytest.mark.parametrize("feed", ASKED)
def test_every_source_has_an_answer_that_is_accepted(feed: str) -> None:
    right: dict[str, Any] = {"n_in_90d": 0, "last_on": None, "direction": "same", "n_open": 3, "recommends": 10}
    request = Answer("churn", "demo:C-00001", feed, "f", **{name: right[name] for name in ASKED[feed]})
    assert send(request).expires_on == date(2026, 8, 29)


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (replace(CALLS, n_in_90d=501), "from 0 to 500"),
        (replace(CALLS, n_in_90d=-1), "from 0 to 500"),
        (replace(CALLS, n_in_90d=None), "how often"),
        (replace(CALLS, last_on=None), "when the last time was"),
        (replace(CALLS, last_on=TODAY + timedelta(days=1)), "in the future"),
        (replace(CALLS, n_in_90d=0, last_on=TODAY - timedelta(days=400)), "more than a year ago"),
        (replace(CALLS, n_in_90d=0), "was not never"),
        (replace(CALLS, last_on=TODAY - timedelta(days=120)), "was never"),
        (replace(CALLS, direction="less"), "only"),
        (replace(USAGE, direction="sideways"), "less, the same or more"),
        (replace(CALLS, feed="tickets", n_in_90d=None, last_on=None), "open problems"),
        (replace(CALLS, feed="surveys", n_in_90d=None, last_on=None, recommends=11), "from 0 to 10"),
        (replace(CALLS, feed="billing"), "nothing can be asked"),
        (replace(USAGE, question="lead"), "nothing can be asked"),
        (replace(CALLS, question="weather"), "unknown question"),
        (replace(CALLS, idempotency_key=" "), "idempotency key"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(request_: Answer, why: str, ledger: Ledger) -> None:
    with pytest.raises(RejectedEntryError, match=why):
        send(request_)
    assert ledger.entries() == ()


def test_who_only_reads_or_does_not_see_the_customer_cannot_answer(ledger: Ledger) -> None:
    with pytest.raises(AccessDeniedError, match="only reads"):
        send(viewer=Viewer("demo:E-30", "Ana", Role.ANALYST))
    with pytest.raises(AccessDeniedError, match="Not in your scope"):
        send(replace(CALLS, entity_key="demo:C-99999"))
    assert ledger.entries() == ()


def test_an_answer_is_private_to_who_gave_it(ledger: Ledger) -> None:
    send()
    assert visible_entries(BOB, ledger.entries(), lambda kind, key: None) == ()
    assert visible_entries(STEWARD, ledger.entries(), lambda kind, key: None) == ()
    assert len(visible_entries(ANN, ledger.entries(), lambda kind, key: None)) == 1


def test_a_build_reads_answers_typed_and_without_words(ledger: Ledger, tmp_path: Path) -> None:
    send()
    send(replace(USAGE, idempotency_key="form-2"))
    path = ledger.snapshot(tmp_path / "build").with_name("answers.parquet")
    sql = f"select feed, n_in_90d, last_on, direction, expires_on from '{path}' order by feed"
    found = duckdb.execute(sql).fetchall()
    assert found == [
        ("calls", 4, date(2026, 6, 27), None, date(2026, 8, 29)),
        ("product_usage", None, None, "less", date(2026, 8, 29)),
    ]
    names = {row[0] for row in duckdb.execute(f"describe from '{path}'").fetchall()}
    assert not names & {"words", "who_name"}


def test_an_answer_of_another_version_is_read_as_far_as_it_is_known() -> None:
    assert Answered.from_words('{"n_open": 2, "mood": "fine"}') == Answered(n_open=2)
    assert Answered.from_words("not what we wrote") == Answered()
