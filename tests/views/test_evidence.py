"""What a score rests on, at every exit: sources that could not see are named, what is withheld shows no number."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from crm_core import views
from crm_core.actions import Disagree, disagree
from crm_core.actions.answers import Answer, answer
from crm_core.views.evidence import Evidence
from crm_core.views.sell import RiskFilter, account, leads, pipeline, risk, today
from crm_core.views.sell.leads import LeadFilter
from crm_core.views.steer import meeting
from crm_core.views.trust import disagreements
from crm_core.views.trust.unseen import unseen
from tests.views.company import PEOPLE

ADMIN = PEOPLE["admin"]


@pytest.fixture(autouse=True)
def one_withheld_one_fragile(company: Path) -> Path:
    """Alpha is withheld because its owner's calls are not logged; Beta is fragile; Gamma is as it was."""
    with duckdb.connect(str(next(company.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        con.execute("delete from marts.mart_coverage")
        con.execute(
            """
            insert into marts.mart_coverage by name
            select *, 'crm:E6' as feed_owner_id, 'Steward' as feed_owner_name from (values
                ('customer', 'crm:1', 'calls', 'Telephone', false, 'owner', null::date),
                ('customer', 'crm:1', 'emails', 'Mail', true, '', null),
                ('customer', 'crm:2', 'meetings', 'Calendar', false, 'dead_feed', date '2026-06-10'),
                ('customer', 'crm:2', 'calls', 'Telephone', true, 'answered', date '2026-06-29')
            ) as t (entity, entity_id, feed, title, is_seen, reason, since)
            """
        )
        known = {row[0] for row in con.execute("describe marts.mart_score").fetchall()}
        kinds = {"is_fragile": "boolean", "fragile_low": "double", "fragile_high": "double", "ask_feed": "varchar"}
        for name, kind in kinds.items():
            if name not in known:
                con.execute(f"alter table marts.mart_score add column {name} {kind}")
        con.execute("update marts.mart_score set n_seen = null, n_feeds = null")
        con.execute("update marts.mart_score set tier = 'unknown', fragile_low = 0.1 where entity_id = 'crm:1'")
        con.execute(
            "update marts.mart_score set is_fragile = true, fragile_low = 0.08, fragile_high = 0.31, "
            "ask_feed = 'meetings' where entity_id = 'crm:2'"
        )
    return company


def of(name: str) -> Evidence:
    return next(row for row in risk(ADMIN).rows if row.name == name).evidence


def test_what_could_not_see_is_named_with_whom_to_ask() -> None:
    (gap,) = of("Alpha").gaps
    assert (gap.title, gap.reason, gap.ask) == ("Telephone", "owner", "Rep North")
    (gap,) = of("Beta").gaps
    assert (gap.title, gap.reason, str(gap.since), gap.ask) == ("Calendar", "dead_feed", "2026-06-10", "Steward")
    (told,) = of("Beta").answers
    assert (told.feed, str(told.since)) == ("calls", "2026-06-29")


def test_sources_are_counted_and_the_newest_thing_seen_is_dated() -> None:
    found = of("Alpha")
    assert (found.n_seen, found.n_feeds, found.newest_days) == (3, 4, 3), "the last call was three days before"
    assert of("Gamma").gaps == ()


def test_an_analyst_is_told_the_name_of_who_looks_after_a_source_and_of_nobody_else() -> None:
    rows = risk(PEOPLE["analyst"]).rows
    asked = {(gap.reason == "owner", gap.ask) for row in rows for gap in row.evidence.gaps}
    assert (False, "Steward") in asked
    assert all(ask and ask.startswith("Person ") for is_owner, ask in asked if is_owner)


def test_what_is_withheld_shows_no_number_and_no_reason_at_any_exit() -> None:
    row = next(row for row in risk(ADMIN).rows if row.name == "Alpha")
    assert (row.tier, row.probability, row.low, row.high, row.reasons) == ("unknown", None, None, None, ())
    assert (row.evidence.is_withheld, row.evidence.low) == (True, None)
    page = account(ADMIN, "crm:1")
    assert (page.tier, page.probability, page.reasons) == ("unknown", None, ())
    shown = views.shown_score(ADMIN, "churn", "crm:1")
    assert (shown.tier, shown.probability, shown.reasons) == ("unknown", None, ())
    call = next(call for call in today(ADMIN).calls if call.name == "Alpha")
    assert (call.tier, call.probability, call.reasons) == ("unknown", None, ())
    assert "Alpha" not in {point.name for point in risk(ADMIN).points}


def test_a_number_that_a_later_build_of_the_same_day_withheld_is_not_drawn(one_withheld_one_fragile: Path) -> None:
    told = "question, entity_id, as_of, scored_at, model_version, probability, low, high, tier, is_backcast"
    with duckdb.connect(str(next(one_withheld_one_fragile.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        con.execute("delete from marts.mart_score_history where entity_id = 'crm:1'")
        con.execute(
            f"""
            insert into marts.mart_score_history ({told}) values
                ('churn', 'crm:1', '2026-05-31', '2026-06-01', '1', 0.41, 0.3, 0.5, 'high', false),
                ('churn', 'crm:1', '2026-06-30', '2026-06-30', '1', 0.62, 0.5, 0.7, 'high', false),
                ('churn', 'crm:1', '2026-06-30', '2026-07-01', '1', 0.63, 0.5, 0.7, 'unknown', false)
            """
        )
    assert [point.probability for point in account(ADMIN, "crm:1").history] == [0.41]


def test_an_export_leaves_the_number_of_what_is_withheld_empty_and_says_why() -> None:
    table = views.score_table(ADMIN, "churn").set_index("entity_id")
    alpha = table.loc["crm:1"]
    assert alpha["tier"] == "not enough evidence"
    assert alpha[["probability", "low", "high", "raw", "reasons", "fragile_low"]].isna().all()
    assert table.index[-1] == "crm:1", "it is ranked nowhere"
    assert table.loc["crm:2", "fragile_high"] == pytest.approx(0.31)


def test_an_export_says_in_words_what_a_score_rests_on_and_what_speaks_against_it(company: Path) -> None:
    with duckdb.connect(str(next(company.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        con.execute("update marts.mart_score set probability = 0.123456789, doubts = '[\"thin_sample\"]'")
    beta = views.score_table(ADMIN, "churn").set_index("entity_id").loc["crm:2"]
    assert beta["rests_on"].startswith("rests on 3 of 4 sources, newest")
    assert "Calendar silent since 2026-06-10 (ask Steward)" in beta["rests_on"]
    assert "calls as somebody answered on 2026-06-29" in beta["rests_on"]
    assert beta["doubts"] == "Few customers like this to compare with"
    assert beta["probability"] == 0.1235


def test_evidence_stands_beside_every_number_of_meeting_pipeline_today_and_disagreements() -> None:
    disagree(ADMIN, Disagree("churn", "crm:2", "will_leave", 0.9, "knows_personally", "I know", None, "one"))
    found = of("Beta")
    assert meeting(ADMIN).rests_on["crm:2"] == found
    assert disagreements(ADMIN).rows[0].evidence == found
    assert {call.name: call.evidence for call in today(ADMIN).calls}["Alpha"] == of("Alpha")
    ending = pipeline(ADMIN).renewals
    assert all(row.evidence.n_feeds for row in ending if row.name in ("Alpha", "Beta"))


def test_reasons_below_half_a_point_are_told_together_and_all_still_add_up(company: Path) -> None:
    points = {"a": 0.03, "b": -0.004, "c": 0.003, "(other)": -0.02}
    with duckdb.connect(str(next(company.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        con.execute("delete from marts.mart_reason where entity_id = 'crm:2'")
        for rank, (feature, change) in enumerate(points.items(), 1):
            con.execute(
                "insert into marts.mart_reason by name select 'churn' as question, 'crm:2' as entity_id, "
                "$rank as rank, $feature as feature, upper($feature) as sentence, $points as points",
                {"rank": rank, "feature": feature, "points": change},
            )
    told = account(ADMIN, "crm:2").reasons
    assert [reason.sentence for reason in told] == ["A", "Everything else together"]
    assert sum(reason.points for reason in told) == pytest.approx(sum(points.values()), abs=1e-12)


def test_worth_a_question_lists_what_is_withheld_and_says_what_to_ask() -> None:
    page = risk(ADMIN, RiskFilter(worth_asking=True))
    assert [row.name for row in page.rows] == ["Alpha"]
    assert page.rows[0].evidence.ask_feed == "calls"
    assert risk(ADMIN).n_unknown == page.n_unknown == 1
    assert page.totals
    assert (page.totals.n_withheld, page.totals.value_withheld) == (1, 1200.0)
    assert leads(ADMIN, LeadFilter(worth_asking=True)).rows == ()


def test_what_is_fragile_tells_between_which_numbers_and_what_would_settle_it() -> None:
    found = of("Beta")
    assert (found.is_fragile, found.low, found.high, found.ask_feed) == (True, 0.08, 0.31, "meetings")


def test_money_that_is_not_judged_stands_apart_on_meeting() -> None:
    by_segment = {d.segment: d for d in meeting(ADMIN).danger}
    small = by_segment["small"]
    assert (small.n_high, small.n_unknown, small.value_unknown) == (0, 1, 1200.0)


def test_who_answered_is_told_that_it_waits_for_the_next_build_and_nobody_else_is() -> None:
    answer(ADMIN, Answer("churn", "crm:1", "calls", "k", n_in_90d=0))
    assert of("Alpha").answered_on is not None
    other = next(row for row in risk(PEOPLE["steward"]).rows if row.name == "Alpha")
    assert other.evidence.answered_on is None


def test_a_build_without_the_new_columns_reads_as_not_weighed(one_withheld_one_fragile: Path) -> None:
    with duckdb.connect(str(next(one_withheld_one_fragile.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        for name in ("is_fragile", "fragile_low", "fragile_high", "ask_feed", "evidence_level", "is_withheld"):
            con.execute(f"alter table marts.mart_score drop column if exists {name}")
    assert (of("Beta").level, of("Beta").is_fragile, of("Beta").ask_feed) == ("", False, "meetings")


def test_whose_work_is_not_seen_is_for_stewards_and_the_own_team(one_withheld_one_fragile: Path) -> None:
    with duckdb.connect(str(next(one_withheld_one_fragile.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        con.execute("delete from marts.mart_blind_owner")
        con.execute(
            """
            insert into marts.mart_blind_owner by name
            select 'crm:E' || n as owner_id, name as owner_name, team, 'calls' as feed, 'Telephone' as title,
                30 as n_in_care, 14 as n_logged, 159.6 as n_expected, 0.01 as sight, date '2026-04-02' as since
            from (values (2, 'Rep South', 'B'), (1, 'Rep North', 'A')) as t (n, name, team)
            """
        )
    seen = {who: [row.owner_name for row in unseen(viewer).rows] for who, viewer in PEOPLE.items()}
    assert seen["steward"] == seen["admin"] == ["Rep North", "Rep South"]
    assert seen["manager"] == seen["north"] == ["Rep North"]
    assert seen["executive"] == seen["analyst"] == []
    row = unseen(PEOPLE["steward"]).rows[0]
    assert (row.n_logged, row.n_usual) == (14, 160)
