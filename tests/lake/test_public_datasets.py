"""The shipped mappings on the real data: counts, what is missing, what is protected, what contradicts what."""

from __future__ import annotations

from pathlib import Path

from crm_core.lake import ImportReport, import_files, load_mapping, quarantined_rows
from tests.lake.conftest import Lake


def land(lake: Lake, name: str, files: list[Path]) -> ImportReport:
    return import_files(load_mapping(name), files, lake.settings)


def test_telco_lands_with_its_eleven_blanks_missing(lake: Lake, shared_datasets: Path) -> None:
    files = [shared_datasets / "telco_ibm" / "Telco-Customer-Churn.csv"]
    report = land(lake, "telco", files)
    assert (report.faults, report.unmapped) == ((), {})
    assert lake.query("SELECT count(*), count(DISTINCT source_id) FROM {customers}") == [(7043, 7043)]
    assert lake.query("SELECT outcome, count(*) FROM {outcomes} GROUP BY 1 ORDER BY 1") == [(False, 5174), (True, 1869)]
    charges = "FROM {attributes} WHERE name = 'TotalCharges'"
    assert lake.query(f"SELECT count(*), min(type), max(TRY_CAST(value AS DOUBLE)) {charges}") == [
        (7032, "number", 8684.8)
    ]
    protected = lake.query("SELECT DISTINCT name FROM {attributes} WHERE purpose = 'protected' ORDER BY 1")
    assert protected == [("SeniorCitizen",), ("gender",)]
    assert land(lake, "telco", files).n_landed == 0


def test_bank_lands_each_row_as_a_lead_and_keeps_the_leak_apart(lake: Lake, shared_datasets: Path) -> None:
    report = land(lake, "bank", [shared_datasets / "bank_marketing" / "bank-full.csv"])
    assert (report.faults, report.unmapped) == ((), {})
    assert lake.query("SELECT count(*), count(*) FILTER (outcome) FROM {outcomes}") == [(45211, 5289)]
    purposes = dict(lake.query("SELECT purpose, string_agg(DISTINCT name ORDER BY name) FROM {attributes} GROUP BY 1"))
    assert (purposes["after_outcome"], purposes["protected"]) == ("duration", "age,marital")
    assert lake.query("SELECT count(*) FROM {attributes} WHERE value = 'unknown'") == [(0,)]
    days = "FROM {attributes} WHERE name = 'days_since_last_campaign'"
    assert lake.query(f"SELECT count(*), min(TRY_CAST(value AS INT)) {days}") == [(8257, 1)]


def test_ravenstack_lands_and_tells_its_dirt(lake: Lake, shared_datasets: Path) -> None:
    files = sorted((shared_datasets / "ravenstack").glob("*.csv"))
    report = land(lake, "ravenstack", files)
    landed = {t.table: t.n_new for t in report.tables}
    assert landed == {
        "customers": 500,
        "attributes": 2000,
        "outcomes": 500,
        "subscriptions": 5000,
        "interactions": 24979,
        "tickets": 2000,
    }
    assert [(f.column, f.count) for f in report.faults] == [("usage_id", 21)]
    told = "\n".join(report.warnings)
    assert "tickets: 1,077 rows happened before their customer's created_on" in told
    assert "interactions: 19,128 rows happened before their row of subscriptions began" in told
    assert any("churn_events.csv: not landed" in note for note in report.notes)
    assert len({r.row_id for r in quarantined_rows(lake.settings)}) == 21
    assert lake.query("SELECT outcome, count(*) FROM {outcomes} GROUP BY 1 ORDER BY 1") == [(False, 390), (True, 110)]
    assert lake.query("SELECT count(*) FROM {interactions} WHERE customer_id IS NULL") == [(0,)]


def test_ravenstack_lands_the_same_file_by_file(lake: Lake, shared_datasets: Path, tmp_path: Path) -> None:
    parts = ("accounts", "subscriptions", "feature_usage", "support_tickets")
    files = [shared_datasets / "ravenstack" / f"ravenstack_{part}.csv" for part in parts]
    for file in files:
        land(lake, "ravenstack", [file])
    together = Lake(tmp_path / "together")
    land(together, "ravenstack", files)
    query = "source_id, customer_id, happened_at, known_at, quantity"
    assert lake.current("interactions", query) == together.current("interactions", query)
