"""Letting an older version of a model score: logged once, with a reason, by those who may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from crm_core.access import Role, Viewer, visible_entries
from crm_core.actions import Receipt, withdraw
from crm_core.actions.models import ModelChoice, choose_model
from crm_core.errors import AccessDeniedError, RejectedEntryError
from crm_core.ledger import Ledger, open_ledger
from crm_core.settings import settings

STEWARD = Viewer("demo:E-25", "Sam", Role.STEWARD)
REQUEST = ModelChoice("churn", 1, "Version 2 calls half of Iberia high", "form-1")
MAY = {Role.ANALYST, Role.STEWARD, Role.ADMIN}


def send(request: ModelChoice = REQUEST, viewer: Viewer = STEWARD) -> Receipt:
    return choose_model(viewer, request, choosable=lambda viewer, question: {1, 2})


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRM_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with open_ledger(settings()) as ledger:
        yield ledger


def test_it_is_logged_with_who_what_and_why_and_the_receipt_says_when_it_counts(ledger: Ledger) -> None:
    receipt = send()
    (entry,) = ledger.entries()
    assert (entry.kind, entry.who, entry.question, entry.belief) == ("model_choice", "demo:E-25", "churn", "1")
    assert entry.words == "Version 2 calls half of Iberia high"
    assert receipt.message == "Noted. Version 1 scores from the next build on, until somebody chooses again."


def test_giving_the_choice_back_is_logged_too(ledger: Ledger) -> None:
    assert "the gate decides again" in send(replace(REQUEST, version=None)).message
    assert [entry.belief for entry in ledger.entries()] == ["automatic"]


def test_sent_twice_it_is_stored_once(ledger: Ledger) -> None:
    assert send().entry_id == send().entry_id
    assert len(ledger.entries()) == 1
    with pytest.raises(RejectedEntryError, match="used before for something else"):
        send(replace(REQUEST, version=2))


@pytest.mark.parametrize("role", list(Role))
def test_only_who_answers_for_models_may_choose(role: Role, ledger: Ledger) -> None:
    viewer = replace(STEWARD, role=role)
    if role in MAY:
        send(viewer=viewer)
    else:
        with pytest.raises(AccessDeniedError, match="does not decide which model serves"):
            send(viewer=viewer)
    assert len(ledger.entries()) == (role in MAY)


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (replace(REQUEST, reason="  \n "), "say in a few words why"),
        (replace(REQUEST, reason="x" * 5_000), "characters are too many"),
        (replace(REQUEST, version=7), "version 7 cannot be chosen"),
        (replace(REQUEST, question="upsell"), "unknown question 'upsell'"),
        (replace(REQUEST, idempotency_key=""), "no usable idempotency key"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(request_: ModelChoice, fault: str, ledger: Ledger) -> None:
    with pytest.raises(RejectedEntryError, match=fault):
        send(request_)
    assert ledger.entries() == ()


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(RejectedEntryError, match=r"few words why.*; version 9 cannot be chosen"):
        send(replace(REQUEST, reason="", version=9))


def test_everybody_sees_that_it_was_decided_but_not_everybody_reads_the_words(ledger: Ledger) -> None:
    send()
    seen = {}
    for role in Role:
        (entry,) = visible_entries(Viewer("demo:E-01", "Ann", role), ledger.entries(), lambda kind, key: None)
        seen[role] = (entry.who_name == "Sam", bool(entry.words))
    assert seen[Role.REP] == seen[Role.MANAGER] == seen[Role.STEWARD] == (True, True)
    assert seen[Role.EXECUTIVE] == (True, False)
    assert seen[Role.ANALYST] == (False, False)


def test_a_choice_is_ended_by_another_choice_not_by_a_withdrawal() -> None:
    receipt = send()
    with pytest.raises(RejectedEntryError, match="only a disagreement can be withdrawn"):
        withdraw(STEWARD, receipt.entry_id, "w-1")


def test_a_build_reads_the_choices_from_the_snapshot_also_when_there_is_none(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "ledger" / "model_choices.parquet"
    ledger.snapshot(tmp_path)
    assert duckdb.execute("select count(*) from read_parquet(?)", [str(path)]).fetchall() == [(0,)]
    send()
    ledger.snapshot(tmp_path)
    found = duckdb.execute("select question, belief, who from read_parquet(?)", [str(path)]).fetchall()
    assert found == [("churn", "1", "demo:E-25")]
