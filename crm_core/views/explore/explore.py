"""The Explore page: one measure, split by one thing, over some months, as far as the viewer may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import duckdb

from crm_core.access import Viewer, row_filter
from crm_core.views.measures import COLUMNS, Cell, Measure, MeasureFilter, definitions, measure
from crm_core.views.reading import current, reading, rows, told

SPLITS = ("team", "region", "segment", "product_line", "source_channel", "owner")
LONGEST = 24
LISTED = 300
DRAWN = 8


@dataclass(frozen=True)
class ExploreChoices:
    """What there is to choose from."""

    measures: tuple[Measure, ...] = told("All measures, in the order of a page.")
    months: tuple[date, ...] = told("Last days of the months, newest first.")
    values: dict[str, tuple[str, ...]] = told("Values to filter by: team, region, segment, product_line, …")


@dataclass(frozen=True)
class ExploreChoice:
    """What is looked at.

    Parameters
    ----------
    measure : str
        Key of the measure.
    split : str or None
        One of `SPLITS`; None: everything in scope together.
    first_k, last_k : int
        Oldest and newest month, counted back from the newest day.
    chosen : MeasureFilter
        Empty means all; what the measure cannot be split by does not count.
    """

    measure: str
    split: str | None = None
    first_k: int = 11
    last_k: int = 0
    chosen: MeasureFilter = field(default_factory=MeasureFilter)


@dataclass(frozen=True)
class Line:
    """One group over the months."""

    group: str | None = told("Name of the group; empty for what belongs to none.")
    values: tuple[float | None, ...] = told("A value a month, oldest first; empty where there is nothing to divide by.")
    bases: tuple[float, ...] = told("What each value is divided by; nought for counts and sums.")
    total: float | None = told("The whole period: all months of a flow together, else the newest month.")
    weight: float = told("How large the group is; what the groups are ordered by.")


@dataclass(frozen=True)
class ExplorePage:
    """Everything the Explore page shows."""

    about: Measure = told("The measure.")
    split: str | None = told("What it is split by.")
    months: tuple[date, ...] = told("Last days of the months, oldest first; those the measure is known for.")
    lines: tuple[Line, ...] = told("The groups, largest first; empty without a split.")
    rest: Line | None = told("Everything that is not listed, where groups can be added up.")
    n_left_out: int = told("Groups that are not listed.")
    everything: Line = told("All in scope together.")
    n_customers: int = told("Customers that match the filters.")
    as_of: date = told("Day the data are looked at from.")
    build_id: str = told("Build the figures come from.")

    @property
    def is_empty(self) -> bool:
        """Nothing to show."""
        return not (any(self.everything.bases) or any(self.everything.values))

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        if not self.months:
            return f"{self.about.title} is not known for these months yet. Choose later ones or another measure."
        return "Nothing in your scope counts here. Remove a filter, or choose another measure."

    def top(self, n: int = DRAWN) -> tuple[tuple[Line, ...], Line | None]:
        """The largest groups for a picture, and everything else as one line where groups can be added up."""
        if len(self.lines) <= n and self.rest is None:
            return self.lines, None
        if self.about.is_ratio:
            return self.lines[:n], None
        others = (*self.lines[n - 1 :], *([self.rest] if self.rest else []))
        return self.lines[: n - 1], _added(others)


def explore_choices(viewer: Viewer) -> ExploreChoices:
    """What this viewer can choose from on the Explore page."""
    folder, _ = current()
    seen = row_filter(viewer, "m")
    with reading(folder) as con:
        lists = ", ".join(f"list(distinct {column} order by {column}) as {name}" for name, column in COLUMNS.items())
        found = rows(con, f"select {lists} from marts.mart_measure as m where {seen.sql}", seen.params)[0]
        months = rows(con, "select distinct k, ends_on from marts.mart_measure_period order by k")
        return ExploreChoices(
            measures=definitions(con),
            months=tuple(row["ends_on"] for row in months if row["k"] < LONGEST),
            values={name: tuple(v for v in values or () if v) for name, values in found.items()},
        )


def explore(viewer: Viewer, choice: ExploreChoice) -> ExplorePage:
    """The Explore page for this viewer and this choice; an unknown measure or split is left to the page to replace."""
    folder, info = current()
    months = range(choice.last_k, choice.first_k + 1)
    with reading(folder) as con:
        about = next(m for m in definitions(con) if m.key == choice.measure)
        split = choice.split if choice.split in about.splits else None
        asked, chosen = (about.key,), _counting(about, choice.chosen)
        whole = measure(con, viewer, asked, months=months, chosen=chosen)
        parts = measure(con, viewer, asked, months=months, split=split, chosen=chosen) if split else ()
        ends = {cell.k: cell.ends_on for cell in whole}
        ks = sorted(ends, reverse=True)
        lines = sorted(_lines(about, ks, parts), key=lambda line: (line.group is None, -line.weight, line.group or ""))
        listed, others = lines[:LISTED], lines[LISTED:]
        return ExplorePage(
            about=about,
            split=split,
            months=tuple(ends[k] for k in ks),
            lines=tuple(listed),
            rest=_added(others) if others and not about.is_ratio else None,
            n_left_out=len(others),
            everything=_line(about, ks, whole, None),
            n_customers=_n_customers(con, viewer, chosen),
            as_of=info.as_of,
            build_id=info.build_id,
        )


def _counting(about: Measure, chosen: MeasureFilter) -> MeasureFilter:
    """The filters without those the measure knows nothing of, which would leave nothing of it."""
    known = {f"{name}s" for name in COLUMNS if name in about.splits}
    return replace(chosen, **{f"{name}s": () for name in COLUMNS if f"{name}s" not in known})


def _lines(about: Measure, ks: Sequence[int], cells: Iterable[Cell]) -> list[Line]:
    groups: dict[str | None, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(cell.group, []).append(cell)
    return [_line(about, ks, found, group) for group, found in groups.items()]


def _line(about: Measure, ks: Sequence[int], cells: Iterable[Cell], group: str | None) -> Line:
    by_month = {cell.k: cell for cell in cells}
    here = [by_month[k] for k in ks if k in by_month]
    values = tuple(by_month[k].value if k in by_month else None for k in ks)
    bases = tuple((by_month[k].denominator or 0.0) if k in by_month else 0.0 for k in ks)
    counted = here if about.kind == "flow" else [cell for cell in here if cell.k == ks[-1]]
    above = sum(cell.numerator for cell in counted)
    below = sum(cell.denominator or 0.0 for cell in counted)
    if about.is_ratio:
        return Line(group, values, bases, above / below if below else None, below)
    return Line(group, values, bases, above if counted else None, abs(above))


def _added(lines: Sequence[Line]) -> Line:
    """Groups put together; only of counts and sums, which may be added."""
    values = tuple(
        sum(v for v in month if v is not None) for month in zip(*(line.values for line in lines), strict=True)
    )
    return Line(
        None, values, lines[0].bases, sum(line.total or 0.0 for line in lines), sum(line.weight for line in lines)
    )


def _n_customers(con: duckdb.DuckDBPyConnection, viewer: Viewer, chosen: MeasureFilter) -> int:
    seen = row_filter(viewer, "m")
    where, params = MeasureFilter(chosen.teams, chosen.regions, chosen.segments, chosen.product_lines).conditions()
    sql = f"select count(*) as n from marts.mart_customer as m where {seen.sql} and {where}"
    return int(rows(con, sql, {**seen.params, **params})[0]["n"])
