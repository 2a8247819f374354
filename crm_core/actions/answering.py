"""What an answer to a disagreement has in common; a feed's owner mends the data; who said it has looked at answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from crm_core.access import Capability, Viewer, may
from crm_core.actions import checks
from crm_core.actions.storing import Receipt, opened, out_of_scope, own_key, person, reject_if
from crm_core.ledger import Entry, Kind, Ledger, StoredEntry
from crm_core.ledger import words as vocabulary

MIN_WORDS = 5
ANSWERS = "answers"


class Task(Protocol):
    """What `crm_core.views.trust.tasks.task_of` returns, as far as it is needed."""

    @property
    def feed(self) -> str: ...
    @property
    def mended_at(self) -> datetime | None: ...
    @property
    def may_mend(self) -> bool: ...


TaskOf = Callable[[Viewer, str], Task | None]


@dataclass(frozen=True)
class Mend:
    """That the data error of one disagreement was mended: what was done, in a sentence."""

    disagreement_id: str
    words: str
    idempotency_key: str


def mend(viewer: Viewer, request: Mend, *, task: TaskOf | None = None, ledger: Ledger | None = None) -> Receipt:
    """Mark one data error as mended; durable when this returns. Who disagreed reads it.

    Parameters
    ----------
    task : callable, optional
        (viewer, id of the disagreement) -> the task as the viewer sees it. Default: that of `crm_core.views.trust`.
    ledger : Ledger, optional
        An open ledger; default: the installation's, opened for this call.

    Raises
    ------
    AccessDeniedError
        There is no such task, or the source is somebody else's (not told apart).
    RejectedEntryError
        It was mended already, or what was done is not said.
    """
    found = (task or _views_task)(viewer, request.disagreement_id) if may(viewer, Capability.FIX) else None
    key = own_key(viewer, Kind.FIXED, request.idempotency_key)
    done = checks.cleaned(request.words)
    with opened(ledger) as book:
        target = disagreement(book, request.disagreement_id)
        before = book.entries(kinds=(Kind.FIXED,), entity_keys=(target.id,), who=viewer.who)
        if not any(entry.idempotency_key == key for entry in before):
            if found is None or not (found.may_mend or found.mended_at):
                raise out_of_scope()
            is_late = ("it was marked as mended already; reload the page",) if found.mended_at else ()
            faults = words_faults(done, "say in a sentence what was done: the person reads it")
            reject_if([*is_late, *faults, *checks.key_faults(request.idempotency_key)])
        feed = found.feed if found else None
        stored = book.append(answer_entry(viewer, target, Kind.FIXED, request.idempotency_key, (done, None, feed)))
    message = f"Marked as mended. {target.who_name} reads it; the score follows with the next import and build."
    return Receipt(stored.id, stored.recorded_at, message)


def answers_seen(viewer: Viewer, seen: Sequence[datetime], *, ledger: Ledger | None = None) -> Receipt:
    """Store which answers this person has looked at: those from the oldest to the newest of these; private to him.

    Parameters
    ----------
    seen : sequence of datetime
        When the answers came (UTC), at least one; there is none between them that he has not looked at. Twice is the
        same as once.
    """
    moment = f"{min(seen).isoformat()}/{max(seen).isoformat()}"
    entry = Entry(
        kind=Kind.NUDGE,
        **person(viewer),
        question=ANSWERS,
        entity_kind=ANSWERS,
        entity_key=moment,
        idempotency_key=own_key(viewer, Kind.NUDGE, f"{ANSWERS} {moment}"),
        belief="seen",
    )
    with opened(ledger) as book:
        stored = book.append(entry)
    return Receipt(stored.id, stored.recorded_at, "You have seen these answers.")


def disagreement(book: Ledger, entry_id: str) -> StoredEntry:
    """The disagreement with this id; whatever else it is reads like nothing."""
    target = book.entry(entry_id)
    if target is None or target.kind != Kind.DISAGREEMENT:
        raise out_of_scope()
    return target


def words_faults(words: str, too_few: str) -> Iterator[str]:
    """Too few or too many words; `too_few` says what is wanted."""
    if len(words) < MIN_WORDS:
        yield too_few
    if len(words) > checks.MAX_WORDS:
        yield f"{len(words):,} characters are too many; say it in {checks.MAX_WORDS:,}"


def answer_entry(
    viewer: Viewer, target: StoredEntry, kind: Kind, key: str, said: tuple[str, str | None, str | None]
) -> Entry:
    """What answers a disagreement, with what was shown when it was said. `said`: words, sort, detail."""
    words, sort, detail = said
    return Entry(
        kind=kind,
        **person(viewer),
        question=target.question,
        entity_kind=vocabulary.ABOUT_DISAGREEMENT,
        entity_key=target.id,
        idempotency_key=own_key(viewer, kind, key),
        belief=sort,
        reason_code=detail,
        words=words,
        shown=target.shown,
    )


def _views_task(viewer: Viewer, disagreement_id: str) -> Task | None:
    from crm_core.views import trust

    return trust.tasks.task_of(viewer, disagreement_id)
