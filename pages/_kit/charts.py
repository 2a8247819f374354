"""Pictures: one function per question a person asks. One template for light and dark; a unit on every axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from crm_core.views import sell
from pages._kit import words
from pages._kit.picture import GRID, QUIET, Picture, draw

MODEL, PEOPLE = "#64748B", "#0072B2"
LOWERS = "rgba(100,116,139,0.15)"
# Colour and shape say the same, so that neither is needed alone.
TIERS = (
    ("high", "#D55E00", "diamond"),
    ("medium", "#E69F00", "square"),
    ("low", "#009E73", "circle"),
)
LABEL_LETTERS = 46


@dataclass(frozen=True)
class Caption:
    """What stands under every picture: as of when, and of how many customers."""

    as_of: date
    currency: str

    def text(self, n_customers: int, more: str = "") -> str:
        """The line itself."""
        of = words.counted(n_customers, "customer")
        return f"As of {words.day(self.as_of, 0)} · {of}" + (f" · {more}" if more else "")


def risk_and_money(page: sell.parts.RiskPage, chosen: str, caption: Caption, on_choice: Callable[[], None]) -> None:
    """Where is the most money in the most danger? Chance against yearly value; a click chooses a customer."""
    figure = Picture(height=340)
    for tier, colour, shape in TIERS:
        at = [p for p in page.points if p.tier == tier]
        names = [words.hover(p.name) for p in at]
        marker = {"color": colour, "symbol": shape, "size": 9, "opacity": 0.75, "line": {"width": 0}}
        _dots(figure, at, text=names, name=tier, marker=marker, customdata=[p.customer_id for p in at])
    disputed = [p for p in page.points if p.is_disagreed]
    if disputed:
        ring = {"color": PEOPLE, "symbol": "circle-open", "size": 17, "line": {"width": 2.5}}
        _dots(figure, disputed, name="people disagree", marker=ring, hoverinfo="skip")
    everyone: tuple[Any, ...] = (*page.points, *page.rows)
    here = [p for p in everyone if p.customer_id == chosen and p.probability is not None][:1]
    if here:
        cross = {"color": QUIET, "symbol": "circle-open", "size": 24, "line": {"width": 1.5}}
        _dots(figure, here, name="chosen", marker=cross, hoverinfo="skip", showlegend=False)
    figure.update_xaxes(title_text="of 100 customers like this, so many leave within 90 days", rangemode="tozero")
    figure.update_yaxes(title_text="pays a year", type="log")
    sign = words.SIGNS.get(caption.currency, caption.currency)
    figure.update_yaxes(tickformat="~s", tickprefix=f"{sign} ", dtick="D2" if _spread(page) < 30 else 1)
    draw(figure, "risk_picture", _alt(page), on_select=on_choice, selection_mode="points")
    small(caption.text(page.n_matching, _sampled(page)))


def reasons(page: sell.parts.AccountPage, caption: Caption, *, is_narrow: bool) -> None:
    """Why this number? From what is usual, reason by reason, to the chance of this customer."""
    if page.probability is None or page.typical is None:
        return
    names = [_base(page), *(r.sentence for r in page.reasons), "This customer"]
    steps = [page.typical * 100, *(r.points * 100 for r in page.reasons), page.probability * 100]
    told = [f"{steps[0]:.0f}", *(words.points(r.points) for r in page.reasons), f"<b>{steps[-1]:.0f}</b>"]
    figure = Picture(height=70 + (44 if is_narrow else 30) * len(names), top=4)
    figure.add_waterfall(
        orientation="h",
        y=list(range(len(names))),
        x=steps,
        measure=["absolute", *["relative"] * len(page.reasons), "total"],
        text=told,
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
        increasing={"marker": {"color": MODEL}},
        decreasing={"marker": {"color": LOWERS, "line": {"color": MODEL, "width": 1.5}}},
        totals={"marker": {"color": MODEL}},
        connector={"line": {"color": GRID, "width": 1}},
        width=0.4 if is_narrow else 0.62,
        showlegend=False,
    )
    labels = [_broken(words.hover(name)) for name in names]
    figure.update_yaxes(autorange="reversed", showgrid=False, tickvals=list(range(len(names))), ticktext=labels)
    if is_narrow:
        figure.update_yaxes(showticklabels=False)
        _labels_above(figure, [words.hover(name) for name in names])
    highest = max(_running(steps))
    figure.update_xaxes(title_text="of 100 customers like this, so many leave", range=[0, highest * 1.12 + 2])
    draw(figure, "reasons_picture", "Reasons of the chance, strongest first")
    note = "points of 100, rounded; filled raises, hollow lowers; approximate, they add up to the chance"
    small(f"As of {words.day(caption.as_of, 0)} · 1 customer · {note}")


def small(text: str) -> None:
    """The line under a picture; Markdown."""
    st.markdown(f":small[:gray[{text}]]")


def _dots(figure: Picture, at: Sequence[Any], *, marker: dict[str, Any], **more: Any) -> None:
    figure.add_scatter(
        x=[round(p.probability * 100, 1) for p in at],
        y=[round(p.yearly_value) if p.yearly_value else None for p in at],
        mode="markers",
        marker=marker,
        # Choosing one must not make the others pale: the picture is about all of them.
        selected={"marker": {"opacity": marker.get("opacity", 1)}},
        unselected={"marker": {"opacity": marker.get("opacity", 1)}},
        **({"hovertemplate": "%{text}<br>%{x:.0f} of 100 · %{y:,.0f} a year<extra></extra>"} | more),
    )


def _spread(page: sell.parts.RiskPage) -> float:
    values = [p.yearly_value for p in page.points if p.yearly_value]
    return max(values) / min(values) if values else 1.0


def _sampled(page: sell.parts.RiskPage) -> str:
    n = len(page.points)
    waiting = f"{words.number(page.n_yours)} waiting for your view"
    if page.n_unknown:
        of = f"{words.number(page.n_unknown)} without enough evidence" + (f" and {waiting}" if page.n_yours else "")
        return f"{of} not drawn: see Worth a question; ring: somebody disagrees"
    if page.n_yours:
        return f"{waiting} not drawn; a click chooses a customer; ring: somebody disagrees"
    if n < page.n_matching and n >= 2_000:
        return f"a fair sample of {words.number(n)} is drawn; ring: somebody disagrees"
    return "a click chooses a customer; ring: somebody disagrees"


def _alt(page: sell.parts.RiskPage) -> str:
    n = words.number(sum(p.tier == "high" for p in page.points))
    return f"{words.counted(len(page.points), 'customer')} by chance of leaving and yearly value, {n} of them high"


def _base(page: sell.parts.AccountPage) -> str:
    """What the reasons start from: the usual share, and where the model's own start is another number, that."""
    is_usual = page.base_rate is not None and words.of_100(page.base_rate) == words.of_100(page.typical or 0)
    return "Usual here" if is_usual else "A customer of whom the model knows nothing special"


def _running(steps: Sequence[float]) -> list[float]:
    heights, level = [], 0.0
    for step in steps[:-1]:
        level += step
        heights.append(level)
    return [*heights, steps[-1]]


def _broken(text: str) -> str:
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) > LABEL_LETTERS and line:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "<br>".join([*lines, line]) + "  "


def _labels_above(figure: Picture, names: Sequence[str]) -> None:
    for row, name in enumerate(names):
        figure.add_annotation(x=0, y=row - 0.42, text=name, showarrow=False, xanchor="left", font={"size": 12})
