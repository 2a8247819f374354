"""Who sees what, on every view: rows of one's own, no words for executives, no names for analysts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from crm_core import views
from crm_core.access import Role, Viewer
from crm_core.actions import Disagree, disagree
from crm_core.errors import AccessDeniedError
from crm_core.ledger import Entry, open_ledger
from crm_core.settings import settings
from tests.views.company import NAMES, PEOPLE

SEES = {
    "north": {"Alpha", "Gamma"},
    "south": {"Beta"},
    "manager": {"Alpha", "Gamma"},
    "executive": {"Alpha", "Beta", "Gamma"},
    "analyst": {"Alpha", "Beta", "Gamma"},
    "steward": {"Alpha", "Beta", "Gamma"},
    "admin": {"Alpha", "Beta", "Gamma"},
}
NOBODY = Viewer("", "", Role.REP)
pytestmark = pytest.mark.usefixtures("company")


def say(who: str, key: str, words: str = "they told me", question: str = "churn", belief: str = "will_stay") -> None:
    request = Disagree(question, key, belief, 0.2, "customer_told_us", words, None, f"{who}{key}{words}")
    disagree(PEOPLE[who], request)


@pytest.mark.parametrize("who", PEOPLE)
def test_each_role_sees_its_own_rows_on_the_list_the_header_and_in_the_export(who: str) -> None:
    viewer = PEOPLE[who]
    assert {r.name for r in views.sell.risk(viewer).rows} == SEES[who]
    assert views.sell.risk(viewer).n_in_scope == len(SEES[who])
    assert set(views.score_table(viewer, "churn")["name"]) == SEES[who]
    owned = {"north": 2, "manager": 2, "south": 2}.get(who, 4)
    assert views.frame(viewer).n_customers == owned
    assert views.frame(viewer).n_leads == {"north": 1, "manager": 1, "south": 1}.get(who, 2)


@pytest.mark.parametrize("who", PEOPLE)
def test_an_account_out_of_scope_and_one_that_does_not_exist_are_not_told_apart(who: str) -> None:
    viewer, refused = PEOPLE[who], set()
    for key in (*NAMES, "crm:3", "crm:99", "", "'; drop table x"):
        try:
            seen = views.sell.account(viewer, key)
        except AccessDeniedError as error:
            refused.add((str(error), error.where, error.why))
            with pytest.raises(AccessDeniedError):
                views.shown_score(viewer, "churn", key)
        else:
            assert seen.name in SEES[who] | {"Delta"}
            assert views.shown_score(viewer, "churn", key).entity_name == seen.name
    assert len(refused) == 1
    with pytest.raises(AccessDeniedError) as caught:
        views.shown_score(viewer, "nonsense", "crm:1")
    assert str(caught.value) == next(iter(refused))[0]


def test_somebody_the_policy_does_not_know_sees_nothing() -> None:
    assert views.sell.risk(NOBODY).rows == ()
    assert views.frame(NOBODY).n_customers == 0
    assert views.trust.disagreements(NOBODY).rows == ()
    assert len(views.score_table(NOBODY, "churn")) == 0
    with pytest.raises(AccessDeniedError):
        views.sell.account(NOBODY, "crm:1")


def words_in(view: Any) -> set[str]:
    """Every text of a view, however deep."""
    if isinstance(view, str):
        return {view}
    if isinstance(view, dict):
        return set().union(*(words_in(v) for v in view.values()))
    if isinstance(view, tuple | list):
        return set().union(*(words_in(v) for v in view))
    return set()


@pytest.mark.parametrize(
    ("who", "readable"),
    [
        ("north", {"open note", "private note", "ticket words", "said by north"}),
        ("manager", {"open note", "ticket words", "said by north"}),
        ("executive", set()),
        ("analyst", set()),
        ("steward", {"open note", "private note", "note of the other", "ticket words", "said by north"}),
    ],
)
def test_words_are_read_by_those_who_may(who: str, readable: set[str]) -> None:
    say("north", "crm:1", "said by north")
    everything = {"open note", "private note", "note of the other", "ticket words", "said by north"}
    shown = words_in(asdict(views.sell.account(PEOPLE[who], "crm:1")))
    assert shown & everything == readable
    elsewhere = words_in(asdict(views.sell.risk(PEOPLE[who]))) | words_in(
        asdict(views.trust.disagreements(PEOPLE[who]))
    )
    assert elsewhere & everything <= readable


def test_an_analyst_sees_people_under_one_pseudonym_everywhere_and_never_a_name() -> None:
    say("north", "crm:1")
    analyst = PEOPLE["analyst"]
    page, listed = views.sell.account(analyst, "crm:1"), views.sell.risk(analyst)
    ledger, table = views.trust.disagreements(analyst), views.score_table(analyst, "churn")
    leads = views.score_table(analyst, "lead")
    owner = page.owner_name
    assert owner is not None
    assert owner.startswith("Person ")
    assert {r.owner_name for r in listed.rows if r.name == "Alpha"} == {owner}
    assert set(table.loc[table["name"] == "Alpha", "owner"]) == {owner}
    assert {row.opinion.who_name for row in ledger.rows} == {owner}
    assert {event.owner_name for event in page.timeline if event.kind == "call"} >= {owner}
    texts = words_in([asdict(v) for v in (page, listed, ledger, views.frame(analyst))]) | set(leads["name"])
    for name in ("Rep North", "Rep South", "Jane Roe", "jane@alpha.example", "123", "Jo Doe", "Ann Poe"):
        assert not [t for t in texts if name in t], name
    assert "Firm" in set(leads["name"])


def test_a_lead_is_called_the_same_on_every_view() -> None:
    for who in ("admin", "analyst"):
        table = views.score_table(PEOPLE[who], "lead").set_index("entity_id")["name"]
        for key in ("crm:L1", "crm:L2"):
            assert views.shown_score(PEOPLE[who], "lead", key).entity_name == table[key]


def entry_of(who: str, key: str) -> Entry:
    """What somebody said while the customer was his, before it changed hands."""
    person = PEOPLE[who]
    return Entry(
        kind="disagreement", who=person.who, who_name=person.name, who_role="rep", who_team="B", question="churn",
        entity_kind="customer", entity_key=key, idempotency_key=who + key, belief="will_stay", reason_code="other",
        words="my own words", expires_on=None,
    )  # fmt: skip


def test_who_gave_a_customer_away_reads_his_own_words_but_not_what_became_of_it() -> None:
    with open_ledger(settings()) as book:
        book.append(entry_of("south", "crm:1"))
        book.append(entry_of("south", "crm:99"))
    page = views.trust.disagreements(PEOPLE["south"])
    assert {row.opinion.words for row in page.rows} == {"my own words"}
    assert {row.now_probability for row in page.rows} == {None}
    assert {row.money_at_stake for row in page.rows} == {None}
    assert len({row.entity_name for row in page.rows}) == 1, "it tells whether the customer exists"
    assert "Alpha" not in words_in(asdict(page))
    assert page.value_in_force == 0


def test_each_role_sees_the_disagreements_of_its_scope() -> None:
    say("north", "crm:1")
    say("south", "crm:2")
    seen = {who: {r.entity_name for r in views.trust.disagreements(v).rows} for who, v in PEOPLE.items()}
    both = {"Alpha", "Beta"}
    assert seen == {"north": {"Alpha"}, "south": {"Beta"}, "manager": {"Alpha"}, "executive": both, "analyst": both,
                    "steward": both, "admin": both}  # fmt: skip


def test_protected_attributes_are_not_shown_with_the_fields_of_the_source() -> None:
    assert views.sell.account(PEOPLE["admin"], "crm:1").attributes == (("plan", "x"),)
