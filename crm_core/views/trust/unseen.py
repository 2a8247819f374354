"""Who is not seen: where calls, meetings or e-mails are not logged, so that portfolios look emptier than they are.

About the data, not about people: in the order of teams and names, never by how much is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crm_core.access import Viewer, person_column, row_filter, sees_free_text
from crm_core.views.reading import current, reading, rows, told


@dataclass(frozen=True)
class Unseen:
    """One source that sees little of what one owner does."""

    owner_name: str | None = told("Whom to ask.")
    team: str | None = told("Team.")
    feed: str = told("Code of the source.")
    title: str = told("Name of the source.")
    n_in_care: int = told("Customers and open leads in care.")
    n_logged: int = told("Rows in the last 90 days.")
    n_usual: int = told("Rows that are usual for so many in care.")
    since: date | None = told("First day of the stretch, as far as the data reach back.")


@dataclass(frozen=True)
class UnseenPage:
    """Everything the block shows."""

    rows: tuple[Unseen, ...] = told("Owner by source, in the order of teams and names.")
    may_see: bool = told("Whether this is for you: stewards, and managers for their own teams.")

    @property
    def is_empty(self) -> bool:
        """Everything is logged, as far as one can tell."""
        return not self.rows

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        return "As far as one can tell from the others, everybody's calls, meetings and e-mails are logged."


def unseen(viewer: Viewer) -> UnseenPage:
    """Where logging is missing, for those who may look at it: it is about persons, so those who read words may."""
    if not sees_free_text(viewer):
        return UnseenPage((), may_see=False)
    seen = row_filter(viewer, "b")
    owner = person_column(viewer, "b.owner_name", key="b.owner_id")
    folder, _ = current()
    with reading(folder) as con:
        found = rows(
            con,
            f"""
            select {owner} as owner_name, b.team, b.feed, b.title, b.n_in_care::integer as n_in_care,
                b.n_logged::integer as n_logged, round(b.n_expected)::integer as n_usual, b.since
            from marts.mart_blind_owner as b where {seen.sql}
            order by b.team, owner_name, b.title
            """,
            seen.params,
        )
    return UnseenPage(tuple(Unseen(**row) for row in found), may_see=True)
