"""Find every bad row of the staged tables, say why it is bad, and fold or refuse repeated keys."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from crm_core.lake.planning import Plan
from crm_core.lake.reading import RawFile
from crm_core.lake.report import Fault
from crm_core.lake.sql import lit

MAX_LISTED = 200_000
_EXAMPLES = 5
_DUPLICATE = "is a key that stands in the file already, with other content"


@dataclass
class Tally:
    """Row counts of one staged table, and the faults found in it."""

    n_bad: int = 0
    n_folded: int = 0
    n_new: int = 0
    n_updated: int = 0
    n_there: int = 0
    n_outdated: int = 0
    notes: list[str] = field(default_factory=list)


def create_faults(con: duckdb.DuckDBPyConnection) -> None:
    """The work table of all faults: one row per row of a file and thing that is wrong with it."""
    con.execute(
        "CREATE TABLE faults(file_no INT, plan_no INT, rid BIGINT, line BIGINT, col VARCHAR, value VARCHAR, "
        "reason VARCHAR, remedy VARCHAR, source_id VARCHAR, keys VARCHAR)"
    )


def broken_lines(con: duckdb.DuckDBPyConnection, raw: RawFile) -> None:
    """Lines that could not even be divided into columns."""
    con.execute(
        f"INSERT INTO faults SELECT {raw.no}, -1, -1, line, '', left(text, 200), reason, "
        f"'correct the line at the source', NULL, NULL FROM {raw.broken}"
    )


def find_faults(con: duckdb.DuckDBPyConnection, plan: Plan) -> int:
    """List what is wrong with each bad row of a staged table; returns the number of bad rows."""
    n_bad = scalar(con, f"SELECT count(*) FROM {plan.staged} WHERE bad")
    if n_bad == 0:
        return 0
    bad = f"bad_{plan.no}"
    con.execute(f"CREATE TABLE {bad} AS SELECT rid FROM {plan.staged} WHERE bad ORDER BY rid LIMIT {MAX_LISTED}")
    kinds = ", ".join(
        f"CASE WHEN coalesce({c.bad}, false) THEN {{'col': {lit(c.column)}, 'value': left({c.text}, 200), "
        f"'reason': {c.reason}, 'remedy': {lit(c.remedy)}}} END"
        for c in plan.checks
    )
    con.execute(
        f"INSERT INTO faults SELECT {plan.raw.no}, {plan.no}, rid, {line_of(plan.raw)}, f.col, f.value, f.reason, "
        f"f.remedy, source_id, keys FROM (SELECT rid, source_id, {_keys(plan)} AS keys, unnest([{kinds}]) AS f "
        f"FROM ({plan.inner(only=bad)})) "
        f"WHERE f IS NOT NULL"
    )
    return n_bad


def _keys(plan: Plan) -> str:
    """SQL of the keys a row names, as JSON: whom it is about, although it cannot land."""
    own = {"customers": "customer_id", "opportunities": "opportunity_id"}.get(plan.table.name)
    named = {c.name: c.name for c in plan.table.columns if c.refers_to}
    if own:
        named[own] = f"{lit(plan.mapping.source + ':')} || source_id"
    return f"json_object({', '.join(f'{lit(name)}, {sql}' for name, sql in named.items())})::VARCHAR"


def line_of(raw: RawFile) -> str:
    """SQL of the line of a row (`rid`); a record that spans several lines counts as one."""
    if raw.n_broken == 0:
        return f"rid + {raw.first_line}"
    return f"rid + {raw.first_line} + (SELECT count(*) FROM {raw.broken} WHERE n_before <= rid)"


def settle_repeats(con: duckdb.DuckDBPyConnection, plans: list[Plan], tallies: dict[int, Tally]) -> bool:
    """Fold identical repeats of a key; all but the first of differing ones are faults.

    Where the mapping says when each row was known, rows of one key known at different moments are its history.

    Returns
    -------
    bool
        True when some keys have a history of several rows in this import.
    """
    has_known = any(p.entry.known_at for p in plans)
    rows = " UNION ALL ".join(
        f"SELECT {p.no} AS no, rid, source_id, {'known_at' if has_known else 'NULL'} AS moment, h_said "
        f"FROM {p.staged} WHERE NOT bad"
        for p in plans
    )
    con.execute(
        f"CREATE OR REPLACE TABLE twice AS SELECT source_id FROM ({rows}) GROUP BY source_id HAVING count(*) > 1"
    )
    if scalar(con, "SELECT count(*) FROM twice") == 0:
        return False
    con.execute(
        f"CREATE OR REPLACE TABLE repeats AS SELECT * FROM (SELECT no, rid, source_id, h_said, "
        f"row_number() OVER w AS nth, first_value(h_said) OVER w AS first_said FROM ({rows}) "
        f"WHERE source_id IN (SELECT source_id FROM twice) "
        f"WINDOW w AS (PARTITION BY source_id, moment ORDER BY no, rid)) WHERE nth > 1"
    )
    for plan in plans:
        _settle_one(con, plan, tallies[plan.no])
    return has_known


def _settle_one(con: duckdb.DuckDBPyConnection, plan: Plan, tally: Tally) -> None:
    mine = f"FROM repeats WHERE no = {plan.no}"
    staged = (
        f"FROM repeats JOIN (SELECT rid, {_keys(plan)} AS keys FROM {plan.staged}) USING (rid) WHERE no = {plan.no}"
    )
    tally.n_folded = scalar(con, f"SELECT count(*) {mine} AND h_said = first_said")
    n_differing = scalar(con, f"SELECT count(*) {mine} AND h_said <> first_said")
    tally.n_bad += n_differing
    label = lit(", ".join(plan.entry.key))
    remedy = lit("keep one of the rows; the first one was taken")
    con.execute(
        f"INSERT INTO faults SELECT {plan.raw.no}, {plan.no}, rid, {line_of(plan.raw)}, {label}, source_id, "
        f"{lit(_DUPLICATE)}, {remedy}, source_id, keys {staged} AND h_said <> first_said LIMIT {MAX_LISTED}"
    )
    con.execute(f"UPDATE {plan.staged} SET bad = true WHERE rid IN (SELECT rid {mine})")


def count_bad_rows(con: duckdb.DuckDBPyConnection, raw: RawFile, plans: list[Plan], tallies: dict[int, Tally]) -> int:
    """Rows of a file that are bad for any of its tables."""
    most = max((tallies[p.no].n_bad for p in plans), default=0)
    listed = scalar(con, f"SELECT count(DISTINCT rid) FROM faults WHERE file_no = {raw.no} AND plan_no >= 0")
    return max(most, listed) + raw.n_broken


def summarise(con: duckdb.DuckDBPyConnection, raws: list[RawFile], limit: int = 50) -> tuple[Fault, ...]:
    """The faults by kind, most frequent first, at most `limit` kinds a file."""
    found: list[Fault] = []
    for raw in raws:
        rows = con.execute(
            f"SELECT min(line), col, arg_min(value, line), reason, any_value(remedy), count(*), "
            f"list_sort(min(line, {_EXAMPLES})) FROM faults WHERE file_no = {raw.no} "
            f"GROUP BY col, reason ORDER BY 6 DESC, 1 LIMIT {limit}"
        ).fetchall()
        found += [
            Fault(raw.path.name, line, col, value or "", reason, remedy, n, tuple(lines))
            for line, col, value, reason, remedy, n, lines in rows
        ]
    return tuple(found)


def scalar(con: duckdb.DuckDBPyConnection, query: str) -> int:
    """The one number a query gives."""
    row = con.execute(query).fetchone()
    return int(row[0]) if row and row[0] is not None else 0
