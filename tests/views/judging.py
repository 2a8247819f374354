"""The company of 20 customers (`twenty.py`) where people disagreed in March 2026: all of it can be judged by hand.

On 20 March the model said 30 of 100 of everybody. By 18 June C04 and C05 had left, the others had stayed. All six sales
people spoke about the same customers:

- knowing the contract (30 cases): C04 and C05 will leave, C01, C02 and C16 will stay. All of it came.
- told by the customer (24 cases): C03, C06, C08 and C11 will leave. None of it came.
- a matter of timing (3 cases): Nora about C13 and C14, Marc about C19; too small a group.

Six more views are not compared, each for another reason.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from crm_core.ledger import Entry, Kind, Shown, StoredEntry, open_ledger
from crm_core.settings import Settings
from tests.views.company import build_rows
from tests.views.twenty import AS_OF, PEOPLE, scored, twenty_lake

DAY = date(2026, 3, 20)
SPEAKERS = ("nora", "noah", "sara", "sam", "north", "south")
KNOWN = {"C04": "will_leave", "C05": "will_leave", "C01": "will_stay", "C02": "will_stay", "C16": "will_stay"}
TOLD = ("C03", "C06", "C08", "C11")
N_CASES = 57


def said(who: str, customer: str, belief: str, reason: str, **more: object) -> StoredEntry:
    """A view said on the morning after the day of the score; `more` replaces fields."""
    viewer = PEOPLE[who]
    entry = StoredEntry(
        id=f"{who} {customer}",
        recorded_at=datetime.combine(DAY + timedelta(days=1), time(9)),
        kind=Kind.DISAGREEMENT,
        who=viewer.who,
        who_name=viewer.name,
        who_role=viewer.role.value,
        who_team=Entry.joined(viewer.teams),
        question="churn",
        entity_kind="customer",
        entity_key=f"crm:{customer}",
        idempotency_key=f"{who} {customer}",
        belief=belief,
        reason_code=reason,
        words="because I say so",
        expires_on=DAY + timedelta(days=60),
        shown=Shown(probability=0.3, low=0.2, high=0.4, base_rate=0.1, tier="high", evidence=0.95, as_of=DAY),
    )
    return replace(entry, **more)  # type: ignore[arg-type]


def entries() -> list[StoredEntry]:
    """Everything that was said."""
    found = [said(who, key, belief, "contract_known") for who in SPEAKERS for key, belief in KNOWN.items()]
    found += [said(who, key, "will_leave", "customer_told_us") for who in SPEAKERS for key in TOLD]
    found += [said("nora", key, "will_stay", "timing") for key in ("C13", "C14")]
    first = said("south", "C19", "will_leave", "timing", id="replaced", idempotency_key="replaced")
    found += [first, said("south", "C19", "will_stay", "timing", recorded_at=first.recorded_at + timedelta(hours=1))]
    return [*found, *_not_compared()]


def _not_compared() -> list[StoredEntry]:
    late = said("nora", "C18", "will_stay", "timing", recorded_at=datetime(2026, 4, 20, 9))  # noqa: DTZ001
    taken_back = said("noah", "C18", "will_stay", "timing")
    back = replace(
        taken_back, kind=Kind.WITHDRAWAL, withdraws_id=taken_back.id, id="back", idempotency_key="back", belief=None,
        recorded_at=taken_back.recorded_at + timedelta(days=9),
    )  # fmt: skip
    newer = replace(late.shown, as_of=date(2026, 6, 1))
    waiting = said("sara", "C18", "will_stay", "timing", shown=newer, recorded_at=datetime(2026, 6, 2, 9))  # noqa: DTZ001
    withheld = said("sam", "C18", "will_stay", "timing", shown=replace(late.shown, probability=None, tier="unknown"))
    return [late, taken_back, back, waiting, withheld, said("noah", "C07", "will_stay", "timing")]


def build_judged(folder: Path) -> None:
    """Build the company with the real pipeline, but for the training."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_ledger(Settings(data_dir=folder)) as book:
        book.restore(entries())
    build_rows(folder, twenty_lake(), scored, AS_OF)
