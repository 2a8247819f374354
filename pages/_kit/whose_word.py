"""Whose word counts how much, by reason: a table of reasons and situations, never of people."""

from __future__ import annotations

import streamlit as st

from crm_core.views import trust
from pages._kit import paper, state, words
from pages._kit.model import SAYINGS, listed
from pages._kit.shell import Context, note

SEEN = {
    "full": "seen in full",
    "partial": "seen in part",
    "thin": "hardly seen",
    "unknown": "not known how well seen",
}
MEANS = (
    "Learned from words whose outcome is known, by reason and situation, never by who said them; groups of fewer than "
    "5 people or 20 words stand only in those above. Right: nearer to what came than the model was."
)

WEIGHED = (
    "This is about words weighed with the model's number. Whether words alone, in place of it, come "
    "nearer is another question; *Who was right* answers it."
)


def section(ctx: Context, page: trust.parts.WhoseWord) -> None:
    """The verdict, and what stands behind it."""
    st.markdown("##### Whose word counts how much, by reason")
    if page.is_empty:
        note(page.why_empty)
        return
    st.markdown(verdict(page))
    if not page.cells:
        return
    if state.is_phone():
        listed("Reason by reason", [told(cell, page.question) for cell in page.cells])
    else:
        columns = {
            "Reason": [cell.reason or "All reasons together" for cell in page.cells],
            "Situation": [situation(cell, page.question) for cell in page.cells],
            "Right, times of 10": [f"{times(cell)} ({_times(cell.low)}–{_times(cell.high)})" for cell in page.cells],
            "Words": [cell.n for cell in page.cells],
            "People": [cell.n_people for cell in page.cells],
            "Pulls": [pulls(cell.weight) for cell in page.cells],
        }
        st.dataframe(columns, key="whose_word", hide_index=True)
        paper.table(columns)
    version = f"Version {page.version}. " if page.version else ""
    note(f"{version}{MEANS}")


def verdict(page: trust.parts.WhoseWord) -> str:
    """Whether model and people together are in force, and why or what is missing; Markdown."""
    judged = f"{words.counted(page.n, 'judged case')} of {words.counted(page.n_people, 'person', 'people')}"
    gain = "" if page.gain is None else f" ({words.number(page.gain * 100, 1)} %, {_range(page)})"
    if page.is_proven:
        return (
            f"**Proven:** on cases it had not learned from, model and people together erred less than the better of "
            f"the two{gain}; {judged}. It stands as a third number, *both together*, beside model and people. {WEIGHED}"
        )
    off = "**Not proven yet:** no number of both together is shown. "
    if page.why == "few":
        missing = max(0, (page.n_wanted or 0) - page.n)
        return f"{off}{judged} are too few to tell; about {words.number(missing)} more are needed."
    if page.why == "unsure":
        wanted = f" About {words.number(page.n_wanted)} cases would tell." if page.n_wanted else ""
        return f"{off}Together they erred less{gain}, but chance could explain that; {judged}.{wanted}"
    if page.why == "faded":
        return f"{off}What the earlier cases taught did not hold for the later ones; {judged}."
    return f"{off}So far both together err no less than the better of the two{gain}; {judged}."


def told(cell: trust.parts.WordCell, question: str) -> str:
    """One row as a sentence; Markdown."""
    return (
        f"**{words.plain(cell.reason or 'All reasons together')}**, {situation(cell, question)}: right {times(cell)} "
        f"times of 10 ({words.counted(cell.n, 'word')}); {pulls(cell.weight)}."
    )


def situation(cell: trust.parts.WordCell, question: str) -> str:
    """When it was said: 'sees it more likely that they leave, seen in full'."""
    do = SAYINGS[question].do
    way = {"raises": f"said they would rather {do}", "lowers": f"said they would rather not {do}"}.get(cell.direction)
    parts = [part for part in (way, SEEN.get(cell.evidence_level)) if part]
    return ", ".join(parts) or "whatever was said"


def times(cell: trust.parts.WordCell) -> str:
    """How often such words were right, of ten."""
    return words.of_10(cell.nearer)


def pulls(weight: float) -> str:
    """How far such a word moves the number, in words."""
    if weight < 0.05:
        return "not at all"
    return "a little" if weight < 0.25 else "about halfway" if weight < 0.65 else "most of the way"


def _times(share: float) -> str:
    return f"{share * 10:.0f}"


def _range(page: trust.parts.WhoseWord) -> str:
    if page.low is None or page.high is None:
        return "range not known"
    return f"range {words.number(page.low * 100, 1)} to {words.number(page.high * 100, 1)} %"
