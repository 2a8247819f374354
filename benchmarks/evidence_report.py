"""Write docs/evidence.md: what the simulation of unlogged contacts gave, as a table with intervals and a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import evidence_targets
from benchmarks.evidence import DECISIVE, Measured, figures
from benchmarks.running import ROOT

TABLES: dict[str, dict[str, tuple[str, int, str]]] = {
    "Who is alarmed about, who is found": {
        "unlogged": ("unlogged", 100, "%"),
        "detector_auc": ("blind cells found (AUC)", 1, ""),
        "false_alarm_seen": ("false alarms, seen", 100, "%"),
        "false_alarm_blind": ("false alarms, blind", 100, "%"),
        "naive_false_alarm_seen": ("naive model, seen", 100, "%"),
        "naive_false_alarm_blind": ("naive model, blind", 100, "%"),
        "caught_seen": ("leavers caught, seen", 100, "%"),
        "caught_blind": ("leavers caught, blind", 100, "%"),
        "caught_ratio": ("blind against seen", 1, ""),
        "withheld_blind": ("withheld, blind", 100, "%"),
    },
    "How well it ranks, whether it keeps its word, what it leaves open": {
        "auc": ("AUC of the scored", 1, ""),
        "naive_auc": ("AUC, naive (all)", 1, ""),
        "scored_share": ("scored", 100, "%"),
        "ece": ("calibration error", 1, ""),
        "ece_full": ("full evidence", 1, ""),
        "ece_partial": ("partial evidence", 1, ""),
        "chance_partial": ("by chance alone", 1, ""),
        "n_partial": ("its rows", 1, ""),
        "intervals_held": ("intervals that hold", 100, "%"),
    },
}
COLUMNS = {name: shape for table in TABLES.values() for name, shape in table.items()}
Row = tuple[str, float, int, dict[str, tuple[float, float, float]]]
KINDS = {
    ("habit", 1.0): "by habit of the rep",
    ("random", 1.0): "at random",
    ("habit", DECISIVE): "by habit, where contacts decide",
}


def intervals(found: Sequence[Measured]) -> dict[str, tuple[float, float, float]]:
    """Each figure with its 95 % interval over seeds, by the delete-one jackknife (Quenouille 1956, Tukey 1958).

    Drawing seeds with replacement would repeat rows, and repeated rows look badly calibrated.
    """
    point, seeds = figures(found), sorted({m.job.seed for m in found})
    left: list[dict[str, Any]] = [figures([m for m in found if m.job.seed != seed]) for seed in seeds]
    out = {}
    for name in COLUMNS:
        values = np.array([one.get(name, np.nan) for one in left], dtype=float)
        known, at = values[np.isfinite(values)], float(point.get(name, np.nan))
        spread = np.sqrt((len(known) - 1) / len(known) * ((known - known.mean()) ** 2).sum()) if len(known) else np.nan
        most = np.inf if name.endswith("_ratio") else 1.0
        low, high = np.clip((at - 1.96 * spread, at + 1.96 * spread), 0.0, most)
        out[name] = (at, float(low), float(high))
    return out


def write(found: Sequence[Measured]) -> Path:
    """Write the tables and the picture; returns the document."""
    rows = []
    for (mode, weight), title in KINDS.items():
        kind = [m for m in found if m.job.mode == mode and m.job.contact_weight == weight]
        for share in sorted({m.job.share for m in kind}):
            own = [m for m in kind if m.job.share == share]
            rows.append((title, share, len({m.job.seed for m in own}), intervals(own)))
    target = ROOT / "docs" / "evidence.md"
    aims = evidence_targets.table(*(evidence_targets.by_share(rows, KINDS["habit", w]) for w in (1.0, DECISIVE)))
    text = HEAD + aims + "".join(_table(title, columns, rows) for title, columns in TABLES.items())
    target.write_text(text, encoding="utf-8")
    _picture([row for row in rows if row[0] == KINDS["habit", 1.0]], ROOT / "docs" / "images" / "evidence.svg")
    return target


def _table(title: str, columns: dict[str, tuple[str, int, str]], rows: Sequence[Row]) -> str:
    titles = ["how", "meant to be unlogged", "seeds", *(name for name, _, _ in columns.values())]
    lines = [f"\n## {title}\n", f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"]
    return "\n".join([*lines, *(_line(columns, row) for row in rows)]) + "\n"


def _line(columns: dict[str, tuple[str, int, str]], row: Row) -> str:
    title, share, seeds, found = row
    cells = [title, f"{100 * share:.0f} %", str(seeds)]
    for name, (_, factor, unit) in columns.items():
        if name.startswith(("n_", "chance_")):
            point = found[name][0]
            cells.append("–" if not np.isfinite(point) else f"{point:,.0f}" if name[0] == "n" else f"{point:.3f}")
            continue
        point, low, high = (factor * v for v in found[name])
        digits = 2 if "alarm" in name else 1 if factor == 100 else 3
        said = f"{point:.{digits}f} {unit}".rstrip()
        cells.append(f"{said} ({low:.{digits}f}–{high:.{digits}f})" if np.isfinite(point) else "–")
    return f"| {' | '.join(cells)} |"


HEAD = """# Nothing logged is not nothing happened: the proof

Made by `python -m benchmarks evidence`. How it is counted stands in `benchmarks/evidence.py`, how the worlds are made
in `benchmarks/gap_world.py`. Figures are over the test part, later than anything learned from; in brackets the 95 %
interval over seeds. The naive model has the same features and takes what was not logged for nothing. *False alarms* are
counted among customers whose true chance to leave is below 3 % and who stayed. *Blind*: the rep logged almost nothing
(a twentieth) through calls or meetings for the whole quarter; *seen*: he logged everything. *Caught*: flagged, or by
money at stake on the list "worth a question", within the same number of customers looked at. *Withheld*: not enough
evidence, no number; a withheld score is no alarm, and counts as caught only through that list. An interval *holds*
where the share that left among 200 customers of like chance lies within what was shown. *By chance alone*: the
calibration error that so few rows would show if every chance were exactly right.

In the demo company contacts say little about who leaves: they carry some 5 % of the model's attention, so that also
the naive model raises few false alarms there, and most customers keep their number although contacts are unlogged. The
rows *where contacts decide* are companies in which a silence weighs four times as much. They are the harder test of the
same product, not tuned for. Not to know has a price there: leavers whose contacts nobody logged are caught less often
(*blind against seen*) than those of whom all is written down.

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
