"""Only an admin decides who looks after what; every fault is named at once, and the newest decision counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from crm_core.access import Role, Viewer
from crm_core.actions import Receipt
from crm_core.actions.duties import Assign, assign
from crm_core.assigning import Assigned
from crm_core.errors import AccessDeniedError, RejectedEntryError
from crm_core.ledger import Ledger, open_ledger
from crm_core.settings import settings

ADA = Viewer("x:E1", "Ada", Role.ADMIN)
ASKED = Assign("feed:calls", "x:E2", "x:E3", "form-1")


@dataclass(frozen=True)
class One:
    """An employee, as the view tells it."""

    employee_id: str
    name: str
    role: str


@dataclass(frozen=True)
class Held:
    """Something that is looked after, as the view tells it."""

    role: str
    title: str
    owner_id: str = "x:E1"
    is_by_default: bool = True


@dataclass(frozen=True)
class Known:
    """The page, as far as the action needs it."""

    roles: tuple[Held, ...] = (
        Held("feed:calls", "Telephone"),
        Held("fairness", "Fairness stop"),
        Held("steward", "Steward"),
    )
    people: tuple[One, ...] = (One("x:E1", "Ada", "admin"), One("x:E2", "Bo", "rep"), One("x:E3", "Cy", "analyst"))


def send(request: Assign = ASKED, viewer: Viewer = ADA) -> Receipt:
    return assign(viewer, request, duties=lambda _viewer: Known())


@pytest.fixture
def ledger(data_dir: Path) -> Iterator[Ledger]:
    with open_ledger(settings()) as book:
        yield book


def test_an_assignment_is_kept_with_who_decided_it_and_reaches_the_snapshot(ledger: Ledger, tmp_path: Path) -> None:
    assert send().message == "Noted. Telephone: Bo looks after it from now on, Cy while he or she is away."
    (entry,) = ledger.entries()
    assert (entry.kind, entry.who, entry.entity_kind, entry.entity_key) == ("assignment", "x:E1", "role", "feed:calls")
    assert Assigned.from_words(entry.words) == Assigned("x:E2", "x:E3")
    file = ledger.snapshot(tmp_path).parent / "assignments.parquet"
    rows = duckdb.execute("select entity_key, words from read_parquet($f)", {"f": str(file)}).fetchall()
    assert rows == [("feed:calls", entry.words)]


def test_a_double_click_is_stored_once_and_a_new_form_decides_anew(ledger: Ledger) -> None:
    assert send() == send()
    assert ledger.newest() == 1
    receipt = send(Assign("feed:calls", None, None, "form-2"))
    assert receipt.message == "Noted. Telephone: whoever it is by default looks after it from now on."
    assert [Assigned.from_words(e.words).owner for e in ledger.entries()] == ["x:E2", None]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_but_an_admin_decides(ledger: Ledger, role: Role) -> None:
    with pytest.raises(AccessDeniedError, match="does not decide who looks after what"):
        send(viewer=Viewer("x:E9", "Eve", role))
    assert ledger.newest() == 0


def test_every_fault_is_named_at_once(ledger: Ledger) -> None:
    with pytest.raises(RejectedEntryError) as caught:
        send(Assign("feed:<b>", "x:E8", "x:E8", " "))
    why = caught.value.why or ""
    for fault in ("idempotency key", "nothing is looked after under the name 'feed:<b>'", "the owner is not among",
                  "the deputy is not among", "the deputy is the owner"):  # fmt: skip
        assert fault in why
    assert ledger.newest() == 0


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (Assign("fairness", "x:E2", None, "k"), "Bo may not release a stop"),
        (Assign("fairness", None, "x:E3", "k"), "Cy may not release a stop"),
        (Assign("steward", "x:E3", None, "k"), "Cy may not sort disagreements"),
        (Assign("feed:calls", None, "x:E1", "k"), "the deputy is the owner"),
        (Assign("feed:calls", "x:E2", "x:E2", "k"), "the deputy is the owner"),
        (Assign("feed:calls", "=HYPERLINK(1)", None, "k"), "the owner is not among the employees"),
        (Assign("x" * 100_000, "x:E2", None, "k"), "nothing is looked after"),
    ],
)
def test_who_could_not_do_it_is_refused(ledger: Ledger, request_: Assign, fault: str) -> None:
    with pytest.raises(RejectedEntryError, match=fault):
        send(request_)
    assert ledger.newest() == 0
