"""The third number: model and people together, at once, only where proven, never in the place of the model's."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from crm_core.actions import Disagree, disagree, withdraw
from crm_core.combining import combined
from crm_core.views import sell, trust
from crm_core.views.reading import current, reading, rows
from tests.views.company import CHANCES, PEOPLE
from tests.views.quarantined import database, let_go

NORTH, ANALYST = PEOPLE["north"], PEOPLE["analyst"]
ALPHA, MACHINE = "crm:1", CHANCES["crm:1"][0]


def say(probability: float | None, reason: str = "customer_told_us", key: str = "form-1") -> str:
    """North says that Alpha stays."""
    return disagree(NORTH, Disagree("churn", ALPHA, "will_stay", probability, reason, "", None, key)).entry_id


def weight(*cell: str) -> float:
    folder, _ = current()
    with reading(folder) as con:
        found = rows(
            con,
            "select weight from marts.mart_trust_policy where question = 'churn' and reason_code = $r "
            "and direction = $d and evidence_level = $e",
            dict(zip("rde", cell, strict=True)),
        )
    return float(found[0]["weight"])


def test_a_word_said_a_minute_ago_counts_at_once_and_the_models_number_stays(trusting: Path) -> None:
    before = sell.account(NORTH, ALPHA)
    say(0.1)
    page = sell.account(NORTH, ALPHA)
    pulls = weight("customer_told_us", "lowers", "any")
    assert before.both is None
    assert page.both is not None
    assert page.both.probability == pytest.approx(combined(MACHINE, [(0.1, pulls)]))
    assert 0.1 < page.both.probability < MACHINE
    assert (page.probability, page.tier) == (before.probability, before.tier)
    assert (page.both.n or 0) >= 20


def test_the_list_tells_the_same_and_keeps_its_order(trusting: Path) -> None:
    before = [row.customer_id for row in sell.risk(NORTH).rows]
    say(None)
    page = sell.risk(NORTH)
    alpha = next(row for row in page.rows if row.customer_id == ALPHA)
    assert alpha.both == sell.account(NORTH, ALPHA).both
    assert [row.customer_id for row in page.rows] == before
    assert all(row.both is None for row in page.rows if row.customer_id != ALPHA)


def test_who_says_what_the_model_says_changes_nothing_and_is_told_nothing_of_others(trusting: Path) -> None:
    let_go(trusting)
    with duckdb.connect(str(database(trusting))) as con:
        con.execute(
            "update marts.mart_score set probability = 0.02, low = 0.01, high = 0.04 where entity_id = ?", [ALPHA]
        )
    say(None)
    page = sell.account(NORTH, ALPHA)
    assert page.both is None
    assert page.opinions[0].stands_for == 0.02
    other = Disagree("churn", ALPHA, "will_leave", None, "customer_told_us", "", None, "form-9")
    disagree(PEOPLE["steward"], other)
    both = sell.account(NORTH, ALPHA).both
    assert both is not None
    pulls = weight("customer_told_us", "raises", "any")
    assert both.probability == pytest.approx(combined(0.02, [(0.75, pulls), (0.02, 0.0)]))
    assert both.reason == "The customer told us"


def test_a_word_that_was_taken_back_counts_no_more(trusting: Path) -> None:
    withdraw(NORTH, say(0.1), "form-2")
    assert sell.account(NORTH, ALPHA).both is None


def test_a_withheld_score_has_no_combined_number(trusting: Path) -> None:
    say(0.1)
    let_go(trusting)
    with duckdb.connect(str(database(trusting))) as con:
        con.execute("update marts.mart_score set tier = 'unknown' where entity_id = ?", [ALPHA])
    page = sell.account(NORTH, ALPHA)
    assert (page.probability, page.both) == (None, None)


def test_what_is_not_proven_is_not_shown(trusting: Path) -> None:
    say(0.1)
    let_go(trusting)
    with duckdb.connect(str(database(trusting))) as con:
        con.execute("update marts.mart_trust_policy set is_proven = false, weight = 0")
    assert sell.account(NORTH, ALPHA).both is None


def test_without_judged_words_there_is_nothing_but_what_is_missing(company: Path) -> None:
    say(0.1)
    assert sell.account(NORTH, ALPHA).both is None
    found = trust.proof(ANALYST, "churn").whose_word
    assert found.is_empty
    assert (found.is_proven, found.why, found.n_wanted, found.cells) == (False, "few", 100, ())
    assert "90 days later" in found.why_empty


def test_the_policy_is_told_by_reason_and_situation_and_never_for_few_people(trusting: Path) -> None:
    found = trust.proof(ANALYST, "churn").whose_word
    assert (found.is_proven, found.version) == (True, 1)
    assert {cell.reason for cell in found.cells} >= {"", "The customer told us"}
    assert "The data are wrong" not in {cell.reason for cell in found.cells}
    assert all(cell.n >= 20 and cell.n_people >= 5 for cell in found.cells)
