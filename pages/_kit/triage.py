"""The steward's queue: what waits, how it is sorted, what was answered lately, and the wish list."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from crm_core.settings import settings
from crm_core.views import trust
from pages._kit import cards, paper, people, sort_form, state, verdicts, words
from pages._kit.shell import Context, note

ORDER = (
    "Order: money × distance × novelty. Distance: how far the person is from what the model said then. Novelty: 1 for "
    f"the first such view on a customer in {trust.triage.LIKE_DAYS} days, a half for the second, a third for the third."
)
LATELY = 20
Cards = Sequence[trust.triage.Together]


def not_yours(page: trust.triage.TriagePage) -> None:
    """One sentence for those who do not sort."""
    who = words.plain(", ".join(page.stewards) or "nobody is named yet")
    st.markdown(f"Data stewards sort what people tell us and answer everybody within {_days()}: {who}.")
    st.page_link(
        "pages/sell/your_words.py",
        label="See what your own words led to",
        icon=":material/record_voice_over:",
        query_params=state.with_persona({}),
    )


def answer(page: trust.triage.TriagePage) -> str:
    """How many wait, in a sentence: Markdown."""
    n = len(page.rows)
    waits = f"{words.counted(n, 'disagreement')} {'waits' if n == 1 else 'wait'} for an answer"
    late = f", :red[{words.number(page.n_overdue)} for longer than {_days()}]" if page.n_overdue else ""
    differ = f"; stewards differ about {words.number(page.n_pending)}" if page.n_pending else ""
    return f"{waits}{late}{differ}."


def queue(ctx: Context, waiting: Cards) -> None:
    """What waits, the weightiest first; what was said in one go is one card."""
    note(f"The most money × distance × novelty first; an answer is due within {_days()}.", tip=ORDER)
    n = st.session_state.get("n_queue", cards.CARDS)
    for place, card in enumerate(waiting[:n]):
        _waiting(ctx, card, is_first=place == 0)
    if n < len(waiting) and st.button(f"Show more ({words.number(len(waiting) - n)})", key="more_queue"):
        st.session_state["n_queue"] = n + cards.CARDS
        st.rerun()


def lately(ctx: Context, page: trust.triage.TriagePage) -> None:
    """What was answered in the last 30 days; another steward may see it differently."""
    if not page.sorted_lately:
        note(f"Nothing was answered in the last {trust.triage.SORTED_DAYS} days.")
        return
    answered = page.answered
    n = st.session_state.get("n_lately", LATELY)
    count = words.number(len(page.sorted_lately))
    with st.expander(f"Answered in the last {trust.triage.SORTED_DAYS} days: {count}", key="lately"):
        for card in answered[:n]:
            _sorted(ctx, card)
        if n < len(answered) and st.button(f"Show more ({words.number(len(answered) - n)})", key="more_lately"):
            st.session_state["n_lately"] = n + LATELY
            st.rerun()


def _sorted(ctx: Context, card: trust.triage.Together) -> None:
    case = card.first.case
    said, verdict = case.opinion, case.verdict
    if verdict is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"sorted_{said.entry_id}"):
        who = f":blue[{words.plain(words.opinion(said.who_name, said.belief, said.probability))}]"
        by = words.plain(f"{verdict.steward_name}, {ctx.day(verdict.at)}: {verdict.words}")
        st.markdown(
            f"**{sort_form.about(card)}** · {who}  \n{verdicts.sorted_as(verdict)} :small[:gray[{by}]]",
            width="stretch",
        )
        if not said.state.startswith(("withdrawn", "replaced")) and st.button(
            "Sort again", key=f"again_{said.entry_id}"
        ):
            sort_form.begin(card, is_again=True)


def wishes(ctx: Context, page: trust.triage.TriagePage) -> None:
    """What the model should look at, counted."""
    if not page.may_read_wishes:
        return
    st.subheader("Wish list", anchor=False)
    if not page.wishes:
        note("Nothing is wished for yet. What stewards sort as something the model should look at is counted here.")
        return
    note("What the model should look at, as stewards wrote it down; who asked is not shown.")
    if state.is_phone():
        for wish in page.wishes:
            asked = f"{words.counted(wish.n_times, 'time')} by {words.counted(wish.n_people, 'person', 'people')}"
            money = words.money(wish.money, ctx.currency)
            st.markdown(f"**{words.plain(wish.wish)}**  \n{asked} · money touched: {money}")
        return
    columns = {
        "Wish": [wish.wish for wish in page.wishes],
        "Asked for": [words.counted(wish.n_times, "time") for wish in page.wishes],
        "By": [words.counted(wish.n_people, "person", "people") for wish in page.wishes],
        "Money touched": [words.money(wish.money, ctx.currency) for wish in page.wishes],
        "Last": [ctx.day(wish.newest_at) for wish in page.wishes],
    }
    st.dataframe(columns, key="wishes", hide_index=True, height="content", alt="Wish list, the most asked for first")
    paper.table(columns)


def _days() -> str:
    return words.counted(settings().answer_days, "day")


def _waiting(ctx: Context, card: trust.triage.Together, *, is_first: bool) -> None:
    row, is_of_many = card.first, len(card.rows) > 1
    said, key = row.case.opinion, row.case.opinion.entry_id
    with st.container(border=True, key=f"waiting_{key}", gap="xsmall"):
        head, clock = st.columns([4, 1.4], vertical_alignment="center")
        head.markdown(f"**{sort_form.about(card)}** · {sort_form.money(ctx, card)}")
        clock.markdown(verdicts.clock(card.due_first.case))
        people.word(ctx, said, is_long=True, is_of_many=is_of_many)
        if row.case.stage == "pending":
            st.markdown(":orange-badge[◆ pending: stewards see it differently]")
        for verdict in row.case.verdicts:
            st.markdown(f"**{verdicts.sorted_as(verdict)}**  \n{verdicts.by_steward(ctx, verdict)}")
        with st.container(horizontal=True):
            label = f"Sort all {len(card.rows)}" if is_of_many else "Sort"
            if st.button(label, key=f"sort_{key}", type="primary" if is_first else "secondary"):
                sort_form.begin(card)
            if is_of_many:
                _each(ctx, card)
            elif st.button("Open", key=f"open_{key}", disabled=row.name == trust.triage.GONE):
                _open(row)


def _each(ctx: Context, card: trust.triage.Together) -> None:
    """All of whom the same was said, each with what the model said then, to be opened or sorted alone."""
    with st.popover("Show each", key=f"each_{card.first.case.opinion.entry_id}"):
        for row in card.rows:
            said = row.case.opinion
            alone = trust.triage.Together((row,))
            with st.container(horizontal=True, vertical_alignment="center"):
                then = words.chance(said.shown_probability, said.shown_low, said.shown_high)
                st.markdown(
                    f"**{words.plain(row.name)}** · {sort_form.money(ctx, alone)}  \n"
                    f":small[:gray[the model said {then} then]]",
                    width="stretch",
                )
                if st.button("Open", key=f"open_{said.entry_id}", disabled=row.name == trust.triage.GONE):
                    _open(row)
                if st.button("Sort alone", key=f"alone_{said.entry_id}"):
                    sort_form.begin(alone)


def _open(row: trust.triage.QueueRow) -> None:
    said = row.case.opinion
    state.open_found("lead" if said.question == "lead" else "customer", said.entity_id)
