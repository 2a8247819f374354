"""The tour of the demo company was taken or put aside: a row of the ledger, so that nobody is asked twice."""

from __future__ import annotations

from crm_core.access import Viewer
from crm_core.actions.storing import Receipt, opened, own_key, person
from crm_core.ledger import Entry, Kind, Ledger

DEMO = "demo"


def tour_seen(viewer: Viewer, *, ledger: Ledger | None = None) -> Receipt:
    """Store that this person needs no tour any more; twice is the same as once. Private to him.

    Parameters
    ----------
    viewer : Viewer
        Of any role: who only reads may learn, too.
    ledger : Ledger, optional
        An open ledger; default: the installation's, opened for this call.
    """
    entry = Entry(
        kind=Kind.TOUR,
        **person(viewer),
        question="",
        entity_kind=Kind.TOUR.value,
        entity_key=DEMO,
        idempotency_key=own_key(viewer, Kind.TOUR, DEMO),
    )
    with opened(ledger) as book:
        stored = book.append(entry)
    return Receipt(stored.id, stored.recorded_at, "The tour stays in the sidebar.")
