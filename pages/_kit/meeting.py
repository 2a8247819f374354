"""What the Meeting page is drawn with: large figures, three short lists, readable from the last row and in print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from crm_core.views import steer
from pages._kit import charts, evidence, measured, state, words
from pages._kit.picture import CLEAR, Picture, draw
from pages._kit.shell import Context, note

KEYS = ("team", "region")
IN_A_ROW = 4
PHONE_WIDTH = 162
RESTS = "Sources that see it"
AGO = {1: "Month ago", 12: "Year ago"}


def filters(page: steer.MeetingPage) -> steer.MeetingFilter:
    """Whose figures the committee looks at; both choices stand in the address."""
    state.recall("meeting", KEYS)
    for key, label, choices in (("team", "Team", page.teams), ("region", "Region", page.regions)):
        state.only(key, choices)
        if len(choices) > 1:
            st.multiselect(
                label,
                choices,
                key=key,
                bind="query-params",
                placeholder=f"All {label.lower()}s",
                label_visibility="collapsed",
                width="stretch" if state.is_phone() else 215,
            )
    state.keep("meeting", KEYS)
    at = st.session_state
    return steer.MeetingFilter(teams=tuple(at.get("team", ())), regions=tuple(at.get("region", ())))


def answer(page: steer.MeetingPage) -> None:
    """The answer in one line: how many of the figures are better, how many worse."""
    said = []
    for k, ago in AGO.items():
        judged = [
            measured.verdict(change, kpi.definition.direction)
            for kpi in page.kpis
            if (change := kpi.change_since(k)) is not None and not measured.is_alike(change, kpi.definition.unit)
        ]
        if judged:
            said.append(f"{ago}: **{judged.count('better')} better, {judged.count('worse')} worse**")
    if said:
        st.markdown("Against a " + " · a ".join(line[0].lower() + line[1:] for line in said), width="content")


def figures(ctx: Context, page: steer.MeetingPage) -> None:
    """The ten figures, four a row: now, against a month and a year ago, with the months between as a line."""
    if state.is_phone():
        with st.container(horizontal=True, key="figures"):
            for kpi in page.kpis:
                with st.container(width=PHONE_WIDTH, gap="xxsmall"):
                    _figure(ctx, kpi, page.lost if kpi.definition.key == "retention" else None)
        return
    for first in range(0, len(page.kpis), IN_A_ROW):
        for place, kpi in zip(st.columns(IN_A_ROW), page.kpis[first : first + IN_A_ROW], strict=False):
            with place.container(gap="xxsmall"):
                _figure(ctx, kpi, page.lost if kpi.definition.key == "retention" else None)


def _figure(ctx: Context, kpi: steer.Kpi, beside: steer.Kpi | None) -> None:
    about, now = kpi.definition, kpi.at(0)
    line = [_drawn(cell.value, about.unit) for cell in kpi.cells if cell.value is not None]
    st.metric(
        words.plain(about.title),
        measured.figure(now.value, about.unit, ctx.currency) if now else measured.NOT_KNOWN,
        delta_color="gray",
        help=measured.meaning(about),
        chart_data=line if len(line) > 1 else None,
    )
    lines = [_against(ctx, kpi, 1), _against(ctx, kpi, 12), *([_beside(ctx, beside)] if beside else [])]
    if about.key == "override_rate":
        lines.append("Counted when the build began")
    st.markdown("  \n".join(lines))


def _against(ctx: Context, kpi: steer.Kpi, k: int) -> str:
    """A change in words: 'Month ago 90.8 %, ▲ 0.4 better'."""
    about, then, change = kpi.definition, kpi.at(k), kpi.change_since(k)
    if then is None:
        return f"{AGO[k]}: {measured.NOT_KNOWN}"
    was = f"{AGO[k]} {measured.figure(then.value, about.unit, ctx.currency, is_short=True)}"
    if change is None or then.value is None:
        return was
    if measured.is_alike(change, about.unit):
        return f"{was}, the same"
    size = measured.change(change, then.value, about.unit)
    return f"{was}, {'▲' if change > 0 else '▼'}\u00a0{size} {measured.verdict(change, about.direction)}"


def _beside(ctx: Context, kpi: steer.Kpi) -> str:
    now = kpi.at(0)
    shown = measured.figure(now.value, kpi.definition.unit, ctx.currency) if now else measured.NOT_KNOWN
    return f"Lost in a month: {shown}"


def _drawn(value: float, unit: str) -> float:
    return round(value * 100, 2) if unit == "percent" else round(value, 2)


def moved(ctx: Context, page: steer.MeetingPage) -> None:
    """What moved most, weighted by money."""
    st.subheader("What moved most", anchor=False)
    found = page.moved
    if found.since is None:
        st.markdown(
            "There is only one day with scores so far. What moved can be said after the next build."
            if page.model_version
            else "There is no model for leaving yet, so no chance that could have moved."
        )
        return
    st.markdown(
        f"Since {ctx.day(found.since)} the chance of leaving has risen by 5 points or more for "
        f"**{words.counted(found.n_up, 'customer')}** ({words.money(found.value_up, ctx.currency)} a year) and fallen "
        f"for **{words.number(found.n_down)}** ({words.money(found.value_down, ctx.currency)} a year)."
    )
    if not found.rows:
        return
    listed(
        {
            "Customer": [link(row.customer_id, row.name) for row in found.rows],
            "Pays a year": [words.money(row.yearly_value, ctx.currency) for row in found.rows],
            "Of 100 leave": [f"{words.of_100(row.before)} → **{words.of_100(row.now)}**" for row in found.rows],
            "Points": [f"{'▲' if row.change > 0 else '▼'} {words.points(row.change)}" for row in found.rows],
            RESTS: _rests_on(page, [row.customer_id for row in found.rows]),
            "Today's reason": [words.plain(row.reason) or words.NOTHING for row in found.rows],
        },
        f"{words.counted(len(found.rows), 'customer')} whose chance of leaving has moved most",
    )
    note("Ordered by points times money. Click a name to open the account.")


def _rests_on(page: steer.MeetingPage, keys: Sequence[str]) -> list[str]:
    """How many sources could see each, in short: '6 of 8'."""
    return [evidence.short(page.rests_on[key]) if key in page.rests_on else "" for key in keys]


def danger(ctx: Context, page: steer.MeetingPage) -> None:
    """Money at risk by segment."""
    st.subheader("Money at risk by segment", anchor=False)
    if not page.model_version:
        st.markdown("There is no model for leaving yet, so nobody can say how much money is at risk.")
        return
    if any(d.n_high for d in page.danger):
        _money_at_risk(ctx, page.danger)
    else:
        st.markdown("No customer has a high chance of leaving.")
    n = sum(d.n_unknown for d in page.danger)
    if n:
        value = words.money(sum(d.value_unknown for d in page.danger), ctx.currency)
        whose = words.counted(n, "customer")
        note(f"{value} a year not judged: {whose} without enough evidence, neither in danger nor safe.")


def _money_at_risk(ctx: Context, rows: Sequence[steer.Danger]) -> None:
    """In which segment is the most money at risk, and how much of it is up for renewal soon?"""
    shown = [(words.hover(row.segment or "no segment"), row) for row in reversed(rows)]
    picture = Picture(height=90 + 40 * len(shown))
    red = charts.TIERS[0][1]
    for name, pattern, parts in (
        ("contract ends within 90 days", "", [(row.n_renewals, row.value_renewals) for _, row in shown]),
        (
            "contract ends later",
            "/",
            [(row.n_high - row.n_renewals, row.value_high - row.value_renewals) for _, row in shown],
        ),
    ):
        picture.add_bar(
            orientation="h",
            name=name,
            y=[segment for segment, _ in shown],
            x=[round(value) for _, value in parts],
            hovertext=[
                f"{words.counted(n, 'customer')}, {words.money(value, ctx.currency)} a year" for n, value in parts
            ],
            hovertemplate="%{y} · %{hovertext}<extra></extra>",
            marker={"color": red, "pattern": {"shape": pattern, "fgcolor": red, "bgcolor": CLEAR}},
        )
    for segment, row in shown:
        total = f"<b>{words.money(row.value_high, ctx.currency)}</b> of {words.money(row.value, ctx.currency)}"
        more = {"showarrow": False, "xanchor": "left", "xshift": 6, "font": {"size": 14}}
        picture.add_annotation(x=row.value_high, y=segment, text=total, **more)
    sign = words.SIGNS.get(ctx.currency, ctx.currency)
    most = max(row.value_high for _, row in shown)
    picture.update_xaxes(title_text="customers with a high chance of leaving pay this a year", tickprefix=f"{sign} ")
    picture.update_xaxes(tickformat="~s", range=[0, most * (2.2 if state.is_phone() else 1.35) or 1])
    picture.update_yaxes(showgrid=False, tickfont={"size": 14})
    picture.update_layout(barmode="stack", bargap=0.3)
    draw(picture, "danger_picture", "Yearly value of customers with a high chance of leaving, by segment")
    n = sum(row.n_customers for _, row in shown)
    note(ctx.caption.text(n, "high: at least 3 times the usual odds"))


def disputed(ctx: Context, page: steer.MeetingPage) -> None:
    """Where people and model disagree most."""
    st.subheader("Where people and model disagree most", anchor=False)
    if not page.disputes:
        st.markdown("Nobody disagrees with the model today. Who knows better presses *Disagree* on the customer.")
        return
    stake = words.money(page.value_disputed, ctx.currency)
    one = page.n_disputed == 1
    st.markdown(
        f"People see **{words.number(page.n_disputed)}** {'case' if one else 'cases'} differently; {stake} is at stake."
    )
    listed(
        {
            "About": [subject(row.question, row.entity_id, row.name) for row in page.disputes],
            "At stake": [words.money(row.money, ctx.currency) for row in page.disputes],
            "The model: of 100": [
                f"{words.of_100(row.probability)} ({words.span(row.low, row.high)}) {EVENTS[row.question]}"
                for row in page.disputes
            ],
            RESTS: _rests_on(page, [row.entity_id for row in page.disputes]),
            "People": [_people(row) for row in page.disputes],
        },
        f"{words.counted(len(page.disputes), 'case')} in which people and model disagree most",
    )
    note(
        "Ordered by money and by how much there is to learn, never by person. Nobody is ranked by being right or wrong."
    )


EVENTS = {"churn": "leave", "lead": "buy"}


def _people(row: steer.Dispute) -> str:
    contested = f":blue-badge[{words.DISAGREE}] " if any(o.is_contested for o in row.opinions) else ""
    return contested + "; ".join(said(o) for o in row.opinions)


def said(opinion: Any) -> str:
    """One person's view in a few words; Markdown."""
    return words.plain(f"{words.opinion(opinion.who_name, opinion.belief, opinion.probability)} · {opinion.reason}")


def listed(columns: dict[str, list[str]], alt: str) -> None:
    """A list that prints as it stands; on a phone, cards."""
    if not state.is_phone():
        st.table(columns, border="horizontal", hide_index=True, alt=alt)
        return
    for cells in zip(*columns.values(), strict=True):
        with st.container(border=True):
            first, *others = zip(columns, cells, strict=True)
            st.markdown(f"**{first[1]}**  \n" + "  \n".join(f"{name}: {cell}" for name, cell in others))


def link(customer_id: str, name: str) -> str:
    """The customer's name, leading to the account, still as the same person."""
    params = state.with_persona({state.CUSTOMER: customer_id})
    return f"[{words.plain(name)}](account?{urlencode(params)})"


def subject(question: str, entity_id: str, name: str) -> str:
    """The customer's or the lead's name, leading to where it is shown, still as the same person."""
    if question == "churn":
        return link(entity_id, name)
    return f"[{words.plain(name)}](leads?{urlencode(state.with_persona({state.LEAD: entity_id}))}) (lead)"
