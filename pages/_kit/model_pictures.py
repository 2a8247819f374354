"""Pictures of a model: does it keep its word, does it find them, what drives it."""

from __future__ import annotations

from textwrap import wrap

import streamlit as st

from crm_core.views import trust
from pages._kit import words
from pages._kit.charts import MODEL
from pages._kit.model import SAYINGS
from pages._kit.picture import QUIET, Picture, draw
from pages._kit.shell import Context, note

SIGNS_DRAWN, LETTERS, LINES = 8, 26, 3
SAID = "#E69F00"


def said_and_came(ctx: Context, page: trust.ModelPage) -> None:
    """Do its numbers keep their word? What was said against what came, with the range that chance alone explains."""
    say = SAYINGS[page.question]
    st.markdown("##### Does it keep its word?")
    figure, places = Picture(height=320, top=8), list(range(len(page.levels)))
    said, came = [level.said * 100 for level in page.levels], [level.came * 100 for level in page.levels]
    most = min(100.0, max(*said, *(level.high * 100 for level in page.levels)) * 1.05)
    cases = [words.counted(level.n, "case") for level in page.levels]
    told = [f"said {s:.0f} of 100, came {c:.0f}<br>{n}" for s, c, n in zip(said, came, cases, strict=True)]
    how = {"customdata": told, "hovertemplate": "%{customdata}<extra></extra>"}
    figure.add_bar(
        x=places,
        y=came,
        name="what came, with its 95 % range",
        marker={"color": MODEL},
        error_y=_ranges(page),
        **how,
    )
    dash = {"symbol": "line-ew-open", "size": 16, "color": SAID, "line": {"width": 3, "color": SAID}}
    figure.add_scatter(x=places, y=said, mode="markers", name="what it said", marker=dash, **how)
    _groups(figure, page)
    figure.update_yaxes(title_text=f"so many of 100 {say.did}", range=[0, most])
    draw(figure, "calibration_picture", f"Said against came. {'; '.join(told).replace('<br>', ', ')}")
    held = sum(level.low <= level.said <= level.high for level in page.levels)
    sizes = sorted({level.n for level in page.levels})
    size = words.number(sizes[0]) if len(sizes) == 1 else f"{words.number(sizes[0])} to {words.number(sizes[-1])}"
    note(
        f"As of {words.day(ctx.frame.as_of, 0)} · {len(page.levels)} groups of {size} cases; where the dash meets "
        f"the top of the bar it came as said. In {held} of {len(page.levels)} what it said lies within the 95 % range "
        "of what came."
    )


def _ranges(page: trust.ModelPage) -> dict[str, object]:
    """The 95 % range of what came, about the top of each bar."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [(level.high - level.came) * 100 for level in page.levels],
        "arrayminus": [(level.came - level.low) * 100 for level in page.levels],
        "color": QUIET,
        "thickness": 1.5,
        "width": 4,
    }


def _groups(figure: Picture, page: trust.ModelPage) -> None:
    """Name each bar by what was said, with the number of cases behind it."""
    # One line for what was said, one for the cases: both stay readable where a phone leaves 28 points to a bar.
    said = [words.of_100(level.said).replace("fewer than ", "<") for level in page.levels]
    ticks = [f"{words.hover(tick)}<br>({words.number(level.n)})" for tick, level in zip(said, page.levels, strict=True)]
    figure.update_xaxes(
        title_text="it said: so many of 100 (cases)",
        tickvals=list(range(len(page.levels))),
        ticktext=ticks,
        tickangle=0,
        tickfont={"size": 10},
        showgrid=False,
    )


def found_among(ctx: Context, page: trust.ModelPage) -> None:
    """How many does it find, the further down the ranking one goes? Against drawing by chance."""
    say = SAYINGS[page.question]
    st.markdown(f"##### How many of those who {say.do} does it find?")
    figure = Picture(height=300, top=8)
    shares = [0.0, *(top.share * 100 for top in page.tops), 100.0]
    found = [0.0, *(top.found * 100 for top in page.tops), 100.0]
    chance = {"color": QUIET, "width": 1, "dash": "dot"}
    figure.add_scatter(x=[0, 100], y=[0, 100], mode="lines", line=chance, hoverinfo="skip", showlegend=False)
    figure.add_scatter(
        x=shares,
        y=found,
        mode="lines+markers+text",
        line={"color": MODEL, "width": 2},
        marker={"color": MODEL, "size": 8},
        text=["", *(f"{top.found * 100:.0f}" for top in page.tops), ""],
        textposition="top left",
        cliponaxis=False,
        showlegend=False,
        hovertemplate="among the top %{x:.0f} %: %{y:.0f} %<extra></extra>",
    )
    figure.update_xaxes(title_text=f"of 100 {say.one}s, so many called, highest first", range=[0, 100])
    figure.update_yaxes(title_text=f"of 100 who {say.do}, so many found", range=[0, 106])
    draw(figure, "lift_picture", "Share found by share called, above the line of chance")
    note(f"As of {words.day(ctx.frame.as_of, 0)} · {words.counted(page.n_test, 'test case')}; dotted: drawn by chance.")


def drivers(ctx: Context, page: trust.ModelPage) -> None:
    """What moves the scores most, over everybody?"""
    say = SAYINGS[page.question]
    st.markdown("##### What drives it")
    top = page.drivers[:SIGNS_DRAWN]
    rest = sum(d.share for d in page.drivers[SIGNS_DRAWN:])
    figure = Picture(height=40 + 36 * len(top), top=4)
    figure.add_bar(
        orientation="h",
        x=[d.share * 100 for d in top],
        y=list(range(len(top))),
        marker={"color": MODEL},
        text=[f"{d.share * 100:.0f}" for d in top],
        textposition="outside",
        cliponaxis=False,
        customdata=[words.hover(d.misleads) for d in top],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    labels = [_wrapped(d.label) for d in top]
    figure.update_yaxes(autorange="reversed", showgrid=False, tickvals=list(range(len(top))), ticktext=labels)
    figure.update_xaxes(title_text="of 100 parts of what moves it", rangemode="tozero")
    draw(figure, "drivers_picture", "What moves the chances most, strongest first")
    others = (
        f"; {words.number(len(page.drivers) - len(top))} more signs share the other {rest * 100:.0f}" if rest else ""
    )
    note(f"As of {words.day(ctx.frame.as_of, 0)} · all {say.one}s that were scored{others}.")


def _wrapped(label: str) -> str:
    """A name over as many lines as it needs: what is cut off cannot be read on a phone, where nobody hovers."""
    lines = wrap(label, LETTERS, max_lines=LINES, placeholder=" …") or [""]
    return "<br>".join(f"{words.hover(line)}  " for line in lines)
