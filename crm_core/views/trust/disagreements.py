"""The Disagreements page: the ledger, readable, as far as the viewer may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb

from crm_core.access import Viewer, row_filter
from crm_core.views.evidence import NOTHING_KNOWN, Evidence, evidence_of
from crm_core.views.first_view import scores
from crm_core.views.opinions import Opinion, opinions
from crm_core.views.reading import current, reading, rows, told
from crm_core.views.shown import lead_name
from crm_core.views.verdicts import Answer, answers


@dataclass(frozen=True)
class Disagreement:
    """One disagreement with the score it is about, then and now."""

    opinion: Opinion = told("What the person said, and what was shown then.")
    answer: Answer | None = told("What became of it, or the day by which it is to be answered.")
    entity_name: str = told("Customer or lead it is about.")
    now_probability: float | None = told("What the model says now.")
    now_low: float | None = told("Lower end of the model's interval now.")
    now_high: float | None = told("Upper end of the model's interval now.")
    evidence: Evidence = told("What the model's number of now rests on.")
    money_at_stake: float | None = told("Yearly value of the customer, or value of the deal.")


@dataclass(frozen=True)
class DisagreementsPage:
    """Everything the Disagreements page shows."""

    rows: tuple[Disagreement, ...] = told("Disagreements you may see, newest first.")
    n_in_force: int = told("How many count today.")
    n_own: int = told("How many are yours.")
    value_in_force: float = told("What the customers concerned pay in a year.")

    @property
    def is_empty(self) -> bool:
        """Nobody you may see has disagreed yet."""
        return not self.rows

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        return "Nobody has disagreed with a score yet. Open a customer on the Risk page and press Disagree."


def disagreements(viewer: Viewer) -> DisagreementsPage:
    """The ledger as this viewer may see it."""
    folder, info = current()
    with reading(folder) as con:
        said = [*opinions(con, viewer, "churn"), *opinions(con, viewer, "lead")]
        facts, became = _facts(con, viewer, said, info.as_of), answers(con, viewer)
    found = sorted(said, key=lambda o: o.recorded_at, reverse=True)
    listed = tuple(
        Disagreement(opinion=o, answer=became.get(o.entry_id), **facts.get((o.question, o.entity_id), _GONE))
        for o in found
    )
    standing = [row for row in listed if row.opinion.state == "in force"]
    money = {row.opinion.entity_id: row.money_at_stake or 0.0 for row in standing}
    return DisagreementsPage(listed, len(standing), sum(o.is_own for o in said), sum(money.values()))


_GONE = {
    "entity_name": "no longer in your scope",
    "now_probability": None,
    "now_low": None,
    "now_high": None,
    "evidence": NOTHING_KNOWN,
    "money_at_stake": None,
}


def _facts(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, said: Iterable[Opinion], as_of: date
) -> dict[tuple[str, str], dict[str, object]]:
    facts: dict[tuple[str, str], dict[str, object]] = {}
    seen = row_filter(viewer, "m")  # one's own words stay readable, what has become of the customer does not
    for question, entity, name, money in (
        ("churn", "customer", "m.name", "m.yearly_value"),
        ("lead", "lead", lead_name(viewer), "m.deal_amount"),
    ):
        keys = sorted({o.entity_id for o in said if o.question == question})
        if not keys:
            continue
        found = rows(
            con,
            f"""
            select m.{entity}_id as id, {name} as entity_name, {money} as money_at_stake,
                s.probability as now_probability, s.low as now_low, s.high as now_high
            from marts.mart_{entity} as m
            left join {scores(viewer)} as s on s.question = $question and s.entity_id = m.{entity}_id
            where m.{entity}_id in (select unnest($keys)) and {seen.sql}
            """,
            {"keys": keys, "question": question, **seen.params},
        )
        weighed = evidence_of(con, viewer, entity, [row["id"] for row in found], as_of)
        for row in found:
            key = row.pop("id")
            facts[question, key] = row | {"evidence": weighed.get(key, NOTHING_KNOWN)}
    return facts
