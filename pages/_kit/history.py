"""The account's score over time: two histories side by side, the model's and people's, and what happened meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from crm_core import clock
from crm_core.views import sell
from pages._kit import words
from pages._kit.charts import MODEL, PEOPLE, Caption, small
from pages._kit.picture import QUIET, Picture, draw

# Who is who must be told without colours: people share one, each has a stroke of his own and his name at its beginning.
STROKES = ("solid", "dash", "dot", "dashdot", "longdash")
BEGINS, ENDED = "star-diamond", "line-ns"
LEAST_DAYS = 2
Y_TITLE = "of 100 like this leave"


def chance_over_time(page: sell.parts.AccountPage, caption: Caption) -> None:
    """Has it changed, who saw it otherwise, and what happened? The machine goes on while a view is in force."""
    figure = Picture(height=320)
    _machine(figure, page)
    _people(figure, page)
    days = [p.as_of for p in page.history]
    said = [o.stands_for * 100 for o in page.opinions]
    top = max([*(p.high * 100 for p in page.history), *said, 20.0])
    _contract_days(figure, page, days[0] if days else caption.as_of, caption.as_of, top)
    figure.update_xaxes(tickformat=words.picture_day(split="<br>"), nticks=8)
    figure.update_yaxes(title_text=Y_TITLE, range=[0, top * 1.18])
    draw(figure, "history_picture", _alt(page))
    late = any(p.is_backcast for p in page.history)
    more = " · open marks: worked out later, by a model that had not seen what came" if late else ""
    if page.opinions:
        more += " · blue: each person's view from the day it was said until it ended; reasons in the hover"
    small(f"As of {words.day(caption.as_of, 0)} · 1 customer{more}")


def _machine(figure: Picture, page: sell.parts.AccountPage) -> None:
    if not page.history:
        return
    days = [p.as_of for p in page.history]
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=days, y=[p.low * 100 for p in page.history], showlegend=False, **band)
    high = [p.high * 100 for p in page.history]
    shade = {"fill": "tonexty", "fillcolor": "rgba(100,116,139,0.18)"}
    figure.add_scatter(x=days, y=high, name="range (95 %)", **shade, **band)
    symbols = ["circle-open" if p.is_backcast else "circle" for p in page.history]
    figure.add_scatter(
        x=days,
        y=[p.probability * 100 for p in page.history],
        mode="lines+markers",
        name="the model",
        line={"color": MODEL, "width": 2},
        marker={"color": MODEL, "size": 9, "symbol": symbols, "line": {"width": 2}},
        hovertemplate="%{y:.0f} of 100, %{x|" + words.picture_day() + "}<extra></extra>",
    )


def _people(figure: Picture, page: sell.parts.AccountPage) -> None:
    """Each view as a level stretch: at the own number, else at what the belief stands for."""
    named: set[str] = set()
    strokes = _strokes(page.opinions)
    for said in reversed(page.opinions):
        begin, end = said.recorded_at, _end(said)
        level = said.stands_for * 100
        figure.add_scatter(
            x=[begin, end],
            y=[level, level],
            mode="lines+markers+text",
            name=words.hover(said.who_name),
            showlegend=said.who_name not in named,
            line={"color": PEOPLE, "width": 3, "dash": strokes[said.who_name]},
            marker={
                "color": PEOPLE,
                "symbol": [BEGINS, ENDED if said.ended_on else "triangle-right"],
                "size": [13, 11],
                "line": {"color": PEOPLE, "width": [0, 2.5]},
            },
            text=[f"{words.hover(called(said.who_name))}: {words.hover(said.belief)}", ""],
            textposition="top left" if _is_late(page, begin) else "top right",
            textfont={"size": 12},
            cliponaxis=False,
            hovertext=_told(said),
            hovertemplate="%{hovertext}<extra></extra>",
        )
        named.add(said.who_name)


def called(name: str) -> str:
    """The first name; of a pseudonym the whole, for its first word is everybody's."""
    first, _, rest = name.partition(" ")
    return name if first == "Person" and rest else first


def _strokes(opinions: Sequence[sell.parts.Opinion]) -> dict[str, str]:
    people = list(dict.fromkeys(o.who_name for o in reversed(opinions)))
    return {who: STROKES[n % len(STROKES)] for n, who in enumerate(people)}


def _end(said: sell.parts.Opinion) -> datetime:
    """Where the stretch ends: the end of the day it ended, else today; never too short to be seen."""
    day = said.ended_on or clock.today()
    return max(datetime.combine(day, datetime.min.time()), said.recorded_at + timedelta(days=LEAST_DAYS))


def _is_late(page: sell.parts.AccountPage, begin: datetime) -> bool:
    """Whether a view begins so far to the right that its name would leave the picture."""
    first = min([p.as_of for p in page.history] + [o.recorded_at.date() for o in page.opinions])
    whole = (clock.today() - first).days
    return (begin.date() - first).days > 0.6 * whole


def _told(said: sell.parts.Opinion) -> str:
    """What the hover says of one view: who, what, why, since when, until when, and what the number is."""
    this_year, number = clock.today().year, f"{words.of_100(said.stands_for)} of 100"
    if said.probability is None:
        number = f"drawn at {number}: what '{words.hover(said.belief)}' stands for where no number is given"
    until = f"today, counts until {words.day(said.expires_on, this_year)}"
    if said.ended_on:
        until = words.day(said.ended_on, this_year)
    how = f" ({said.state})" if said.ended_on else ""
    lines = [f"<b>{words.hover(said.who_name)}: {words.hover(said.belief)}</b>", number, words.hover(said.reason)]
    lines += ["people disagree"] if said.is_contested else []
    return "<br>".join([*lines, f"{words.day(said.recorded_at, this_year)} to {until}{how}"])


def _alt(page: sell.parts.AccountPage) -> str:
    told = [f"{o.who_name}: {o.belief}" for o in page.opinions]
    return "Chance of leaving over time" + (f"; people: {', '.join(told)}" if told else "")


def _contract_days(figure: Picture, page: sell.parts.AccountPage, first: date, last: date, top: float) -> None:
    began = [(c.started_on, "contract began") for c in page.contracts]
    ends = [(page.renewal_on, "renewal")] if page.renewal_on else []
    left = [(page.left_on, "left")] if page.left_on else []
    until = last + timedelta(days=100)
    for when, what in [*began, *ends, *left]:
        if first - timedelta(days=45) <= when <= until:
            figure.add_shape(
                type="line", x0=when, x1=when, y0=0, y1=top * 1.06, line={"color": QUIET, "width": 1, "dash": "dot"}
            )
            figure.add_annotation(x=when, y=top * 1.12, text=what, showarrow=False, font={"size": 11})
