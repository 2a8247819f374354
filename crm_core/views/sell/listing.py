"""What the lists of scored customers and leads have in common: rows, filters, reasons, choices."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb

from crm_core.access import Viewer
from crm_core.views.both import Both, together
from crm_core.views.evidence import NOTHING_KNOWN, Evidence, evidence_of
from crm_core.views.first_view import NUMBERLESS, UNKNOWN, YOURS
from crm_core.views.known import KnownFact, known_facts
from crm_core.views.opinions import Opinion
from crm_core.views.reading import rows, told
from crm_core.views.shown import ENTITY, EVERYTHING_ELSE

LIST_LENGTH = 200
PICTURE_POINTS = 2_000
COUNTED = (
    f"count(*) over () as n_matching, count(*) filter (where tier = '{UNKNOWN}') over () as n_unknown, "
    f"count(*) filter (where tier = '{YOURS}') over () as n_yours"
)

# Where the chance decides the order, what waits for the viewer's own view stands on top by its money: a place that
# says nothing about the chance.
YOURS_FIRST = f"tier = '{YOURS}' desc, case when tier = '{YOURS}' then {{money}} end desc nulls last"


@dataclass(frozen=True)
class Reason:
    """One reason of a score."""

    sentence: str = told("What is so, in words.")
    points: float = told("Probability points it adds (+) or takes (−); approximate, they add up to the score.")


@dataclass(frozen=True, kw_only=True)
class ScoredRow:
    """One customer or lead on a list."""

    key: str = told("Key of the customer or lead.")
    name: str = told("Name people use.")
    region: str | None = told("Sales region.")
    team: str | None = told("Team of the owner.")
    owner_name: str | None = told("Who looks after it.")
    probability: float | None = told("Of 100 like this, so many leave (customers) or buy (leads) within 90 days.")
    low: float | None = told("Lower end of the 95 % interval.")
    high: float | None = told("Upper end of the 95 % interval.")
    tier: str = told(
        "high: at least 3 times the usual odds; medium: 1.5 times; low: below; unknown: too little known; "
        "yours: the number waits for your own view."
    )
    reasons: tuple[Reason, ...] = told("The three strongest reasons.")
    doubts: tuple[str, ...] = told("Why to trust the number less.")
    rule_reasons: str = told("Signs a person can check; used where there is no model.")
    opinions: tuple[Opinion, ...] = told("What people say, as long as it counts.", ())
    evidence: Evidence = told("What the score rests on, and what is missing.", NOTHING_KNOWN)
    both: Both | None = told("Model and people together, where that has proven itself.", None)
    facts: tuple[KnownFact, ...] = told("What people knew and no source said, newest first.", ())


@dataclass(frozen=True, kw_only=True)
class ScoredPage:
    """What a page with a list of scores shows, whatever the question."""

    n_matching: int = told("How many match the filters.")
    n_in_scope: int = told("How many there are that you may see and the question can be asked of.")
    n_unknown: int = told("Of those that match: not enough evidence for a number.", 0)
    n_yours: int = told("Of those that match: the number waits for your own view.", 0)
    base_rate: float | None = told("Of 100, so many usually leave (customers) or buy (leads) within 90 days.")
    model_version: str | None = told("Version of the model.")
    no_model_reason: str = told("Why there is no model, if there is none.")
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict, metadata={"help": "Values to filter by."})


@dataclass(frozen=True)
class Said:
    """What stands beside the scores of a list, by customer or lead."""

    reasons: Mapping[str, tuple[Reason, ...]]
    standing: Mapping[str, Sequence[Opinion]]
    evidence: Mapping[str, Evidence]
    both: Mapping[str, Both] = field(default_factory=dict)
    facts: Mapping[str, tuple[KnownFact, ...]] = field(default_factory=dict)


def said_of(
    con: duckdb.DuckDBPyConnection,
    viewer: Viewer,
    question: str,
    shown: tuple[Sequence[str], date],
    standing: Mapping[str, Sequence[Opinion]],
) -> Said:
    """Everything that stands beside the scores of customers or leads.

    Parameters
    ----------
    shown : (keys, date)
        Which customers or leads, and the day their scores are of.
    standing : mapping
        Views that stand today, by customer or lead.
    """
    keys, as_of = list(shown[0]), shown[1]
    return Said(
        reasons(con, question, keys),
        standing,
        evidence_of(con, viewer, ENTITY[question], keys, as_of),
        together(con, viewer, question, {key: standing.get(key, ()) for key in keys}),
        known_facts(con, viewer, question, keys),
    )


def conditions(chosen: Any, columns: Mapping[str, str]) -> tuple[list[str], dict[str, Any]]:
    """SQL conditions with their parameters for the filters that every list has.

    Parameters
    ----------
    chosen : RiskFilter or LeadFilter
        Also has `disagreed_only`, `worth_asking` and `name_part`.
    columns : mapping
        Name of a filter of several values -> column of the list.
    """
    parts: list[str] = ["true"]
    params: dict[str, Any] = {}
    for name, column in columns.items():
        values = getattr(chosen, name)
        if values:
            parts.append(f"{column} in (select unnest(${name}))")
            params[name] = list(values)
    if chosen.worth_asking:
        parts.append(f"(tier = '{UNKNOWN}' or is_worth_asking)")
    if chosen.disagreed_only:
        parts.append("is_disagreed")
    if chosen.name_part.strip():
        parts.append("contains(lower(name), lower($name_part))")
        params["name_part"] = chosen.name_part.strip()
    return parts, params


def used(params: Mapping[str, Any], sql: str) -> dict[str, Any]:
    """The parameters that a statement names."""
    return {k: v for k, v in params.items() if f"${k}" in sql}


def choices(
    con: duckdb.DuckDBPyConnection, population: str, params: Mapping[str, Any], columns: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Values to filter by, of everything in scope."""
    lists = ", ".join(f"list(distinct {column} order by {column}) as {name}" for name, column in columns.items())
    found = rows(con, f"select {lists} from ({population})", used(params, population))[0]
    return {name: tuple(v for v in values or () if v) for name, values in found.items()}


def points(con: duckdb.DuckDBPyConnection, kind: type[Any], source: str, params: Mapping[str, Any]) -> tuple[Any, ...]:
    """What the picture shows: everything with a score, of many a fair sample."""
    columns = ", ".join(kind.__dataclass_fields__)
    key = next(iter(kind.__dataclass_fields__))
    sql = f"""
        select {columns} {source} and probability is not null
        order by is_disagreed desc, hash({key}), {key} limit {PICTURE_POINTS}
    """
    return tuple(kind(**row) for row in rows(con, sql, used(params, source)))


def reasons(con: duckdb.DuckDBPyConnection, question: str, keys: list[str]) -> dict[str, tuple[Reason, ...]]:
    """The three strongest reasons of each of these."""
    found = rows(
        con,
        "select entity_id, sentence, points from marts.mart_reason where question = $question and rank <= 3 "
        f"and feature <> '{EVERYTHING_ELSE}' and entity_id in (select unnest($keys)) order by entity_id, rank",
        {"question": question, "keys": keys},
    )
    why: dict[str, list[Reason]] = {}
    for row in found:
        why.setdefault(row["entity_id"], []).append(Reason(row["sentence"], row["points"]))
    return {key: tuple(said) for key, said in why.items()}


def no_model(con: duckdb.DuckDBPyConnection, question: str) -> str:
    """Why there is no model."""
    found = rows(con, "select card from meta.cards where question = $question", {"question": question})
    return str(json.loads(found[0]["card"]).get("reason", "")) if found else "nothing was trained"


def row_of(kind: type[Any], row: Mapping[str, Any], key: str, said: Said) -> Any:
    """One row of a list out of a row of the database, with its reasons, what people say, and what it rests on."""
    is_withheld = row["tier"] in NUMBERLESS
    parts = {
        "key": key,
        "rule_reasons": "" if row["tier"] == YOURS else row["rule_reasons"],
        "reasons": () if is_withheld else said.reasons.get(key, ()),
        "doubts": tuple(json.loads(row["doubts"])) if row["doubts"] and not is_withheld else (),
        "opinions": tuple(said.standing.get(key, ())),
        "evidence": said.evidence.get(key, NOTHING_KNOWN),
        "both": said.both.get(key),
        "facts": said.facts.get(key, ()),
    }
    return kind(**{name: row[name] for name in kind.__dataclass_fields__ if name not in parts}, **parts)
