"""What a person does with a suggestion: stored once, with what was shown, for him alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from crm_core.access import Role, Viewer
from crm_core.actions import Disagree, Nudge, Receipt, disagree, nudge, withdraw
from crm_core.errors import AccessDeniedError, RejectedEntryError
from crm_core.ledger import Kind, Ledger, fates, open_ledger
from crm_core.ledger.state import state_at
from crm_core.settings import settings
from tests.actions.test_disagree import ANN, BOB, REQUEST, STEWARD, TODAY, ShownScore, shown

CALL = Nudge("churn", "demo:C-00001", "done", "click-1")


def send(request: Nudge = CALL, viewer: Viewer = ANN) -> Receipt:
    return nudge(viewer, request, shown=shown)


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CRM_DATA_DIR", str(tmp_path))
    with time_machine.travel(datetime(2026, 6, 30, 9, 0, tzinfo=UTC)):
        yield tmp_path


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with open_ledger(settings()) as ledger:
        yield ledger


def test_it_is_stored_with_what_was_shown_and_the_receipt_says_when_it_comes_back(ledger: Ledger) -> None:
    receipt = send()
    (entry,) = ledger.entries()
    assert (receipt.entry_id, receipt.expires_on) == (entry.id, date(2026, 7, 14))
    assert receipt.message == "Done. It comes back on 14 Jul at the earliest."
    assert (entry.kind, entry.who, entry.belief, entry.words) == ("nudge", "demo:E-07", "done", "")
    assert (entry.question, entry.entity_kind, entry.entity_key) == ("churn", "customer", "demo:C-00001")
    assert (entry.shown.probability, entry.shown.money_at_stake, entry.shown.build_id) == (0.31, 1200.0, "b-17")


@pytest.mark.parametrize(
    ("request_", "back", "message"),
    [
        (replace(CALL, belief="later"), date(2026, 7, 1), "Put off until 1 Jul."),
        (replace(CALL, belief="later", until=date(2027, 1, 5)), date(2027, 1, 5), "Put off until 5 Jan 2027."),
        (replace(CALL, belief="later", until=TODAY), TODAY, "It is back on your list."),
        (replace(CALL, belief="not_useful"), date(2026, 8, 29), "It stays away until 29 Aug"),
        (replace(CALL, question="lead"), date(2026, 7, 14), "Done."),
        (Nudge("promise", "demo:C-00001", "kept", "click-1"), None, "Noted as kept."),
        (Nudge("promise", "demo:C-00001", "later", "click-1"), date(2026, 7, 1), "Put off until 1 Jul."),
    ],
)
def test_each_answer_has_its_time(ledger: Ledger, request_: Nudge, back: date | None, message: str) -> None:
    assert message in send(request_).message
    (entry,) = ledger.entries()
    assert entry.expires_on == back
    assert entry.entity_kind == {"churn": "customer"}.get(request_.question, request_.question)


def test_a_double_click_is_stored_once_and_another_persons_click_is_another(ledger: Ledger) -> None:
    assert send() == send()
    send(viewer=STEWARD)
    assert ledger.newest() == 2


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"question": "weather"}, "unknown question"),
        ({"belief": "will_stay"}, "unknown answer"),
        ({"belief": "kept"}, "a promise is kept"),
        ({"question": "promise"}, "a promise is kept"),
        ({"until": TODAY}, "only what is put off"),
        ({"belief": "later", "until": TODAY - timedelta(days=1)}, "in the past"),
        ({"belief": "later", "until": TODAY + timedelta(days=367)}, "more than a year"),
        ({"idempotency_key": " "}, "idempotency"),
        ({"idempotency_key": "k" * 121}, "idempotency"),
    ],
)
def test_what_cannot_be_meant_is_refused(ledger: Ledger, changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(RejectedEntryError, match=complaint):
        send(replace(CALL, **changes))  # type: ignore[arg-type]
    assert ledger.newest() == 0


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(RejectedEntryError) as caught:
        send(replace(CALL, belief="mood", until=TODAY - timedelta(days=1), idempotency_key=""))
    for part in ("'mood'", "only what is put off", "in the past", "idempotency"):
        assert part in str(caught.value)


def test_out_of_scope_and_not_existing_cannot_be_told_apart(ledger: Ledger) -> None:
    told = []
    for key in ("demo:C-2", "demo:C-404"):
        with pytest.raises(AccessDeniedError) as caught:
            send(replace(CALL, entity_key=key, belief="nonsense"))
        told.append((str(caught.value), caught.value.where, caught.value.__cause__, caught.value.__context__))
    assert told[0] == told[1]
    assert ledger.newest() == 0


def test_an_analyst_and_a_stranger_only_read(ledger: Ledger) -> None:
    for viewer in (Viewer("demo:E-30", "Ana", Role.ANALYST), Viewer("", "No key", Role.ADMIN)):
        with pytest.raises(AccessDeniedError, match="only reads"):
            send(viewer=viewer)
    assert ledger.newest() == 0


def test_nobody_withdraws_it_and_only_its_owner_learns_that_it_exists() -> None:
    entry_id = send().entry_id
    with pytest.raises(RejectedEntryError, match="only a disagreement"):
        withdraw(ANN, entry_id, "w")
    told = set()
    for viewer in (BOB, STEWARD, Viewer("demo:E-21", "Ada", Role.ADMIN)):
        for key in (entry_id, "no such entry"):
            with pytest.raises(AccessDeniedError) as caught:
                withdraw(viewer, key, "w")
            told.add(str(caught.value))
    assert len(told) == 1


def test_it_is_no_view_and_leaves_views_as_they_are(ledger: Ledger) -> None:
    view = disagree(ANN, REQUEST, shown=shown)
    key = ledger.newest((Kind.DISAGREEMENT, Kind.WITHDRAWAL))
    send()
    assert [entry.id for entry in state_at(ledger.entries(), TODAY)] == [view.entry_id]
    assert [fate.entry.id for fate in fates(ledger.entries())] == [view.entry_id]
    assert ledger.newest((Kind.DISAGREEMENT, Kind.WITHDRAWAL)) == key, "everybody's pages would be made anew"
    assert ledger.newest((Kind.NUDGE,), ANN.who) == 2
    assert ledger.newest((Kind.NUDGE,), BOB.who) == 0
    assert [entry.kind for entry in ledger.entries(kinds=[Kind.NUDGE], who=ANN.who)] == ["nudge"]


def test_a_view_of_the_same_form_key_does_not_collide_with_it(ledger: Ledger) -> None:
    disagree(ANN, Disagree("churn", "demo:C-00001", "will_stay", None, "timing", "", None, "click-1"), shown=shown)
    send()
    assert ledger.newest() == 2


def test_without_a_score_it_is_stored_all_the_same(ledger: Ledger) -> None:
    nudge(ANN, CALL, shown=lambda *_: ShownScore(probability=None, low=None, high=None, model_version=None))
    assert ledger.entries()[0].shown.probability is None
