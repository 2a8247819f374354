"""A person's word and the model's number as one chance: the one formula, for whoever learns it and whoever shows it."""

from __future__ import annotations

import math
from collections.abc import Sequence

LEAST, MOST = 0.005, 0.995
FURTHEST = 3.0
"""So far, in log-odds, a word may at most pull: nobody's certainty turns a number over alone."""


def log_odds(probability: float) -> float:
    """Log-odds of a probability (0..1), kept away from certainty."""
    kept = min(max(probability, LEAST), MOST)
    return math.log(kept / (1 - kept))


def combined(machine: float, said: Sequence[tuple[float, float]]) -> float:
    """Chance (0..1) after people's words have been weighed in.

    `logit(p) = logit(machine) + mean(weight * clip(logit(person) - logit(machine), -FURTHEST, FURTHEST))`: a
    logarithmic opinion pool (Genest and Zidek 1986) with the pull of each word clipped; several words are averaged, so
    that ten colleagues who heard the same rumour do not count ten times.

    Parameters
    ----------
    machine : float
        The model's calibrated chance, 0..1.
    said : sequence of (float, float)
        (person's chance 0..1, weight 0..1) of each word.
    """
    base = log_odds(machine)
    if not said:
        return machine
    pull = sum(w * min(max(log_odds(p) - base, -FURTHEST), FURTHEST) for p, w in said) / len(said)
    return 1 / (1 + math.exp(-(base + pull)))
