"""Furniture of the Pipeline page: the figures, deals by stage, what moved, how fast it goes, one deal."""

from __future__ import annotations

from typing import Any

import streamlit as st

from crm_core.views import sell
from pages._kit import cards, paper, state, words
from pages._kit.picture import QUIET, Picture, draw
from pages._kit.shell import Context, note

WEIGHTED, WHOLE = QUIET, "rgba(128,140,158,0.16)"
MOVES = {
    "won": ":material/check_circle: Won",
    "lost": ":material/cancel: Lost",
    "new": ":material/add_circle: New",
    "forward": ":material/arrow_forward: Moved forward",
    "back": ":material/arrow_back: Moved back",
    "slipped": ":material/schedule: Should have closed, still open",
}
FEW = 20
BASES = {"given": "against a target of {}", "won": "against {} won a quarter", "mixed": "against {} (targets and wins)"}


def figures(ctx: Context, page: sell.PipelinePage) -> None:
    """What is open, what it usually brings, whether that is enough, and what stands still."""
    totals, cover = page.totals, page.coverage
    weighted = words.money(totals.weighted_amount, ctx.currency)
    is_phone = state.is_phone()
    against = ("{} a quarter" if is_phone else BASES[cover.basis]).format(words.money(cover.target, ctx.currency))
    deals = words.counted(totals.n_open, "deal") if is_phone else _counted(totals)
    shown = (
        ("Open deals", words.money(totals.amount, ctx.currency), deals, _HELPS[0]),
        ("Weighted", weighted, "usually comes in", _HELPS[1]),
        (
            "Coverage of a quarter",
            "no target" if cover.value is None else f"{words.number(cover.value, 1)} ×",
            "none for this choice" if cover.value is None else against,
            _HELPS[2],
        ),
        (
            "Stalled",
            words.money(totals.stalled_amount, ctx.currency) if totals.n_stalled else "none",
            f"{words.number(totals.n_stalled)} of {words.counted(totals.n_open, 'deal')}",
            _HELPS[3],
        ),
    )
    cards.figures(shown)


_HELPS = (
    "What all open deals are worth under the filters; deals without a value are in no sum.",
    "Each deal's value times the share of deals of its stage that were won in the end.",
    "Open deals expected to close within 90 days ÷ target of a quarter (or what a team without one won per quarter).",
    "Open deals in one stage for more than 14 days, and for twice the usual stay or a month past their expected close.",
)


def _counted(totals: sell.parts.Totals) -> str:
    parts = [words.counted(totals.n_open, "deal")]
    parts += [f"{words.number(totals.n_unknown)} without a value"] if totals.n_unknown else []
    parts += [f"{words.number(totals.n_foreign)} in a currency without a rate"] if totals.n_foreign else []
    return " · ".join(parts)


def by_stage(ctx: Context, page: sell.PipelinePage) -> None:
    """Where does the money stand, and how much of it usually comes in? Value and weighted value by stage."""
    lines = page.stages
    sign = words.SIGNS.get(ctx.currency, ctx.currency)
    names = [f"{words.hover(line.stage) or 'no stage'}  " for line in lines]
    figure = Picture(height=64 + 46 * len(lines), top=30)
    figure.add_bar(
        orientation="h",
        y=list(range(len(lines))),
        x=[line.amount for line in lines],
        name="open",
        marker={"color": WHOLE, "line": {"color": QUIET, "width": 1.5}},
        text=[f"{words.money(line.amount, ctx.currency)} · {words.counted(line.n, 'deal')}" for line in lines],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
        width=0.66,
    )
    figure.add_bar(
        orientation="h",
        y=list(range(len(lines))),
        x=[line.weighted_amount for line in lines],
        name="weighted",
        marker={"color": WEIGHTED},
        text=[words.money(line.weighted_amount, ctx.currency) if line.weighted_amount else "" for line in lines],
        hovertemplate="weighted: %{text}<extra></extra>",
        textposition="none",
        width=0.66,
    )
    figure.update_layout(barmode="overlay")
    figure.update_yaxes(autorange="reversed", showgrid=False, tickvals=list(range(len(lines))), ticktext=names)
    most = max([line.amount for line in lines], default=0.0) or 1.0
    title = f"value of open deals, {ctx.currency}"
    figure.update_xaxes(title_text=title, range=[0, most * 1.45], tickprefix=f"{sign} ", tickformat="~s", nticks=5)
    totals = page.totals
    alt = f"Open deals by stage: {words.money(totals.amount, ctx.currency)} in {words.counted(totals.n_open, 'deal')}"
    draw(figure, "stage_picture", alt)
    note(f"As of {words.day(ctx.frame.as_of, 0)} · {_counted(totals)} · filled: weighted")


def stages(ctx: Context, page: sell.PipelinePage) -> None:
    """How deals fare in each stage: how long they usually stay, how many go on, how many are won."""
    lines = page.stages
    columns = {
        "Stage": [line.stage or "no stage" for line in lines],
        "Deals": [line.n for line in lines],
        "Stalled": [_stalled(ctx, line) for line in lines],
        "Usual stay": ["" if line.median_days is None else f"{line.median_days:.0f} days" for line in lines],
        "Go further": [_of_100(line.conversion_to_next, line.n_closed) for line in lines],
        "Won in the end": [_of_100(line.win_rate, line.n_closed) for line in lines],
    }
    if state.is_phone():
        for stage, n, stalled, stay, on, won in zip(*columns.values(), strict=True):
            note(f"**{words.plain(stage)}** {n} · stalled {stalled} · usual {stay} · go further {on} · won {won}")
        return
    make = st.column_config
    st.dataframe(
        columns,
        key="stage_table",
        hide_index=True,
        column_config={
            "Deals": make.NumberColumn(width=60),
            "Stalled": make.TextColumn(width=110, help=_HELPS[3]),
            "Usual stay": make.TextColumn(width=80, help="Median of all stays of the company's deals in this stage."),
            "Go further": make.TextColumn(
                help="Of the company's deals that left the stage, so many went on or were won."
            ),
            "Won in the end": make.TextColumn(help="Of the company's deals that were in the stage and have closed."),
        },
    )
    paper.table(columns)


def _stalled(ctx: Context, line: Any) -> str:
    return (
        f"{words.number(line.n_stalled)} · {words.money(line.stalled_amount, ctx.currency)}"
        if line.n_stalled
        else "none"
    )


def _of_100(share: float | None, n: int | None) -> str:
    if share is None:
        return "not known yet"
    return f"{words.of_100(share)} of 100" + (f" (only {n} closed)" if n is not None and n < FEW else "")


def moved(ctx: Context, page: sell.PipelinePage) -> None:
    """What happened since the day: each kind with its money and the biggest deals."""
    lines = []
    for move in page.moves:
        if not move.n:
            lines.append(f"{MOVES[move.kind]}: none")
            continue
        is_unknown = move.n_unknown == move.n
        money = "value not known" if is_unknown else words.money(move.amount, ctx.currency)
        more = f", {words.number(move.n_unknown)} without a value" if move.n_unknown and not is_unknown else ""
        biggest = ", ".join(_named(ctx, deal) for deal in move.biggest)
        head = f"{MOVES[move.kind]}: **{words.counted(move.n, 'deal')} · {words.plain(money)}**{more}"
        lines.append(f"{head}  \n:small[:gray[{biggest}]]")
    st.markdown("\n\n".join(lines))


def _named(ctx: Context, deal: Any) -> str:
    who = words.plain(deal.who or deal.name or "a deal")
    return who if deal.amount is None else f"{who} {_held(words.money(deal.amount, ctx.currency))}"


def _held(money: str) -> str:
    """Money that does not break at the end of a line."""
    return words.plain(money).replace(" ", "\N{NO-BREAK SPACE}")


def pace(ctx: Context, page: sell.PipelinePage) -> None:
    """How fast open deals turn into money, in one sentence that says what it rests on."""
    at = page.pace
    if at.monthly is None or at.average_won is None:
        note("In the last 12 months too few deals were won to say how fast open ones turn into money.")
        return
    money, won = words.money(at.monthly, ctx.currency), words.money(at.average_won, ctx.currency)
    st.markdown(
        f"At the pace of the last 12 months the open deals turn into about **{words.plain(money)} a month**: "
        f"{words.counted(page.totals.n_open, 'open deal')}, {words.of_100(at.n_won / at.n_closed)} of 100 are won, "
        f"a won deal is worth {words.plain(won)} and takes {at.median_days:.0f} days from first to last."
    )
    closed = words.number(at.n_closed)
    few = f" Only {closed} deals closed: take it with care." if at.n_closed < FEW else ""
    note(f"Open deals × share won × worth of a won deal ÷ days it takes × 30.4; deals closed: {closed}.{few}")


def win_rates(page: sell.PipelinePage) -> None:
    """How many of the deals that closed in the last 12 months were won, by source and by team."""
    for place, title, rates in zip(st.columns(2), ("Source", "Team"), (page.by_source, page.by_team), strict=True):
        with place:
            nobody = "not from a lead" if title == "Source" else "no team"
            columns = {
                title: [rate.group or nobody for rate in rates],
                "Closed": [rate.n_closed for rate in rates],
                "Won": [rate.n_won for rate in rates],
                "Of 100 won": [_of_100(rate.n_won / rate.n_closed, rate.n_closed) for rate in rates],
            }
            st.dataframe(columns, key=f"won_by_{title.lower()}", hide_index=True, placeholder="")
            paper.table(columns)
    note("Deals closed in the 12 months up to the day; fewer than 20 closed deals say little.")


def card(ctx: Context, found: sell.parts.DealCard, *, key: str, is_primary: bool) -> None:
    """One deal: what it is worth, where it stands and for how long, its way there, and the way to the account."""
    row = found.row
    with st.container(border=True, key=f"deal_{key}"):
        st.markdown(f"**{words.plain(row.who or 'nobody named')}** · {words.plain(row.name or 'deal without a name')}")
        st.markdown(f"## {words.plain(worth(ctx, row))}")
        st.markdown("  \n".join(_facts(ctx, row)))
        way = " → ".join(
            f"{words.plain(stay.stage)} {ctx.day(stay.entered_at)}"
            + ("" if stay.days is None else f" ({words.counted(stay.days, 'day')})")
            for stay in found.stays
        )
        note(way or "No history of stages is known.")
        way_on(row, key=key, is_primary=is_primary)


def way_on(row: sell.parts.DealRow, *, key: str, is_primary: bool) -> None:
    """The button that leads to the account of a deal, or to its lead, if that is in the viewer's scope."""
    kind: Any = "primary" if is_primary else "secondary"
    if row.customer_id:
        if st.button("Open account", key=f"open_{key}", type=kind):
            state.open_account(row.customer_id)
    elif row.lead_id and st.button("Open lead", key=f"open_{key}", type=kind):
        state.open_found("lead", row.lead_id)


def worth(ctx: Context, row: sell.parts.DealRow) -> str:
    """What a deal is worth, or why nobody can add it up."""
    if row.amount is not None:
        return words.money(row.amount, ctx.currency)
    if row.amount_given is not None:
        return f"{words.money(row.amount_given, row.currency or '')} (no rate)"
    return "value not known"


def _facts(ctx: Context, row: sell.parts.DealRow) -> list[str]:
    owner = words.plain(row.owner_name or "no owner")
    if row.closed_at is not None:
        return [f"{'Won' if row.is_won else 'Lost'} on {ctx.day(row.closed_at)} · {owner}"]
    usual = "" if row.usual_days is None else f" (usual: {row.usual_days:.0f})"
    stays = f"{words.plain(row.stage or 'no stage')} for {words.counted(row.days_in_stage or 0, 'day')}{usual}"
    lines = [f":orange[:material/hourglass: Stalled:] {stays}" if row.is_stalled else stays]
    if row.win_chance is not None:
        lines.append(f"{words.of_100(row.win_chance)} of 100 deals of this stage are won in the end")
    lines.append(closing(ctx, row))
    return [*lines, f"owner {owner}"]


def closing(ctx: Context, row: sell.parts.DealRow) -> str:
    """When the deal should close, and for how long it should have."""
    if row.expected_close_on is None:
        return "no day for closing"
    late = f", {words.counted(row.days_overdue, 'day')} ago" if row.days_overdue and row.days_overdue > 0 else ""
    return f"expected to close {ctx.day(row.expected_close_on)}{late}"
