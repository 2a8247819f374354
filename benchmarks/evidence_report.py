"""Write docs/evidence.md: what the simulation of unlogged contacts gave, as a table with intervals and a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.evidence import Measured, figures
from benchmarks.running import ROOT

RESAMPLES = 200
COLUMNS = {
    "unlogged": ("unlogged", 100, "%"),
    "detector_auc": ("blind cells found (AUC)", 1, ""),
    "false_alarm_seen": ("false alarms, seen", 100, "%"),
    "false_alarm_blind": ("false alarms, blind", 100, "%"),
    "naive_false_alarm_blind": ("the same, naive model", 100, "%"),
    "caught_seen": ("leavers caught, seen", 100, "%"),
    "caught_blind": ("leavers caught, blind", 100, "%"),
    "auc": ("AUC of the scored", 1, ""),
    "naive_auc": ("AUC, naive", 1, ""),
    "scored_share": ("scored", 100, "%"),
    "ece": ("calibration error", 1, ""),
}
Row = tuple[str, float, int, dict[str, tuple[float, float, float]]]
MODES = {"habit": "By habit of the rep", "random": "At random"}


def intervals(found: Sequence[Measured]) -> dict[str, tuple[float, float, float]]:
    """Each figure with its 95 % interval, by drawing whole seeds with replacement."""
    point = figures(found)
    by_seed: dict[int, list[Measured]] = {}
    for one in found:
        by_seed.setdefault(one.job.seed, []).append(one)
    rng, seeds = np.random.default_rng(7), sorted(by_seed)
    draws: list[dict[str, Any]] = [
        figures([m for i in rng.integers(0, len(seeds), len(seeds)) for m in by_seed[seeds[i]]])
        for _ in range(RESAMPLES)
    ]
    out = {}
    for name in COLUMNS:
        values = np.array([d[name] for d in draws], dtype=float)
        known = values[np.isfinite(values)]
        low, high = np.quantile(known, (0.025, 0.975)) if len(known) else (np.nan, np.nan)
        out[name] = (float(point[name]), float(low), float(high))
    return out


def write(found: Sequence[Measured]) -> Path:
    """Write the table and the picture; returns the document."""
    rows = []
    for mode, title in MODES.items():
        for share in sorted({m.job.share for m in found if m.job.mode == mode}):
            own = [m for m in found if m.job.mode == mode and m.job.share == share]
            rows.append((title, share, len({m.job.seed for m in own}), intervals(own)))
    target = ROOT / "docs" / "evidence.md"
    target.write_text("\n".join([*_head(), *(_line(*row) for row in rows)]) + "\n", encoding="utf-8")
    _picture([row for row in rows if row[0] == MODES["habit"]], ROOT / "docs" / "images" / "evidence.svg")
    return target


def _line(title: str, share: float, seeds: int, found: dict[str, tuple[float, float, float]]) -> str:
    cells = [title, f"{100 * share:.0f} %", str(seeds)]
    for name, (_, factor, unit) in COLUMNS.items():
        point, low, high = (factor * v for v in found[name])
        digits = 1 if factor == 100 else 3
        cells.append(
            "–" if not np.isfinite(point) else f"{point:.{digits}f} {unit} ({low:.{digits}f} to {high:.{digits}f})"
        )
    return f"| {' | '.join(cells)} |"


def _head() -> list[str]:
    titles = ["how", "meant to be unlogged", "seeds", *(title for title, _, _ in COLUMNS.values())]
    return [HEAD, f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"]


HEAD = """# Nothing logged is not nothing happened: the proof

Made by `python -m benchmarks evidence`. How it is counted stands in `benchmarks/evidence.py`, how the worlds are made
in `benchmarks/gap_world.py`. Figures are over the test part, later than anything learned from; in brackets the 95 %
interval over seeds. The naive model has the same features and takes what was not logged for nothing. *False alarms* are
counted among customers whose true chance to leave is below 3 % and who stayed. *Blind*: the rep logged almost nothing
(a twentieth) through calls or meetings for the whole quarter; *seen*: he logged everything. *Caught*: flagged, or by
money at stake on the list "worth a question", within the same number of customers looked at. A withheld score is
no alarm.

![What unlogged contacts do](images/evidence.svg)
"""


LEFT, RIGHT, TOP, BOTTOM = 60, 700, 40, 250
LEAST, MOST = 0.74, 0.9
HEADING = "AUC (1: perfect order) against the share of calls and meetings nobody logged; bars: 95 % over seeds"


def _picture(rows: Sequence[Row], path: Path) -> None:
    """How well customers are ranked against the share of contacts nobody logged, as SVG: it needs no library."""
    parts = [f'<rect width="760" height="290" fill="white"/><text x="{LEFT}" y="20">{HEADING}</text>']
    for tick in np.arange(LEAST, MOST, 0.04):
        y = _up(tick)
        parts.append(f'<line x1="{LEFT}" x2="{RIGHT}" y1="{y}" y2="{y}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{tick:.2f}</text>')
    for name, colour, title, shift in (("auc", "#0072B2", "ours", -4), ("naive_auc", "#D55E00", "naive", 4)):
        places = [(_along(found["unlogged"][0]) + shift, *found[name]) for _, _, _, found in rows]
        line = " ".join(f"{x},{_up(p)}" for x, p, _, _ in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, p, low, high in places:
            parts.append(f'<line x1="{x}" x2="{x}" y1="{_up(low)}" y2="{_up(high)}" stroke="{colour}"/>')
            parts.append(f'<circle cx="{x}" cy="{_up(p)}" r="3.5" fill="{colour}"/>')
        parts.append(f'<text x="{RIGHT + 8}" y="{150 + 4 * shift}" fill="{colour}">{title}</text>')
    for _, _, _, found in rows:
        share = found["unlogged"][0]
        parts.append(f'<text x="{_along(share)}" y="{BOTTOM + 22}" text-anchor="middle">{100 * share:.0f} %</text>')
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 290" font-family="sans-serif" font-size="12">'
    path.write_text("\n".join([head, *parts, "</svg>"]) + "\n", encoding="utf-8")


def _along(share: float) -> float:
    return round(LEFT + 20 + (RIGHT - LEFT - 40) * share / 0.9, 1)


def _up(value: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * (value - LEAST) / (MOST - LEAST), 1)
