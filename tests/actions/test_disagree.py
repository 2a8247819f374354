"""Disagreeing with a score and taking it back."""

from __future__ import annotations

import hashlib
import math
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
import time_machine

from crm_core.access import Role, Viewer
from crm_core.actions import Disagree, Receipt, disagree, withdraw
from crm_core.errors import AccessDeniedError, LedgerError, NoWarehouseError, RejectedEntryError
from crm_core.ledger import Ledger, open_ledger
from crm_core.ledger.state import state_at
from crm_core.settings import settings

TODAY = date(2026, 6, 30)
ANN = Viewer("demo:E-07", "Ann", Role.REP, frozenset({"north"}))
BOB = Viewer("demo:E-08", "Bob", Role.REP, frozenset({"south"}))
STEWARD = Viewer("demo:E-20", "Sue", Role.STEWARD)
REQUEST = Disagree("churn", "demo:C-00001", "will_stay", 0.05, "knows_personally", "We had lunch.", None, "form-1")


@dataclass(frozen=True)
class ShownScore:
    question: str = "churn"
    entity_key: str = "demo:C-00001"
    entity_name: str = "Acme"
    probability: float | None = 0.31
    low: float | None = 0.22
    high: float | None = 0.4
    base_rate: float | None = 0.1
    tier: str | None = "high"
    is_waiting: bool = False
    reasons: tuple[str, ...] = ("No order for 60 days",)
    evidence: float | None = 0.8
    model_version: str | None = "churn-3"
    build_id: str | None = "b-17"
    as_of: date | None = TODAY
    money_at_stake: float | None = 1200.0


def shown(viewer: Viewer, question: str, entity_key: str) -> ShownScore:
    """Ann holds C-00001, C-2 exists and is Bob's, C-404 does not exist."""
    if entity_key == "demo:C-00001" and viewer != BOB:
        return ShownScore(question, entity_key)
    if entity_key == "demo:C-2":
        raise AccessDeniedError("Not in your scope", where="demo:C-2 belongs to Bob")
    raise AccessDeniedError("No such customer")


def send(request: Disagree = REQUEST, viewer: Viewer = ANN) -> Receipt:
    return disagree(viewer, request, shown=shown)


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CRM_DATA_DIR", str(tmp_path))
    with time_machine.travel(datetime(2026, 6, 30, 9, 0, tzinfo=UTC)):
        yield tmp_path


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with open_ledger(settings()) as ledger:
        yield ledger


def test_a_disagreement_is_stored_with_what_was_shown_and_the_receipt_says_so(ledger: Ledger) -> None:
    receipt = send()
    (entry,) = ledger.entries()
    assert (receipt.entry_id, receipt.recorded_at, receipt.expires_on) == (
        entry.id,
        entry.recorded_at,
        date(2026, 8, 29),
    )
    assert receipt.message == (
        "Noted. The model is not changed by this; your view stands beside it until 29 Aug. "
        "The steward answers within 3 days."
    )
    assert (entry.who, entry.who_name, entry.who_role, entry.teams) == ("demo:E-07", "Ann", "rep", frozenset({"north"}))
    assert (entry.question, entry.entity_kind, entry.entity_key) == ("churn", "customer", "demo:C-00001")
    assert (entry.belief, entry.probability, entry.words) == ("will_stay", 0.05, "We had lunch.")
    for name in ("probability", "low", "high", "base_rate", "tier", "reasons", "evidence", "money_at_stake",
                 "model_version", "build_id", "as_of"):  # fmt: skip
        assert getattr(entry.shown, name) == getattr(ShownScore(), name)


def test_a_view_into_next_year_names_the_year() -> None:
    receipt = send(replace(REQUEST, expires_on=date(2027, 1, 5)))
    assert "beside it until 5 Jan 2027." in receipt.message


def test_a_double_click_is_stored_once_and_gives_the_same_receipt(ledger: Ledger) -> None:
    first = send()
    assert send() == first
    assert ledger.newest() == 1


def test_a_double_click_from_two_threads_is_stored_once(ledger: Ledger) -> None:
    receipts: list[Receipt] = []
    threads = [threading.Thread(target=lambda: receipts.append(send())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 6
    assert len(set(receipts)) == 1
    assert ledger.newest() == 1


def test_two_persons_with_the_same_form_key_do_not_collide(ledger: Ledger) -> None:
    send()
    send(viewer=STEWARD)
    assert len(state_at(ledger.entries(), TODAY)) == 2


def test_a_reused_form_with_other_words_is_refused_and_not_lost_in_silence() -> None:
    send()
    with pytest.raises(RejectedEntryError, match="used before"):
        send(replace(REQUEST, words="Something else"))


def test_every_fault_is_named_at_once_and_nothing_is_stored(ledger: Ledger) -> None:
    bad = Disagree("churn", "demo:C-00001", "ready", 1.5, "mood", "x" * 4_001, TODAY - timedelta(days=1), " ")
    with pytest.raises(RejectedEntryError) as caught:
        send(bad)
    for part in ("'ready'", "will_stay, will_leave", "1.5", "'mood'", "4,001", "in the past", "idempotency"):
        assert part in str(caught.value)
    assert ledger.newest() == 0


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"question": "weather"}, "unknown question"),
        ({"probability": math.nan}, "between 0 and 1"),
        ({"probability": -0.01}, "between 0 and 1"),
        ({"probability": math.inf}, "between 0 and 1"),
        ({"probability": True}, "between 0 and 1"),
        ({"probability": 0.9}, "did you mean 10%"),
        ({"belief": "will_leave", "probability": 0.1}, "did you mean 90%"),
        ({"expires_on": TODAY + timedelta(days=367)}, "more than a year"),
        ({"expires_on": datetime(2026, 7, 1)}, "not a day"),  # noqa: DTZ001
        ({"reason_code": "other", "words": " \x00 "}, "in a few words"),
        ({"idempotency_key": ""}, "idempotency"),
        ({"idempotency_key": "k" * 121}, "idempotency"),
        ({"words": "a" * 100_000}, "100,000 characters"),
    ],
)
def test_what_cannot_be_meant_is_refused(ledger: Ledger, changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(RejectedEntryError, match=complaint):
        send(replace(REQUEST, **changes))  # type: ignore[arg-type]
    assert ledger.newest() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"belief": "will_leave", "probability": 0.45},
        {"belief": "will_stay", "probability": 0.5},
        {"probability": None},
        {"probability": 0.0},
        {"expires_on": TODAY},
        {"expires_on": TODAY + timedelta(days=366)},
        {"words": "", "reason_code": "timing"},
        {"words": "x" * 4_000},
    ],
)
def test_what_may_be_meant_is_stored(ledger: Ledger, changes: dict[str, object]) -> None:
    send(replace(REQUEST, **changes))  # type: ignore[arg-type]
    assert ledger.newest() == 1


@pytest.mark.parametrize("belief", ["ready", "not_ready", "dead"])
def test_each_belief_about_a_lead_can_be_said(ledger: Ledger, belief: str) -> None:
    send(replace(REQUEST, question="lead", belief=belief, probability=None))
    assert ledger.entries()[0].entity_kind == "lead"


def test_a_score_without_a_model_can_be_disagreed_with(ledger: Ledger) -> None:
    disagree(ANN, REQUEST, shown=lambda *_: ShownScore(probability=None, low=None, high=None, model_version=None))
    assert ledger.entries()[0].shown.probability is None


def test_words_are_kept_as_meant_without_control_characters(ledger: Ledger) -> None:
    send(replace(REQUEST, words="  Cafe\u0301\x00\x1b[31m\r\nsecond\tline \u202etxt\ud800 <b>=HYPERLINK()</b> 👩‍💻 "))
    assert ledger.entries()[0].words == "Café[31m\nsecond\tline txt <b>=HYPERLINK()</b> 👩‍💻"


def test_out_of_scope_and_not_existing_cannot_be_told_apart(ledger: Ledger) -> None:
    told = []
    for key in ("demo:C-2", "demo:C-404"):
        with pytest.raises(AccessDeniedError) as caught:
            send(replace(REQUEST, entity_key=key, belief="nonsense"))
        told.append((str(caught.value), caught.value.where, caught.value.__cause__, caught.value.__context__))
    assert told[0] == told[1]
    assert told[0][2:] == (None, None)
    assert ledger.newest() == 0


def test_an_analyst_and_a_stranger_may_not_disagree_and_are_not_told_what_exists() -> None:
    for viewer in (Viewer("demo:E-30", "Ana", Role.ANALYST), Viewer("", "No key", Role.ADMIN)):
        with pytest.raises(AccessDeniedError, match="only reads"):
            send(viewer=viewer)
        with pytest.raises(AccessDeniedError, match="only reads"):
            send(replace(REQUEST, entity_key="demo:C-404"), viewer)


def test_what_was_shown_is_asked_of_the_views_unless_told_otherwise(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = ModuleType("crm_core.views")
    views.shown_score = shown  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "crm_core.views", views)
    disagree(ANN, REQUEST, ledger=ledger)
    assert ledger.entries()[0].shown.model_version == "churn-3"


def test_without_a_build_the_reason_is_passed_on() -> None:
    def broken(*_: object) -> ShownScore:
        raise NoWarehouseError("There is no build to read", remedy="python -m crm_core build")

    with pytest.raises(NoWarehouseError):
        disagree(ANN, REQUEST, shown=broken)


def test_a_damaged_ledger_says_that_nothing_was_stored(installation: Path) -> None:
    (installation / "ledger").mkdir()
    (installation / "ledger" / "ledger.db").write_bytes(b"no database" * 999)
    with pytest.raises(LedgerError, match="backup"):
        send()


def test_withdrawing_adds_a_row_and_ends_the_view(ledger: Ledger) -> None:
    said = send()
    receipt = withdraw(ANN, said.entry_id, "w-1")
    assert receipt.message.startswith("Withdrawn.")
    assert [entry.kind for entry in ledger.entries()] == ["disagreement", "withdrawal"]
    assert state_at(ledger.entries(), TODAY) == ()


def test_withdrawing_twice_is_the_same_as_once(ledger: Ledger) -> None:
    said = send()
    first = withdraw(ANN, said.entry_id, "w-1")
    assert withdraw(ANN, said.entry_id, "w-1") == withdraw(STEWARD, said.entry_id, "w-2") == first
    assert ledger.newest() == 2


def test_nobody_but_steward_and_admin_withdraws_for_others(ledger: Ledger) -> None:
    said = send()
    told = set()
    manager = Viewer("demo:E-10", "Max", Role.MANAGER, frozenset({"north"}))
    executive = Viewer("demo:E-11", "Eve", Role.EXECUTIVE)
    for viewer, entry_id in ((BOB, said.entry_id), (manager, said.entry_id), (executive, said.entry_id), (BOB, "none")):
        with pytest.raises(AccessDeniedError) as caught:
            withdraw(viewer, entry_id, "w-1")
        told.add(str(caught.value))
    assert len(told) == 1
    withdraw(STEWARD, said.entry_id, "w-1")
    assert ledger.entries()[1].who == STEWARD.who


def test_one_who_became_an_analyst_may_still_take_back_his_own() -> None:
    said = send()
    assert withdraw(replace(ANN, role=Role.ANALYST), said.entry_id, "w-1").message.startswith("Withdrawn.")


def test_a_withdrawal_cannot_be_withdrawn() -> None:
    back = withdraw(ANN, send().entry_id, "w-1")
    with pytest.raises(RejectedEntryError, match="only a disagreement"):
        withdraw(ANN, back.entry_id, "w-2")


def test_scores_and_builds_are_never_touched(installation: Path) -> None:
    for name in (
        "scores/churn.parquet",
        "warehouse/b-17.duckdb",
        "models/churn/3/model.ubj",
        "lake/customers/x.parquet",
    ):
        (installation / name).parent.mkdir(parents=True)
        (installation / name).write_bytes(name.encode())

    def state() -> dict[str, tuple[str, int]]:
        files = [path for path in installation.rglob("*") if path.is_file() and "ledger" not in path.parts]
        return {str(p): (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_mtime_ns) for p in files}

    before = state()
    withdraw(ANN, send().entry_id, "w-1")
    assert state() == before
    assert len(before) == 4
