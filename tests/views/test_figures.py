"""Figures of the pages against figures worked out by hand."""

from __future__ import annotations

import subprocess
import sys
import types
import typing
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crm_core import views
from crm_core.settings import ROOT
from crm_core.views import account, frame, ledger_page, opinions, risk, shown
from tests.views.company import DAY, PEOPLE
from tests.views.test_policy import say

ADMIN = PEOPLE["admin"]
MODULES = [
    sys.modules[f"crm_core.views.{name}"] for name in ("account", "frame", "ledger_page", "opinions", "risk", "shown")
]
assert all((account, frame, ledger_page, opinions, risk, shown))


def test_the_four_figures_on_top_are_those_of_a_plain_count(company: Path) -> None:
    page = views.risk(ADMIN)
    totals = page.totals
    assert totals is not None
    assert (page.n_in_scope, page.n_matching, page.base_rate, page.model_version) == (3, 3, 0.2, "1")
    assert (totals.n_high, totals.value_high) == (1, 1200)
    assert (totals.n_renewals, totals.value_renewals, totals.n_renewals_high) == (1, 1200, 1)
    assert (totals.n_withheld, totals.value_withheld) == (0, 0)
    assert (totals.n_disagreed, totals.value_disagreed) == (0, 0)
    say("south", "crm:2")
    totals = views.risk(ADMIN).totals
    assert totals is not None
    assert (totals.n_disagreed, totals.value_disagreed) == (1, 12000)
    assert views.disagreements(ADMIN).value_in_force == 12000


def test_a_row_of_the_list_says_what_the_sources_say(company: Path) -> None:
    page = views.risk(ADMIN)
    assert [r.name for r in page.rows] == ["Alpha", "Gamma", "Beta"]
    alpha = page.rows[0]
    assert (alpha.yearly_value, alpha.renewal_on, alpha.team) == (1200, date(2026, 8, 1), "A")
    assert (alpha.probability, alpha.low, alpha.high, alpha.tier) == (0.6, 0.3, 0.7, "high")
    assert [r.sentence for r in alpha.reasons] == ["reason 1", "reason 2", "reason 3"]
    assert alpha.last_contact_at is not None
    assert alpha.last_contact_at.date() == date(2026, 6, 27)
    assert (page.rows[2].yearly_value, page.rows[2].renewal_on) == (12000, None)


@pytest.mark.parametrize(
    ("chosen", "keys"),
    [
        (views.RiskFilter(tiers=("high", "medium")), ["crm:1", "billing:9"]),
        (views.RiskFilter(segments=("large",)), ["crm:2"]),
        (views.RiskFilter(teams=("B",)), ["crm:2"]),
        (views.RiskFilter(renewal_within_days=20), ["billing:9"]),
        (views.RiskFilter(order="money"), ["crm:2", "crm:1", "billing:9"]),
        (views.RiskFilter(order="renewal"), ["billing:9", "crm:1", "crm:2"]),
        (views.RiskFilter(order="nonsense; drop table x"), ["crm:1", "billing:9", "crm:2"]),
        (views.RiskFilter(limit=1), ["crm:1"]),
        (views.RiskFilter(segments=("' or true --",)), []),
        (views.RiskFilter(disagreed_only=True), []),
    ],
)
def test_filters_and_orders_choose_the_rows_they_name(company: Path, chosen: views.RiskFilter, keys: list[str]) -> None:
    page = views.risk(ADMIN, chosen)
    assert [r.customer_id for r in page.rows] == keys
    assert page.n_in_scope == 3
    assert page.is_empty == (not keys)
    assert page.why_empty


def test_a_customer_of_two_systems_is_one_and_is_found_under_either_key(company: Path) -> None:
    one, other = views.account(ADMIN, "billing:9"), views.account(ADMIN, "crm:3")
    assert one == other
    assert one.customer_id == "billing:9"
    assert (one.yearly_value, one.has_signed_renewal, len(one.contracts)) == (600, True, 2)
    assert len([e for e in one.timeline if e.kind == "call"]) == 2
    say("north", "crm:3", "said under the other key")
    for key in ("billing:9", "crm:3"):
        assert [o.words for o in views.account(ADMIN, key).opinions] == ["said under the other key"]
    assert [r.customer_id for r in views.risk(ADMIN, views.RiskFilter(disagreed_only=True)).rows] == ["billing:9"]
    (row,) = views.disagreements(ADMIN).rows
    assert (row.now_probability, row.money_at_stake) == (0.3, 600)


def test_who_left_is_no_longer_on_the_list_but_has_an_account(company: Path) -> None:
    page = views.account(ADMIN, "crm:4")
    assert (page.left_on, page.is_in_population, page.probability, page.tier) == (
        date(2026, 5, 20),
        False,
        None,
        "none",
    )


def test_the_header_says_where_the_figures_come_from(company: Path) -> None:
    header = views.frame(ADMIN)
    assert (header.as_of, header.build_id, header.models) == (DAY, "0001", {"churn": "1", "lead": "1"})
    assert views.build_key().startswith("0001")
    assert {p.who for p in views.personas()} == {v.who for v in PEOPLE.values()}


def dataclasses_of_views() -> list[type[Any]]:
    found = [t for m in MODULES for t in vars(m).values() if isinstance(t, type) and is_dataclass(t)]
    return [t for t in dict.fromkeys(found) if t.__module__.startswith("crm_core.views")]


def test_every_field_of_every_view_is_explained() -> None:
    assert len(dataclasses_of_views()) > 10
    for kind in dataclasses_of_views():
        assert kind.__dataclass_params__.frozen, kind
        for field in fields(kind):
            if kind is not views.RiskFilter:
                assert str(field.metadata.get("help", "")).endswith("."), f"{kind.__name__}.{field.name}"
            else:
                assert field.default is not MISSING


def conforms(value: Any, hint: Any, where: str) -> list[str]:
    """Where a value is not of the declared type."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        tried = [conforms(value, option, where) for option in inner]
        return [] if [] in tried else tried[0]
    if origin is tuple and isinstance(value, tuple):
        options = [inner[0]] * len(value) if inner[-1] is Ellipsis else inner
        return [f for i, (v, h) in enumerate(zip(value, options, strict=True)) for f in conforms(v, h, f"{where}[{i}]")]
    if origin is dict and isinstance(value, dict):
        return [f for k, v in value.items() for f in conforms(v, inner[1], f"{where}[{k}]")]
    plain = origin or hint
    if plain is float and isinstance(value, int) and not isinstance(value, bool):
        return []
    if not isinstance(value, plain) or (plain is int and isinstance(value, bool)):
        return [f"{where}: {value!r} is no {hint}"]
    if not is_dataclass(value) or isinstance(value, type):
        return []
    hints = typing.get_type_hints(type(value))
    return [f for x in fields(value) for f in conforms(getattr(value, x.name), hints[x.name], f"{where}.{x.name}")]


@pytest.mark.parametrize("who", PEOPLE)
def test_what_a_page_gets_is_what_is_declared(company: Path, who: str) -> None:
    say("north", "crm:1")
    viewer = PEOPLE[who]
    pages = [views.risk(viewer), views.frame(viewer), views.disagreements(viewer)]
    key = "crm:2" if who == "south" else "crm:1"
    pages += [views.account(viewer, key), views.shown_score(viewer, "churn", key)]
    assert [fault for page in pages for fault in conforms(page, type(page), type(page).__name__)] == []


def test_what_the_demo_company_shows_is_what_is_declared(demo: Path) -> None:
    pages: list[Any] = [views.risk(ADMIN), views.frame(ADMIN)]
    pages += [views.account(ADMIN, row.customer_id) for row in pages[0].rows[:40]]
    assert [fault for page in pages for fault in conforms(page, type(page), type(page).__name__)] == []


def test_reasons_of_an_account_add_up_to_its_chance(demo: Path) -> None:
    for row in views.risk(ADMIN).rows[:60]:
        page = views.account(ADMIN, row.customer_id)
        assert page.typical is not None
        assert page.probability == pytest.approx(page.typical + sum(r.points for r in page.reasons), abs=1e-9)


def test_pages_can_be_read_without_loading_a_learner_or_the_builder() -> None:
    code = (
        "import sys, crm_core.views, crm_core.actions\n"
        "slow = ('xgboost', 'shap', 'woodelf', 'dbt', 'sklearn', 'splink', 'venn_abers')\n"
        "print([m for m in slow if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
