"""Who looks after what in the company of twenty: defaults, assignments, absence, and whom to ask about one score."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from crm_core.access import Viewer
from crm_core.actions.duties import Assign, assign
from crm_core.assigning import Assigned
from crm_core.errors import AccessDeniedError, RejectedEntryError
from crm_core.ledger import Entry, Kind, open_ledger
from crm_core.settings import settings
from crm_core.views import steer, trust
from tests.views.twenty import PEOPLE

ROLES = ["steward", "fairness", "model:churn", "model:lead"]


def held(viewer: Viewer = PEOPLE["admin"]) -> dict[str, steer.duties.Responsible]:
    return {role.role: role for role in steer.duties.duties(viewer).roles}


def give(role: str, owner: str | None, deputy: str | None = None, key: str = "") -> None:
    named = [None if who is None else PEOPLE[who].who for who in (owner, deputy)]
    assign(PEOPLE["admin"], Assign(role, named[0], named[1], key or f"{role} {owner} {deputy}"))


def away(data_dir: Path, **spans: tuple[date | None, date | None]) -> None:
    """Let people be away in the build that serves; before anything is read of it."""
    with duckdb.connect(str(next(data_dir.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        for who, (start, end) in spans.items():
            con.execute(
                "update marts.mart_employee set out_of_office_from = $1, out_of_office_to = $2 where employee_id = $3",
                [start, end, PEOPLE[who].who],
            )


def test_without_an_assignment_the_first_in_line_looks_after_it(twenty: Path) -> None:
    found = held()
    assert [role for role in found if not role.startswith("feed:")] == ROLES
    owners = [found[role].owner for role in ROLES]
    assert owners == ["Stan Steward", "Ada Admin", "Ana Analyst", "Ana Analyst"]
    assert all(found[role].is_by_default and found[role].acting == found[role].owner for role in ROLES)
    assert found["steward"].since is None


def test_who_holds_an_office_is_named_to_everybody_with_an_address_and_nobody_else_is(twenty: Path) -> None:
    with duckdb.connect(str(next(twenty.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        con.execute("update marts.mart_employee set email = 'stan@example.org' where name = 'Stan Steward'")
    page = steer.duties.duties(PEOPLE["analyst"])
    found = {role.role: role for role in page.roles}
    assert [found[role].owner for role in ROLES[:3]] == ["Stan Steward", "Ada Admin", "Ana Analyst"]
    assert found["steward"].email == "stan@example.org"
    for name in ("Nora", "Sara", "Noah"):
        assert name not in repr(page)


def test_the_newest_assignment_counts_and_says_since_when_and_by_whom(twenty: Path) -> None:
    give("model:churn", "steward")
    give("model:churn", "sara", "noah")
    found = held(PEOPLE["nora"])["model:churn"]
    assert (found.owner, found.deputy, found.acting) == ("Sara Costa", "Noah Lind", "Sara Costa")
    assert found.since is not None
    assert (found.assigned_by, found.is_by_default, found.is_lost) == ("Ada Admin", False, False)
    give("model:churn", None)
    assert held()["model:churn"].owner == "Ana Analyst"
    page = steer.duties.duties(PEOPLE["admin"])
    assert [(row.owner, row.deputy) for row in page.history] == [
        ("as by default", ""), ("Sara Costa", "Noah Lind"), ("Stan Steward", ""),
    ]  # fmt: skip
    for who in ("nora", "steward", "executive"):
        page = steer.duties.duties(PEOPLE[who])
        assert (page.history, page.people, page.may_assign) == ((), (), False)


def test_the_deputy_acts_while_the_owner_is_away(twenty: Path) -> None:
    away(twenty, steward=(date(2020, 1, 1), None))
    give("steward", "steward", "admin")
    found = held()["steward"]
    assert (found.acting, found.is_owner_away, found.away_until) == ("Ada Admin", True, None)


def test_if_neither_is_there_it_says_so(twenty: Path) -> None:
    away(twenty, steward=(None, date(2199, 1, 1)), admin=(date(2020, 1, 1), date(2199, 1, 1)))
    give("steward", "steward", "admin")
    page = steer.duties.duties(PEOPLE["nora"])
    found = held()["steward"]
    assert (found.acting, found.ask, found.away_until) == (None, "Stan Steward", date(2199, 1, 1))
    assert "steward" in {role.role for role in page.unattended}
    assert "steward" not in {role.role for role in page.vacant}


def owns(who: str) -> bool:
    return trust.fairness.fairness_page(PEOPLE[who], "churn").is_owner


def test_the_assigned_owner_of_the_stop_owns_it(twenty: Path) -> None:
    give("fairness", "executive", "steward")
    assert [owns(who) for who in ("executive", "steward", "admin")] == [True, False, False]


def test_the_deputy_owns_the_stop_too_while_the_owner_is_away(twenty: Path) -> None:
    away(twenty, executive=(date(2020, 1, 1), None))
    give("fairness", "executive", "steward")
    assert [owns(who) for who in ("executive", "steward", "admin")] == [True, True, False]
    assert trust.fairness.fairness_page(PEOPLE["nora"], "churn").acting == "Stan Steward"


def test_whoever_was_assigned_and_has_left_is_nobody_and_the_page_says_so(twenty: Path) -> None:
    with duckdb.connect(str(next(twenty.glob("warehouse/builds/*/warehouse.duckdb")))) as con:
        con.execute("delete from marts.mart_employee where employee_id = 'crm:E9'")
    with open_ledger(settings()) as book:
        about = Entry(kind=Kind.ASSIGNMENT, who="crm:E10", who_name="Ada Admin", who_role="admin", who_team="",
                      question="", entity_kind="role", entity_key="fairness", idempotency_key="then",
                      words=Assigned("crm:E9").to_words())  # fmt: skip
        book.append(about)
    found = held()["fairness"]
    assert (found.is_vacant, found.is_lost, found.acting) == (True, True, None)
    assert not any(owns(who) for who in PEOPLE)
    assert "fairness" in {role.role for role in steer.duties.duties(PEOPLE["nora"]).vacant}


def test_a_person_of_another_role_cannot_be_assigned_the_stop(twenty: Path) -> None:
    with pytest.raises(RejectedEntryError, match="Nora Berg may not release a stop"):
        give("fairness", "nora")


def test_an_analyst_reads_who_holds_the_office_and_who_assigned_it_under_a_pseudonym(twenty: Path) -> None:
    give("steward", "steward", "admin")
    found = held(PEOPLE["analyst"])["steward"]
    assert (found.owner, found.deputy, found.acting) == ("Stan Steward", "Ada Admin", "Stan Steward")
    assert found.assigned_by.startswith("Person ")


def test_beside_a_score_stand_the_feed_behind_its_biggest_reason_and_the_three_others(twenty: Path) -> None:
    found = steer.duties.whom_to_ask(PEOPLE["nora"], "churn", "crm:C01")
    assert found.reason == "reason 1"
    assert [role.role for role in found.others] == ["steward", "model:churn", "fairness"]
    for question, key in (("churn", "crm:C11"), ("churn", "crm:C99"), ("lead", "crm:C01"), ("weather", "crm:C01")):
        with pytest.raises(AccessDeniedError, match="Not in your scope"):
            steer.duties.whom_to_ask(PEOPLE["nora"], question, key)
