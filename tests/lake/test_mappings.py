"""A mapping with mistakes says all of them at once; what it declares is what happens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from crm_core.errors import InputError, MappingError
from crm_core.lake import load_mapping, shipped_mappings
from crm_core.protecting import is_protected_name
from tests.lake.conftest import Lake

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/lake/wrong_mappings.yml").read_text(encoding="utf-8"))
NAMES = yaml.safe_load((Path(__file__).parents[1] / "cases/protected_names.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(c, id=c["name"]) for c in CASES])
def test_a_wrong_mapping_is_refused_with_every_problem(lake: Lake, case: dict[str, Any]) -> None:
    with pytest.raises(MappingError) as caught:
        lake.mapping(case["mapping"])
    assert [word for word in case["says"] if word not in str(caught.value)] == []


def test_an_unknown_name_suggests_the_nearest_mapping() -> None:
    with pytest.raises(MappingError, match="did you mean 'telco'"):
        load_mapping("telko")


@pytest.mark.parametrize("name", shipped_mappings())
def test_every_shipped_mapping_loads_and_says_where_its_data_come_from(name: str) -> None:
    mapping = load_mapping(name)
    assert mapping.title
    assert len(mapping.about) > 40


LEADS = """
source: web
snapshot_on: 2026-06-30
files:
  - file: "leads.csv"
    table: leads
    key: [shop, no]
    format: {null: ["-"]}
    where: {column: kind, in: [lead]}
    fields:
      name: {column: [first, last]}
      owner_id: {column: owner, of: hr}
      status: {column: state, map: {o: open, w: won}, else: lost}
    attributes: [rest, {column: n, as: pages, type: number, null: ["-1"]}]
    after_outcome: [talk]
    outcome: {question: lead, column: bought, yes: [Yes, 1], no: [No, 0], known_at: told}
    ignore: [kind]
"""
LEADS_CSV = (
    "shop,no,first,last,owner,state,n,talk,bought,told,kind,plan,CustomerAge,zip\n"
    "a,1,Ann,Lee,E1,o,5,60,Yes,2026-05-01,lead,pro,44,01234\n"
    "a,2,Bob,-,,x,-1,0,0,2026-05-02,lead,-,51,04321\n"
    "b,1,Cy,Doe,,w,7,9,,,lead,free,-,12345\n"
    "b,2,No,Lead,,w,7,9,,,spam,free,30,12345\n"
)


def test_everything_a_mapping_may_say_is_done(lake: Lake) -> None:
    report = lake.land(lake.file("leads.csv", LEADS_CSV), mapping=LEADS)
    assert lake.current("leads", "source_id, name, owner_id, status") == [
        ("a|1", "Ann Lee", "hr:E1", "open"),
        ("a|2", "Bob", None, "lost"),
        ("b|1", "Cy Doe", None, "won"),
    ]
    assert lake.current("outcomes", "source_id, lead_id, outcome, CAST(known_at AS DATE)::VARCHAR") == [
        ("a|1|lead", "web:a|1", True, "2026-05-01"),
        ("a|2|lead", "web:a|2", False, "2026-05-02"),
    ]
    facts = lake.query("SELECT DISTINCT name, type, purpose FROM {attributes} ORDER BY name")
    assert facts == [
        ("CustomerAge", "number", "protected"),
        ("pages", "number", "feature"),
        ("plan", "text", "feature"),
        ("talk", "number", "after_outcome"),
        ("zip", "text", "feature"),
    ]
    assert lake.query("SELECT value FROM {attributes} WHERE name = 'pages' ORDER BY source_id") == [("5",), ("7",)]
    assert report.tables[0].n_filtered == 1
    assert any("protected because of the name: CustomerAge" in note for note in report.notes)


def test_an_outcome_that_is_neither_yes_nor_no_is_a_fault(lake: Lake) -> None:
    text = (
        LEADS_CSV.splitlines()[0] + "\n" + "".join(f"c,{i},A,B,,o,1,1,Yes,2026-05-01,lead,x,1,1\n" for i in range(40))
    )
    report = lake.land(lake.file("leads.csv", text + "d,1,A,B,,o,1,1,perhaps,2026-05-01,lead,x,1,1\n"), mapping=LEADS)
    assert [(f.line, f.column, f.value) for f in report.faults] == [(42, "bought", "perhaps")]


TWO = """
source: saas
files:
  - {file: contracts.csv, table: subscriptions, key: id, fields: {customer_id: account, started_on: start}}
  - file: usage.csv
    table: interactions
    key: id
    happened_at: day
    fields: {customer_id: {column: contract, via: subscriptions}, kind: {value: login}}
"""


def test_a_reference_is_followed_through_another_table_in_any_order_of_imports(lake: Lake) -> None:
    contracts = lake.file("contracts.csv", "id,account,start\nS1,A1,2025-01-01\n")
    usage = lake.file("usage.csv", "id,contract,day\nU1,S1,2024-12-31\nU2,S1,2025-02-01\n")
    with pytest.raises(InputError, match="no row of subscriptions"):
        lake.land(usage, mapping=TWO)
    lake.land(contracts, mapping=TWO)
    report = lake.land(usage, mapping=TWO)
    assert lake.current("interactions", "customer_id") == [("saas:A1",), ("saas:A1",)]
    assert "interactions: 1 rows happened before their row of subscriptions began" in report.warnings
    assert "interactions: 2 rows name a customer_id that is not in customers (yet)" in report.warnings


def test_a_file_nobody_asked_for_is_named_with_the_patterns(lake: Lake) -> None:
    with pytest.raises(MappingError, match=r"no entry for other.csv.*contracts.csv, usage.csv"):
        lake.land(lake.file("other.csv", "a,b\n1,2\n"), mapping=TWO)


@pytest.mark.parametrize("name", NAMES["protected"])
def test_protected_attributes_are_known_by_name(name: str) -> None:
    assert is_protected_name(name)


@pytest.mark.parametrize("name", NAMES["others"])
def test_other_names_are_not_mistaken_for_protected_ones(name: str) -> None:
    assert not is_protected_name(name)
