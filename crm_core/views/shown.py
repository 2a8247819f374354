"""One score as a person sees it, and the table of all scores."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pandas as pd

from crm_core.access import Viewer, person_column, row_filter, text_column
from crm_core.errors import AccessDeniedError
from crm_core.views.evidence import NOTHING_KNOWN, doubts_in_words, evidence_of, in_words
from crm_core.views.first_view import NUMBERLESS, UNKNOWN, YOURS, scores
from crm_core.views.reading import current, reading, rows, told

ENTITY = {"churn": "customer", "lead": "lead"}
EVERYTHING_ELSE = "(other)"
PROMISE = "promise"
NOT_ENOUGH = "not enough evidence"
YOUR_VIEW_FIRST = "your view first"
DIGITS = 4


@dataclass(frozen=True)
class ShownScore:
    """What a person is shown of one score; stored with a disagreement."""

    question: str = told("churn or lead.")
    entity_key: str = told("Customer or lead.")
    entity_name: str = told("Name people use.")
    probability: float | None = told("Chance that it happens; empty where there is no model.")
    low: float | None = told("Lower end of the 95 % interval.")
    high: float | None = told("Upper end of the 95 % interval.")
    base_rate: float | None = told("How often it happens usually.")
    tier: str | None = told(
        "high, medium or low against the usual odds; unknown: not enough evidence; yours: waits for your own view."
    )
    reasons: tuple[str, ...] = told("The three strongest reasons, in words.")
    evidence: float | None = told("Share of the model's attention that rests on what could be observed.")
    model_version: str | None = told("Version of the model.")
    build_id: str | None = told("Build it comes from.")
    as_of: date | None = told("Day it looks from.")
    money_at_stake: float | None = told("Yearly value of the customer, or value of the deal.")

    @property
    def is_waiting(self) -> bool:
        """Whether the number waits for the viewer's own view."""
        return self.tier == YOURS


def lead_name(viewer: Viewer) -> str:
    """SQL expression for what a lead is called: its company, else the person, as far as the viewer sees persons."""
    return f"coalesce(m.company, {person_column(viewer, 'm.name', key='m.lead_id')})"


def not_in_scope() -> AccessDeniedError:
    """The same answer for what does not exist and for what somebody may not see."""
    return AccessDeniedError("Not in your scope", remedy="ask its owner, or a data steward if it should be yours")


def shown_score(viewer: Viewer, question: str, entity_key: str, *, is_said: bool = False) -> ShownScore:
    """What this viewer is shown of one score now.

    Parameters
    ----------
    question : str
        churn or lead; 'promise' asks only whether the viewer may see the promise.
    entity_key : str
        Key of the customer, lead or promise; a source key of a merged customer is understood.
    is_said : bool
        As if the viewer had said his own view already: only for storing that view with what it is measured against.

    Raises
    ------
    AccessDeniedError
        Not in scope, or no such entity (not told apart).
    """
    if question not in (*ENTITY, PROMISE):
        raise not_in_scope()
    folder, info = current()
    with reading(folder) as con:
        if question == PROMISE:
            _check_promise(con, viewer, entity_key)
            return ShownScore(PROMISE, entity_key, "", **_NO_SCORE, build_id=info.build_id, as_of=info.as_of)
        found = rows(con, *_one_score(viewer, question, entity_key, scores(viewer, is_said=is_said)))
        if not found:
            raise not_in_scope()
        row = found[0]
        why = rows(
            con,
            "select sentence from marts.mart_reason where question = $question and entity_id = $id "
            f"and feature <> '{EVERYTHING_ELSE}' order by rank limit 3",
            {"question": question, "id": row.pop("id")},
        )
    sentences = tuple(r["sentence"] for r in why if row["tier"] not in NUMBERLESS)
    return ShownScore(question, entity_key, reasons=sentences, build_id=info.build_id, as_of=info.as_of, **row)


_NO_SCORE: dict[str, Any] = {
    **dict.fromkeys(("probability", "low", "high", "base_rate", "tier", "evidence", "model_version")),
    "money_at_stake": None,
    "reasons": (),
}


def _check_promise(con: duckdb.DuckDBPyConnection, viewer: Viewer, promise_id: str) -> None:
    """A promise has no score; it is in scope for those who see the customer or lead and may read the words."""
    seen = row_filter(viewer, "m")
    words = text_column(viewer, "p.words", visibility="p.visibility", owner="p.owner_id")
    for entity in ENTITY.values():
        sql = f"""
            select 1 from marts.mart_promise as p
            inner join marts.mart_{entity} as m on p.entity = '{entity}' and p.entity_id = m.{entity}_id
            where p.promise_id = $key and {seen.sql} and {words} is not null
        """
        if rows(con, sql, {"key": promise_id, **seen.params}):
            return
    raise not_in_scope()


def _one_score(viewer: Viewer, question: str, entity_key: str, scored: str) -> tuple[str, dict[str, str]]:
    """SQL and parameters of one entity's score, nothing if it is out of scope."""
    entity = ENTITY[question]
    seen = row_filter(viewer, "m")
    name = "m.name" if entity == "customer" else lead_name(viewer)
    money = "m.yearly_value" if entity == "customer" else "m.deal_amount"
    link = "(select min(customer_id) from identity.customer_links where customer_key = $key)"
    key = f"coalesce({link}, $key)" if entity == "customer" else "$key"
    sql = f"""
        select {name} as entity_name, {money} as money_at_stake, s.probability, s.low, s.high, s.base_rate, s.tier,
            s.evidence, s.model_version, m.{entity}_id as id
        from marts.mart_{entity} as m
        left join {scored} as s on s.question = $question and s.entity_id = m.{entity}_id
        where m.{entity}_id = {key} and {seen.sql}
    """
    return sql, {"key": entity_key, "question": question, **seen.params}


def score_table(viewer: Viewer, question: str, top: int | None = None) -> pd.DataFrame:
    """Scores of a question that this viewer may see, highest first.

    Returns
    -------
    DataFrame
        One row per entity; chances to 4 digits, what it rests on and doubts also in words. Where there is not enough
        evidence, or the viewer's own view comes first, the tier says so; chance, interval and reasons are empty.
    """
    entity = ENTITY[question]
    folder, info = current()
    seen = row_filter(viewer, "m")
    name = "m.name" if entity == "customer" else lead_name(viewer)
    limit = f"limit {int(top)}" if top else ""
    with reading(folder) as con:
        table = con.execute(
            f"""
            with chosen as (
                select s.*, {name} as name, {person_column(viewer, "m.owner_name", key="m.owner_id")} as owner
                from {scores(viewer)} as s
                inner join marts.mart_{entity} as m on s.entity_id = m.{entity}_id
                where s.question = $question and {seen.sql}
                order by s.tier = '{YOURS}' desc, s.probability desc nulls last, s.raw desc nulls last, s.entity_id
                {limit}
            ),
            why as (
                select entity_id, string_agg(sentence, '; ' order by rank) as reasons
                from marts.mart_reason
                where question = $question and rank <= 3 and feature <> '{EVERYTHING_ELSE}'
                    and entity_id in (select entity_id from chosen)
                group by entity_id
            )
            select {_EXPORTED}
            from chosen as c
            left join why as w using (entity_id)
            order by c.tier = '{YOURS}' desc, c.probability desc nulls last, c.raw desc nulls last, c.entity_id
            """,
            {"question": question, **seen.params},
        ).df()
        return _in_words(con, viewer, entity, table, info.as_of)


def _in_words(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, entity: str, table: pd.DataFrame, as_of: date
) -> pd.DataFrame:
    """The table with what scores rest on and doubts in words; a fifth digit of a chance says nothing."""
    weighed = evidence_of(con, viewer, entity, list(table["entity_id"]), as_of)
    table["doubts"] = [doubts_in_words(json.loads(codes), entity) if codes else "" for codes in table["doubts"]]
    rests_on = [in_words(weighed.get(key, NOTHING_KNOWN)) for key in table["entity_id"]]
    table.insert(list(table.columns).index("n_seen"), "rests_on", rests_on)
    return table.round(dict.fromkeys(table.select_dtypes("float").columns, DIGITS))


_EXPORTED = f"""
    c.question, c.entity_id, c.name, c.owner, c.probability, c.low, c.high,
    case c.tier when '{UNKNOWN}' then '{NOT_ENOUGH}' when '{YOURS}' then '{YOUR_VIEW_FIRST}' else c.tier end as tier,
    c.base_rate,
    c.evidence, c.evidence_level, c.n_seen, c.n_feeds, coalesce(c.is_fragile, false) as is_fragile,
    c.fragile_low, c.fragile_high, c.ask_feed, c.doubts, c.as_of, c.build_id, c.model_version, c.raw,
    case when coalesce(c.tier, '') not in ('{UNKNOWN}', '{YOURS}') then w.reasons end as reasons
"""
