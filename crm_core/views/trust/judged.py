"""Who was right, people or the model: by groups only, never by person.

Reads what the warehouse has made of the judged disagreements (`mart_judged_cell`, guarded there) and how many wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from crm_core.access import Viewer
from crm_core.ledger import label, words
from crm_core.views.reading import current, reading, rows, told
from crm_core.views.trust.first_views import FirstViews, first_views

LEAST_PEOPLE, LEAST_CASES = 5, 20
"""The least of a group that is shown; the same as in the warehouse's macros `least_people` and `least_cases`."""
LATE_DAYS = 30
"""Said later than this after the day of the score, a view is not compared; the same as the warehouse's `late_days`."""
DIMENSIONS = (
    "reason_code", "direction", "question", "segment", "product_line", "region", "season", "evidence_level",
)  # fmt: skip
"""What the cases are looked at by, in the order of the page."""
NAMES = {
    "raises": "thought it likelier than the model",
    "lowers": "thought it less likely than the model",
    "full": "seen in full",
    "partial": "seen in part",
    "thin": "hardly seen",
    "churn": "Will this customer leave?",
    "lead": "Leads",
}


@dataclass(frozen=True)
class JudgedCell:
    """A group of judged cases that is large enough to be shown; distances are Brier's, 0..1."""

    dimension: str = told("What the cases are looked at by; all: everything together.")
    name: str = told("Group in words; empty for small groups together.")
    n_groups: int = told("How many groups it holds.")
    n_cases: int = told("Views whose outcome is known.")
    n_people: int = told("People who said them.")
    n_about: int = told("Customers and leads they are about.")
    off_machine: float = told("How far off the model was as shown then: mean squared distance, 0 right, 1 wrong.")
    off_person: float = told("How far off the people were.")
    gain: float = told("How much nearer the people were: the difference of the two.")
    gain_low: float | None = told("Lower end of its 95 % interval; empty below 10 customers and leads.")
    gain_high: float | None = told("Upper end of its 95 % interval.")
    nearer: float = told("Share of the cases in which the person was nearer.")
    nearer_low: float | None = told("Lower end of its 95 % interval.")
    nearer_high: float | None = told("Upper end of its 95 % interval.")
    who_was_nearer: str | None = told("people or model, beyond chance; neither; empty where no interval is claimed.")


@dataclass(frozen=True)
class Awaited:
    """How many views are not compared, or not yet."""

    n_waiting: int = told("Views whose outcome is not known yet.")
    first_due: date | None = told("Day on which the first of them is known.")
    last_due: date | None = told("Day on which the last of them is known.")
    n_late: int = told("Said more than 30 days after the day of the score: part of the outcome could be seen.")
    n_withdrawn: int = told("Taken back before the outcome was known.")
    n_replaced: int = told("Replaced by a later word of the same person on the same score.")
    n_agreed: int = told("Said the same as the model: nobody can be nearer.")
    n_nothing_shown: int = told("About scores that were withheld: there is no number to compare with.")
    n_not_followed: int = told("About customers or leads whose outcome cannot be followed.")


@dataclass(frozen=True)
class WhoWasRightPage:
    """Everything the page Who was right shows; nothing in it belongs to one person."""

    n_judged: int = told("Views whose outcome is known and that are compared.")
    total: JudgedCell | None = told("All of them together; empty while they are too few.")
    cells: tuple[JudgedCell, ...] = told("Groups that are large enough, per dimension.")
    hidden: tuple[tuple[str, int], ...] = told("Dimensions of which nothing is shown, with how many groups they have.")
    awaited: Awaited = told("What is not compared, or not yet.")
    first_views: tuple[FirstViews, ...] = told("Of views given before the number was shown; empty while too few.")
    stands_for: tuple[tuple[str, float], ...] = told("The chance a word stands for where no number was given.")

    @property
    def is_empty(self) -> bool:
        """No outcome is known yet."""
        return self.n_judged == 0

    @property
    def why_empty(self) -> str:
        """Why there is nothing yet, and when there will be."""
        if self.awaited.n_waiting:
            return "Nothing can be judged yet: the first outcome is not known."
        if self.awaited.n_late:
            return (
                "Nothing can be judged: everything was said more than "
                f"{LATE_DAYS} days after the day of the score, when part of the outcome could be seen already."
            )
        return (
            "Nobody has disagreed with a score whose outcome can be followed. Open a customer on the Risk page and "
            "press Disagree; after the 90 days that the score speaks about it is judged here."
        )

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimensions of which more than one group is shown, in the order of the page."""
        counts = {d: sum(cell.dimension == d for cell in self.cells) for d in DIMENSIONS}
        return tuple(dimension for dimension, n in counts.items() if n > 1)


def who_was_right(viewer: Viewer) -> WhoWasRightPage:
    """Who was nearer to what came, by groups. The same for everybody: it is about no customer and no person."""
    folder, _ = current()
    with reading(folder) as con:
        found = rows(con, f"select {_SHOWN} from marts.mart_judged_cell order by n_cases desc, value")
        counts = rows(con, _COUNTS)[0]
        unanchored = first_views(con)
    seen = [_cell(row) for row in found if row["kind"] != "hidden"]
    return WhoWasRightPage(
        n_judged=counts.pop("n_judged"),
        total=next((cell for cell in seen if cell.dimension == "all"), None),
        cells=tuple(cell for cell in seen if cell.dimension != "all"),
        hidden=tuple(
            (r["dimension"], r["n_groups"]) for r in found if r["kind"] == "hidden" and r["dimension"] != "all"
        ),
        awaited=Awaited(**counts),
        first_views=unanchored,
        stands_for=tuple((label(belief), chance) for belief, chance in words.MEANT.items()),
    )


_SHOWN = """
    dimension, kind, value, n_groups::integer as n_groups, n_cases, n_people, n_about, off_machine, off_person, gain,
    gain_low, gain_high, nearer, nearer_low, nearer_high, who_was_nearer
"""
_COUNTS = """
    select
        (count(*) filter (state = 'judged'))::integer as n_judged,
        (count(*) filter (state = 'waiting'))::integer as n_waiting,
        min(due_on) filter (state = 'waiting') as first_due,
        max(due_on) filter (state = 'waiting') as last_due,
        (count(*) filter (state = 'late'))::integer as n_late,
        (count(*) filter (state = 'withdrawn'))::integer as n_withdrawn,
        (count(*) filter (state = 'replaced'))::integer as n_replaced,
        (count(*) filter (state = 'agreed'))::integer as n_agreed,
        (count(*) filter (state = 'nothing_shown'))::integer as n_nothing_shown,
        (count(*) filter (state = 'not_followed'))::integer as n_not_followed
    from marts.mart_judgement
"""


def _cell(row: dict[str, Any]) -> JudgedCell:
    value, figures = row["value"], {key: of for key, of in row.items() if key not in ("kind", "value")}
    return JudgedCell(name="" if value is None else _named(row["dimension"], value), **figures)


def _named(dimension: str, value: str) -> str:
    return label(value) if dimension == "reason_code" else NAMES.get(value, value)
