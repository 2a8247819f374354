"""What the weekly hour is drawn with: one question, ten cases, what became of last week's; on screen and on paper."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from crm_core import clock
from crm_core.views import steer
from pages._kit import state, words
from pages._kit.meeting import EVENTS, listed, said, subject
from pages._kit.shell import Context, note

WEEK = "week"
HEALTH = "pages/trust/data_health.py"
LISTED = 12
SORTS = {
    "data_error": "the data were wrong",
    "new_fact": "a new fact",
    "missing_feature": "on the wish list for the model",
    "opinion": "an opinion, kept beside the number",
    "pending": "stewards see it differently: not settled",
    "": "not sorted yet",
}


def chosen() -> str:
    """The week the address asks for."""
    return st.query_params.get(WEEK, "")


def weeks(ctx: Context, page: steer.WeeklyPage) -> None:
    """Which week, and the ones beside it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        number = int(page.week[-2:])
        counted = words.counted(page.n_said, "disagreement")
        span = f"{ctx.day(page.monday)} to {ctx.day(page.sunday)}"
        st.markdown(f"**Week {number}**, {span}: {counted}", width="content")
        for label, week, icon in (
            ("Week before", page.before, ":material/chevron_left:"),
            ("Week after", page.after, ":material/chevron_right:"),
        ):
            if st.button(label, key=f"go_{label[5:]}", icon=icon, disabled=not week):
                _go(week)
    how = "To print it, use your browser's print command (Ctrl+P): two pages at most."
    if page.is_past:
        how = (
            f"A week of the past: people stand against the number shown then, and the data errors are those open on "
            f"{ctx.day(page.sunday)}. {how}"
        )
    note(how)


def ahead(ctx: Context, page: steer.WeeklyPage) -> None:
    """The week asked for has not begun."""
    st.info(
        f"Week {int(page.week[-2:])} of {page.week[:4]} begins {ctx.day(page.monday)}: nobody has said anything yet."
    )
    if st.button("Newest week with words", key="go_newest", icon=":material/today:"):
        _go(page.newest)


def _go(week: str) -> None:
    st.query_params[WEEK] = week
    st.rerun()


def floor(page: steer.WeeklyPage) -> None:
    """The one question to everybody in the room."""
    st.subheader("One question to the floor", anchor=False)
    if page.asked is None:
        st.markdown("Nothing stands out this week. Ask: which number surprised you, and why?")
        return
    with st.container(border=True, key="floor"):
        st.markdown(f"#### {words.plain(page.asked.text)}")
        note(words.plain(page.asked.why))


def disputed(ctx: Context, page: steer.WeeklyPage) -> None:
    """The ten that matter most."""
    st.subheader("Where there is most to learn", anchor=False)
    if not page.disputes:
        st.markdown("No view that counts differs from a number this week.")
        return
    listed(
        {
            "About": [subject(row.question, row.entity_id, row.name) for row in page.disputes],
            "At stake": [words.money(row.money, ctx.currency) for row in page.disputes],
            "The model then": [_then(row) for row in page.disputes],
            "Now": [_now(page, row) for row in page.disputes],
            "People": ["; ".join(said(o) for o in row.opinions) for row in page.disputes],
            "Why it matters": [_why(row) for row in page.disputes],
        },
        f"{words.counted(len(page.disputes), 'case')} from which there is most to learn",
    )
    more = f"{words.number(len(page.disputes))} of {words.counted(page.n_disputed, 'case')}. "
    note(
        more
        + "Ordered by money and by how much there is to learn: how far people and model are apart, more where people "
        "contradict each other and where the model saw little. Never by person."
    )


def _then(row: steer.Dispute) -> str:
    """What the model had shown to who spoke, the newest word first."""
    shown = list(dict.fromkeys(words.of_100(chance) for chance in row.then))
    return f"{', '.join(shown)} of 100 {EVENTS[row.question]}" if shown else "gave no number"


def _now(page: steer.WeeklyPage, row: steer.Dispute) -> str:
    if row.now is None:
        return "no number"
    span = "" if page.is_past else f" ({words.span(row.low, row.high)})"
    return f"{words.of_100(row.now)}{span} of 100"


def _why(row: steer.Dispute) -> str:
    parts = [f"{words.of_100(row.distance)} of 100 apart"]
    if row.spread >= 0.3:
        parts.append("people disagree")
    if row.evidence is not None and row.evidence < 0.6:
        parts.append("the model saw little")
    return ", ".join(parts)


def led_to(ctx: Context, page: steer.WeeklyPage) -> None:
    """What became of last week's words."""
    st.subheader("What last week's led to", anchor=False)
    if not page.led_to:
        st.markdown("Nobody disagreed in the week before.")
        return
    done = sum(bool(o.answered_at) for o in page.led_to)
    st.markdown(f"**{words.number(done)} of {words.number(len(page.led_to))}** have an answer.")
    rows = page.led_to[:LISTED]
    listed(
        {
            "About": [_named(o) for o in rows],
            "Said": [said(o.opinion) for o in rows],
            "It led to": [_answer(ctx, o) for o in rows],
        },
        f"{words.counted(len(rows), 'disagreement')} of the week before and what they led to",
    )
    if len(page.led_to) > LISTED:
        note(f"The newest {LISTED} of {words.number(len(page.led_to))}; all stand on Disagreements.")


def _named(row: steer.Outcome) -> str:
    if not row.name:
        return "no longer there"
    return subject(row.opinion.question, row.opinion.entity_id, row.name)


def _answer(ctx: Context, row: steer.Outcome) -> str:
    if not row.answered_at:
        if row.is_over:
            return f"{row.opinion.state}, nobody waits"
        late = row.due_on < clock.today()
        return f"{SORTS[row.sort]}; an answer {'was due' if late else 'is due'} {ctx.day(row.due_on)}"
    detail = f": {words.plain(row.detail)}" if row.detail else ""
    mended = ""
    if row.sort == "data_error":
        mended = f", mended {ctx.day(row.fixed_at)}" if row.fixed_at else ", **not mended yet**"
    because = f" “{words.plain(row.steward_words)}”" if row.steward_words else ""
    return f"{SORTS.get(row.sort, words.plain(row.sort))}{detail}{mended}{because}"


def rising(page: steer.WeeklyPage) -> None:
    """Which reasons came up more often than usual."""
    st.subheader("Which reasons rise", anchor=False)
    for row in page.rises:
        before = usually(row.usual, page.n_weeks_before)
        st.markdown(f"- **{words.plain(row.reason)}**: {words.number(row.n)} times this week, {before}")
    if page.rises:
        note("More than chance explains; what one person says on one day for one reason counts once. Never by person.")
    elif page.n_weeks_before < 4:
        st.markdown("Too early to tell: there are fewer than four weeks before this one to compare with.")
    else:
        st.markdown(f"None came up more often than in the {page.n_weeks_before} weeks before, beyond chance.")


def usually(usual: float, n_weeks: int) -> str:
    """How often a reason came up before, in words."""
    if not usual:
        return f"never in the {n_weeks} weeks before"
    if usual < 0.75:
        return f"before that once in {round(1 / usual)} weeks"
    return f"before that about {round(usual)} a week"


def errors(ctx: Context, page: steer.WeeklyPage) -> None:
    """Data errors that people found and nobody has mended."""
    st.subheader("Data errors still open", anchor=False)
    if not page.errors:
        st.markdown("None that a steward has confirmed.")
        return
    rows: Sequence[steer.Outcome] = page.errors[:LISTED]
    listed(
        {
            "Since": [ctx.day(o.answered_at) for o in rows],
            "Source": [words.plain(o.detail) or "not named" for o in rows],
            "About": [_named(o) for o in rows],
            "Ask today": [words.plain(o.ask) or "nobody looks after it" for o in rows],
        },
        f"{words.counted(len(rows), 'data error')} still open",
    )
    more = len(page.errors) - LISTED
    if more > 0:
        mine = (
            "those of your own sources first, then the oldest" if any(o.is_mine for o in rows) else "the oldest first"
        )
        note(f"{words.number(more)} more are open ({mine}). All that are open now stand on Data health.")
    st.page_link(HEALTH, label="Data health", icon=":material/monitor_heart:", query_params=state.with_persona({}))
