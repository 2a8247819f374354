"""What stands above every page: as of when, from which build and model, for whom; and who there is to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from crm_core.access import Role, Viewer, row_filter, system_viewer
from crm_core.ledger import Kind
from crm_core.views.reading import book, current, reading, rows, told
from crm_core.views.responsible import feed_asks

DEMO = "demo:"


@dataclass(frozen=True)
class SilentFeed:
    """A source stream that has delivered nothing for longer than its rhythm allows."""

    title: str = told("Name of the stream.")
    days: int = told("Days since it last delivered.")
    owner: str | None = told("Who looks after it.")


@dataclass(frozen=True)
class Frame:
    """Header of every page."""

    build_id: str = told("Number of the build the page shows.")
    as_of: date = told("Day the data are looked at from; nothing known later is used.")
    built_at: datetime = told("When the build was made (UTC).")
    models: dict[str, str] = told("Model version per question.")
    n_customers: int = told("Customers you may see.")
    n_leads: int = told("Leads you may see.")
    silent_feeds: tuple[SilentFeed, ...] = told("Streams that have gone silent.")
    is_demo: bool = told("The data are the demo company's.", False)
    n_foreign: int = told("Customers you may see with contract lines in a currency without a rate: in no sum.", 0)


def build_key() -> str:
    """Number and birth of the build that serves: part of every cache key."""
    _, info = current()
    return f"{info.build_id} {info.built_at.isoformat()}"


def frame(viewer: Viewer) -> Frame:
    """The header for this viewer."""
    folder, info = current()
    seen = row_filter(viewer)
    with reading(folder) as con:
        counted = "count(*) as n_customers, count(*) filter (where n_foreign_lines > 0) as n_foreign"
        customers = rows(con, f"select {counted} from marts.mart_customer where {seen.sql}", seen.params)[0]
        n_leads = rows(con, f"select count(*) as n from marts.mart_lead where {seen.sql}", seen.params)[0]["n"]
        silent = rows(con, "select feed, title, age_days as days from marts.mart_feed where is_silent order by 3 desc")
        ask = feed_asks(con, viewer) if silent else {}
        people = rows(con, "select min(employee_id) as first, max(employee_id) as last from marts.mart_employee")[0]
    feeds = tuple(SilentFeed(f["title"], f["days"], ask[f["feed"]]) for f in silent)
    is_demo = all(key is not None and key.startswith(DEMO) for key in people.values())
    n_customers, n_foreign = customers["n_customers"], customers["n_foreign"]
    at = (info.build_id, info.as_of, info.built_at, info.models)
    return Frame(*at, n_customers, n_leads, feeds, is_demo, n_foreign)


def tour_seen(viewer: Viewer) -> bool:
    """Whether this person has taken or put aside the tour of the demo company."""
    return book().newest((Kind.TOUR,), viewer.who) > 0


def personas() -> tuple[Viewer, ...]:
    """People the demo's persona switch offers; without employees in the data, the person at this machine.

    For the demo on one's own machine only: sign-in takes its place elsewhere.
    """
    with reading(current()[0]) as con:
        found = rows(
            con,
            """
            select employee_id, name, role, team, region from marts.mart_employee
            order by case role when 'manager' then 0 when 'rep' then 1 when 'executive' then 2 when 'steward' then 3
                when 'analyst' then 4 else 5 end, name
            """,
        )
    known = {role.value for role in Role}
    viewers = tuple(
        Viewer(
            who=row["employee_id"],
            name=row["name"],
            role=Role(row["role"]),
            teams=frozenset({row["team"]} if row["team"] else ()),
            regions=frozenset({row["region"]} if row["region"] else ()),
        )
        for row in found
        if row["role"] in known
    )
    return viewers or (system_viewer(),)
