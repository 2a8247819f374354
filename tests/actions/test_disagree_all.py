"""One view of several customers at once: all of them or none, one receipt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine

from crm_core.access import Role, Viewer
from crm_core.actions import Disagree, Receipt, disagree, disagree_all
from crm_core.errors import AccessDeniedError, RejectedEntryError
from crm_core.ledger import Ledger, open_ledger
from crm_core.ledger.state import state_at
from crm_core.settings import settings
from tests.actions.test_disagree import ANN, BOB, REQUEST, TODAY, ShownScore

FIVE = tuple(f"demo:C-{n}" for n in range(5))


def shown(viewer: Viewer, question: str, entity_key: str) -> ShownScore:
    """Everything is Ann's but what ends in 404; C-3 has no number."""
    if entity_key.endswith("404") or viewer == BOB:
        raise AccessDeniedError("Not in your scope", where="somebody else's")
    return ShownScore(question, entity_key, probability=None if entity_key == "demo:C-3" else 0.31)


def many(*keys: str, **changes: object) -> tuple[Disagree, ...]:
    one = replace(REQUEST, probability=None, **changes)  # type: ignore[arg-type]
    return tuple(replace(one, entity_key=key, idempotency_key=f"form-{n}") for n, key in enumerate(keys))


def send(requests: tuple[Disagree, ...], viewer: Viewer = ANN, **more: object) -> Receipt:
    return disagree_all(viewer, requests, shown=shown, **more)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CRM_DATA_DIR", str(tmp_path))
    with time_machine.travel(datetime(2026, 6, 30, 9, 0, tzinfo=UTC)):
        yield


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with open_ledger(settings()) as ledger:
        yield ledger


def test_several_are_stored_at_once_each_with_what_was_shown_and_with_one_receipt(ledger: Ledger) -> None:
    receipt = send(many(*FIVE))
    assert receipt.message == (
        "Noted for 5 customers. The model is not changed by this; your view stands beside each until 29 Aug. "
        "The steward answers within 3 days."
    )
    stored = state_at(ledger.entries(), TODAY)
    assert [entry.entity_key for entry in stored] == list(FIVE)
    assert {(entry.belief, entry.reason_code, entry.words, entry.expires_on) for entry in stored} == {
        ("will_stay", "knows_personally", "We had lunch.", date(2026, 8, 29))
    }
    assert [entry.shown.probability for entry in stored] == [0.31, 0.31, 0.31, None, 0.31]


def test_sent_twice_they_are_stored_once_with_the_same_receipt(ledger: Ledger) -> None:
    first = send(many(*FIVE))
    assert send(many(*FIVE)) == first
    assert ledger.newest() == 5


def test_fifty_are_taken_and_one_more_is_refused_in_a_clear_sentence(ledger: Ledger) -> None:
    keys = [f"demo:K-{n}" for n in range(51)]
    with pytest.raises(RejectedEntryError, match="51 at once are too many; choose 50 at most"):
        send(many(*keys))
    assert ledger.newest() == 0
    send(many(*keys[:50]))
    assert ledger.newest() == 50


def test_one_that_is_gone_keeps_all_from_being_stored_and_every_such_row_is_named(ledger: Ledger) -> None:
    requests = many("demo:C-0", "demo:C-404", "demo:D-404", reason_code="mood", words="x" * 5_000)
    with pytest.raises(RejectedEntryError) as caught:
        send(requests, named={"demo:C-404": "Acme"})
    for part in ("Acme: not in your scope", "demo:D-404: not in your scope", "unknown reason 'mood'", "5,000 char"):
        assert part in str(caught.value)
    assert str(caught.value).count("5,000") == 1, "what is wrong with all of them is said once"
    assert "somebody else's" not in str(caught.value)
    assert ledger.newest() == 0


@pytest.mark.parametrize(
    ("requests", "complaint"),
    [
        ((), "choose at least one"),
        (many("demo:C-1", "demo:C-1"), "chosen twice"),
        ((*many("demo:C-1"), replace(many("demo:C-2")[0], belief="will_leave")), "different views"),
        ((replace(many("demo:C-1")[0], probability=0.1),), "about one of them"),
        (many("demo:C-1", question="weather"), "unknown question"),
        (many("demo:C-1", expires_on=date(2026, 6, 29)), "in the past"),
    ],
)
def test_what_cannot_be_meant_of_several_is_refused(
    ledger: Ledger, requests: tuple[Disagree, ...], complaint: str
) -> None:
    with pytest.raises(RejectedEntryError, match=complaint):
        send(requests)
    assert ledger.newest() == 0


def test_who_only_reads_may_not_say_it_of_several_either(ledger: Ledger) -> None:
    with pytest.raises(AccessDeniedError, match="only reads"):
        send(many(*FIVE), Viewer("demo:E-30", "Ana", Role.ANALYST))
    assert ledger.newest() == 0


def test_a_view_of_several_replaces_what_the_same_person_said_of_one_before(ledger: Ledger) -> None:
    disagree(ANN, replace(many("demo:C-1")[0], belief="will_leave", idempotency_key="before"), shown=shown)
    send(many(*FIVE))
    assert [entry.belief for entry in state_at(ledger.entries(), TODAY)] == ["will_stay"] * 5
