"""What a picture is made of: Plotly's description as plain data, in the house's one layout.

`plotly.graph_objects` checks every value at every run, which took longer than all else on a page. The same names and
the same result without the checks; `tests/pages/test_pictures.py` holds the result against Plotly's own.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from plotly.basedatatypes import BaseFigure

from pages._kit.locales import manner

GRID, QUIET, CLEAR = "rgba(128,140,158,0.22)", "rgba(128,140,158,0.75)", "rgba(0,0,0,0)"
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset"}


class Picture(BaseFigure):  # type: ignore[misc] # Streamlit draws what is a figure by type without checking it again
    """A picture with the house's layout; add what it shows with the names that `plotly.graph_objects.Figure` has.

    Parameters
    ----------
    height : int
        Points.
    top : int
        Points above the plot; the legend stands there.
    """

    def __init__(self, *, height: int, top: int = 28) -> None:
        axis = {"gridcolor": GRID, "zeroline": False, "linecolor": GRID, "title": {"standoff": 8}, "automargin": True}
        self._drawn: list[dict[str, Any]] = []
        self._laid: dict[str, Any] = {
            "height": height,
            "margin": {"l": 8, "r": 12, "t": top, "b": 8},
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "dragmode": False,
            "separators": manner().decimal + manner().group,
            "hoverlabel": {"align": "left"},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "itemclick": False},
            "xaxis": axis,
            "yaxis": deepcopy(axis),
        }

    def add(self, kind: str, **trace: Any) -> None:
        """Marks of one kind of Plotly's: scatter, bar, waterfall, heatmap …"""
        self._drawn.append({"type": kind, **trace})

    def add_scatter(self, **trace: Any) -> None:
        """Points or lines."""
        self.add("scatter", **trace)

    def add_bar(self, **trace: Any) -> None:
        """Bars."""
        self.add("bar", **trace)

    def add_waterfall(self, **trace: Any) -> None:
        """Steps from one number to another."""
        self.add("waterfall", **trace)

    def add_shape(self, **shape: Any) -> None:
        """A line or a box over the plot."""
        self._laid.setdefault("shapes", []).append(shape)

    def add_annotation(self, **annotation: Any) -> None:
        """Words over the plot."""
        self._laid.setdefault("annotations", []).append(annotation)

    def update_xaxes(self, **axis: Any) -> None:
        """Change the horizontal axis; `title_text` is the title's words, always with a unit."""
        _changed(self._laid["xaxis"], axis)

    def update_yaxes(self, **axis: Any) -> None:
        """Change the vertical axis; `title_text` is the title's words, always with a unit."""
        _changed(self._laid["yaxis"], axis)

    def update_layout(self, **layout: Any) -> None:
        """Change the rest."""
        _changed(self._laid, layout)

    def to_dict(self) -> dict[str, Any]:
        """The description that goes to the browser."""
        return {"data": self._drawn, "layout": {**self._laid, "template": _template()}}


def draw(picture: Picture, key: str, alt: str, **more: Any) -> Any:
    """Put a picture on the page; `alt` says in words what it shows.

    Parameters
    ----------
    more
        Of `st.plotly_chart`, e.g. `on_select` and `selection_mode` where a click chooses something.
    """
    return st.plotly_chart(picture, key=key, alt=alt, config=CONFIG, **more)


def _changed(where: dict[str, Any], change: dict[str, Any]) -> None:
    for name, value in change.items():
        if name.endswith("_text"):
            where.setdefault(name.removesuffix("_text"), {})["text"] = value
        elif isinstance(value, dict) and isinstance(where.get(name), dict):
            _changed(where[name], value)
        else:
            where[name] = value


@cache
def _template() -> dict[str, Any]:
    """Streamlit's template, by which the browser gives pictures the theme's colours."""
    template: dict[str, Any] = go.Figure().to_dict()["layout"]["template"]
    return template
