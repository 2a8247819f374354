"""What a score rests on, in words: sources that could see, sources that could not, and what to ask about it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from crm_core.views import sell
from pages._kit import words
from pages._kit.shell import Context, note


@dataclass(frozen=True)
class Feed:
    """How pages speak of one source.

    Parameters
    ----------
    things : str
        What it sees: 'calls'.
    question : str
        What somebody who knows the customer can be asked instead.
    """

    things: str
    question: str


FEEDS = {
    "calls": Feed("calls", "How often did you call each other in the last 90 days, and when was the last time?"),
    "meetings": Feed("meetings", "How often did you meet in the last 90 days, and when was the last time?"),
    "emails": Feed("e-mails", "How often did you write each other in the last 90 days, and when was the last time?"),
    "orders": Feed("orders", "How often did they order in the last 90 days, and when was the last time?"),
    "product_usage": Feed("use of the product", "Do they use it less than, as much as, or more than half a year ago?"),
    "tickets": Feed("tickets", "How many of their problems are open now?"),
    "surveys": Feed("survey answers", "How likely would they recommend us, 0 to 10?"),
}
NOT_ENOUGH = "not enough evidence"
NO_NUMBER = "Too little is seen of this {one} for a number that anybody should act on. That is not a bad sign."


def line(ctx: Context, found: sell.parts.Evidence) -> str:
    """'Rests on 6 of 9 sources, newest 2 days old; Calendar sync silent since 10 Jun (ask Grace)': Markdown."""
    if not found.n_feeds:
        return ""
    newest = "nothing seen yet"
    if found.newest_days is not None:
        days = max(found.newest_days, 0)
        newest = f"newest {words.counted(days, 'day')} old" if days else "newest from today"
    rests = f"rests on {words.number(found.n_seen)} of {words.counted(found.n_feeds, 'source')}, {newest}"
    return "; ".join([rests, *(gap(ctx, one) for one in found.gaps), *(_answered(ctx, one) for one in found.answers)])


def gap(ctx: Context, found: sell.parts.Gap) -> str:
    """Why one source could not see, about the data and nobody's fault: Markdown."""
    title, things = words.plain(found.title), things_of(found.feed)
    since = f" since {ctx.day(found.since)}" if found.since else ""
    said = {
        "dead_feed": f"{title} silent{since}",
        "owner": f"{things} are not logged here{since}",
        "consent": f"{things} may not be looked at: profiling was refused",
        "not_connected_yet": f"{title} was not connected yet",
        "never_seen": f"{title} has never seen them: perhaps not connected",
        "clock": f"{title} has a wrong clock",
    }.get(found.reason, f"{title} could not see them")
    return said + (f" (ask {words.plain(found.ask)})" if found.ask else "")


def things_of(feed: str) -> str:
    """What a source sees: 'calls'."""
    return FEEDS[feed].things if feed in FEEDS else feed.replace("_", " ")


def askable(found: sell.parts.Evidence) -> tuple[str, ...]:
    """Sources somebody who knows them can answer for, the one that would settle it first."""
    missing = [gap.feed for gap in found.gaps if gap.feed in FEEDS]
    return tuple(sorted(missing, key=lambda feed: (feed != found.ask_feed, list(FEEDS).index(feed))))


def question(found: sell.parts.Evidence) -> str:
    """The one question whose answer would settle it; empty if there is none."""
    return FEEDS[found.ask_feed].question if found.ask_feed in FEEDS else ""


def spread(found: sell.parts.Evidence) -> str:
    """'between 8 and 31 of 100, depending on calls that nobody logged'; empty where it does not matter."""
    if not found.is_fragile or found.low is None or found.high is None:
        return ""
    missing = f"{things_of(found.ask_feed)} that nobody logged" if found.ask_feed else "what nobody logged"
    return f"between {words.of_100(found.low)} and {words.of_100(found.high)} of 100, depending on {missing}"


def short(found: sell.parts.Evidence) -> str:
    """The same for a cell of a list: '6 of 9, little'."""
    if not found.n_feeds:
        return ""
    little = ", little" if found.is_fragile and not found.is_withheld else ""
    return f"{words.number(found.n_seen)} of {words.number(found.n_feeds)}{little}"


def said(ctx: Context, found: sell.parts.Evidence, one: str, *, is_told: bool = False) -> None:
    """Under a score: that there is none, or that it rests on little; what it rests on; what would settle it.

    Parameters
    ----------
    is_told : bool
        That there is none was said already.
    """
    if found.is_withheld and not is_told:
        st.markdown(NO_NUMBER.format(one=one))
    between = spread(found)
    if between:
        st.markdown(f":gray-badge[rests on little] {between}.")
    rests = line(ctx, found)
    if rests:
        note(rests[:1].upper() + rests[1:] + ".")
    asked = question(found)
    if asked and (found.is_withheld or found.is_fragile):
        st.markdown(f":material/contact_support: **Worth a question:** {asked}")
        if found.answered_on:
            note(f"You answered on {ctx.day(found.answered_on)}: it counts from the next build on.")


def _answered(ctx: Context, found: sell.parts.Gap) -> str:
    since = f" on {ctx.day(found.since)}" if found.since else ""
    return f"{things_of(found.feed)} as somebody answered{since}"
