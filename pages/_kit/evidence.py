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
    question : str
        What somebody who knows the customer can be asked instead.
    """

    question: str


FEEDS = {
    "calls": Feed("How often did you call each other in the last 90 days, and when was the last time?"),
    "meetings": Feed("How often did you meet in the last 90 days, and when was the last time?"),
    "emails": Feed("How often did you write each other in the last 90 days, and when was the last time?"),
    "orders": Feed("How often did they order in the last 90 days, and when was the last time?"),
    "product_usage": Feed("Do they use it less than, as much as, or more than half a year ago?"),
    "tickets": Feed("How many of their problems are open now?"),
    "surveys": Feed("How likely would they recommend us, 0 to 10?"),
}
CONTACTS = ("calls", "meetings", "emails")
SEEN = {"full": "Almost everything", "partial": "Most"}
"""How much is seen where a score is withheld although it is enough for one: an alarm hangs on the rest."""
NOT_ENOUGH = "not enough evidence"
NO_NUMBER = "Too little is seen of this {one} for a number that anybody should act on. That is not a bad sign."


def line(ctx: Context, found: sell.parts.Evidence) -> str:
    """'Rests on 6 of 9 sources, newest 2 days old; Calendar sync silent since 10 Jun (ask Grace)': Markdown."""
    return _begun(sell.parts.in_words(found, ctx.day, words.plain))


def brief(ctx: Context, found: sell.parts.Evidence) -> str:
    """'Rests on 6 of 8 sources; Calendar sync silent since 10 Jun; calls are not logged here': Markdown."""
    return _begun(sell.parts.in_words(found, ctx.day, words.plain, is_short=True))


def for_file(found: sell.parts.Evidence) -> str:
    """The same for a cell of a file, with days as files write them."""
    return sell.parts.in_words(found)


def things_of(feed: str) -> str:
    """What a source sees: 'calls'."""
    return sell.parts.things_of(feed)


def unlogged(found: sell.parts.Evidence) -> str:
    """Kinds of contact that no source sees here, for a cell beside the last one: 'calls and meetings not seen'."""
    missing = [gap for gap in found.gaps if gap.feed in CONTACTS]
    if not missing:
        return ""
    how = "not logged" if all(gap.reason == "owner" for gap in missing) else "not seen"
    return f"{' and '.join(things_of(gap.feed) for gap in missing)} {how}"


def no_number(found: sell.parts.Evidence, one: str) -> str:
    """Why no number is shown: too little is seen, or an alarm hangs on what is not."""
    asked = next((gap for gap in found.gaps if gap.feed == found.ask_feed), None)
    if found.level not in SEEN or asked is None:
        return NO_NUMBER.format(one=one)
    only = "alone" if len(found.gaps) == 1 else "more than on anything else that is missing"
    why = "nobody logged those" if asked.reason == "owner" else "those could not be seen"
    return (
        f"{SEEN[found.level]} is seen of this {one}. But whether this is an alarm hangs on {things_of(asked.feed)} "
        f"{only}, and {why}. So no number is shown: it is a question, not an alarm."
    )


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
        st.markdown(no_number(found, one))
    between = spread(found)
    if between:
        st.markdown(f":gray-badge[rests on little] {between}.")
    rests = line(ctx, found)
    if rests:
        note(f"{rests}.")
    asked = question(found)
    if asked and (found.is_withheld or found.is_fragile):
        st.markdown(f":material/contact_support: **Worth a question:** {asked}")
        if found.answered_on:
            note(f"You answered on {ctx.day(found.answered_on)}: it counts from the next build on.")


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
