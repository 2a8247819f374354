"""What people know by themselves and what the model knows, where neither had seen the other; never by person."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from crm_core.views.reading import rows, told


@dataclass(frozen=True)
class FirstViews:
    """How near people and model were to what came, of views given before the number was shown."""

    question: str = told("churn or lead.")
    n_cases: int = told("Views that are judged; fewer than 20 are not shown.")
    n_people: int = told("People who gave them; fewer than 5 are not shown.")
    off_machine: float = told("Brier of the model: mean squared distance from what came, 0 is right and sure.")
    off_person: float = told("Brier of the people.")
    gain: float = told("How much nearer people were; below zero the model was.")
    gain_low: float | None = told("Lower end of the 95 % interval, customers and leads resampled.")
    gain_high: float | None = told("Upper end of the 95 % interval.")


def first_views(con: duckdb.DuckDBPyConnection, question: str = "") -> tuple[FirstViews, ...]:
    """Of each question that has enough cases and people, or of one of them."""
    columns = ", ".join(FirstViews.__dataclass_fields__)
    sql = f"select {columns} from marts.mart_first_view where $question in ('', question) order by question"
    return tuple(FirstViews(**row) for row in rows(con, sql, {"question": question}))
