"""What to ask a customer, worked out from what is known by rules that anybody can check; no model is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from crm_core.views.sell.account import AccountPage
from crm_core.views.sell.record import Ticket

QUESTIONS = 5
UNHAPPY, WORSE, SOON_DAYS, LATELY_DAYS = 6, 0.2, 90, 180
ABOUT = {
    "usage_trend": "Why do they use it less than half a year ago?",
    "usage_trend_year": "Why do they use it less than a year ago?",
    "usage_90d": "What keeps them from using it more?",
    "price_step": "How do they find the price since it changed?",
    "n_lost_deals_90d": "What was missing in the offer that they turned down?",
    "n_people_left_180d": "Who has taken over from the people who left?",
    "first_response_hours_180d": "Do we answer their tickets fast enough?",
    "days_since_contact": "How have they fared since we last spoke?",
    "days_since_meeting": "Shall we meet? No meeting is on record for a long time.",
}
"""Feature that raises the chance of leaving -> what to ask; what the customer cannot speak to is not here."""
DECIDES = {"decision maker", "champion"}


@dataclass(frozen=True)
class Known:
    """What the questions come from.

    Parameters
    ----------
    as_of : date
    page : AccountPage
    tickets : tuple of Ticket
        Open ones.
    promises : tuple of str
        Words of those not marked as kept, newest first.
    mood : (now, before)
        From -1 to 1; None if too few talks have one.
    raising : tuple of str
        Features that raise the chance of leaving, strongest first.
    """

    as_of: date
    page: AccountPage
    tickets: tuple[Ticket, ...]
    promises: tuple[str, ...]
    mood: tuple[float | None, float | None]
    raising: tuple[str, ...]


def questions(known: Known) -> tuple[str, ...]:
    """At most five questions, the most pressing first."""
    if known.page.left_on is not None:
        return ("What would have to be different for them to come back?",)
    asked = [*_promised(known), *_tickets(known), *_renewal(known), *_people(known), *_mood(known), *_reason(known)]
    return tuple(asked[:QUESTIONS])


def _promised(known: Known) -> Iterator[str]:
    if known.promises:
        yield f"Have they got what we said we would do: “{known.promises[0]}”?"


def _tickets(known: Known) -> Iterator[str]:
    if not known.tickets:
        return
    oldest = min(known.tickets, key=lambda ticket: ticket.opened_at)
    days = (known.as_of - oldest.opened_at.date()).days
    about = f"“{oldest.words}”" if oldest.words else "the oldest open ticket"
    yield f"Is {about} still in their way? It has been open for {days} {'day' if days == 1 else 'days'}."


def _renewal(known: Known) -> Iterator[str]:
    page = known.page
    if page.renewal_on is None or page.has_signed_renewal:
        return
    days = (page.renewal_on - known.as_of).days
    if 0 <= days <= SOON_DAYS:
        yield f"Will they go on when the contract ends in {days} {'day' if days == 1 else 'days'}? Nothing is signed."


def _people(known: Known) -> Iterator[str]:
    people = known.page.people
    left = [p for p in people if p.left_on and p.role in DECIDES and (known.as_of - p.left_on).days <= LATELY_DAYS]
    if left:
        yield f"Who has taken over from {left[0].full_name} ({left[0].role})?"
    elif people and not any(p.role == "decision maker" and p.left_on is None for p in people):
        yield "Who decides there? No decision maker is known."


def _mood(known: Known) -> Iterator[str]:
    now, before = known.mood
    if now is not None and before is not None and now < before - WORSE:
        yield "What has changed for them? The last talks went worse than those before."
    elif known.page.nps_latest is not None and known.page.nps_latest <= UNHAPPY:
        yield f"What would make it better? They gave us {known.page.nps_latest:.0f} of 10."


def _reason(known: Known) -> Iterator[str]:
    for feature in known.raising:
        if feature in ABOUT:
            yield ABOUT[feature]
            return
