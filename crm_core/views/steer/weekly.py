"""The weekly hour of the model's owner and sales: what did we learn this week? Never by person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from crm_core.access import Viewer
from crm_core.clock import today
from crm_core.views.opinions import Opinion, opinions
from crm_core.views.reading import current, reading, told
from crm_core.views.responsible import responsibles
from crm_core.views.shown import ENTITY
from crm_core.views.steer.disputes import about, ordered
from crm_core.views.steer.floor import FloorQuestion, question
from crm_core.views.steer.outcomes import Outcome, outcomes
from crm_core.views.steer.parts import Dispute
from crm_core.views.steer.rising import WEEK, Rise, rising

LISTED = 10
COUNTED = frozenset({"in force", "expired"})


@dataclass(frozen=True)
class WeeklyPage:
    """Everything the page of the weekly hour shows."""

    week: str = told("The week, as in the address: 2026-W25.")
    monday: date = told("Its first day.")
    sunday: date = told("Its last day.")
    before: str = told("The week before; empty where nothing was said as early.")
    after: str = told("The week after; empty if it has not begun.")
    n_said: int = told("Disagreements said in this week.")
    disputes: tuple[Dispute, ...] = told(
        "The ten that matter most: in force or said this week, by money and information."
    )
    n_disputed: int = told("Customers and leads people see differently, in force or said this week.")
    led_to: tuple[Outcome, ...] = told("Disagreements of the week before and what became of them.")
    rises: tuple[Rise, ...] = told("Reasons that came up more often than usual, beyond noise.")
    n_weeks_before: int = told("Earlier weeks that could be compared with, eight at most.")
    errors: tuple[Outcome, ...] = told("Data errors people found and nobody has mended, oldest first.")
    asked: FloorQuestion | None = told("One question to everybody in the room.")
    is_never: bool = told("Nobody whom you may see has ever disagreed.")

    @property
    def is_empty(self) -> bool:
        """Nothing was ever said."""
        return self.is_never

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        return (
            "Nobody whose words you may see has disagreed with a score yet, so there is nothing to learn from. "
            "Open Risk, choose a customer you know better than the model, and press Disagree."
        )


def weekly(viewer: Viewer, week: str = "") -> WeeklyPage:
    """The weekly hour for this viewer.

    Parameters
    ----------
    week : str
        ISO week such as '2026-W25'; weeks begin on Monday. What cannot be read means the newest week with words.
    """
    folder, _ = current()
    with reading(folder) as con:
        said = sorted(
            (o for asked in ENTITY for o in opinions(con, viewer, asked)), key=lambda o: o.recorded_at, reverse=True
        )
        days = [o.recorded_at.date() for o in said]
        monday = parsed(week) or monday_of(max(days, default=today()))
        return _page(con, viewer, said, monday)


def _page(con: duckdb.DuckDBPyConnection, viewer: Viewer, said: Sequence[Opinion], monday: date) -> WeeklyPage:
    held = responsibles(con, viewer)
    known = [o for o in said if o.recorded_at.date() < monday + WEEK]
    mine = _of_week(known, monday)
    disagreed = ordered(d for asked in ENTITY for d in about(con, viewer, asked, _standing(known, mine, asked)))
    found = outcomes(con, viewer, known, held)
    # A view that was taken back leaves the data as wrong as they were.
    errors = tuple(sorted((o for o in found if o.is_open_error), key=lambda o: o.answered_at or o.opinion.recorded_at))
    last = {o.entry_id for o in _of_week(known, monday - WEEK)}
    rises, n_before = rising(known, monday)
    days = [o.recorded_at.date() for o in said]
    newest = monday_of(max([today(), *days]))
    return WeeklyPage(
        week=name_of(monday),
        monday=monday,
        sunday=monday + timedelta(days=6),
        before=name_of(monday - WEEK) if days and min(days) < monday else "",
        after=name_of(monday + WEEK) if monday < newest else "",
        n_said=len(mine),
        disputes=disagreed[:LISTED],
        n_disputed=len(disagreed),
        led_to=tuple(o for o in found if o.opinion.entry_id in last),
        rises=rises,
        n_weeks_before=n_before,
        errors=errors,
        asked=question(disagreed, errors, rises),
        is_never=not said,
    )


def _of_week(said: Iterable[Opinion], monday: date) -> list[Opinion]:
    return [o for o in said if monday <= o.recorded_at.date() < monday + WEEK]


def _standing(known: Iterable[Opinion], mine: Sequence[Opinion], asked: str) -> dict[str, list[Opinion]]:
    """Views by customer or lead: in force today, or said in the week and neither taken back nor replaced."""
    ids = {o.entry_id for o in mine}
    found: dict[str, list[Opinion]] = {}
    for opinion in known:
        counts = opinion.state == "in force" or (opinion.entry_id in ids and opinion.state in COUNTED)
        if opinion.question == asked and counts:
            found.setdefault(opinion.entity_id, []).append(opinion)
    return found


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def name_of(monday: date) -> str:
    """A week as the address names it: '2026-W25'."""
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def parsed(week: str) -> date | None:
    """The Monday of a week such as '2026-W25'; None for what is no week."""
    try:
        return date.fromisoformat(f"{week}-1") if len(week) == len("2026-W25") and "-W" in week else None
    except ValueError:
        return None
