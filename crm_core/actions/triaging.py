"""A steward sorts disagreements: one, or all that were said in one go. With what else answers them, see `answering`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from crm_core.access import Capability, Viewer, may
from crm_core.actions import checks
from crm_core.actions.answering import Mend, answer_entry, answers_seen, disagreement, mend, words_faults
from crm_core.actions.disagreements import MOST_AT_ONCE
from crm_core.actions.storing import Receipt, opened, reject_if
from crm_core.errors import AccessDeniedError
from crm_core.ledger import Entry, Kind, Ledger, StoredEntry, label
from crm_core.ledger import triage as became
from crm_core.ledger import words as vocabulary

__all__ = ["FACTS", "MOST_AT_ONCE", "SORTS", "Mend", "Triage", "answers_seen", "mend", "triage", "triage_all"]

MAX_WISH = 60
TOLD = 40
SORTS, FACTS = vocabulary.SORTS, vocabulary.FACTS
SPOKEN = (Kind.DISAGREEMENT, Kind.WITHDRAWAL)
ANSWERING = (Kind.TRIAGE, Kind.FIXED)
NEEDS = {"data_error": "choose the source whose data are wrong", "new_fact": "choose the fact"}

FeedsOf = Callable[[Viewer], Collection[str]]


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
    _allow(viewer)
    known = (feeds or _views_feeds)(viewer) if request.sort == became.DATA_ERROR else ()
    with opened(ledger) as book:
        target = disagreement(book, request.disagreement_id)
        reject_if([*_over_faults(book, target), *_faults(request, target, known)])
        stored = book.append(_sorting(viewer, request, target))
        now = _state(book, target)
    return Receipt(stored.id, stored.recorded_at, _sorted(stored, target, now))


def triage_all(
    viewer: Viewer,
    requests: Sequence[Triage],
    *,
    is_again: bool = False,
    feeds: FeedsOf | None = None,
    ledger: Ledger | None = None,
) -> Receipt:
    """Sort what was said in one go, each with its own answer, all of them or none; durable when this returns.

    What is stored is what sorting each by `triage` would store. What was sorted, taken back or said anew meanwhile is
    left out.

    Parameters
    ----------
    requests : sequence of Triage
        At most `MOST_AT_ONCE`, that differ only in the disagreement and in their keys.
    is_again : bool
        They were sorted before and are to be sorted once more: then sorted ones are not left out.
    feeds, ledger
        As of `triage`.

    Raises
    ------
    AccessDeniedError
        The viewer does not sort, or one of them does not exist.
    RejectedEntryError
        Something about it is not acceptable, they were not said in one go, or none is left; names every fault at once.
    """
    _allow(viewer)
    reject_if(list(_faults_of_many(requests)))
    known = (feeds or _views_feeds)(viewer) if requests[0].sort == became.DATA_ERROR else ()
    with opened(ledger) as book:
        pairs = _of_one_go(book, requests, known)
        left = _still_open(book, [(_sorting(viewer, *one), one[1]) for one in pairs], is_again=is_again)
        reject_if([] if left else ["all of them were sorted, taken back or said anew meanwhile; reload the page"])
        stored = book.append_all(left)[0]
        target = next(target for _, target in pairs if target.id == stored.entity_key)
        message = f"{_sorted(stored, target, _state(book, target))} {_of_how_many(len(left), len(requests))}"
    return Receipt(stored.id, stored.recorded_at, message)


def _of_one_go(book: Ledger, requests: Sequence[Triage], known: Collection[str]) -> list[tuple[Triage, StoredEntry]]:
    """Each request with its disagreement; refused, with every fault once, where they do not go together."""
    targets = [disagreement(book, request.disagreement_id) for request in requests]
    pairs = list(zip(requests, targets, strict=True))
    is_one_go = len(set(became.in_one_go(targets).values())) == 1
    apart = () if is_one_go else ("these were not said in one go; sort them one by one",)
    reject_if([*apart, *dict.fromkeys(fault for one in pairs for fault in _faults(*one, known))])
    return pairs


def _state(book: Ledger, target: StoredEntry) -> became.Triage:
    said = book.entries(kinds=SPOKEN, entity_keys=(target.entity_key,), question=target.question)
    answers = book.entries(kinds=ANSWERING, entity_keys=(target.id,))
    return next(one for one in became.triages((*said, *answers)) if one.said.id == target.id)


def _allow(viewer: Viewer) -> None:
    if not may(viewer, Capability.TRIAGE):
        raise AccessDeniedError("Sorting is the stewards' work", remedy="ask a data steward")


def _faults_of_many(requests: Sequence[Triage]) -> Iterator[str]:
    if not requests:
        yield "nothing is chosen; choose at least one"
    if len(requests) > MOST_AT_ONCE:
        yield f"{len(requests)} at once are too many; sort {MOST_AT_ONCE} at most"
    if len({replace(request, disagreement_id="", idempotency_key="") for request in requests}) > 1:
        yield "these are different answers; send them one by one"
    if len({request.disagreement_id for request in requests}) < len(requests):
        yield "one of them is there twice"


def _still_open(book: Ledger, pairs: Sequence[tuple[Entry, StoredEntry]], *, is_again: bool) -> list[Entry]:
    """Those that wait for this sorting, or got exactly this one: a double click is stored once."""
    targets = [target for _, target in pairs]
    about = {target.entity_key for target in targets}
    said = book.entries(kinds=SPOKEN, entity_keys=about, question=targets[0].question)
    answers = book.entries(kinds=ANSWERING, entity_keys={target.id for target in targets})
    state = {one.said.id: one for one in became.triages((*said, *answers))}
    keys = {entry.idempotency_key for entry in answers}
    left = []
    for entry, target in pairs:
        now = state[target.id]
        waits = not now.is_over and (is_again or now.stage is became.Stage.OPEN)
        if waits or entry.idempotency_key in keys:
            left.append(entry)
    return left


def _of_how_many(n: int, of: int) -> str:
    if n == of:
        return f"It is the answer to all {of}."
    return f"It is the answer to {n} of {of}; the others were sorted, taken back or said anew meanwhile."


def _detail(request: Triage) -> str | None:
    return " ".join(checks.cleaned(request.detail or "").split()) or None


def _faults(request: Triage, target: StoredEntry, known: Collection[str]) -> Iterator[str]:
    return chain(
        _sort_faults(request.sort, _detail(request), target, known),
        words_faults(checks.cleaned(request.words), "say in a few words why: the person reads it"),
        checks.key_faults(request.idempotency_key),
    )


def _sorting(viewer: Viewer, request: Triage, target: StoredEntry) -> Entry:
    said = (checks.cleaned(request.words), request.sort, _detail(request))
    return answer_entry(viewer, target, Kind.TRIAGE, request.idempotency_key, said)


def _over_faults(book: Ledger, target: StoredEntry) -> Iterator[str]:
    fate = _state(book, target).fate
    if fate.withdrawn_at:
        yield f"{target.who_name} has taken it back meanwhile; there is nothing to answer any more"
    elif fate.superseded_at:
        yield f"{target.who_name} has said it anew meanwhile; sort the newer one"


def _sort_faults(sort: str, detail: str | None, target: StoredEntry, feeds: Collection[str]) -> Iterator[str]:
    """An unknown sort, or a detail that is missing or does not go with it."""
    question = target.question
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
    elif sort == became.NEW_FACT and detail == vocabulary.OTHER_FACT and not target.words.strip():
        yield f"{target.who_name} wrote no words that could stand as the fact; choose one of the list"
    elif sort == became.MISSING_FEATURE and len(detail) > MAX_WISH:
        yield f"a wish of {len(detail):,} characters is too long; say it in {MAX_WISH}"


def _sorted(stored: StoredEntry, target: StoredEntry, now: became.Triage) -> str:
    as_what = label(stored.belief or "")
    if now.stage is became.Stage.PENDING:
        others = ", ".join(sorted({s.who_name for s in now.sortings if s.belief != stored.belief}))
        return f"Noted: {as_what}. {others} sees it differently, so it stays in the queue until you agree."
    return f"Sorted: {as_what}. {target.who_name} reads your reason under Your words."


def _views_feeds(viewer: Viewer) -> Collection[str]:
    from crm_core.views import trust

    return trust.triage.known_feeds(viewer)
