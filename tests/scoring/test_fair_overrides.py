"""How often people overrule the model is compared by group: counted once per entity, small cells unseen."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from crm_core.ledger import words
from crm_core.scoring.fair_overrides import UPWARDS, overridden
from crm_core.scoring.question import question

CHURN = question("churn")


def company(*said: tuple[str, str, bool]) -> duckdb.DuckDBPyConnection:
    """100 customers of group f (f0 …) and 100 of m, two of them x; `said`: (customer, belief, withdrawn)."""
    con = duckdb.connect()
    con.execute("create schema features; create schema staging; create schema identity; create schema labels")
    con.execute("create table labels.label_churn (entity_id text, as_of date, origin text)")
    con.execute("create table features.feat_customer as select g || i as customer_id, day as as_of, true as "
                "is_in_population from (values ('f'), ('m')) t(g), range(100) r(i), "
                "(values (date '2026-06-30'), (date '2026-05-31')) d(day)")  # fmt: skip
    con.execute("create table features.feat_attribute as select 'customer' as entity, customer_id as entity_id, as_of, "
                "'gender' as name, 'text' as type, customer_id[1] as value, 'protected' as purpose "
                "from features.feat_customer")  # fmt: skip
    con.execute("create table identity.customer_links as select 'old:' || customer_id as customer_key, customer_id "
                "from features.feat_customer where as_of = date '2026-06-30'")  # fmt: skip
    con.execute("create table staging.stg_disagreements (question text, entity_kind text, entity_key text, "
                "belief text, withdrawn_at date)")  # fmt: skip
    for key, belief, is_withdrawn in said:
        row = ["churn", "customer", key, belief, date(2026, 6, 1) if is_withdrawn else None]
        con.execute("insert into staging.stg_disagreements values (?, ?, ?, ?, ?)", row)
    return con


def test_shares_are_counted_once_per_customer_and_direction_also_under_an_older_key() -> None:
    down = [(f"m{i}", "will_stay", False) for i in range(30)]
    again = [("old:m1", "will_stay", False), ("m2", "will_stay", False), ("nobody", "will_stay", False)]
    gone = [(f"f{i}", "will_stay", True) for i in range(40)]
    up = [(f"f{i}", "will_leave", False) for i in range(10)]
    (found,) = overridden(company(*down, *again, *gone, *up), CHURN)
    rates = {g.name: (g.n, g.up.value, g.down.value) for g in found.groups}
    assert rates == {"f": (100, 0.1, 0.0), "m": (100, 0.0, 0.3)}
    assert found.n_said == 40
    assert {s.measure: s.highest for s in found.screens} == {"up": "f", "down": "m"}


def test_a_share_of_fewer_than_five_is_not_shown() -> None:
    (found,) = overridden(
        company(*[(f"m{i}", "will_stay", False) for i in range(12)], ("f1", "will_stay", False)), CHURN
    )
    assert {g.name: g.down.value for g in found.groups} == {"f": None, "m": 0.12}


def test_of_few_disagreements_nothing_is_compared() -> None:
    (found,) = overridden(company(*[(f"m{i}", "will_stay", False) for i in range(9)]), CHURN)
    assert (found.groups, found.n_said) == ([], 9)
    assert "fewer than 10" in found.why_not


def test_where_outcomes_were_told_from_outside_everybody_is_asked_about() -> None:
    con = company(*[(f"m{i}", "will_stay", False) for i in range(30)])
    con.execute("update features.feat_customer set is_in_population = false")
    assert overridden(con, CHURN)[0].groups == []
    con.execute("insert into labels.label_churn values ('f1', date '2026-06-30', 'told')")
    assert {g.name: g.down.value for g in overridden(con, CHURN)[0].groups} == {"f": 0.0, "m": 0.3}


def test_without_protected_attributes_or_without_a_ledger_there_is_nothing_to_say() -> None:
    con = company()
    con.execute("drop table staging.stg_disagreements")
    assert overridden(con, CHURN) == []
    con = company(*[(f"m{i}", "will_stay", False) for i in range(30)])
    con.execute("delete from features.feat_attribute")
    assert overridden(con, CHURN) == []


@pytest.mark.parametrize("belief", sorted(words.EXPECTS_EVENT))
def test_beliefs_that_expect_the_event_point_upwards(belief: str) -> None:
    assert belief in UPWARDS
    assert len(UPWARDS) == len(words.EXPECTS_EVENT)
