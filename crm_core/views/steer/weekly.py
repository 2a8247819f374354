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
from crm_core.views.steer.disputes import about as about_these
from crm_core.views.steer.disputes import ordered
from crm_core.views.steer.floor import FloorQuestion, question
from crm_core.views.steer.outcomes import Outcome, outcomes
from crm_core.views.steer.parts import Dispute
from crm_core.views.steer.rising import WEEK, Rise, rising

LISTED = 10
GONE = frozenset({"withdrawn", "replaced"})


@dataclass(frozen=True)
class WeeklyPage:
    """Everything the page of the weekly hour shows."""

    week: str = told("The week, as in the address: 2026-W25.")
    monday: date = told("Its first day.")
    sunday: date = told("Its last day.")
    newest: str = told("The newest week with words.")
    before: str = told("The week before; empty where nothing was said as early.")
    after: str = told("The week after; empty if it has not begun.")
    is_ahead: bool = told("The week has not begun: nothing is known of it.")
    is_past: bool = told("It ended before the data's day: numbers and open errors are those of its end.")
    n_said: int = told("Disagreements said in this week.")
    disputes: tuple[Dispute, ...] = told(
        "The ten that matter most: in force or said in the week, by money and information."
    )
    n_disputed: int = told("Customers and leads people see differently, in force or said in the week.")
    led_to: tuple[Outcome, ...] = told("Disagreements of the week before and what became of them.")
    rises: tuple[Rise, ...] = told("Reasons that came up more often than usual, beyond noise.")
    n_weeks_before: int = told("Earlier weeks that could be compared with, eight at most.")
    errors: tuple[Outcome, ...] = told(
        "Data errors people found and nobody has mended: those of your own sources first, then the oldest."
    )
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
    folder, info = current()
    with reading(folder) as con:
        said = sorted(
            (o for asked in ENTITY for o in opinions(con, viewer, asked)), key=lambda o: o.recorded_at, reverse=True
        )
        spoken = [monday_of(o.recorded_at.date()) for o in said]
        newest = max(spoken, default=monday_of(today()))
        span = (min(spoken, default=newest), newest, max(newest, monday_of(today())))
        return _page(con, viewer, said, parsed(week) or newest, (span, info.as_of))


def _page(
    con: duckdb.DuckDBPyConnection,
    viewer: Viewer,
    said: Sequence[Opinion],
    monday: date,
    about: tuple[tuple[date, date, date], date],
) -> WeeklyPage:
    (first, newest, current_week), as_of = about
    is_ahead, sunday = monday > current_week, monday + timedelta(days=6)
    until = sunday if sunday < as_of else None
    held = responsibles(con, viewer)
    known = [] if is_ahead else [o for o in said if o.recorded_at.date() <= sunday]
    mine, found = _of_week(known, monday), outcomes(con, viewer, known, held)
    disagreed = ordered(
        d
        for asked in ENTITY
        for d in about_these(con, viewer, asked, _standing(known, mine, asked, until), as_then=until is not None)
    )
    errors = _open(found if until is None else outcomes(con, viewer, known, held, until))
    last = {o.entry_id for o in _of_week(known, monday - WEEK)}
    rises, n_before = rising(known, monday)
    return WeeklyPage(
        week=name_of(monday),
        monday=monday,
        sunday=sunday,
        newest=name_of(newest),
        before=name_of(min(monday - WEEK, current_week)) if said and first < monday else "",
        after=name_of(monday + WEEK) if monday < current_week else "",
        is_ahead=is_ahead,
        is_past=until is not None,
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


def _open(found: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Data errors nobody had mended, the viewer's own sources first, then the oldest.

    A view that was taken back leaves the data as wrong as they were.
    """
    wrong = (o for o in found if o.is_open_error)
    return tuple(sorted(wrong, key=lambda o: (not o.is_mine, o.answered_at or o.opinion.recorded_at)))


def _of_week(said: Iterable[Opinion], monday: date) -> list[Opinion]:
    return [o for o in said if monday <= o.recorded_at.date() < monday + WEEK]


def _standing(
    known: Iterable[Opinion], mine: Sequence[Opinion], asked: str, until: date | None
) -> dict[str, list[Opinion]]:
    """Views by customer or lead: in force today or on the day `until`, or said in the week and not taken back by it."""
    ids = {o.entry_id for o in mine}
    found: dict[str, list[Opinion]] = {}
    for opinion in known:
        is_over = opinion.ended_on is not None and (until is None or opinion.ended_on <= until)
        is_gone = is_over and opinion.state in GONE
        if opinion.question == asked and (not is_over or (opinion.entry_id in ids and not is_gone)):
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
