"""Search: what is typed against what is found, within what each role may see."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from crm_core import views
from crm_core.views.reading import current, reading, rows
from crm_core.views.search import folded_sql
from tests.conftest import ROOT
from tests.views.company import PEOPLE
from tests.views.test_policy import NOBODY

CASES: list[dict[str, Any]] = yaml.safe_load((ROOT / "tests/cases/search.yml").read_text(encoding="utf-8"))
pytestmark = pytest.mark.usefixtures("talking")


def names(who: str, typed: str) -> list[str]:
    return [hit.name for hit in views.search(PEOPLE[who], typed)]


def test_each_case_finds_what_it_should_first() -> None:
    wrong = []
    for case in CASES:
        who, found = case.get("as", "admin"), names(case.get("as", "admin"), case["typed"])
        if found[:1] != [case["hit"]] and (found or case["hit"] is not None):
            wrong.append(f"{case['typed']!r} as {who}: {found[:3]}, not {case['hit']}")
    assert wrong == []


def test_a_hit_tells_what_it_is_and_what_stands_beside_it() -> None:
    acme = {hit.name: hit for hit in views.search(PEOPLE["admin"], "acme")}
    assert list(acme) == ["Acme Farms", "ACME Manufacturing", "Second site"], "customers before deals"
    assert (acme["Second site"].kind, acme["Second site"].id) == ("deal", "crm:O1")
    assert acme["Second site"].more == "ACME Manufacturing · Offer"
    left = views.search(PEOPLE["admin"], "left behind")[0]
    assert left.is_past
    assert "has left" in left.more


def test_a_persons_name_stands_beside_the_company_for_those_who_see_persons() -> None:
    assert views.search(PEOPLE["admin"], "taromer")[0].more.startswith("Emma Laurent")
    seen = views.search(PEOPLE["analyst"], "taromer")[0]
    assert seen.more.startswith("Person ")
    assert "Emma" not in seen.more


@pytest.mark.parametrize("typed", ["x" * 10_000, "a b " * 3_000, "\0", "\ud800", "a\0b", "\n\t", "𝕏" * 99, "(" * 50])
def test_odd_input_is_harmless(typed: str) -> None:
    assert len(views.search(PEOPLE["admin"], typed)) <= 8


def test_somebody_the_policy_does_not_know_finds_nothing() -> None:
    assert views.search(NOBODY, "acme") == ()


def test_no_more_is_found_than_asked_for() -> None:
    assert len(views.search(PEOPLE["admin"], "a", limit=2)) == 2


def test_what_is_typed_is_folded_like_the_names() -> None:
    folder, _ = current()
    with reading(folder) as con:
        same = folded_sql("concat_ws(' ', name, case when kind = 'deal' then 'ACME Manufacturing' end)")
        found = rows(con, f"select name, folded, {same} as typed from marts.mart_search where name is not null")
    assert len(found) == 10
    assert [row for row in found if row["folded"] != row["typed"]] == []
    assert {row["folded"] for row in found} >= {"muller sohne ag", "aro sofart", "b bold b 5", "acme manufacturing"}
