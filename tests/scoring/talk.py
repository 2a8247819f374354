"""Judged words that can be made to order: how many, by how many people, how good."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

DAY = date(2025, 1, 1)


def judged(n: int, *, skill: float, seed: int = 0, people: int = 8, reason: str = "customer_told_us") -> pd.DataFrame:
    """So many judged words about customers of their own.

    Parameters
    ----------
    skill : float
        Share of the words that know what will come: 1 all, 0 all guess, -1 all say the opposite.
    """
    rng = np.random.default_rng(seed)
    p_machine = rng.uniform(0.03, 0.5, n)
    y = (rng.random(n) < p_machine).astype(int)
    knows = rng.random(n) < abs(skill)
    believed = np.where(knows, y if skill >= 0 else 1 - y, rng.random(n) < p_machine)
    p_person = np.where(believed == 1, np.minimum(0.9, p_machine + 0.3), p_machine / 3)
    return pd.DataFrame(
        {
            "reason_code": reason,
            "direction": np.where(p_person > p_machine, "raises", "lowers"),
            "evidence_level": np.where(rng.random(n) < 0.7, "full", "partial"),
            "entity_id": [f"{reason}-{seed}-{i}" for i in range(n)],
            "who": [f"person-{i}" for i in rng.integers(0, people, n)],
            "shown_as_of": [DAY + timedelta(days=30 * int(k)) for k in rng.integers(0, 12, n)],
            "p_machine": p_machine,
            "p_person": p_person,
            "is_positive": y,
            "days_late": 1,
        }
    )
