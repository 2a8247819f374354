"""Furniture of the Leads page: its figures, its picture, the card of one lead."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from crm_core.views import sell
from pages._kit import answer, cards, charts, disagree, duties, first_view, state, tables, words
from pages._kit.picture import QUIET, Picture, draw
from pages._kit.questions import LEAD
from pages._kit.shell import Context

PICTURE = "leads_picture"
READY = (
    "Leads with at least 3 times the usual odds of buying within 90 days. Money: their deals; where there is none yet, "
    "what deals from the same source usually bring."
)
UNTOUCHED = "Leads to which no mail, call or meeting of ours was logged."
DISPUTED = "Leads about which somebody sees it differently from the model."
UNKNOWN = (
    "Leads without a number: too little is seen, or all hangs on the rest. Switch on 'Worth a question' to see what "
    "to ask."
)
SPEED = (
    "Half of the leads were touched within this time. Below: the share touched by the end of the working day after "
    "they came in."
)


def figures(ctx: Context, page: sell.parts.LeadsPage) -> None:
    """Who is ready, who waits, how quick we are, where people disagree."""
    totals = page.totals
    ready, untouched = words.counted(totals.n_ready, "lead"), words.counted(totals.n_untouched, "lead")
    if not state.is_phone():  # where more would be cut off
        ready += f", about {totals.n_ready_expected:.0f} of them buy"
        untouched += f", {words.number(totals.n_untouched_ready)} of them ready"
    disputed = words.counted(totals.n_disagreed, "lead")
    unknown = words.counted(totals.n_unknown, "lead")
    last = ("People disagree", cards.total(ctx, totals.n_disagreed, totals.value_disagreed), disputed, DISPUTED)
    if totals.n_unknown:
        last = ("Not enough evidence", cards.total(ctx, totals.n_unknown, totals.value_unknown), unknown, UNKNOWN)
    cards.figures(
        (
            ("Ready to buy", cards.total(ctx, totals.n_ready, totals.value_ready), ready, READY),
            ("No touch logged", cards.total(ctx, totals.n_untouched, totals.value_untouched), untouched, UNTOUCHED),
            ("First touch after", _speed(totals.hours_typical), _in_time(totals.share_in_time), SPEED),
            last,
        )
    )


def _speed(hours: float | None) -> str:
    if hours is None:
        return "nobody yet"
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"


def _in_time(share: float | None) -> str:
    if share is None:
        return "too early to tell"
    return f"{words.of_100(share)} of 100 " + ("in time" if state.is_phone() else "by the next working day")


def card(ctx: Context, page: sell.parts.LeadsPage, row: sell.parts.LeadRow, *, key: str, is_primary: bool) -> None:
    """One lead with what can be done."""
    cards.scored(ctx, LEAD, page, row, _facts(ctx, row))
    who = " · ".join(part for part in (row.person_name, row.email) if part)
    if who:
        st.markdown(f":material/person: {words.plain(who)}")
    if row.state != "open":
        st.badge(row.state, color="gray")
        return
    with st.container(horizontal=True):
        if first_view.is_asked(row):
            first_view.button((row.lead_id, row.name), key=key, question=LEAD)
        else:
            disagree.button(ctx, row.lead_id, key=key, is_primary=is_primary, question=LEAD, has_shortcut=is_primary)
        answer.button(ctx, row.evidence, (row.lead_id, row.name), key=key, question=LEAD)
        duties.button(ctx, row.lead_id, key=key, question=LEAD)


def _facts(ctx: Context, row: sell.parts.LeadRow) -> list[str]:
    worth = words.worth(row.amount, ctx.currency, is_usual=row.is_usual_amount)
    came = "" if row.created_at is None else f"came in {words.ago(row.created_at, ctx.frame.as_of)}"
    source = ", ".join(part for part in (row.source_channel, row.campaign) if part)
    touched = f"first touch {words.first_touch(row.hours_to_first_touch)}"
    last = words.logged(row.last_touch_at, ctx.frame.as_of, "touch")
    facts = [
        f"usually {worth.removeprefix('~ ')}" if row.is_usual_amount and row.amount is not None else worth,
        " from ".join(part for part in (came, source) if part),
        untouched(ctx, row.last_touch_at) if row.is_untouched else f"{touched} · {last}",
        row.owner_name or "no owner",
    ]
    return [fact for fact in facts if fact]


def untouched(ctx: Context, last_touch_at: datetime | None) -> str:
    """That no touch of ours was logged; where one of theirs was, that too."""
    theirs = "" if last_touch_at is None else f" · they got in touch {words.ago(last_touch_at, ctx.frame.as_of)}"
    return f"no touch of ours logged yet{theirs}"


def chosen(ctx: Context, page: sell.parts.LeadsPage, row: sell.parts.LeadRow) -> None:
    """The lead chosen in the list, the picture or the address."""
    with st.container(border=True, key="chosen"):
        card(ctx, page, row, key="chosen", is_primary=True)


def listed(ctx: Context, page: sell.parts.LeadsPage) -> None:
    """The list as cards, for a narrow screen."""
    cards.listed(page, LEAD, lambda row: card(ctx, page, row, key=row.lead_id, is_primary=False))


def picture(ctx: Context, page: sell.parts.LeadsPage, chosen_id: str) -> None:
    """Where do the ready ones come from, and who of them still waits? Chance by source; a click chooses a lead."""
    sources = _sources(page.points)
    figure = Picture(height=max(220, 60 + 44 * len(sources)))
    for tier, colour, shape in charts.TIERS:
        at = [p for p in page.points if p.tier == tier]
        marker = {"color": colour, "symbol": shape, "size": 8, "opacity": 0.7, "line": {"width": 0}}
        names = [words.hover(p.name) for p in at]
        _dots(figure, at, sources, name=tier, marker=marker, text=names, customdata=[p.lead_id for p in at])
    for name, colour, size, width, ringed in (
        ("no touch logged", QUIET, 15, 1.5, [p for p in page.points if p.is_untouched]),
        ("people disagree", charts.PEOPLE, 17, 2.5, [p for p in page.points if p.is_disagreed]),
        ("chosen", QUIET, 24, 1.5, [p for p in page.points if p.lead_id == chosen_id]),
    ):
        ring = {"color": colour, "symbol": "circle-open", "size": size, "line": {"width": width}}
        if ringed:
            _dots(figure, ringed, sources, name=name, marker=ring, hoverinfo="skip", showlegend=name != "chosen")
    figure.update_xaxes(title_text="of 100 leads like this, so many buy within 90 days", rangemode="tozero")
    figure.update_yaxes(tickvals=list(range(len(sources))), ticktext=[words.hover(s) for s in sources], showgrid=False)
    figure.update_yaxes(title_text="where it came from", range=[-0.6, len(sources) - 0.4])
    n_ready = words.number(sum(p.tier == "high" for p in page.points))
    alt = f"{words.counted(len(page.points), 'lead')} by chance of buying and source, {n_ready} of them high"
    draw(figure, PICTURE, alt, on_select=tables.point_chosen(PICTURE, state.choose_lead), selection_mode="points")
    of = words.counted(page.n_matching, "lead")
    of += f", {words.number(page.n_unknown)} without enough evidence not drawn" if page.n_unknown else ""
    of += f", {words.number(page.n_yours)} waiting for your view not drawn" if page.n_yours else ""
    charts.small(f"As of {words.day(ctx.frame.as_of, 0)} · {of} · a click chooses a lead; grey ring: no touch logged")


def _sources(points: Sequence[Any]) -> list[str]:
    """Where leads came from, the source with the highest mean chance last, which is on top."""
    by_source: dict[str, list[float]] = {}
    for point in points:
        by_source.setdefault(point.source_channel or "not known", []).append(point.probability)
    return sorted(by_source, key=lambda source: (sum(by_source[source]) / len(by_source[source]), source))


def _dots(figure: Picture, at: Sequence[Any], sources: Sequence[str], *, marker: dict[str, Any], **more: Any) -> None:
    faint = {"marker": {"opacity": marker.get("opacity", 1)}}
    figure.add_scatter(
        x=[round(p.probability * 100, 1) for p in at],
        y=[round(sources.index(p.source_channel or "not known") + _aside(p.lead_id), 3) for p in at],
        mode="markers",
        marker=marker,
        selected=faint,
        unselected=faint,
        **({"hovertemplate": "%{text}<br>%{x:.0f} of 100<extra></extra>"} | more),
    )


def _aside(key: str) -> float:
    """A little up or down, always the same for one lead, so that equal chances do not hide each other."""
    return (zlib.crc32(key.encode()) % 1000 / 1000 - 0.5) * 0.6
