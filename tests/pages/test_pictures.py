"""Pictures are plain data for speed; Plotly's own checks find nothing wrong with them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
import streamlit as st
import time_machine

from crm_core import views
from crm_core.actions import Disagree, disagree, withdraw
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


def test_both_histories_are_drawn_the_models_line_and_each_persons_view_until_it_ended(
    copy_of_demo: Path, drawn: list[dict[str, Any]]
) -> None:
    manager = person("manager")
    key = views.sell.risk(manager).rows[0].customer_id
    for viewer, belief, own in ((manager, "will_stay", None), (person("steward"), "will_leave", 0.6)):
        request = Disagree("churn", key, belief, own, "contract_known", "", None, f"{belief}")
        with time_machine.travel(datetime(2026, 6, 1, 9, tzinfo=UTC), tick=False):
            said = disagree(viewer, request).entry_id
    with time_machine.travel(datetime(2026, 6, 20, 9, tzinfo=UTC), tick=False):
        withdraw(person("steward"), said, "w")
        account = views.sell.account(manager, key)
        history.chance_over_time(account, charts.Caption(account.history[-1].as_of, "EUR"))
    traces = {trace.get("name"): trace for trace in drawn[0]["data"]}
    assert traces["the model"]["y"] == [p.probability * 100 for p in account.history], "the machine goes on"
    stays, leaves = traces[manager.name], traces[person("steward").name]
    assert (stays["y"], leaves["y"]) == ([3, 3], [60, 60]), "what the belief stands for; the own number"
    assert [day.date().isoformat() for day in stays["x"]] == ["2026-06-01", "2026-06-20"], "until today"
    assert (stays["marker"]["symbol"][1], leaves["marker"]["symbol"][1]) == ("triangle-right", "line-ns")
    assert stays["line"]["dash"] != leaves["line"]["dash"], "told apart without a colour"
    assert stays["text"][0] == f"{manager.name.split()[0]}: will stay"
    assert "what 'will stay' stands for" in stays["hovertext"]
    assert "I know the contract" in stays["hovertext"]
    assert "withdrawn" in leaves["hovertext"]


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
