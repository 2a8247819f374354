"""What the proof of evidence is to reach, and whether it does: in the demo company and in a harder one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

Found = Mapping[str, tuple[float, float, float]]
Worlds = Mapping[float, Found]
"""Share meant to be unlogged -> each figure with the ends of its interval."""

FEW, MANY = 0.1, 0.6


def table(demo: Worlds, harder: Worlds) -> str:
    """The aims with what was reached, as a section of the document.

    Parameters
    ----------
    demo, harder : mapping
        Worlds by habit of the rep: the demo company, and companies where contacts decide.
    """
    lines = [
        "\n## Aims\n",
        "Missed aims are marked; figures at 10 % and 60 % unlogged by habit, or the worst of all shares.\n",
        "| aim | demo company | where contacts decide |",
        "|---|---|---|",
        *(f"| {aim} | {told(demo)} | {told(harder)} |" for aim, told in AIMS.items()),
    ]
    return "\n".join(lines) + "\n"


def _detector(worlds: Worlds) -> str:
    worst = min(_known(worlds, "detector_auc").values())
    return _said(f"{worst:.3f}", is_reached=worst >= 0.95)


def _alarms(worlds: Worlds) -> str:
    seen, blind = _known(worlds, "false_alarm_seen"), _known(worlds, "false_alarm_blind")
    share = max(blind, key=lambda at: blind[at] - max(1.2 * seen[at], seen[at] + 0.005))
    is_reached = blind[share] <= max(1.2 * seen[share], seen[share] + 0.005)
    return _said(f"{blind[share]:.2%} against {seen[share]:.2%}", is_reached=is_reached)


def _caught(worlds: Worlds) -> str:
    found = _known(worlds, "caught_ratio")
    told = " / ".join(f"{found[at]:.2f}" for at in (FEW, MANY))
    return _said(told, is_reached=min(found[at] for at in (FEW, MANY)) >= 0.9)


def _cost(worlds: Worlds) -> str:
    found = _known(worlds, "auc")
    cost = found[FEW] - found[MANY]
    return _said(f"{cost:.3f}", is_reached=round(cost, 3) <= 0.01)


def _scored(worlds: Worlds) -> str:
    share = _known(worlds, "scored_share")[MANY]
    return _said(f"{share:.1%}", is_reached=share >= 0.6)


def _calibration(worlds: Worlds) -> str:
    worst = max(_known(worlds, "ece").values())
    return _said(f"{worst:.3f}", is_reached=worst <= 0.02)


def _partial(worlds: Worlds) -> str:
    found, chance = _known(worlds, "ece_partial"), _known(worlds, "chance_partial")
    worst = max(found, key=lambda at: found[at])
    told = f"{found[worst]:.3f}; chance alone gives {chance[worst]:.3f}"
    return _said(told, is_reached=found[worst] <= 0.04)


AIMS: dict[str, Callable[[Worlds], str]] = {
    "blind cells found: AUC at least 0.95": _detector,
    "false alarms among happy blind at most 1.2 × those among happy seen, or 0.5 points more": _alarms,
    "leavers caught, blind against seen, at least 0.90 (10 % / 60 %)": _caught,
    "AUC lost from 10 % to 60 % at most 0.01": _cost,
    "scored at 60 % at least 60 %": _scored,
    "calibration error at most 0.02": _calibration,
    "calibration error at partial evidence at most 0.04": _partial,
}


def _known(worlds: Worlds, name: str) -> dict[float, float]:
    return {share: found[name][0] for share, found in worlds.items() if name in found and np.isfinite(found[name][0])}


def _said(told: str, *, is_reached: bool) -> str:
    return told if is_reached else f"**missed**: {told}"


def by_share(rows: Sequence[tuple[str, float, int, Found]], title: str) -> Worlds:
    """The rows of one kind of world."""
    return {share: found for kind, share, _, found in rows if kind == title}
