"""One question to the floor, made from the data by fixed rules: who was there knows what no source says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from crm_core.views.reading import told
from crm_core.views.steer.outcomes import Outcome
from crm_core.views.steer.parts import Dispute
from crm_core.views.steer.rising import Rise

APART = 0.3
MANY = 2


@dataclass(frozen=True)
class FloorQuestion:
    """What to ask everybody in the room."""

    rule: str = told("people_differ, feed_wrong, reason_rises or far_from_model.")
    text: str = told("The question.")
    why: str = told("Why this one was chosen.")


def question(disputes: Sequence[Dispute], errors: Sequence[Outcome], rises: Sequence[Rise]) -> FloorQuestion | None:
    """The first rule that finds something: people who differ, a source many call wrong, a reason that rises, the top.

    Parameters
    ----------
    disputes : sequence of Dispute
        What matters most first.
    errors : sequence of Outcome
        Data errors that are still open.
    rises : sequence of Rise
        Reasons that came up more often than usual.
    """
    apart = [d for d in disputes if d.spread >= APART]
    if apart:
        # Most money times spread; of equal ones the one that stands first.
        return _people_differ(max(apart, key=lambda d: ((d.money or 0.0) * d.spread, d.spread)))
    feeds = Counter(e.feed for e in errors if e.feed)
    if feeds and max(feeds.values()) >= MANY:
        feed, n = feeds.most_common(1)[0]
        title = next(e.detail for e in errors if e.feed == feed)
        return FloorQuestion(
            "feed_wrong",
            f"{title}: {n} of you found it wrong. Since when, and for whom else?",
            "It is the source with the most open errors that people found.",
        )
    if rises:
        top = rises[0]
        return FloorQuestion(
            "reason_rises",
            f"“{top.reason}” came up {top.n} times this week. What has happened?",
            "It rises most of all reasons, more than chance explains.",
        )
    return _far_from_model(disputes[0]) if disputes else None


def _far_from_model(dispute: Dispute) -> FloorQuestion:
    said, sees = dispute.opinions[0], "sees" if dispute.probability == dispute.now else "saw"
    then = [round(chance * 100) for chance in dispute.then]
    before = "" if sees == "saw" or then in ([], [round(dispute.probability * 100)]) else f" (then it saw {then[0]})"
    return FloorQuestion(
        "far_from_model",
        f"{dispute.name}: {said.who_name} says “{said.belief}”, the model {sees} {round(dispute.probability * 100)} of "
        f"100{before}. What do we know that no source says?",
        "Nobody contradicts each other this week; here most money and most to learn come together.",
    )


def _people_differ(dispute: Dispute) -> FloorQuestion:
    low = min(dispute.opinions, key=lambda o: o.stands_for)
    high = max(dispute.opinions, key=lambda o: o.stands_for)
    return FloorQuestion(
        "people_differ",
        f"{dispute.name}: {low.who_name} says “{low.belief}”, {high.who_name} says “{high.belief}”. "
        "Who has spoken to them last?",
        "Of all cases in which people contradict each other, this one has the most money and the widest gap.",
    )
