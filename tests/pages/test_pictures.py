"""Pictures are plain data for speed; Plotly's own checks find nothing wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
import streamlit as st

from crm_core import views
from pages._kit import charts, history
from pages._kit.picture import Picture
from tests.pages.test_every_page import person


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was sent to the browser as a picture."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(st, "plotly_chart", lambda picture, **more: found.append(picture.to_dict() | {"more": more}))
    return found


def without_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_order(part) for key, part in sorted(value.items())}
    return [without_order(part) for part in value] if isinstance(value, list | tuple) else value


def test_plotly_finds_nothing_wrong_with_the_pictures(demo: Path, drawn: list[dict[str, Any]]) -> None:
    manager = person("manager")
    page = views.sell.risk(manager)
    account = views.sell.account(manager, page.rows[0].customer_id)
    caption = charts.Caption(account.history[-1].as_of, "EUR")
    charts.risk_and_money(page, page.rows[0].customer_id, caption, lambda: None)
    charts.reasons(account, caption, is_narrow=True)
    history.chance_over_time(account, caption)
    assert len(drawn) == 3
    for picture in drawn:
        assert picture.pop("more")["alt"]
        checked = go.Figure(data=picture["data"], layout=picture["layout"]).to_dict()
        assert without_order(checked["layout"]) == without_order(picture["layout"])
        assert [sorted(trace) for trace in checked["data"]] == [sorted(trace) for trace in picture["data"]]


def test_changes_of_a_picture_are_what_plotly_makes_of_them() -> None:
    ours, theirs = Picture(height=300), go.Figure(layout=Picture(height=300).to_dict()["layout"])
    for figure in (ours, theirs):
        figure.add_bar(x=[1], y=[2], name="a")
        figure.add_scatter(x=[1], y=[2], mode="lines")
        figure.update_xaxes(title_text="euros", range=[0, 1])
        figure.update_yaxes(title_text="customers", type="log")
        figure.update_layout(legend={"y": 2}, barmode="stack")
        figure.add_shape(type="line", x0=1, x1=1, y0=0, y1=1)
        figure.add_annotation(x=1, y=2, text="here")
    ours_now, theirs_now = ours.to_dict(), theirs.to_dict()
    assert without_order(ours_now["layout"]) == without_order(theirs_now["layout"])
    assert without_order(ours_now["data"]) == without_order(theirs_now["data"])
