"""Only the owner of a stop releases it, with a reason, for the one version that waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest

from crm_core.access import Custody, Role, Viewer, visible_entries
from crm_core.actions import Receipt, withdraw
from crm_core.actions.releases import Release, release_stop
from crm_core.errors import AccessDeniedError, RejectedEntryError
from crm_core.ledger import Ledger, open_ledger
from crm_core.settings import settings

ADA = Viewer("x:E1", "Ada", Role.ADMIN)
BOB = Viewer("x:E2", "Bob", Role.ADMIN)
ASKED = Release("churn", 3, "Whoever is flagged gets a call and loses nothing.", "form-1")


@dataclass(frozen=True)
class Waits:
    """A stop as the views tell it."""

    version: int = 3
    is_stopped: bool = True
    is_owner: bool = True
    found: tuple[str, ...] = ("gender: flagged f against m, ratio 0.31",)
    build_id: str = "0007"


def send(request: Release = ASKED, viewer: Viewer = ADA, **changes: object) -> Receipt:
    waits = replace(Waits(is_owner=viewer is ADA), **changes)  # type: ignore[arg-type]
    return release_stop(viewer, request, stop=lambda _viewer, _question: waits)


@pytest.fixture
def ledger(data_dir: Path) -> Iterator[Ledger]:
    with open_ledger(settings()) as book:
        yield book


def test_a_release_is_kept_with_who_why_and_what_was_found(ledger: Ledger, tmp_path: Path) -> None:
    receipt = send()
    assert receipt.message.startswith("Released. Version 3 serves from the next build on")
    (entry,) = ledger.entries()
    assert (entry.kind, entry.who, entry.question, entry.entity_kind, entry.entity_key) == (
        "release", "x:E1", "churn", "model", "3",
    )  # fmt: skip
    assert entry.words == ASKED.words
    assert entry.shown.reasons == ("gender: flagged f against m, ratio 0.31",)
    assert (entry.shown.model_version, entry.shown.build_id) == ("3", "0007")
    file = ledger.snapshot(tmp_path).parent / "releases.parquet"
    rows = duckdb.execute("select question, entity_key, who from read_parquet($file)", {"file": str(file)}).fetchall()
    assert rows == [("churn", "3", "x:E1")]


def test_a_double_click_is_stored_once(ledger: Ledger) -> None:
    assert send() == send()
    assert ledger.newest() == 1


@pytest.mark.parametrize("role", list(Role))
def test_nobody_but_the_owner_releases_it_whatever_his_role(ledger: Ledger, role: Role) -> None:
    with pytest.raises(AccessDeniedError, match="not yours to release"):
        send(viewer=Viewer("x:E9", "Eve", role))
    assert ledger.newest() == 0


@pytest.mark.parametrize("role", [Role.REP, Role.ANALYST])
def test_a_role_that_may_not_release_does_not_even_if_it_is_named_owner(ledger: Ledger, role: Role) -> None:
    with pytest.raises(AccessDeniedError):
        release_stop(Viewer("x:E1", "Ada", role), ASKED, stop=lambda _viewer, _question: Waits())
    assert ledger.newest() == 0


@pytest.mark.parametrize(
    ("changes", "waits", "complaint"),
    [
        ({"words": "  ok  "}, {}, "say in a sentence why"),
        ({"words": "x" * 4_001}, {}, "too many"),
        ({"version": 2}, {}, "version 2 does not wait"),
        ({}, {"is_stopped": False}, "version 3 does not wait"),
        ({"idempotency_key": " "}, {}, "idempotency"),
    ],
)
def test_what_cannot_be_released_is_refused(
    ledger: Ledger, changes: dict[str, object], waits: dict[str, object], complaint: str
) -> None:
    with pytest.raises(RejectedEntryError, match=complaint):
        send(replace(ASKED, **changes), **waits)  # type: ignore[arg-type]
    assert ledger.newest() == 0


def test_a_release_is_never_withdrawn(ledger: Ledger) -> None:
    entry_id = send().entry_id
    with pytest.raises(RejectedEntryError, match="only a disagreement"):
        withdraw(ADA, entry_id, "w")


def test_who_released_it_is_for_those_who_see_everything_and_the_words_for_those_who_read_words(ledger: Ledger) -> None:
    send()
    seen = {
        role: visible_entries(Viewer("x:E9", "Eve", role), ledger.entries(), lambda _kind, _key: Custody(None, None))
        for role in Role
    }
    assert {role for role, entries in seen.items() if entries} == set(Role) - {Role.REP, Role.MANAGER}
    assert {role for role, entries in seen.items() if entries and entries[0].words} == {Role.STEWARD, Role.ADMIN}
    assert seen[Role.ANALYST][0].who_name != "Ada"
