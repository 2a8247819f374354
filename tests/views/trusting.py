"""The small company after people have spoken for two years: 1,200 judged words about churn, some of which knew."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crm_core import pipeline, scoring
from tests.scoring.talk import judged
from tests.views.company import build_rows, lake, scored


def spoken() -> pd.DataFrame:
    """Words as judged: what customers told was worth something, timing was guessed, four people had other reasons."""
    few = judged(60, skill=1, people=4, reason="data_wrong", seed=3)
    rows = pd.concat([judged(900, skill=0.35), judged(300, skill=0, reason="timing", seed=2), few], ignore_index=True)
    return rows.assign(entry_id=[f"e{i}" for i in range(len(rows))], question="churn", is_due=True, was_withdrawn=False)


def _taught(work: pipeline.Build) -> str:
    said = spoken()
    with work.database() as con:
        con.register("said", said)
        con.execute("insert into labels.label_disagreement by name select * from said")
        con.execute("insert into labels.int_disagreement_state by name select entry_id, 'judged' as state from said")
    scoring.learn_from_people(work.database(), work.settings, keeps=True)
    return scored(work)


def build_trusting(folder: Path) -> None:
    """Build the company with the real pipeline; the words are judged already, as if they had come of their own."""
    build_rows(folder, lake(), _taught)
