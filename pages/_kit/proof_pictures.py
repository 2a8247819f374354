"""Pictures of what backs a model's word: said against came, per group and per month."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.views import trust
from pages._kit import words
from pages._kit.charts import MODEL
from pages._kit.model import SAYINGS
from pages._kit.picture import QUIET, Picture, draw
from pages._kit.shell import Context, note

LETTERS = 26
SAID = {"color": QUIET, "symbol": "diamond-open", "size": 11, "line": {"width": 2}}
CAME = {"color": MODEL, "symbol": "circle", "size": 9}


def groups(ctx: Context, proof: trust.parts.Proof, names: Sequence[str]) -> None:
    """For whom does it keep its word? What it said beside what came with its range, one line per group."""
    say = SAYINGS[proof.question]
    shown = [(part, name) for part, name in zip(proof.parts, names, strict=True) if not part.is_few]
    if not shown:
        return
    parts = [part for part, _ in shown]
    at = list(range(len(parts)))
    figure = Picture(height=70 + 30 * len(parts))
    figure.add_scatter(
        x=[part.came * 100 for part in parts],
        y=at,
        mode="markers",
        name=f"so many {say.did}",
        marker=CAME,
        error_x={
            "type": "data", "symmetric": False, "color": MODEL, "thickness": 1.5, "width": 4,
            "array": [(part.high - part.came) * 100 for part in parts],
            "arrayminus": [(part.came - part.low) * 100 for part in parts],
        },
        text=[words.counted(part.entities, say.one) for part in parts],
        hovertemplate="%{x:.0f} of 100<br>%{text}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[part.said * 100 for part in parts], y=at, mode="markers", name="it said", marker=SAID,
        hovertemplate="it said %{x:.0f} of 100<extra></extra>",
    )  # fmt: skip
    labels = [_short(name) for _, name in shown]
    figure.update_yaxes(autorange="reversed", showgrid=False, tickvals=at, ticktext=labels)
    figure.update_xaxes(title_text=f"of 100 {say.one}s", rangemode="tozero")
    draw(figure, "groups_picture", f"Said against came, {words.counted(len(parts), 'group')}")
    n = sum(part.entities for part in parts if part.kind == parts[0].kind)
    note(
        f"As of {words.day(ctx.frame.as_of, 0)} · {words.counted(n, say.one)} of the test; "
        "bars: 95 % range of what came."
    )


def months(ctx: Context, proof: trust.parts.Proof) -> None:
    """Did it keep its word month by month? What it said beside what came with its range."""
    say = SAYINGS[proof.question]
    known = [month for month in proof.months if month.is_known]
    figure = Picture(height=260)
    for is_backcast, name, symbol in ((False, f"{say.did}, as published", "circle"),
                                      (True, f"{say.did}, computed later", "circle-open")):  # fmt: skip
        at = [month for month in known if month.is_backcast == is_backcast]
        if not at:
            continue
        figure.add_scatter(
            x=[month.as_of.isoformat() for month in at],
            y=[(month.came or 0) * 100 for month in at],
            mode="markers",
            name=name,
            marker={**CAME, "symbol": symbol},
            error_y={
                "type": "data", "symmetric": False, "color": MODEL, "thickness": 1.5, "width": 4,
                "array": [((month.high or 0) - (month.came or 0)) * 100 for month in at],
                "arrayminus": [((month.came or 0) - (month.low or 0)) * 100 for month in at],
            },
            text=[f"{words.counted(month.n, say.one)}, version {month.version}" for month in at],
            hovertemplate="%{y:.0f} of 100<br>%{text}<extra></extra>",
        )  # fmt: skip
    figure.add_scatter(
        x=[month.as_of.isoformat() for month in known], y=[(month.said or 0) * 100 for month in known],
        mode="markers", name="it said", marker=SAID, hovertemplate="it said %{y:.0f} of 100<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(
        title_text="day of the scores", tickvals=[month.as_of.isoformat() for month in known],
        tickformat=words.picture_day(split="<br>"),
    )  # fmt: skip
    figure.update_yaxes(title_text=f"of 100 {say.one}s", rangemode="tozero")
    draw(figure, "months_picture", f"Said against came, {words.counted(len(known), 'month')}")
    n = sum(month.n for month in known)
    note(
        f"As of {words.day(ctx.frame.as_of, 0)} · {words.counted(n, 'score')} whose outcome is known; bars: 95 % range."
    )


def _short(label: str) -> str:
    shown = words.hover(label)
    return (shown if len(shown) <= LETTERS else shown[: LETTERS - 1].rstrip() + "…") + "  "
