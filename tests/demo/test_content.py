"""The demo company holds what docs/demo.md promises: its size, its dirt, a sane time line, a truth that is true."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from sklearn.metrics import roc_auc_score

Ask = Callable[[str], list[tuple[Any, ...]]]
CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "demo" / "content.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["says"] for case in CASES])
def test_the_company_is_as_promised(case: dict[str, Any], ask: Ask) -> None:
    ((number,),) = ask(case["query"])
    assert case["low"] <= float(number) <= case["high"]


def best_auc(rows: list[tuple[Any, ...]]) -> float:
    probability, outcome = np.array(rows, dtype=float).T
    return float(roc_auc_score(outcome, probability))


def test_the_best_possible_churn_model_is_good_but_not_perfect(ask: Ask) -> None:
    rows = ask("select probability, outcome from truth_churn where outcome is not null")
    assert 0.82 <= best_auc(rows) <= 0.88


def test_the_best_possible_lead_model_is_good_but_not_perfect(ask: Ask) -> None:
    rows = ask(
        "select probability, outcome from truth_lead t join leads l on l.source_id = t.lead_id "
        "where outcome is not null and l.created_at > t.as_of - interval 180 day"
    )
    assert 0.82 <= best_auc(rows) <= 0.88


def test_the_truth_agrees_with_the_contracts(ask: Ask) -> None:
    wrong = ask(
        """
        with ends as (
            select customer_id, max(least(ends_on, coalesce(cancelled_on, ends_on))) as last_day
            from subscriptions group by customer_id
        )
        select count(*) from truth_churn join ends using (customer_id)
        where outcome is not null and outcome <> (last_day < as_of + 90)
        """
    )
    assert wrong == [(0,)]
