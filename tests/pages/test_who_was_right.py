"""Who was right on the screen: the answer in words, groups only, and one's own balance for oneself alone."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from crm_core import views
from crm_core.access import Viewer
from pages._kit import balance
from tests.pages.conftest import OPEN, PAGES, tables_of, words_of
from tests.views.judging import N_CASES, SPEAKERS
from tests.views.twenty import PEOPLE
from tests.views.walking import JUDGES, strangers


def test_the_answer_comes_first_in_plain_words(judged: Path, open_page: OPEN) -> None:
    said = words_of(open_page("who_was_right", **{"as": "crm:E1"}))
    assert f"the outcome is known ({N_CASES} cases), people were nearer in **58 of 100 (" in said
    assert "**Neither wins overall: the difference is within what chance explains.**" in said
    assert "people were off by 25 on average, the model by 17" in said
    assert "I know the contract" in tables_of(open_page("who_was_right", **{"as": "crm:E1"}))


def test_what_waits_and_what_is_left_out_is_told(judged: Path, open_page: OPEN) -> None:
    said = words_of(open_page("who_was_right", **{"as": "crm:E1"}))
    assert "1 view still waits: the first is known on 30 Aug." in said
    for reason in (
        "more than 30 days after",
        "taken back",
        "replaced by a later word",
        "withheld",
        "cannot be followed",
    ):
        assert f"1 {reason}" in said or reason in said
    assert "will stay 3 of 100" in said


def test_with_nothing_to_judge_the_page_says_why(twenty: Path, open_page: OPEN) -> None:
    at = open_page("who_was_right", **{"as": "crm:E1"})
    assert len(at.exception) == 0
    assert "Nobody has disagreed with a score whose outcome can be followed" in words_of(at)


def own_page(viewer: Viewer) -> AppTest:
    """The drawing of one's own balance as a page of its own."""

    def script() -> None:
        import streamlit as st

        from pages._kit import balance, gateway, shell

        who = st.session_state["who"]
        balance.balance(shell.Context(who, gateway.frame(who), "EUR"))

    at = AppTest.from_function(script, default_timeout=60)
    at.session_state["who"] = viewer
    return at.run()


def test_each_person_reads_his_own_balance_in_words(judged: Path) -> None:
    at = own_page(PEOPLE["nora"])
    said = words_of(at)
    assert len(at.exception) == 0
    assert "Of 11 views of yours whose outcome is known, you were nearer than the model in **7**" in said
    assert "**The customer told us:** 4 views, too few to tell." in said
    assert "You said: will leave. The model said 30 of 100. They left." in said
    assert "Only you see this" in said


def test_few_views_are_too_few_to_tell() -> None:
    few = views.sell.parts.OwnFigures("", 4, 3.0, 0.1, 0.2)
    assert balance.summary(few) == "The outcome of 4 views of yours is known: too few to tell who is nearer as a rule."
    half = views.sell.parts.OwnFigures("", 6, 3.5, 0.1, 0.2)
    assert "**3.5**" in balance.summary(half)


@pytest.mark.parametrize("who", [who for who in PEOPLE if who not in SPEAKERS])
def test_nobody_else_reads_a_balance_whatever_his_role(judged: Path, who: str) -> None:
    said = words_of(own_page(PEOPLE[who]))
    assert "None of your views has been judged." in said
    assert not [name for name in strangers(PEOPLE[who]) if name in said]
    assert "The model said" not in said


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The files that the pages opened in this test would give to download."""
    found: list[bytes] = []

    def keep(label: str, data: Any = b"", **more: Any) -> bool:
        made = data() if callable(data) else data
        found.append(made.encode() if isinstance(made, str) else made)
        return False

    monkeypatch.setattr(st, "download_button", keep)
    return found


@pytest.mark.parametrize("who", ["nora", "north", "executive", "analyst", "steward", "admin"])
def test_no_page_and_no_file_puts_somebody_beside_a_judgement(
    judged: Path, open_page: OPEN, files: list[bytes], who: str
) -> None:
    viewer, n = PEOPLE[who], 0
    names = strangers(viewer)
    for name in PAGES:
        at = open_page(name, customer="crm:C04", which="All", **{"as": viewer.who})
        for line in words_of(at).splitlines():
            assert not (JUDGES.search(line) and any(other in line for other in names)), f"{name}: {line}"
        for table in at.dataframe:
            n += 1
            is_judging = any(JUDGES.search(str(column)) for column in table.value.columns)
            assert not (is_judging and any(other in table.value.to_csv() for other in names)), name
    assert n > 3
    assert len(files) > 2
    for file in files:
        text = lines_of(file)
        header, body = text.partition("\n")[::2]
        assert not (JUDGES.search(header) and any(other in body for other in names)), header


def lines_of(file: bytes) -> str:
    """Words of a file; of a workbook those of its sheets."""
    if not file.startswith(b"PK"):
        return file.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        return "\n".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
