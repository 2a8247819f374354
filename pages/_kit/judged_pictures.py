"""The picture of who was nearer: one line per group, people to the right, the model to the left."""

from __future__ import annotations

from collections.abc import Sequence

from crm_core.views import trust
from pages._kit import words
from pages._kit.charts import MODEL, PEOPLE
from pages._kit.picture import QUIET, Picture, draw
from pages._kit.shell import Context, note

LETTERS = 26
BEYOND = 0.0025
# Colour and shape say the same, so that neither is needed alone.
MARKS = {
    "people": ("people nearer", PEOPLE, "star-diamond"),
    "model": ("model nearer", MODEL, "square"),
    "neither": ("too close to tell", QUIET, "circle-open"),
    None: ("too few for a range", QUIET, "x-thin-open"),
}


def who_was_nearer(ctx: Context, cells: Sequence[trust.parts.JudgedCell], names: Sequence[str]) -> None:
    """Where is people's word worth more than the model's? How much nearer they were, with its range, per group."""
    figure = Picture(height=100 + 34 * len(cells))
    for verdict, (label, colour, symbol) in MARKS.items():
        at = [n for n, cell in enumerate(cells) if cell.who_was_nearer == verdict]
        if at:
            _marks(figure, [cells[n] for n in at], at, {"name": label, "marker": _mark(colour, symbol)})
    figure.add_shape(type="line", x0=0, x1=0, y0=-0.5, y1=len(cells) - 0.5, line={"color": QUIET, "width": 1})
    furthest = max([5.0, *(abs(end) * 105 for c in cells for end in (c.gain, c.gain_low, c.gain_high) if end)])
    labels = [_short(name) for name in names]
    figure.update_yaxes(autorange="reversed", showgrid=False, tickvals=list(range(len(cells))), ticktext=labels)
    figure.update_xaxes(title_text="← model · points · people →", range=[-furthest, furthest])
    draw(figure, "judged_picture", _alt(cells, names))
    n = sum(cell.n_cases for cell in cells)
    note(
        f"As of {words.day(ctx.frame.as_of, 0)} · {words.counted(n, 'case')} whose outcome is known; right of the line "
        "people were nearer, left of it the model; bars: 95 % range."
    )


def _mark(colour: str, symbol: str) -> dict[str, object]:
    return {"color": colour, "symbol": symbol, "size": 11, "line": {"width": 2, "color": colour}}


def _marks(figure: Picture, cells: Sequence[trust.parts.JudgedCell], at: Sequence[int], how: dict[str, object]) -> None:
    figure.add_scatter(
        x=[cell.gain * 100 for cell in cells],
        y=list(at),
        mode="markers",
        error_x={
            "type": "data", "symmetric": False, "color": QUIET, "thickness": 1.5, "width": 4,
            "array": [(ends(cell)[1] - cell.gain) * 100 for cell in cells],
            "arrayminus": [(cell.gain - ends(cell)[0]) * 100 for cell in cells],
        },
        text=[f"people off by {cell.off_person * 100:.0f}, the model by {cell.off_machine * 100:.0f} · "
              f"{words.counted(cell.n_cases, 'case')}" for cell in cells],
        hovertemplate="%{text}<extra></extra>",
        **how,
    )  # fmt: skip


def ends(cell: trust.parts.JudgedCell) -> tuple[float, float]:
    """The ends of a bar, on the side of 0 on which the verdict found them.

    What is stored is rounded to a point, the verdict was found before that: an end that reads 0 lies up to half a point
    to one side, and is drawn in the middle of where it can lie.
    """
    low = cell.gain if cell.gain_low is None else cell.gain_low
    high = cell.gain if cell.gain_high is None else cell.gain_high
    is_across = cell.who_was_nearer == "neither"
    low = (-BEYOND if is_across else BEYOND) if cell.gain_low == 0 else low
    high = (BEYOND if is_across else -BEYOND) if cell.gain_high == 0 else high
    return low, high


def _alt(cells: Sequence[trust.parts.JudgedCell], names: Sequence[str]) -> str:
    said = [f"{name}: {MARKS[cell.who_was_nearer][0]}" for cell, name in zip(cells, names, strict=True)]
    return "Who was nearer. " + "; ".join(said)


def _short(label: str) -> str:
    shown = words.hover(label)
    return (shown if len(shown) <= LETTERS else shown[: LETTERS - 1].rstrip() + "…") + "  "
