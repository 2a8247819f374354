"""Write docs/overrides.md: what people, the model and both together were worth, with intervals and a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.overrides import JUDGED, SIZES, Replay, by_seed, interval, losses_of, skill
from benchmarks.running import ROOT

Interval = tuple[float, float, float]
NAMES = {
    "human": "human alone; override always wins",
    "model": "model alone; override never wins",
    "both": "**both together, as learned**",
    "in_force": "both together, once proven",
    "oracle": "oracle: the same formula, true weights",
    "per_rep": "oracle that knows each kind of rep",
}
OVER_ALL = {
    "human": "human alone, asked about everybody",
    "never": "model alone; override never wins",
    "always": "override always wins",
    "both": "both together, as learned",
    "in_force": "both together, once proven",
}


def write(found: Sequence[Replay]) -> Path:
    """Write the tables and the picture; returns the document."""
    curve = {n: _curve(found, n) for n in SIZES}
    target = ROOT / "docs" / "overrides.md"
    lines = [HEAD.format(seeds=len(found), n=JUDGED), *_errors(found), *_over_all(found), *_learning(curve)]
    target.write_text("\n".join([*lines, *_unfriendly(found)]) + "\n", encoding="utf-8")
    _picture(curve, ROOT / "docs" / "images" / "overrides.svg")
    return target


def _curve(found: Sequence[Replay], n: int) -> dict[str, Interval]:
    errors = by_seed(found, "honest", n)
    out = {name: interval(skill(e, name) for e in errors) for name in ("both", "in_force", "oracle", "per_rep")}
    out["share"] = interval(skill(e, "both") / skill(e, "oracle") for e in errors)
    out["proven"] = interval(o.words.loc[o.words["scenario"] == "honest", f"proven{n}"].mean() for o in found)
    return out


def _errors(found: Sequence[Replay]) -> list[str]:
    errors = by_seed(found, "honest")
    lines = ["", f"## Where people spoke, after {JUDGED} judged words", ""]
    lines += ["| who decides | Brier | skill over the better |", "|---|---|---|"]
    for name, title in NAMES.items():
        brier, gain = interval(e[name] for e in errors), interval(skill(e, name) for e in errors)
        lines.append(f"| {title} | {_told(brier, 1, 4)} | {_told(gain, 100, 1)} % |")
    return lines


def _over_all(found: Sequence[Replay]) -> list[str]:
    lines = ["", "## Over all scores, spoken of or not", "", "| who decides | Brier |", "|---|---|"]
    for name, title in OVER_ALL.items():
        brier = interval(float(o.scores[name].iloc[0] / o.scores["n"].iloc[0]) for o in found)
        lines.append(f"| {title} | {_told(brier, 1, 4)} |")
    return lines


def _learning(curve: dict[int, dict[str, Interval]]) -> list[str]:
    titles = "judged words | gain, as learned | share of the oracle's | proven in | gain in force"
    lines = ["", "## How it grows", "", f"| {titles} |", "|---|---|---|---|---|"]
    for n, at in curve.items():
        cells = [f"{n:,}", f"{_told(at['both'], 100, 1)} %", f"{_told(at['share'], 100, 0)} %"]
        cells += [f"{100 * at['proven'][0]:.0f} of 100 teams", f"{_told(at['in_force'], 100, 1)} %"]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _unfriendly(found: Sequence[Replay]) -> list[str]:
    shown, learned = losses_of(found), losses_of(found, "both")
    lines = ["", "## Against people who say the opposite", ""]
    lines += ["How much larger the Brier is than the model's, where people spoke; below 0 it is smaller.", ""]
    lines += ["| who | judged words | shown (only if proven) | as learned, proven or not |", "|---|---|---|---|"]
    for (scenario, n), value in shown.items():
        lines.append(f"| {scenario} | {n:,} | {_told(value, 100, 2)} % | {_told(learned[scenario, n], 100, 2)} % |")
    return [*lines, "", TAIL]


def _told(found: Interval, factor: float, digits: int) -> str:
    point, low, high = (factor * v for v in found)
    return f"{point:.{digits}f}" if np.isnan(low) else f"{point:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


HEAD = """# Model and people together: the proof

Made by `python -m benchmarks overrides`: {seeds} demo companies whose truth is known, scored by a real model on rows it
has not seen, overruled by simulated reps. Who the reps are and where their knowledge comes from stands in
`benchmarks/override_world.py`, how it is counted in `benchmarks/overrides.py`, the formulas in
[scoring.md](scoring.md#both-together). Learned from the first {n} judged words of 16 reps, tested on all that was
said after the 1,000th was judged. In brackets the 95 % interval over companies (Student). *Gain* is Brier skill over
the better of human alone and model alone.

![How much is gained against how many words were judged](images/overrides.svg)"""

TAIL = """*Adversarial*: from the first day so many reps say the mirror image of what they think. *Turncoats*: so many
were honest as long as it was learned, and lie in all of the test; the loss lasts until their words are judged, 90 days,
and then the weights fall. Nothing that waits for outcomes can see it earlier, and weights per person are ruled out.

A shift per direction beside the weight (people speak up when they know something, and like their customers) was tried
and does not pay: the gain after 500 words was 10.6 % with it and 10.7 % without, and 12.9 % either way with all words.

The world is a simulation: how often what was heard is right, how large the errors and how optimistic the reps are was
set once, from what seemed plausible, and not fitted to any result. Other people, other gains; that is why nothing is
shown before it has proven itself on the installation's own history."""

LEFT, RIGHT, TOP, BOTTOM = 60, 640, 40, 250
LINES = (
    ("oracle", "#777777", "oracle", 0.0),
    ("both", "#0072B2", "as learned", -5.0),
    ("in_force", "#D55E00", "in force", 5.0),
)
HEADING = "Gain over the better of human and model, % of its Brier, against judged words; bars: 95 % over companies"


def _picture(curve: dict[int, dict[str, Interval]], path: Path) -> None:
    """How the gain grows with judged words, as SVG: it needs no library."""
    most = max(at[name][2] for at in curve.values() for name, *_ in LINES) * 1.05
    parts = [f'<rect width="760" height="290" fill="white"/><text x="{LEFT}" y="20">{HEADING}</text>']

    def up(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * value / most, 1)

    for tick in np.arange(0, most, 0.05):
        parts.append(f'<line x1="{LEFT}" x2="{RIGHT}" y1="{up(tick)}" y2="{up(tick)}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{up(tick) + 4}" text-anchor="end">{100 * tick:.0f} %</text>')
    for name, colour, title, shift in LINES:
        places = [(_along(n) + shift, *at[name]) for n, at in curve.items()]
        line = " ".join(f"{x},{up(p)}" for x, p, _, _ in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, p, low, high in places:
            parts.append(f'<line x1="{x}" x2="{x}" y1="{up(low)}" y2="{up(high)}" stroke="{colour}"/>')
            parts.append(f'<circle cx="{x}" cy="{up(p)}" r="3.5" fill="{colour}"/>')
        parts.append(f'<text x="{RIGHT + 12}" y="{up(places[-1][1]) + 4}" fill="{colour}">{title}</text>')
    parts += [f'<text x="{_along(n)}" y="{BOTTOM + 22}" text-anchor="middle">{n:,} words</text>' for n in curve]
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 290" font-family="sans-serif" font-size="12">'
    path.write_text("\n".join([head, *parts, "</svg>"]) + "\n", encoding="utf-8")


def _along(n: int) -> float:
    """Place of a number of words, by its logarithm."""
    share = (np.log(n) - np.log(SIZES[0])) / (np.log(SIZES[-1]) - np.log(SIZES[0]))
    return round(float(LEFT + 40 + (RIGHT - LEFT - 80) * share), 1)
