"""A steward sorts, a feed's owner mends; what cannot be is refused with every fault at once and stores nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crm_core.access import Role, Viewer
from crm_core.actions import Disagree, Receipt, disagree, triaging, withdraw
from crm_core.errors import AccessDeniedError, CrmError, RejectedEntryError
from crm_core.ledger import Ledger, StoredEntry, open_ledger
from crm_core.settings import settings
from tests.actions.test_disagree import shown

ANN = Viewer("x:E1", "Ann", Role.REP, frozenset({"north"}))
STAN = Viewer("x:S1", "Stan", Role.STEWARD)
ADA = Viewer("x:S2", "Ada", Role.ADMIN)
FEEDS = ("calls", "emails")


@pytest.fixture
def ledger(data_dir: Path) -> Iterator[Ledger]:
    with open_ledger(settings()) as book:
        yield book


@pytest.fixture
def said(ledger: Ledger) -> StoredEntry:
    """What Ann said about a customer."""
    return say(ledger)


def say(ledger: Ledger, key: str = "form-1", words: str = "I know them") -> StoredEntry:
    asked = Disagree("churn", "demo:C-00001", "will_stay", 0.1, "knows_personally", words, None, key)
    receipt = disagree(ANN, asked, shown=shown, ledger=ledger)
    stored = ledger.entry(receipt.entry_id)
    assert stored is not None
    return stored


def send(target: str, viewer: Viewer = STAN, **changes: Any) -> Receipt:
    request = triaging.Triage(target, "new_fact", "champion_left", "the CRM did not know", "form-1")
    return triaging.triage(viewer, replace(request, **changes), feeds=lambda _: FEEDS)


@dataclass(frozen=True)
class Waits:
    """A task as the views tell it."""

    feed: str = "calls"
    mended_at: datetime | None = None
    may_mend: bool = True


def mend(target: str, viewer: Viewer = ANN, task: Waits | None = Waits(), **changes: object) -> Receipt:
    request = replace(triaging.Mend(target, "switched on again", "form-1"), **changes)  # type: ignore[arg-type]
    return triaging.mend(viewer, request, task=lambda *_: task)


def test_a_sorting_is_kept_with_who_what_why_and_what_was_shown(said: StoredEntry, ledger: Ledger) -> None:
    receipt = send(said.id)
    assert receipt.message == "Sorted: A new fact. Ann reads your reason under Your words."
    entry = ledger.entry(receipt.entry_id)
    assert entry is not None
    assert (entry.kind, entry.who, entry.question, entry.entity_kind, entry.entity_key) == (
        "triage", "x:S1", "churn", "disagreement", said.id,
    )  # fmt: skip
    assert (entry.belief, entry.reason_code, entry.words) == ("new_fact", "champion_left", "the CRM did not know")
    assert entry.shown == said.shown


@pytest.mark.parametrize(
    ("sort", "detail"),
    [("data_error", "calls"), ("new_fact", "competitor"), ("missing_feature", "use per  seat "), ("opinion", None)],
)
def test_each_sort_has_its_detail(said: StoredEntry, ledger: Ledger, sort: str, detail: str | None) -> None:
    entry = ledger.entry(send(said.id, sort=sort, detail=detail).entry_id)
    assert entry is not None
    assert (entry.belief, entry.reason_code) == (sort, detail and " ".join(detail.split()))


def test_a_double_click_is_stored_once(said: StoredEntry, ledger: Ledger) -> None:
    assert send(said.id) == send(said.id)
    assert ledger.newest() == 2


def test_a_second_steward_who_differs_is_told_that_it_stays_in_the_queue(said: StoredEntry) -> None:
    send(said.id)
    assert (
        "Stan sees it differently, so it stays in the queue" in send(said.id, ADA, sort="opinion", detail=None).message
    )
    assert send(said.id, ADA, idempotency_key="form-2").message.startswith("Sorted: A new fact")


@pytest.mark.parametrize("role", [Role.REP, Role.MANAGER, Role.EXECUTIVE, Role.ANALYST])
def test_who_does_not_sort_is_refused_whatever_he_asks_for(said: StoredEntry, ledger: Ledger, role: Role) -> None:
    for target in (said.id, "no such id"):
        with pytest.raises(AccessDeniedError, match="the stewards' work"):
            send(target, Viewer("x:E1", "Ann", role))
    assert ledger.newest() == 1


def test_what_does_not_exist_reads_like_what_is_no_disagreement(said: StoredEntry, ledger: Ledger) -> None:
    other = withdraw(ANN, said.id, "w")
    refused = []
    for target in ("no such id", other.entry_id, ""):
        with pytest.raises(AccessDeniedError) as error:
            send(target)
        refused.append(str(error.value))
    assert len(set(refused)) == 1


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"sort": "gossip"}, "unknown sort 'gossip'; choose data_error, new_fact, missing_feature, opinion"),
        ({"sort": "x" * 100_000}, "unknown sort 'x"),
        ({"detail": "deadline"}, "unknown fact 'deadline'; for this question choose leaving_announced"),
        ({"detail": None}, "choose the fact"),
        ({"sort": "data_error", "detail": "fax"}, "unknown source 'fax'; choose calls, emails"),
        ({"sort": "data_error", "detail": None}, "choose the source"),
        ({"sort": "missing_feature", "detail": " "}, "say in a few words what the model should look at"),
        ({"sort": "missing_feature", "detail": "w" * 61}, "a wish of 61 characters"),
        ({"sort": "missing_feature", "detail": "w" * 100_000}, "a wish of 100,000 characters"),
        ({"sort": "opinion"}, "an opinion names no"),
        ({"words": " no "}, "say in a few words why"),
        ({"words": "x" * 100_000}, "100,000 characters are too many"),
        ({"idempotency_key": ""}, "idempotency"),
    ],
)
def test_what_cannot_be_sorted_is_refused(
    said: StoredEntry, ledger: Ledger, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(RejectedEntryError, match=complaint) as error:
        send(said.id, **changes)
    assert len(str(error.value)) < 1000
    assert ledger.newest() == 1


def test_all_faults_are_told_at_once(said: StoredEntry) -> None:
    with pytest.raises(RejectedEntryError) as error:
        send(said.id, sort="gossip", words="", idempotency_key="")
    assert all(part in str(error.value) for part in ("unknown sort", "in a few words why", "idempotency"))


def test_what_was_taken_back_or_said_anew_meanwhile_is_not_sorted(said: StoredEntry, ledger: Ledger) -> None:
    newer = say(ledger, "form-2", "I have spoken with them")
    with pytest.raises(RejectedEntryError, match="said it anew meanwhile"):
        send(said.id)
    withdraw(ANN, newer.id, "w")
    with pytest.raises(RejectedEntryError, match="taken it back meanwhile"):
        send(newer.id)


def test_a_key_used_for_something_else_is_refused(said: StoredEntry) -> None:
    send(said.id)
    with pytest.raises(CrmError, match="used before"):
        send(said.id, words="something else")


def test_controls_and_marks_that_turn_words_round_are_left_out(said: StoredEntry, ledger: Ledger) -> None:
    receipt = send(said.id, words="the\u202e CRM\x00 knows\n=HYPERLINK(1)", sort="missing_feature", detail="a\nb\x07c")
    entry = ledger.entry(receipt.entry_id)
    assert entry is not None
    assert (entry.words, entry.reason_code) == ("the CRM knows\n=HYPERLINK(1)", "a bc")


def test_the_owner_says_what_was_done_and_a_double_click_is_stored_once(said: StoredEntry, ledger: Ledger) -> None:
    send(said.id, sort="data_error", detail="calls")
    receipt = mend(said.id)
    assert receipt.message.startswith("Marked as mended. Ann reads it")
    assert mend(said.id, task=Waits(mended_at=datetime(2026, 7, 1), may_mend=False)) == receipt  # noqa: DTZ001
    entry = ledger.entry(receipt.entry_id)
    assert entry is not None
    assert (entry.kind, entry.entity_kind, entry.entity_key, entry.words, entry.reason_code) == (
        "fixed", "disagreement", said.id, "switched on again", "calls",
    )  # fmt: skip
    assert ledger.newest() == 3


@pytest.mark.parametrize("task", [None, Waits(may_mend=False)])
def test_the_task_of_somebody_else_reads_like_none(said: StoredEntry, ledger: Ledger, task: Waits | None) -> None:
    with pytest.raises(AccessDeniedError, match="Not in your scope"):
        mend(said.id, task=task)
    with pytest.raises(AccessDeniedError, match="Not in your scope"):
        mend("no such id")
    assert ledger.newest() == 1


def test_what_was_mended_already_or_without_a_word_is_refused(said: StoredEntry, ledger: Ledger) -> None:
    done = Waits(mended_at=datetime(2026, 7, 1), may_mend=False)  # noqa: DTZ001 - times are UTC without a zone
    with pytest.raises(RejectedEntryError, match="mended already"):
        mend(said.id, task=done)
    with pytest.raises(RejectedEntryError, match="say in a sentence what was done"):
        mend(said.id, words=" ")
    with pytest.raises(RejectedEntryError, match="too many"):
        mend(said.id, words="x" * 100_000)
    assert ledger.newest() == 1


def test_an_answer_is_never_withdrawn(said: StoredEntry) -> None:
    with pytest.raises(RejectedEntryError, match="only a disagreement"):
        withdraw(STAN, send(said.id).entry_id, "w")


def test_that_answers_were_looked_at_is_kept_once(ledger: Ledger) -> None:
    for day in (1, 1, 2):
        triaging.answers_seen(ANN, [datetime(2026, 7, day)])  # noqa: DTZ001 - times are UTC without a zone
    assert [entry.kind for entry in ledger.entries()] == ["nudge", "nudge"]
