"""What was said in one go is sorted in one go: the same is stored as by sorting each, all of it or nothing, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crm_core import clock
from crm_core.access import Role, Viewer
from crm_core.actions import Disagree, Receipt, disagree_all, triaging, withdraw
from crm_core.errors import AccessDeniedError, LedgerError, RejectedEntryError
from crm_core.ledger import Ledger, StoredEntry, open_ledger
from crm_core.ledger.triage import in_one_go
from crm_core.settings import settings
from tests.actions.test_disagree import ShownScore
from tests.actions.test_triaging import ADA, ANN, FEEDS, STAN

N = 5


def shown(_viewer: Viewer, question: str, entity_key: str) -> ShownScore:
    return ShownScore(question, entity_key, probability=int(entity_key[-2:]) / 100)


@pytest.fixture
def ledger(data_dir: Path) -> Iterator[Ledger]:
    with open_ledger(settings()) as book:
        yield book


def say(ledger: Ledger, key: str = "form", n: int = N, words: str = "I know them", first: int = 0) -> list[str]:
    """Ann says one thing of several customers; returns the ids."""
    requests = [
        Disagree("churn", f"demo:C-{first + i:05d}", "will_stay", None, "knows_personally", words, None, f"{key} {i}")
        for i in range(n)
    ]
    before = {entry.id for entry in ledger.entries()}
    disagree_all(ANN, requests, shown=shown, ledger=ledger)
    return [entry.id for entry in ledger.entries() if entry.id not in before]


def asked(ids: list[str], **changes: Any) -> list[triaging.Triage]:
    request = triaging.Triage("", "new_fact", "champion_left", "the CRM did not know", "")
    return [replace(request, **{"disagreement_id": one, "idempotency_key": f"form {one}", **changes}) for one in ids]


def send(ids: list[str], viewer: Viewer = STAN, *, is_again: bool = False, **changes: Any) -> Receipt:
    return triaging.triage_all(viewer, asked(ids, **changes), is_again=is_again, feeds=lambda _: FEEDS)


def sortings(ledger: Ledger) -> list[StoredEntry]:
    return [entry for entry in ledger.entries() if entry.kind == "triage"]


@pytest.mark.parametrize(
    ("sort", "detail"),
    [("data_error", "calls"), ("new_fact", "competitor"), ("missing_feature", " use per  seat"), ("opinion", None)],
)
def test_what_is_stored_is_what_sorting_each_would_store(ledger: Ledger, sort: str, detail: str | None) -> None:
    together, singly = say(ledger), say(ledger, "other form", first=100)
    send(together, sort=sort, detail=detail)
    for request in asked(singly, sort=sort, detail=detail):
        triaging.triage(STAN, request, feeds=lambda _: FEEDS)
    by_id = {entry.id: entry for entry in ledger.entries()}
    stored = [replace(entry, id="", recorded_at=clock.utc_now(), idempotency_key="") for entry in sortings(ledger)]
    first, second = ({replace(e, recorded_at=stored[0].recorded_at, entity_key=by_id[e.entity_key].entity_key[-2:])
                      for e in part} for part in (stored[:N], stored[N:]))  # fmt: skip
    assert len(first) == N
    assert first == second
    assert {entry.entity_key for entry in sortings(ledger)[:N]} == set(together)


def test_everybody_gets_an_answer_and_a_double_click_is_stored_once(ledger: Ledger) -> None:
    ids = say(ledger)
    receipt = send(ids)
    assert receipt.message == ("Sorted: A new fact. Ann reads your reason under Your words. It is the answer to all 5.")
    assert send(ids) == receipt
    assert len(sortings(ledger)) == N


def test_what_was_sorted_or_taken_back_meanwhile_is_left_out(ledger: Ledger) -> None:
    ids = say(ledger)
    withdraw(ANN, ids[0], "w")
    triaging.triage(ADA, asked(ids[1:2], sort="opinion", detail=None)[0])
    assert "the answer to 3 of 5; the others were sorted" in send(ids).message
    assert {entry.entity_key for entry in sortings(ledger) if entry.who == STAN.who} == set(ids[2:])
    with pytest.raises(RejectedEntryError, match="all of them were sorted"):
        send(ids, ADA, idempotency_key="anew")


def test_all_are_sorted_once_more_where_that_is_meant(ledger: Ledger) -> None:
    ids = say(ledger)
    send(ids)
    withdraw(ANN, ids[0], "w")
    again = {"sort": "opinion", "detail": None}
    triaging.triage_all(STAN, [replace(r, idempotency_key=f"again {r.disagreement_id}") for r in asked(ids, **again)],
                        is_again=True)  # fmt: skip
    assert [entry.belief for entry in sortings(ledger)] == ["new_fact"] * N + ["opinion"] * (N - 1)


def test_all_or_none_is_stored(ledger: Ledger) -> None:
    ids = say(ledger)
    used = asked(ids[-1:])[0]
    triaging.triage(STAN, used)
    with pytest.raises((RejectedEntryError, LedgerError), match="used before"):
        send(ids, words="said otherwise than before")
    assert len(sortings(ledger)) == 1


def test_words_of_another_moment_or_form_are_not_sorted_together(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = say(ledger)
    other = say(ledger, "other words", 2, "They told me", first=50)
    with pytest.raises(RejectedEntryError, match="not said in one go"):
        send([*ids, *other])
    later = clock.utc_now() + timedelta(minutes=2)
    monkeypatch.setattr("crm_core.clock.utc_now", lambda: later)
    late = say(ledger, "later", 2, first=70)
    with pytest.raises(RejectedEntryError, match="not said in one go"):
        send([*ids, *late])
    groups = set(in_one_go(entry for entry in ledger.entries() if entry.kind == "disagreement").values())
    assert groups == {ids[0], other[0], late[0]}
    assert sortings(ledger) == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"sort": "gossip", "words": ""}, "unknown sort 'gossip'.*in a few words why"),
        ({"detail": "deadline"}, "unknown fact 'deadline'"),
        ({"idempotency_key": ""}, "idempotency"),
    ],
)
def test_faults_are_told_once(ledger: Ledger, changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(RejectedEntryError, match=complaint) as error:
        send(say(ledger), **changes)
    assert len(str(error.value)) < 500
    assert sortings(ledger) == []


def test_nothing_too_many_twice_or_different_is_refused(ledger: Ledger) -> None:
    ids = say(ledger)
    for requests, complaint in (
        ([], "nothing is chosen"),
        (asked(ids * 11), "55 at once are too many.*there twice"),
        ([*asked(ids[:1]), *asked(ids[1:], words="another reason")], "different answers"),
    ):
        with pytest.raises(RejectedEntryError, match=complaint):
            triaging.triage_all(STAN, requests)
    assert sortings(ledger) == []


@pytest.mark.parametrize("role", [Role.REP, Role.MANAGER, Role.EXECUTIVE, Role.ANALYST])
def test_who_does_not_sort_is_refused(ledger: Ledger, role: Role) -> None:
    with pytest.raises(AccessDeniedError, match="the stewards' work"):
        send(say(ledger), Viewer("x:E1", "Ann", role))


def test_another_fact_needs_words_of_the_person(ledger: Ledger) -> None:
    with pytest.raises(RejectedEntryError, match="Ann wrote no words that could stand as the fact"):
        send(say(ledger, words=""), detail="other")
    send(say(ledger, "with words", words="no budget until autumn", first=50), detail="other")
    assert {entry.reason_code for entry in sortings(ledger)} == {"other"}
