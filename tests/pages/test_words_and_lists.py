"""How numbers, days and names are said, filters that stand in the address, and files that a spreadsheet may open."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from crm_core import views
from crm_core.clock import cutoff
from pages._kit import files, history, words
from tests.pages.conftest import OPEN, words_of
from tests.pages.test_every_page import person


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (words.chance(0.312, 0.24, 0.37), "31 of 100 (24–37)"),
        (words.chance(0.001), "fewer than 1 of 100"),
        (words.chance(0.999), "more than 99 of 100"),
        (words.chance(None), "no number"),
        (words.money(48_230.4, "EUR"), "€ 48k"),
        (words.money(48_230.4, "EUR", is_exact=True), "€ 48,230"),
        (words.money(5_711, "EUR"), "€ 5.7k"),
        (words.money(999_700, "EUR"), "€ 1.0M"),
        (words.money(950, "CHF"), "CHF 950"),
        (words.money(-950, "EUR"), "€ −950"),
        (words.money(1_234_567_890, "JPY"), "¥ 1.2B"),
        (words.money(None, "EUR"), "–"),
        (words.day(date(2026, 9, 12), 2026), "12 Sep"),
        (words.day(date(2027, 9, 12), 2026), "12 Sep 2027"),
        (words.ago(date(2026, 6, 27), date(2026, 6, 30)), "3 days ago"),
        (words.ago(date(2026, 6, 29), date(2026, 6, 30)), "yesterday"),
        (words.ago(date(2026, 7, 1), date(2026, 6, 30)), "tomorrow"),
        (words.ago(None, date(2026, 6, 30)), "never"),
        (words.logged(None, date(2026, 6, 30)), "no contact logged"),
        (words.logged(date(2026, 6, 27), date(2026, 6, 30)), "last logged contact 3 days ago"),
        (words.first_touch(None), "none logged"),
        (words.age(cutoff(date(2026, 6, 27)), cutoff(date(2026, 6, 30))), "3 days ago"),
        (words.reason("Two tickets reopened", 0.09), "Two tickets reopened (+9)"),
        (words.reason("Use is steady", -0.02), "Use is steady (−2)"),
        (words.counted(1_912, "customer"), "1,912 customers"),
        (words.doubts(["thin_sample"]), "Few customers like this to compare with"),
    ],
)
def test_it_is_said_as_people_say_it(said: str, expected: str) -> None:
    assert said == expected


def test_a_belief_and_a_number_on_the_other_side_of_half_do_not_read_like_nonsense() -> None:
    said = [("will leave", 0.19), ("will leave", 0.9), ("will stay", 0.6), ("ready to buy", 0.2), ("not ready", 0.1)]
    assert [words.opinion("Jana", *one) for one in said] == [
        "Jana: may leave (19 of 100)", "Jana: will leave (90 of 100)", "Jana: may stay (60 of 100)",
        "Jana: may buy (20 of 100)", "Jana: not ready (10 of 100)",
    ]  # fmt: skip
    assert words.opinion("Jana", "will leave") == "Jana: will leave"


def test_marks_on_the_chart_of_people_under_pseudonyms_can_be_told_apart() -> None:
    names = ["Jana Novak", "Person 27EEC38F", "Person 3FA9C01B", "Person"]
    assert [history.called(name) for name in names] == ["Jana", "Person 27EEC38F", "Person 3FA9C01B", "Person"]


def test_names_are_escaped_for_markdown_and_for_pictures() -> None:
    assert words.plain("**x** [a](b)\n<i> :red[x] $a$") == (r"\*\*x\*\* \[a\]\(b\) \<i\> \:red\[x\] \$a\$")
    assert words.hover("<b>A&B</b>") == "&lt;b&gt;A&amp;B&lt;/b&gt;"


def test_a_name_written_from_right_to_left_does_not_turn_round_what_stands_beside_it() -> None:
    assert words.plain("شركة | 5") == "\u2068شركة \\| 5\u2069"
    assert words.hover("שלום") == "\u2068שלום\u2069"
    assert words.plain("Müller") == "Müller"


FORMULAS = (
    "=1+1", "+49", "-2", "@sum", "\tx", "\n=1", '=HYPERLINK("http://evil.example","pay here")', "  =1+1", "\u200b=1",
    "\u202e=1", "\ufeff=cmd|' /C calc'!A0", "\uff1d1+1",
)  # fmt: skip


@pytest.mark.parametrize("cell", FORMULAS)
def test_nothing_in_a_file_is_taken_for_a_formula(cell: str) -> None:
    head, row = csv.reader(io.StringIO(files.as_csv({cell: [cell]}).decode("utf-8-sig"), newline=""))
    assert head == row == [f"'{cell}"]
    assert files.harmless(-2.5) == -2.5


@pytest.mark.parametrize("cell", [cell for cell in FORMULAS if cell not in ("+49", "-2")])
def test_what_a_reader_saves_from_the_screen_is_not_taken_for_a_formula_either(cell: str) -> None:
    assert files.on_screen({"Customer": [cell, "Acme", None, 3]}) == {"Customer": [f"\u200b{cell}", "Acme", None, 3]}


def test_a_telephone_number_on_the_screen_can_be_copied_and_dialled() -> None:
    assert files.marked("+49 555 / 93-80") == "+49 555 / 93-80"
    assert files.marked("+1+cmd|' /C calc'!A0").startswith("\u200b")


def test_filters_come_from_the_address(demo: Path, open_page: OPEN) -> None:
    at = open_page(
        "risk", **{"as": person("executive").who, "team": "APAC", "tier": "low", "order": "Next renewal first"}
    )
    assert at.multiselect(key="team").value == ["APAC"]
    assert set(at.dataframe[0].value["Chance"]) == {"● low"}
    assert {r.team for r in views.sell.risk(person("executive"), views.sell.RiskFilter(teams=("APAC",))).rows} == {
        "APAC"
    }


def test_nonsense_in_the_address_is_ignored(demo: Path, open_page: OPEN) -> None:
    at = open_page("risk", **{"as": "nobody:at-all", "tier": "purple", "order": "'; drop table", "renewal": "-5"})
    assert len(at.exception) == 0
    assert len(at.dataframe[0].value) > 0


def test_filters_that_match_nothing_say_so(demo: Path, open_page: OPEN) -> None:
    at = open_page("risk", find="no such customer")
    assert "No customer matches these filters. Remove one of them." in words_of(at)
    assert len(at.text_input(key="find").value or "") > 0


def test_the_list_shows_at_most_three_reasons_with_their_points_or_what_to_ask(demo: Path, open_page: OPEN) -> None:
    shown = open_page("risk").dataframe[0].value
    is_withheld = shown["Chance"].str.endswith("not enough evidence")
    assert shown.loc[is_withheld, "Why"].str.startswith("Ask: ").all()
    why = shown.loc[~is_withheld, "Why"]
    assert len(why) > 10
    assert why.str.fullmatch(r".+ \([+−±]\d+\)( · .+ \([+−±]\d+\)){0,2}").all()


def test_without_a_model_the_page_says_so_and_lists_signs(copy_of_demo: Path, open_page: OPEN) -> None:
    folder = next(copy_of_demo.glob("warehouse/builds/*/build.json"))
    facts = json.loads(folder.read_text())
    del facts["models"]["churn"]
    folder.write_text(json.dumps(facts))
    with duckdb.connect(str(folder.parent / "warehouse.duckdb")) as con:
        con.execute("delete from marts.mart_score where question = 'churn'")
        card = json.dumps({"reason": "no signal beyond chance"})
        con.execute("update meta.cards set card = $card where question = 'churn'", {"card": card})
    at = open_page("risk")
    assert len(at.exception) == 0
    assert "No model:** no signal beyond chance. The list is ordered by simple rules instead" in words_of(at)
    assert "Signs" in at.dataframe[0].value
    assert "Of 100 leave" not in at.dataframe[0].value
    key = views.sell.risk(person("manager")).rows[0].customer_id
    account = open_page("account", customer=key)
    assert len(account.exception) == 0
    assert "Signs that anybody can check" in words_of(account)


def test_a_customer_who_left_has_no_prediction(demo: Path, open_page: OPEN) -> None:
    admin = person("admin")
    with duckdb.connect(str(next(demo.glob("warehouse/builds/*/warehouse.duckdb"))), read_only=True) as con:
        found = con.execute("select customer_id from marts.mart_customer where left_on is not null limit 1").fetchall()
    at = open_page("account", customer=found[0][0], **{"as": admin.who})
    assert len(at.exception) == 0
    assert "This customer left on" in words_of(at)
    assert "disagree_account" not in {button.key for button in at.button}
