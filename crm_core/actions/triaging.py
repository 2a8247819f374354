"""Answering a disagreement: a steward sorts it, a feed's owner mends the data, and who said it has looked at that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Protocol

from crm_core.access import Capability, Viewer, may
from crm_core.actions import checks
from crm_core.actions.storing import Receipt, opened, out_of_scope, own_key, person, reject_if
from crm_core.errors import AccessDeniedError
from crm_core.ledger import Entry, Kind, Ledger, StoredEntry, label
from crm_core.ledger import triage as became
from crm_core.ledger import words as vocabulary

MIN_WORDS = 5
MAX_WISH = 60
TOLD = 40
SORTS, FACTS = vocabulary.SORTS, vocabulary.FACTS
SPOKEN = (Kind.DISAGREEMENT, Kind.WITHDRAWAL)
ANSWERING = (Kind.TRIAGE, Kind.FIXED)
ANSWERS = "answers"
NEEDS = {"data_error": "choose the source whose data are wrong", "new_fact": "choose the fact"}


class Task(Protocol):
    """What `crm_core.views.trust.tasks.task_of` returns, as far as it is needed."""

    @property
    def feed(self) -> str: ...
    @property
    def mended_at(self) -> datetime | None: ...
    @property
    def may_mend(self) -> bool: ...


FeedsOf = Callable[[Viewer], Collection[str]]
TaskOf = Callable[[Viewer, str], Task | None]


@dataclass(frozen=True)
class Triage:
    """What a steward makes of one disagreement.

    Parameters
    ----------
    disagreement_id : str
        Id of the entry.
    sort : str
        Code out of `SORTS`.
    detail : str or None
        data_error: the feed; new_fact: a code out of `FACTS` of the disagreement's question; missing_feature: a wish in
        a few words; opinion: nothing.
    words : str
        Why; the person who disagreed reads it.
    idempotency_key : str
        One per opened form: sent twice, it is stored once.
    """

    disagreement_id: str
    sort: str
    detail: str | None
    words: str
    idempotency_key: str


@dataclass(frozen=True)
class Mend:
    """That the data error of one disagreement was mended: what was done, in a sentence."""

    disagreement_id: str
    words: str
    idempotency_key: str


def triage(viewer: Viewer, request: Triage, *, feeds: FeedsOf | None = None, ledger: Ledger | None = None) -> Receipt:
    """Sort one disagreement; durable when this returns. A steward's newer sorting takes the place of his earlier one.

    Kept with what the model showed when the person disagreed: that is what the steward looks at.

    Parameters
    ----------
    feeds : callable, optional
        (viewer) -> codes of the sources there are. Default: those of `crm_core.views.trust`.
    ledger : Ledger, optional
        An open ledger; default: the installation's, opened for this call.

    Raises
    ------
    AccessDeniedError
        The viewer does not sort, or there is no such disagreement.
    RejectedEntryError
        Something about it is not acceptable, or it was taken back meanwhile; names every fault at once.
    """
    if not may(viewer, Capability.TRIAGE):
        raise AccessDeniedError("Sorting is the stewards' work", remedy="ask a data steward")
    why, detail = checks.cleaned(request.words), " ".join(checks.cleaned(request.detail or "").split()) or None
    known = (feeds or _views_feeds)(viewer) if request.sort == became.DATA_ERROR else ()
    with opened(ledger) as book:
        target = _disagreement(book, request.disagreement_id)
        reject_if(
            list(
                chain(
                    _over_faults(book, target),
                    _sort_faults(request.sort, detail, target.question, known),
                    _words_faults(why, "say in a few words why: the person reads it"),
                    checks.key_faults(request.idempotency_key),
                )
            )
        )
        stored = book.append(_entry(viewer, target, Kind.TRIAGE, request.idempotency_key, (why, request.sort, detail)))
        now = _state(book, target)
    return Receipt(stored.id, stored.recorded_at, _sorted(stored, target, now))


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
        target = _disagreement(book, request.disagreement_id)
        before = book.entries(kinds=(Kind.FIXED,), entity_keys=(target.id,), who=viewer.who)
        if not any(entry.idempotency_key == key for entry in before):
            if found is None or not (found.may_mend or found.mended_at):
                raise out_of_scope()
            is_late = ("it was marked as mended already; reload the page",) if found.mended_at else ()
            faults = _words_faults(done, "say in a sentence what was done: the person reads it")
            reject_if([*is_late, *faults, *checks.key_faults(request.idempotency_key)])
        feed = found.feed if found else None
        stored = book.append(_entry(viewer, target, Kind.FIXED, request.idempotency_key, (done, None, feed)))
    message = f"Marked as mended. {target.who_name} reads it; the score follows with the next import and build."
    return Receipt(stored.id, stored.recorded_at, message)


def answers_seen(viewer: Viewer, newest_at: datetime, *, ledger: Ledger | None = None) -> Receipt:
    """Store that this person has looked at the answers he got up to this moment; private to him, once a moment."""
    moment = newest_at.isoformat()
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
    return Receipt(stored.id, stored.recorded_at, "You have seen the answers so far.")


def _disagreement(book: Ledger, entry_id: str) -> StoredEntry:
    target = book.entry(entry_id)
    if target is None or target.kind != Kind.DISAGREEMENT:
        raise out_of_scope()
    return target


def _state(book: Ledger, target: StoredEntry) -> became.Triage:
    said = book.entries(kinds=SPOKEN, entity_keys=(target.entity_key,), question=target.question)
    answers = book.entries(kinds=ANSWERING, entity_keys=(target.id,))
    return next(one for one in became.triages((*said, *answers)) if one.said.id == target.id)


def _over_faults(book: Ledger, target: StoredEntry) -> Iterator[str]:
    fate = _state(book, target).fate
    if fate.withdrawn_at:
        yield f"{target.who_name} has taken it back meanwhile; there is nothing to answer any more"
    elif fate.superseded_at:
        yield f"{target.who_name} has said it anew meanwhile; sort the newer one"


def _sort_faults(sort: str, detail: str | None, question: str, feeds: Collection[str]) -> Iterator[str]:
    """An unknown sort, or a detail that is missing or does not go with it."""
    if sort not in SORTS:
        yield f"unknown sort '{sort[:TOLD]}'; choose {', '.join(SORTS)}"
    elif sort == became.OPINION:
        if detail:
            yield "an opinion names no source, fact or wish"
    elif not detail:
        yield NEEDS.get(sort, "say in a few words what the model should look at")
    elif sort == became.DATA_ERROR and detail not in feeds:
        yield f"unknown source '{detail[:TOLD]}'; choose {', '.join(feeds) or 'another sort: no source is declared'}"
    elif sort == became.NEW_FACT and detail not in FACTS.get(question, {}):
        yield f"unknown fact '{detail[:TOLD]}'; for this question choose {', '.join(FACTS.get(question, {}))}"
    elif sort == became.MISSING_FEATURE and len(detail) > MAX_WISH:
        yield f"a wish of {len(detail):,} characters is too long; say it in {MAX_WISH}"


def _words_faults(words: str, too_few: str) -> Iterator[str]:
    if len(words) < MIN_WORDS:
        yield too_few
    if len(words) > checks.MAX_WORDS:
        yield f"{len(words):,} characters are too many; say it in {checks.MAX_WORDS:,}"


def _entry(
    viewer: Viewer, target: StoredEntry, kind: Kind, key: str, said: tuple[str, str | None, str | None]
) -> Entry:
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


def _sorted(stored: StoredEntry, target: StoredEntry, now: became.Triage) -> str:
    as_what = label(stored.belief or "")
    if now.stage is became.Stage.PENDING:
        others = ", ".join(sorted({s.who_name for s in now.sortings if s.belief != stored.belief}))
        return f"Noted: {as_what}. {others} sees it differently, so it stays in the queue until you agree."
    return f"Sorted: {as_what}. {target.who_name} reads your reason under Your words."


def _views_feeds(viewer: Viewer) -> Collection[str]:
    from crm_core.views import trust

    return trust.triage.known_feeds(viewer)


def _views_task(viewer: Viewer, disagreement_id: str) -> Task | None:
    from crm_core.views import trust

    return trust.tasks.task_of(viewer, disagreement_id)
