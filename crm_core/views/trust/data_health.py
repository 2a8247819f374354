"""The Data health page: which streams are alive, what has landed, what waits and what it costs, as of the build."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from crm_core.access import Viewer, row_filter, text_column
from crm_core.views.reading import current, reading, rows, told
from crm_core.views.responsible import feed_asks

KINDS_LISTED, ROWS_IN_FILE, FINDINGS_LISTED = 100, 50_000, 100
ALIVE, LATE, SILENT, UNKNOWN = "alive", "late", "silent", "unknown rhythm"
STATES = (SILENT, LATE, UNKNOWN, ALIVE)


@dataclass(frozen=True)
class Feed:
    """One source stream."""

    title: str = told("Name of the stream.")
    owner: str | None = told("Whom to ask today: who looks after it, or the deputy.")
    expected_every_hours: float | None = told("How often it should deliver.")
    age_days: int | None = told("Days since it last delivered; empty if it never did.")
    n_rows: int = told("Rows it has brought in all.")
    n_30d: int = told("Rows that happened in the 30 days up to the day of the data.")
    n_usual_30d: float | None = told("Rows of an average 30 days in the year before; empty where that is not known.")
    state: str = told("alive, late (past its rhythm), silent (three times past it) or unknown rhythm.")


@dataclass(frozen=True)
class Landed:
    """What one source has landed in one table."""

    source: str = told("System the rows come from.")
    table: str = told("What the rows are, in words.")
    n_rows: int = told("Rows landed in all, changed ones counted again.")
    n_batches: int = told("Imports that brought something.")
    last_at: datetime | None = told("When the newest import landed (UTC).")
    last_files: tuple[str, ...] = told("Files of the newest import.")
    n_waiting: int = told("Rows that wait in the quarantine.")


@dataclass(frozen=True)
class FaultKind:
    """One thing that is wrong in one column of one file, over all rows that wait because of it."""

    file: str = told("File the rows stand in.")
    column: str = told("Column of the file; empty where the whole row is broken.")
    reason: str = told("What is wrong.")
    remedy: str = told("What to do about it.")
    n_rows: int = told("Rows that wait because of it.")
    first_line: int | None = told("First line of the file where it stands.")
    example: str | None = told("One value, if you may read it.")
    n_customers: int = told("Customers you may see whom these rows are about.")
    value: float | None = told("What these customers pay in a year; empty where no row names one you may see.")
    since: datetime = told("When the first of these rows came in (UTC).")


@dataclass(frozen=True)
class Finding:
    """Something an import noticed that did not stop a row."""

    source: str = told("System the rows come from.")
    landed_at: datetime = told("When the import landed (UTC).")
    kind: str = told("contradiction, note or unmapped.")
    sentence: str = told("What was noticed.")


@dataclass(frozen=True)
class DataHealthPage:
    """Everything the Data health page shows."""

    feeds: tuple[Feed, ...] = told("Source streams, the worst first.")
    landed: tuple[Landed, ...] = told("What has landed, by source and table.")
    faults: tuple[FaultKind, ...] = told("What is wrong with the rows that wait, most money first.")
    findings: tuple[Finding, ...] = told("What imports noticed, newest first.")
    n_waiting: int = told("Rows that wait in the quarantine.")
    n_nameless: int = told("Of them: rows that name no customer we know.")
    n_fault_kinds: int = told("Different things that are wrong.")
    n_customers: int = told("Customers you may see whom rows that wait are about.")
    value_waiting: float = told("What these customers pay in a year.")

    @property
    def is_empty(self) -> bool:
        """Nothing has landed that could be healthy or not."""
        return not (self.feeds or self.landed or self.n_waiting)

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        return "No source has landed anything. Run `python -m crm_core import MAPPING FILE…`, then build."

    def n_in_state(self, state: str) -> int:
        """How many streams are in this state."""
        return sum(feed.state == state for feed in self.feeds)


@dataclass(frozen=True)
class FaultRow:
    """One fault of one row that waits: a line of the download."""

    file: str = told("File the row stands in.")
    line: int | None = told("Line of the file.")
    column: str = told("Column of the file.")
    value: str | None = told("What stands there, if you may read it.")
    reason: str = told("What is wrong.")
    remedy: str = told("What to do about it.")
    key: str | None = told("Key of the row in its source.")
    customer: str | None = told("Customer it is about, if one is known.")


def data_health(viewer: Viewer) -> DataHealthPage:
    """The Data health page for this viewer."""
    folder, _ = current()
    with reading(folder) as con:
        totals = _totals(con, viewer)
        return DataHealthPage(
            feeds=_feeds(con, viewer),
            landed=_landed(con),
            faults=_kinds(con, viewer) if totals["n_waiting"] else (),
            findings=_findings(con),
            **totals,
        )


def fault_rows(viewer: Viewer) -> tuple[FaultRow, ...]:
    """The rows that wait, one by one, as far as the viewer may see whom they are about; for the download."""
    folder, _ = current()
    seen = row_filter(viewer, "m")
    with reading(folder) as con:
        found = rows(
            con,
            f"select file, line, column_name as column, {_text(viewer, 'f.value')} as value, reason, remedy, "
            f"{_text(viewer, 'f.source_id')} as key, customer_name as customer "
            f"from ({_FAULTS.format(seen=seen.sql)}) as f where is_seen "
            f"order by file, line, column_name limit {ROWS_IN_FILE}",
            seen.params,
        )
    return tuple(FaultRow(**row) for row in found)


# Whom a bad row is about is known through its keys; what may be seen of it follows the customer. One that names no
# customer belongs to nobody: only who may see everybody's rows sees it.
_FAULTS = """
    select f.*, {seen} as is_seen,
        l.customer_id is not null as is_named,
        case when {seen} then m.customer_id end as seen_id,
        case when {seen} then m.name end as customer_name
    from meta.faults as f
    left join (
        select customer_key, min(customer_id) as customer_id from identity.customer_links group by customer_key
    ) as l on f.customer_key = l.customer_key
    left join marts.mart_customer as m on l.customer_id = m.customer_id
"""


def _text(viewer: Viewer, column: str) -> str:
    """SQL of what stands in a bad row: may be people's data, so for those who read words and see whom it is about."""
    return f"case when f.is_seen then {text_column(viewer, column, visibility=None, owner=None)} end"


def _totals(con: duckdb.DuckDBPyConnection, viewer: Viewer) -> dict[str, Any]:
    seen = row_filter(viewer, "m")
    return rows(
        con,
        f"""
        with faults as ({_FAULTS.format(seen=seen.sql)})
        select count(distinct row_id) as n_waiting,
            count(distinct row_id) filter (where not is_named) as n_nameless,
            count(distinct (file, column_name, reason)) as n_fault_kinds,
            count(distinct seen_id) as n_customers,
            coalesce((select sum(yearly_value) from marts.mart_customer
                where customer_id in (select seen_id from faults)), 0) as value_waiting
        from faults
        """,
        seen.params,
    )[0]


def _kinds(con: duckdb.DuckDBPyConnection, viewer: Viewer) -> tuple[FaultKind, ...]:
    seen = row_filter(viewer, "m")
    found = rows(
        con,
        f"""
        with faults as (
            select *, {_text(viewer, "f.value")} as shown from ({_FAULTS.format(seen=seen.sql)}) as f
        ),
        touched as (
            select t.file, t.column_name, t.reason, count(*) as n_customers, sum(m.yearly_value) as value
            from (select distinct file, column_name, reason, seen_id from faults) as t
            inner join marts.mart_customer as m on t.seen_id = m.customer_id
            group by all
        )
        select f.file, f.column_name as column, f.reason, any_value(f.remedy) as remedy,
            count(distinct f.row_id) as n_rows, min(f.line) as first_line, arg_min(f.shown, f.line) as example,
            coalesce(any_value(t.n_customers), 0) as n_customers, any_value(t.value) as value,
            min(f.quarantined_at) as since
        from faults as f
        left join touched as t using (file, column_name, reason)
        group by f.file, f.column_name, f.reason
        order by value desc nulls last, n_rows desc, f.file, f.column_name, f.reason
        limit {KINDS_LISTED}
        """,
        seen.params,
    )
    return tuple(FaultKind(**row) for row in found)


def _feeds(con: duckdb.DuckDBPyConnection, viewer: Viewer) -> tuple[Feed, ...]:
    ask = feed_asks(con, viewer)
    found = rows(
        con,
        """
        select f.feed, f.title, f.expected_every_hours,
            greatest(f.age_days, 0) as age_days, coalesce(w.n_rows, f.n_rows) as n_rows,
            coalesce(w.n_30d, 0) as n_30d, w.n_usual_30d, f.is_silent
        from marts.mart_feed as f
        left join marts.mart_feed_flow as w on f.feed = w.feed
        order by f.title
        """,
    )
    feeds = [
        Feed(state=_state(row, is_silent=row.pop("is_silent")), owner=ask[row.pop("feed")], **row) for row in found
    ]
    return tuple(sorted(feeds, key=lambda feed: (STATES.index(feed.state), -(feed.age_days or 0))))


def _state(feed: Mapping[str, Any], *, is_silent: bool) -> str:
    """How a stream is: days are whole, so one that should come every hour is late from the second day."""
    every, age = feed["expected_every_hours"], feed["age_days"]
    if is_silent or (age is None and every is not None):
        return SILENT
    if every is None:
        return UNKNOWN
    return LATE if age * 24 > max(every, 24) else ALIVE


def _landed(con: duckdb.DuckDBPyConnection) -> tuple[Landed, ...]:
    found = rows(
        con,
        """
        with landed as (
            select source, table_name, sum(n_rows)::bigint as n_rows, count(*) as n_batches,
                max(landed_at) as last_at, arg_max(files, landed_at) as last_files
            from meta.landings where table_name <> '' group by source, table_name
        ),
        waiting as (
            select source, table_name, count(distinct row_id) as n_waiting from meta.faults group by source, table_name
        )
        select coalesce(l.source, w.source) as source, coalesce(l.table_name, w.table_name) as "table",
            coalesce(l.n_rows, 0) as n_rows, coalesce(l.n_batches, 0) as n_batches, l.last_at, l.last_files,
            coalesce(w.n_waiting, 0) as n_waiting
        from landed as l
        full outer join waiting as w on l.source = w.source and l.table_name = w.table_name
        order by n_waiting desc, source, n_rows desc, "table"
        """,
    )
    return tuple(
        Landed(
            **row | {"table": in_words(row["table"]) or "broken lines", "last_files": tuple(row["last_files"] or ())}
        )
        for row in found
    )


def _findings(con: duckdb.DuckDBPyConnection) -> tuple[Finding, ...]:
    found = rows(
        con,
        f"select source, max(landed_at) as landed_at, kind, sentence from meta.findings "
        f"group by source, kind, sentence order by landed_at desc, source, kind, sentence limit {FINDINGS_LISTED}",
    )
    return tuple(
        Finding(**row | ({"sentence": in_words(row["sentence"])} if row["kind"] == "contradiction" else {}))
        for row in found
    )


_WORDS = {
    "opportunity_stages": "stages of deals", "opportunities": "deals", "interactions": "contacts and use",
    "subscriptions": "contracts", "attributes": "own fields", "feeds": "streams", "created_on": "first day",
    "created_at": "creation", "started_on": "start", "ends_on": "end", "cancelled_on": "cancellation",
    "opened_at": "opening", "closed_at": "closing", "first_response_at": "first answer", "reopened_at": "reopening",
    "converted_at": "conversion", "disqualified_at": "disqualification", "customer_id": "customer",
    "opportunity_id": "deal", "contact_id": "contact", "owner_id": "owner", "lead_id": "lead",
    "manager_id": "manager",
}  # fmt: skip


def in_words(text: str) -> str:
    """Tables and columns of the lake as people say them."""
    return re.sub(r"[a-z]+(?:_[a-z]+)*", lambda found: _WORDS.get(found[0], found[0].replace("_", " ")), text)
