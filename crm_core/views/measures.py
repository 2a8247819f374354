"""Measures: definitions, and values put together from the long table in SQL, as far as the viewer may see its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from crm_core.access import Viewer, person_column, row_filter
from crm_core.views.reading import rows, told

COLUMNS = {
    "team": "m.team",
    "region": "m.region",
    "segment": "m.segment",
    "product_line": "m.product_line",
    "source_channel": "m.source_channel",
}


@dataclass(frozen=True)
class Measure:
    """What a measure means; written once, in the warehouse."""

    key: str = told("Key of the measure.")
    title: str = told("What it is called.")
    meaning: str = told("What it says, in business words.")
    unit: str = told("percent (a share from 0 to 1), money, hours, days, points, count or ratio.")
    direction: str = told("Which way is better: up, down or none.")
    formula: str = told("How it is worked out, in words.")
    kind: str = told("stock (on the last day), flow (of the month), trailing (the window is in it).")
    divided_by: str = told("What the denominator counts; empty for counts and sums.")
    splits: tuple[str, ...] = told("What it can be split by.")
    misleads: str = told("How it may mislead.")
    rank: int = told("Order on a page.")

    @property
    def is_ratio(self) -> bool:
        """Whether the value is a numerator divided by a denominator, not a count or a sum."""
        return bool(self.divided_by)


@dataclass(frozen=True)
class Cell:
    """One value: of a measure, for a month, for a group of the split or for everything in scope."""

    key: str = told("Key of the measure.")
    group: str | None = told("Group of the split; empty without a split, and for what belongs to no group.")
    k: int = told("Month, counted back from the newest day; 0 ends there.")
    ends_on: date = told("Last day of the month.")
    value: float | None = told("The value; empty where there was nothing to divide by.")
    numerator: float = told("What is divided, or the count or sum itself.")
    denominator: float | None = told("What it is divided by; empty for counts and sums.")


@dataclass(frozen=True)
class MeasureFilter:
    """What the viewer wants counted; empty means all. A measure knows nothing of what it cannot be split by."""

    teams: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    product_lines: tuple[str, ...] = ()
    source_channels: tuple[str, ...] = ()

    def conditions(self) -> tuple[str, dict[str, list[str]]]:
        """The filter in SQL about `mart_measure as m`, and its parameters."""
        parts, params = ["true"], {}
        for name, column in COLUMNS.items():
            values = getattr(self, f"{name}s")
            if values:
                parts.append(f"{column} in (select unnest(${name}s))")
                params[f"{name}s"] = list(values)
        return " and ".join(parts), params


def definitions(con: duckdb.DuckDBPyConnection) -> tuple[Measure, ...]:
    """All measures, in the order of a page."""
    found = rows(con, "select * from meta.measures order by rank")
    return tuple(Measure(**(row | {"splits": tuple(row["splits"].split(","))})) for row in found)


def measure(
    con: duckdb.DuckDBPyConnection,
    viewer: Viewer,
    keys: Iterable[str],
    *,
    months: Iterable[int] = (0,),
    split: str | None = None,
    chosen: MeasureFilter = MeasureFilter(),
) -> tuple[Cell, ...]:
    """Values of measures within the viewer's scope.

    Parameters
    ----------
    con : DuckDBPyConnection
        Cursor on the current build.
    keys : iterable of str
        Measures; unknown ones, and those that cannot be split so, are left out.
    months : iterable of int
        Months counted back from the newest day: (0, 1, 12) is now, a month and a year ago.
    split : str, optional
        owner, team, region, segment, product_line or source_channel.

    Returns
    -------
    tuple of Cell
        By measure in the order asked for, then month, then group by name, without a group last. A month the data do
        not reach back to has no cell; a count of a group that had nothing in a month is nought.
    """
    known = {m.key: m for m in definitions(con)}
    asked = [key for key in dict.fromkeys(keys) if key in known and (split is None or split in known[key].splits)]
    about = {"keys": asked, "months": sorted(set(months))}
    periods = _periods(con, about)
    sums = _sums(con, viewer, about, split, chosen)
    return tuple(
        _cell(known[key], group, k, ends_on, found.get(k))
        for key in asked
        for k, ends_on in periods.get(key, {}).items()
        for group, found in (sums.get(key) or ({} if split else {None: {}})).items()
    )


def _periods(con: duckdb.DuckDBPyConnection, about: Mapping[str, Any]) -> dict[str, dict[int, date]]:
    """The months each measure is known for, among those asked for."""
    sql = """
        select measure, k, ends_on from marts.mart_measure_period
        where measure in (select unnest($keys)) and k in (select unnest($months)) order by k
    """
    periods: dict[str, dict[int, date]] = {}
    for row in rows(con, sql, about):
        periods.setdefault(row["measure"], {})[row["k"]] = row["ends_on"]
    return periods


_Sums = dict[str, dict[str | None, dict[int, tuple[float, float | None]]]]


def _sums(
    con: duckdb.DuckDBPyConnection,
    viewer: Viewer,
    about: Mapping[str, Any],
    split: str | None,
    chosen: MeasureFilter,
) -> _Sums:
    """Numerator and denominator by measure, group and month."""
    seen = row_filter(viewer, "m")
    where, params = chosen.conditions()
    by, name, source = _grouping(viewer, split)
    found = rows(
        con,
        f"select measure, k, {name} as name, numerator, denominator from ("
        f"select m.measure, m.k, {by} as split_key, sum(m.numerator) as numerator, sum(m.denominator) as denominator "
        f"from marts.mart_measure as m where m.measure in (select unnest($keys)) and m.k in (select unnest($months)) "
        f"and {seen.sql} and {where} group by 1, 2, 3) as g {source} "
        "order by name nulls last, split_key",
        {**about, **seen.params, **params},
    )
    sums: _Sums = {}
    for row in found:
        months = sums.setdefault(row["measure"], {}).setdefault(row["name"], {})
        before, below = months.get(row["k"], (0.0, None))
        above = before + (row["numerator"] or 0.0)
        months[row["k"]] = (above, row["denominator"] if below is None else below + (row["denominator"] or 0.0))
    return sums


def _grouping(viewer: Viewer, split: str | None) -> tuple[str, str, str]:
    """What to group by, how a group is called, and what that needs to be joined."""
    if split is None:
        return "cast(null as varchar)", "split_key", ""
    if split != "owner":
        return COLUMNS[split], "split_key", ""
    # Two people of one name are two groups.
    called = "case when e.n > 1 then e.name || ' (' || e.n || ')' else e.name end"
    people = (
        "left join (select employee_id, name, "
        "row_number() over (partition by name order by employee_id) as n from marts.mart_employee) as e "
        "on g.split_key = e.employee_id"
    )
    return "m.owner_id", person_column(viewer, called, key="e.employee_id"), people


def _cell(about: Measure, group: str | None, k: int, ends_on: date, found: tuple[float, float | None] | None) -> Cell:
    above, below = found or (0.0, None)
    if not about.is_ratio:
        return Cell(about.key, group, k, ends_on, above, above, None)
    return Cell(about.key, group, k, ends_on, above / below if below else None, above, below or 0.0)
