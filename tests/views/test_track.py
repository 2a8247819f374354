"""What backs a model's word, as the Model page reads it: past months, parts, what has moved, versions and choices."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sklearn.metrics import roc_auc_score

from crm_core.views import trust
from crm_core.views.trust.tracking import auc_interval
from tests.views.company import PEOPLE
from tests.views.quarantined import database, let_go

ANALYST = PEOPLE["analyst"]
SLICE = {"kind": "segment", "value": "Enterprise", "n": 936, "entities": 312, "positives": 84, "said": 0.08,
         "came": 0.09, "low": 0.06, "high": 0.13, "ece": 0.01, "is_few": False, "n_values": 1}  # fmt: skip
MOVED = {"feature": "mrr", "label": "Pays a month", "psi": 0.4, "expected": 0.01, "level": "strong", "n_then": 900,
         "n_now": 400, "missing_then": 0.0, "missing_now": 0.1, "then": "Pays 5", "now": "Pays 9"}  # fmt: skip
MONTH = ("churn", date(2026, 1, 31), "1", False, datetime(2026, 1, 31, 5), date(2026, 5, 1))  # noqa: DTZ001


def write(data_dir: Path, sql: str, *params: Any) -> None:
    let_go(data_dir)
    with duckdb.connect(str(database(data_dir))) as con:
        con.execute(sql, params)


def put_card(data_dir: Path, **facts: Any) -> None:
    write(data_dir, "delete from meta.cards where question = 'churn'")
    write(data_dir, "insert into meta.cards values ('churn', ?, '')", json.dumps({"status": "champion", **facts}))


def put_month(data_dir: Path, n_scored: int, n: int, positives: int, said: float | None) -> trust.parts.Month:
    came = positives / n if n else None
    row = (*MONTH, n_scored, 0, n, positives, said, came, 0.8 if n else None)
    write(data_dir, "delete from marts.mart_track")
    write(data_dir, f"insert into marts.mart_track values ({', '.join('?' * 13)})", *row)
    return trust.proof(ANALYST, "churn").months[0]


@pytest.mark.parametrize("question", ["churn", "lead"])
def test_past_months_agree_with_the_labels_the_model_is_tested_on(demo: Path, question: str) -> None:
    with duckdb.connect(str(database(demo)), read_only=True) as con:
        differs = con.execute(
            "select count(*), count(*) filter (l.is_positive is distinct from t.is_positive) "
            f"from marts.int_track_outcome as t left join labels.label_{question} as l "
            "on t.entity_id = l.entity_id and t.as_of = l.as_of where t.question = ?",
            [question],
        ).fetchone()
        cases = con.execute(
            "select as_of, is_positive, raw from marts.int_track_case where question = ? and is_positive is not null",
            [question],
        ).df()
    assert differs is not None
    assert differs[0] > 0
    assert differs[1] == 0
    for month in trust.proof(ANALYST, question).months:
        of = cases[cases["as_of"].dt.date == month.as_of]
        assert month.n == len(of)
        if month.auc is not None:
            assert month.auc == pytest.approx(roc_auc_score(of["is_positive"], of["raw"]), abs=1e-9)
            assert (month.auc_low or 0) < month.auc < (month.auc_high or 0)


def test_a_day_whose_horizon_has_not_passed_says_when_its_outcome_is_known(demo: Path) -> None:
    newest = trust.proof(ANALYST, "churn").months[-1]
    assert not newest.is_backcast
    assert not newest.is_known
    assert (newest.due_on - newest.as_of).days == 90
    assert (newest.said, newest.came, newest.auc) == (None, None, None)


def test_a_month_is_off_only_beyond_what_its_number_of_cases_leaves_to_chance(company: Path) -> None:
    assert not put_month(company, 200, 200, 20, 0.13).is_off
    assert put_month(company, 2_000, 2_000, 200, 0.13).is_off


def test_with_few_outcomes_no_ranking_is_claimed(company: Path) -> None:
    assert put_month(company, 200, 200, 9, 0.05).auc is None
    assert put_month(company, 200, 200, 10, 0.05).auc == 0.8


def test_the_interval_of_the_ranking_is_hanley_and_mcneil_s() -> None:
    # Their formula by hand for 0.8 with 50 and 50: standard error 0.0446.
    low, high = auc_interval(0.8, 50, 50)
    assert (low, high) == pytest.approx((0.8 - 1.96 * 0.0446, 0.8 + 1.96 * 0.0446), abs=2e-3)


def test_parts_and_what_has_moved_come_from_the_card(company: Path) -> None:
    put_card(company, version=3, slices=[SLICE, {**SLICE, "value": "Public", "said": 0.3}], drift=[MOVED])
    proof = trust.proof(ANALYST, "churn")
    assert [(part.value, part.is_off) for part in proof.parts] == [("Enterprise", False), ("Public", True)]
    assert [(m.label, m.level) for m in proof.moved] == [("Pays a month", "strong")]
    assert not proof.is_empty


@pytest.mark.parametrize("rows", [None, "x", [3], [{}], [{**SLICE, "said": "much"}], [{**SLICE, "n": None}]])
def test_what_an_older_build_left_out_or_somebody_damaged_is_simply_not_known(company: Path, rows: Any) -> None:
    put_card(company, slices=rows, drift=rows)
    proof = trust.proof(ANALYST, "churn")
    assert (proof.parts, proof.moved) == ((), ())


def test_a_build_of_an_older_program_has_no_list_of_versions(company: Path) -> None:
    write(company, "drop table if exists scoring.versions")
    assert trust.proof(ANALYST, "churn").versions == ()


def test_each_version_stands_with_what_became_of_it(company: Path) -> None:
    put_card(company, version=2)
    write(company, "delete from scoring.versions")
    for version, status in ((1, "champion"), (2, "champion"), (3, "challenger")):
        write(
            company,
            "insert into scoring.versions values ('churn', ?, '2026-06-01', ?, 'why', 0.8, 0.7, 0.9, 0.01, 40)",
            version, status,
        )  # fmt: skip
    found = trust.proof(ANALYST, "churn").versions
    assert [(v.version, v.state, v.is_choosable) for v in found] == [
        (3, "kept", False), (2, "in use", True), (1, "earlier", True),
    ]  # fmt: skip


def test_of_a_question_nobody_asked_nothing_is_known(company: Path) -> None:
    proof = trust.proof(ANALYST, "upsell")
    assert proof.is_empty
    assert "nothing to check" in proof.why_empty
