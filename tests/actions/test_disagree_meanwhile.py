"""What may have changed while a form was open: the score, the customer, the person, another tab."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine

from crm_core.access import Role
from crm_core.actions import disagree, withdraw
from crm_core.errors import AccessDeniedError, RejectedEntryError
from crm_core.ledger import Ledger, open_ledger
from crm_core.settings import settings
from tests.actions.test_disagree import ANN, REQUEST, STEWARD, ShownScore, send


@pytest.fixture(autouse=True)
def _installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CRM_DATA_DIR", str(tmp_path))
    with time_machine.travel(datetime(2026, 6, 30, 9, 0, tzinfo=UTC)):
        yield


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with open_ledger(settings()) as ledger:
        yield ledger


def test_a_withheld_score_can_be_disagreed_with_and_the_receipt_says_that_there_is_no_number(ledger: Ledger) -> None:
    withheld = ShownScore(probability=None, low=None, high=None, tier="unknown", reasons=(), evidence=0.3)
    receipt = disagree(ANN, REQUEST, shown=lambda *_: withheld)
    assert (
        receipt.message == "Noted. The model has no number here; your view stands in its place until 29 Aug. "
        "The steward answers within 3 days."
    )
    (entry,) = ledger.entries()
    assert (entry.shown.probability, entry.shown.tier, entry.shown.evidence) == (None, "unknown", 0.3)


def test_one_whose_role_changed_while_the_form_was_open_is_refused_and_nothing_is_stored(ledger: Ledger) -> None:
    with pytest.raises(AccessDeniedError, match="only reads"):
        send(viewer=replace(ANN, role=Role.ANALYST))
    assert ledger.newest() == 0


def test_what_is_gone_meanwhile_is_refused_in_a_clear_sentence(ledger: Ledger) -> None:
    with pytest.raises(AccessDeniedError, match="removed or given to somebody else meanwhile; nothing was stored"):
        send(replace(REQUEST, entity_key="demo:C-404"))
    assert ledger.newest() == 0


def test_the_same_view_from_two_tabs_is_stored_once_as_long_as_it_stands(ledger: Ledger) -> None:
    first = send()
    assert send(replace(REQUEST, idempotency_key="form of the other tab")) == first
    assert ledger.newest() == 1
    send(replace(REQUEST, idempotency_key="another day", expires_on=date(2026, 7, 31)))
    assert ledger.newest() == 2, "said again until another day"
    withdraw(STEWARD, ledger.entries()[-1].id, "w-1")
    send(replace(REQUEST, idempotency_key="after all", expires_on=date(2026, 7, 31)))
    assert ledger.newest() == 4, "what was taken back can be said again"


@pytest.mark.parametrize("usual", [0.09, None])
def test_without_a_number_of_the_model_a_number_may_not_contradict_the_belief_either(
    ledger: Ledger, usual: float | None
) -> None:
    score = ShownScore(probability=None, low=None, high=None, model_version=None, base_rate=usual)
    for belief, slip in (("will_stay", 0.9), ("will_leave", 0.05)):
        with pytest.raises(RejectedEntryError, match="do not go together"):
            disagree(ANN, replace(REQUEST, belief=belief, probability=slip), shown=lambda *_: score)
    assert ledger.newest() == 0
    fair = replace(REQUEST, belief="will_leave", probability=0.3 if usual else 0.6)
    disagree(ANN, fair, shown=lambda *_: score)
    assert ledger.newest() == 1
