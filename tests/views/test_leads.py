"""Figures of the Leads page, worked out by hand, and who sees which lead."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from crm_core import views
from crm_core.access import Role, Viewer
from crm_core.actions import Disagree, disagree
from crm_core.errors import AccessDeniedError
from crm_core.views.sell import LeadFilter, lead, leads
from tests.views.company import PEOPLE

ADMIN = PEOPLE["admin"]
# Where a lead is open, came in on, was first touched after, and is worth: 1 June 2026 is a Monday, the 5th a Friday.
LEADS = (
    ("crm:L1", "Firm", "crm:E1", "A", datetime(2026, 6, 1, 9), None, None, 0.5, "high", "web"),  # noqa: DTZ001
    ("crm:L2", "Jo Doe", "crm:E2", "B", datetime(2026, 6, 1, 9), 30, 900.0, 0.4, "high", "web"),  # noqa: DTZ001
    ("crm:L3", "Late", "crm:E1", "A", datetime(2026, 6, 1, 9), 50, 400.0, 0.1, "low", "fair"),  # noqa: DTZ001
    ("crm:L4", "Friday", "crm:E1", "A", datetime(2026, 6, 5, 16), 70, None, 0.2, "medium", None),  # noqa: DTZ001
    ("crm:L5", "Today", "crm:E2", "B", datetime(2026, 6, 30, 9), None, None, None, None, "fair"),  # noqa: DTZ001
)


@pytest.fixture(autouse=True)
def five_leads(company: Path) -> None:
    """The small company with five leads: two ready, two untouched, one without a score."""
    with duckdb.connect(str(next(company.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        con.execute("delete from marts.mart_lead")
        con.execute("delete from marts.mart_score where question = 'lead'")
        for key, name, owner, team, created, hours, amount, chance, tier, source in LEADS:
            con.execute(
                """
                insert into marts.mart_lead by name
                select $key as lead_id, $name as name, $name as company, $owner as owner_id, 'Rep' as owner_name,
                    $team as team, $created::timestamp as created_at, $hours::bigint as hours_to_first_touch,
                    $amount::double as deal_amount, 200.0 as usual_amount, $source as source_channel,
                    true as is_in_population, 0 as rule_points, '' as rule_reasons, 1 as n_touches, 'a@b.c' as email
                """,
                {"key": key, "name": name, "owner": owner, "team": team, "created": created, "hours": hours,
                 "amount": amount, "source": source},
            )  # fmt: skip
            if chance is not None:
                con.execute(
                    """
                    insert into marts.mart_score by name
                    select 'lead' as question, $key as entity_id, $p::double as probability, $p::double as raw,
                        $p / 2 as low, $p::double + 0.1 as high, $tier as tier, 0.2 as base_rate, '[]' as doubts
                    """,
                    {"key": key, "p": chance, "tier": tier},
                )


def names(viewer: Viewer = ADMIN, **chosen: object) -> list[str]:
    return [row.name for row in leads(viewer, LeadFilter(**chosen)).rows]  # type: ignore[arg-type]


def test_the_figures_on_top_are_those_worked_out_by_hand() -> None:
    totals = leads(ADMIN).totals
    assert (totals.n_ready, totals.value_ready) == (2, 200 + 900)
    assert totals.n_ready_expected == pytest.approx(0.5 + 0.4)
    assert (totals.n_untouched, totals.value_untouched, totals.n_untouched_ready) == (2, 200 + 200, 1)
    assert totals.hours_typical == 50, "the middle of 30, 50 and 70 hours"
    # Due on Tuesday 2 June: Firm never, Jo Doe on Tuesday at 15:00, Late on Wednesday. Due on Monday 8 June: Friday's,
    # touched that Monday. The one of today is not due yet.
    assert totals.share_in_time == pytest.approx(2 / 4)
    assert (totals.n_disagreed, totals.value_disagreed) == (0, 0)


def test_an_amount_that_is_only_usual_is_marked_as_such() -> None:
    shown = {row.name: (row.amount, row.is_usual_amount) for row in leads(ADMIN).rows}
    assert shown["Jo Doe"] == (900, False)
    assert shown["Firm"] == (200, True)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("chance", ["Firm", "Jo Doe", "Friday", "Late", "Today"]),
        ("money", ["Jo Doe", "Firm", "Late", "Friday", "Today"]),
        ("newest", ["Today", "Friday", "Firm", "Jo Doe", "Late"]),
        ("waiting", ["Firm", "Today", "Jo Doe", "Friday", "Late"]),
        ("'; drop table", ["Firm", "Jo Doe", "Friday", "Late", "Today"]),
    ],
)
def test_each_order_is_the_one_that_it_says(order: str, expected: list[str]) -> None:
    assert names(order=order) == expected


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"untouched_only": True}, ["Firm", "Today"]),
        ({"sources": ("fair",)}, ["Late", "Today"]),
        ({"tiers": ("high",), "teams": ("B",)}, ["Jo Doe"]),
        ({"tiers": ("none",)}, ["Today"]),
        ({"name_part": " LATE "}, ["Late"]),
        ({"name_part": "'; drop table x"}, []),
        ({"sources": ("'; drop table x",)}, []),
    ],
)
def test_each_filter_leaves_what_it_says(chosen: dict[str, object], expected: list[str]) -> None:
    page = leads(ADMIN, LeadFilter(**chosen))  # type: ignore[arg-type]
    assert [row.name for row in page.rows] == expected
    assert page.n_matching == len(expected)
    assert page.is_empty == (not expected)
    assert page.n_in_scope == 5
    assert {point.name for point in page.points} == set(expected) - {"Today"}, "the picture shows what has a score"


def test_choices_are_those_of_the_viewers_scope() -> None:
    assert leads(ADMIN).choices == {"teams": ("A", "B"), "regions": (), "sources": ("fair", "web")}
    assert leads(PEOPLE["south"]).choices["teams"] == ("B",)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("north", {"Firm", "Late", "Friday"}),
        ("south", {"Jo Doe", "Today"}),
        ("manager", {"Firm", "Late", "Friday"}),
        ("executive", {"Firm", "Late", "Friday", "Jo Doe", "Today"}),
        ("analyst", {"Firm", "Late", "Friday", "Jo Doe", "Today"}),
    ],
)
def test_each_role_sees_its_own_leads_on_the_list_in_the_figures_and_one_by_one(who: str, expected: set[str]) -> None:
    viewer, page = PEOPLE[who], leads(PEOPLE[who])
    assert {row.name for row in page.rows} == expected
    assert page.n_in_scope == len(expected)
    refused = set()
    for key, name, *_ in (*LEADS, ("crm:L99", "nobody"), ("'; drop table x", "")):
        if name in expected:
            assert lead(viewer, key).name == name
            continue
        with pytest.raises(AccessDeniedError) as caught:
            lead(viewer, key)
        refused.add(str(caught.value))
    assert len(refused) == 1, "what does not exist reads like what one may not see"


def test_somebody_the_policy_does_not_know_sees_no_lead() -> None:
    page = leads(Viewer("", "", Role.REP))
    assert page.rows == ()
    assert page.points == ()
    assert "There is no open lead in your scope" in page.why_empty


def test_an_analyst_sees_no_person_of_a_lead_and_no_address() -> None:
    row = lead(PEOPLE["analyst"], "crm:L1")
    assert row.name == "Firm"
    for shown in (row.person_name, row.email, row.owner_name):
        assert shown is not None
        assert shown.startswith("Person ")
    assert "a@b.c" not in str(asdict(leads(PEOPLE["analyst"])))


def test_what_people_say_about_a_lead_stands_beside_it_and_leaves_the_score_alone() -> None:
    before = lead(ADMIN, "crm:L1")
    disagree(PEOPLE["north"], Disagree("lead", "crm:L1", "dead", 0.05, "customer_told_us", "", None, "form"))
    page = leads(PEOPLE["manager"])
    row = next(row for row in page.rows if row.lead_id == "crm:L1")
    assert [(o.who_name, o.belief) for o in row.opinions] == [("Rep North", "dead: will not buy")]
    assert (row.probability, row.low, row.high) == (before.probability, before.low, before.high)
    assert (page.totals.n_disagreed, page.totals.value_disagreed) == (1, 200)
    assert [row.name for row in leads(ADMIN, LeadFilter(disagreed_only=True)).rows] == ["Firm"]
    assert leads(PEOPLE["south"]).totals.n_disagreed == 0
    assert lead(ADMIN, "crm:L1").opinions == row.opinions


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ("converted_at = '2026-06-30 23:00'", "converted"),
        ("disqualified_at = '2026-06-01'", "closed without a sale"),
        ("converted_at = '2026-07-01'", "open"),
    ],
)
def test_a_closed_lead_is_on_no_list_but_can_be_looked_up(company: Path, change: str, state: str) -> None:
    with duckdb.connect(str(next(company.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        con.execute(f"update marts.mart_lead set {change} where lead_id = 'crm:L1'")
    assert lead(ADMIN, "crm:L1").state == state
    assert ("Firm" in names()) == (state == "open")


def test_the_export_and_the_page_call_a_lead_the_same() -> None:
    table = views.score_table(ADMIN, "lead").set_index("entity_id")["name"]
    assert {row.lead_id: row.name for row in leads(ADMIN).rows if row.probability is not None} == table.to_dict()
