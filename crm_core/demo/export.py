"""The demo company as the CSV files that a CRM exports (headers as Salesforce writes them)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from crm_core.demo.parameters import Company
from crm_core.demo.people import employee_table, feed_table
from crm_core.demo.world import Slice, generate

Progress = Callable[[str, int, float], None]

_ACTIVITY = {
    "source_id": "Id", "customer_id": "AccountId", "lead_id": "LeadId", "contact_id": "ContactId", "kind": "Type",
    "direction": "Direction__c", "feed": "Feed__c", "owner_id": "OwnerId", "happened_at": "ActivityDateTime",
    "known_at": "CreatedDate", "duration_minutes": "DurationInMinutes", "outcome": "Outcome__c",
    "sentiment": "Sentiment__c", "note": "Description", "visibility": "Visibility__c",
}  # fmt: skip
_USE = {"source_id": "Id", "customer_id": "AccountId", "happened_at": "PeriodEnd", "known_at": "CreatedDate"}
# file: (table, only these kinds, column of the lake -> header)
FILES: dict[str, tuple[str, tuple[str, ...], dict[str, str]]] = {
    "Account.csv": ("customers", (), {
        "source_id": "Id", "name": "Name", "segment": "Segment__c", "industry": "Industry", "country": "BillingCountry",
        "region": "Region__c", "product_line": "Product_Line__c", "owner_id": "OwnerId", "created_on": "CreatedDate",
        "website": "Website", "employees": "NumberOfEmployees", "integrations": "Integrations__c",
        "onboarding": "Onboarding__c", "partner_managed": "Partner_Managed__c", "Churn_Reason__c": "Churn_Reason__c",
    }),
    "Contact.csv": ("contacts", (), {
        "source_id": "Id", "customer_id": "AccountId", "full_name": "Name", "email": "Email", "phone": "Phone",
        "title": "Title", "role": "Role__c", "consent_email": "Email_Consent__c",
        "consent_profiling": "Profiling_Consent__c", "verified_on": "Last_Verified__c", "left_on": "Left_On__c",
        "known_at": "CreatedDate",
    }),
    "Lead.csv": ("leads", (), {
        "source_id": "Id", "name": "Name", "email": "Email", "company": "Company", "source_channel": "LeadSource",
        "campaign": "Campaign__c", "region": "Region__c", "owner_id": "OwnerId", "created_at": "CreatedDate",
        "status": "Status", "converted_at": "ConvertedDate", "disqualified_at": "DisqualifiedDate__c",
        "customer_id": "ConvertedAccountId", "lead_industry": "Industry", "lead_employees": "NumberOfEmployees",
        "free_trial": "Free_Trial__c", "Salutation": "Salutation", "Lost_Reason__c": "Lost_Reason__c",
    }),
    "Opportunity.csv": ("opportunities", (), {
        "source_id": "Id", "customer_id": "AccountId", "lead_id": "LeadId__c", "owner_id": "OwnerId", "name": "Name",
        "amount": "Amount", "currency": "CurrencyIsoCode", "stage": "StageName", "created_at": "CreatedDate",
        "expected_close_on": "CloseDate", "closed_at": "ClosedDate__c", "is_won": "IsWon",
    }),
    "OpportunityHistory.csv": ("opportunity_stages", (), {
        "source_id": "Id", "opportunity_id": "OpportunityId", "stage": "StageName", "entered_at": "CreatedDate",
    }),
    "Contract.csv": ("subscriptions", (), {
        "source_id": "Id", "customer_id": "AccountId", "product": "Product__c", "started_on": "StartDate",
        "ends_on": "EndDate", "mrr": "Monthly_Amount__c", "currency": "CurrencyIsoCode", "seats": "Seats__c",
        "auto_renew": "Auto_Renew__c", "cancelled_on": "Cancelled_On__c", "known_at": "CustomerSignedDate",
    }),
    "Task.csv": ("interactions", ("call", "email"), _ACTIVITY),
    "Event.csv": ("interactions", ("meeting",), _ACTIVITY),
    "ProductUsage.csv": ("interactions", ("login",), _USE | {"quantity": "Logins__c"}),
    "Invoice.csv": ("interactions", ("invoice",), _USE | {
        "happened_at": "InvoiceDate", "amount": "Amount", "outcome": "Payment__c",
    }),
    "Case.csv": ("tickets", (), {
        "source_id": "Id", "customer_id": "AccountId", "opened_at": "CreatedDate",
        "first_response_at": "First_Response__c", "reopened_at": "Reopened__c", "closed_at": "ClosedDate",
        "priority": "Priority", "subject": "Subject", "csat": "Satisfaction__c",
    }),
    "Survey.csv": ("surveys", (), {
        "source_id": "Id", "customer_id": "AccountId", "happened_at": "ResponseDate", "kind": "Type",
        "score": "Score", "comment": "Comment",
    }),
    "User.csv": ("employees", (), {
        "source_id": "Id", "name": "Name", "email": "Email", "role": "Role__c", "team": "Team__c",
        "region": "Region__c", "manager_id": "ManagerId", "out_of_office_from": "Out_Of_Office_From__c",
        "out_of_office_to": "Out_Of_Office_To__c", "happened_at": "CreatedDate",
    }),
    "Feed.csv": ("feeds", (), {
        "source_id": "Id", "feed": "Feed__c", "kind": "Kind__c", "title": "Name", "owner_id": "OwnerId",
        "expected_every_hours": "Expected_Every_Hours__c", "last_synced_at": "Last_Synced__c",
    }),
}  # fmt: skip


def write_csv(company: Company, folder: Path, progress: Progress | None = None) -> dict[str, int]:
    """Write the company as CSV files, the same bytes for the same parameters.

    Parameters
    ----------
    company : Company
        What to generate.
    folder : Path
        Where to write; made if need be, files of the same name are replaced.
    progress : callable, optional
        Called with (step, rows, seconds) after every file.

    Returns
    -------
    dict of str to int
        Rows per file.
    """
    began = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    slices = [generate(chunk) for chunk in company.chunks()]
    if progress:
        progress("generate", sum(part.rows for part in slices), time.perf_counter() - began)
    counts = {}
    with duckdb.connect() as con:
        for name, (table, kinds, headers) in FILES.items():
            began = time.perf_counter()
            rows = _file_rows(company, slices, table, kinds, headers)
            con.register("export_rows", rows)
            target = str(folder / name).replace("'", "''")
            con.execute(f"copy export_rows to '{target}' (header, timestampformat '%Y-%m-%dT%H:%M:%S')")
            con.unregister("export_rows")
            counts[name] = rows.num_rows
            if progress:
                progress(name, rows.num_rows, time.perf_counter() - began)
    return counts


def _file_rows(
    company: Company, slices: list[Slice], table: str, kinds: tuple[str, ...], headers: dict[str, str]
) -> pa.Table:
    if table == "employees":
        return _plain(employee_table(company), headers)
    if table == "feeds":
        return _plain(feed_table(company), headers)
    return pa.concat_tables([_plain(_rows_of(part, table, kinds), headers) for part in slices])


def _rows_of(part: Slice, table: str, kinds: tuple[str, ...]) -> pa.Table:
    rows = part.tables[table]
    if kinds:
        kind = rows["kind"].cast(pa.string())
        rows = rows.filter(pc.is_in(kind, pa.array(kinds)))
    extra = part.attributes.get(table.rstrip("s")) if table in ("customers", "leads") else None
    if extra is not None:
        for name in extra.column_names:
            rows = rows.append_column(name, extra[name])
    return rows


def _plain(rows: pa.Table, headers: dict[str, str]) -> pa.Table:
    columns = []
    for name in headers:
        column = rows[name]
        if pa.types.is_dictionary(column.type):
            column = column.cast(pa.string())
        columns.append(column)
    return pa.table(dict(zip(headers.values(), columns, strict=True)))
