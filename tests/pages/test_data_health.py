"""Data health on screen: answer first, and no bad value before anybody who may not read it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crm_core import views
from crm_core.views import trust
from pages._kit import health
from tests.pages.conftest import OPEN, tables_of, words_of
from tests.pages.test_every_page import person
from tests.views.quarantined import hold

ROLES = ("rep", "manager", "executive", "analyst", "steward")
IN_EURO: Any = SimpleNamespace(currency="EUR")


def page(n_waiting: int = 0, n_nameless: int = 0, n_customers: int = 0, money: float = 0, *states: str) -> Any:
    feeds = tuple(trust.parts.Feed("F", None, 24, 1, 1, 1, None, state) for state in states)
    return trust.DataHealthPage(feeds, (), (), (), n_waiting, n_nameless, 0, n_customers, money)


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        (
            page(21, 1, 7, 48_000, "silent", "silent", *["alive"] * 4),
            "2 of 6 feeds are silent. 21 rows wait in quarantine, touching 7 customers worth € 48k a year.",
        ),
        (page(0, 0, 0, 0, "alive", "alive"), "All 2 feeds deliver in time. No row waits in quarantine."),
        (
            page(1, 1, 0, 0, "late", "alive"),
            (
                "1 of 2 feeds is late, none is silent. 1 row waits in quarantine; no customer we know is named, "
                "so the money touched is unknown."
            ),
        ),
        (
            page(2, 0, 0, 0, "unknown rhythm", "alive"),
            (
                "1 of 2 feeds has no declared rhythm; the others deliver in time. 2 rows wait in quarantine, touching "
                "no customer you may see."
            ),
        ),
        (
            page(0, 0, 0, 0, "unknown rhythm"),
            "No feed has a declared rhythm, so nobody would notice a silent one. No row waits in quarantine.",
        ),
        (page(), "No feed is declared, so nobody would notice a silent one. No row waits in quarantine."),
    ],
)
def test_the_answer_comes_first(shown: Any, sentence: str) -> None:
    assert health.answer(IN_EURO, shown) == sentence


@pytest.mark.parametrize(
    ("hours", "words"),
    [(None, "not declared"), (0, "not declared"), (1, "hourly"), (4, "every 4 hours"), (24, "daily"), (168, "weekly"),
     (720, "every 30 days")],
)  # fmt: skip
def test_a_rhythm_is_said_in_words(hours: float | None, words: str) -> None:
    assert health.rhythm(hours) == words


@pytest.mark.parametrize("role", ROLES)
def test_a_company_in_which_nothing_waits_says_so(demo: Path, open_page: OPEN, role: str) -> None:
    at = open_page("data_health", **{"as": person(role).who})
    assert len(at.exception) == 0
    said = words_of(at)
    for words in (
        "1 of 7 feeds is silent. No row waits in quarantine.",
        "Nothing waits.",
        "shows after the next build",
    ):
        assert words in said
    assert "silent" in tables_of(at)
    assert "every 6 hours" in tables_of(at)


@pytest.mark.parametrize(("role", "reads"), [(role, role not in ("executive", "analyst")) for role in ROLES])
def test_a_bad_value_is_before_those_only_who_may_read_it(
    copy_of_demo: Path, open_page: OPEN, role: str, reads: bool
) -> None:
    viewer = person(role)
    customer = views.sell.risk(viewer).rows[0].customer_id
    source, _, key = customer.partition(":")
    hold(copy_of_demo, [f"b1,{key},2026-01-01,=cmd|'calc',basic"], source=source, known=key)
    at = open_page("data_health", **{"as": viewer.who})
    assert len(at.exception) == 0
    assert "1 row waits in quarantine, touching 1 customer" in words_of(at)
    assert ("calc" in tables_of(at)) is reads
    file = health.as_file(trust.fault_rows(viewer)).decode("utf-8-sig")
    assert ("'=cmd|'calc'" in file) is reads
    assert "contracts.csv,2,monthly," in file


def test_a_row_about_somebody_else_s_customer_counts_and_shows_nothing_more(
    copy_of_demo: Path, open_page: OPEN
) -> None:
    viewer = person("rep")
    mine = {row.customer_id for row in views.sell.risk(viewer).rows}
    theirs = next(r.customer_id for r in views.sell.risk(person("steward")).rows if r.customer_id not in mine)
    source, _, key = theirs.partition(":")
    hold(copy_of_demo, [f"b1,{key},2026-01-01,secret,basic"], source=source, known=key)
    at = open_page("data_health", **{"as": viewer.who})
    assert "1 row waits in quarantine, touching no customer you may see." in words_of(at)
    assert "secret" not in words_of(at) + tables_of(at)
    assert trust.fault_rows(viewer) == ()


def test_names_of_files_and_values_that_are_markup_stay_words(copy_of_demo: Path, open_page: OPEN) -> None:
    hold(copy_of_demo, ["b1,1,2026-01-01,<b>|$x$ 😀,basic"])
    at = open_page("data_health", **{"as": person("steward").who})
    assert len(at.exception) == 0
    assert "<b>|$x$ 😀" in tables_of(at)
