"""Model and people together: a third number beside the two, only where it has proven itself on held-out history.

It is worked out when it is read, from the weights of the build and the words that stand now, so that a word said a
minute ago counts at once. It never takes the place of the model's number and orders nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from crm_core.access import Viewer
from crm_core.combining import combined
from crm_core.views.first_view import scores
from crm_core.views.opinions import Opinion
from crm_core.views.reading import rows, told

ANY = "any"
UNKNOWN_LEVEL = "unknown"


@dataclass(frozen=True)
class Both:
    """What model and people say together of one customer or lead."""

    probability: float = told("Chance when people's words are weighed in as such words have deserved so far.")
    nearer: float | None = told("In such cases people were nearer to what came than the model: share of the words.")
    n: int | None = told("Judged words behind that share; empty where too few people said them.")
    version: int = told("Version of what was learned from people.")


def together(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, question: str, standing: Mapping[str, Sequence[Opinion]]
) -> dict[str, Both]:
    """The third number by customer or lead; nothing until it is proven, nothing where the viewer is shown no number.

    Parameters
    ----------
    standing : mapping
        Words in force, newest first, as far as the viewer may see them.
    """
    spoken_of = [key for key, said in standing.items() if said]
    if not spoken_of or not has_policy(con):
        return {}
    found = rows(con, "select * from marts.mart_trust_policy where question = $question and is_proven",
                 {"question": question})  # fmt: skip
    if not found:
        return {}
    policy = {(row["reason_code"], row["direction"], row["evidence_level"]): row for row in found}
    found = rows(
        con,
        f"select entity_id, probability, coalesce(evidence_level, '{UNKNOWN_LEVEL}') as level from {scores(viewer)} "
        "where question = $question and entity_id in (select unnest($keys)) and probability is not null",
        {"question": question, "keys": spoken_of},
    )
    return {row["entity_id"]: _both(row, standing[row["entity_id"]], policy) for row in found}


def has_policy(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the build knows of learning from people: one of an older version does not."""
    sql = "select 1 from information_schema.tables where table_schema = 'marts' and table_name = 'mart_trust_policy'"
    return con.execute(sql).fetchone() is not None


def _both(
    score: Mapping[str, Any], said: Sequence[Opinion], policy: Mapping[tuple[str, str, str], Mapping[str, Any]]
) -> Both:
    machine, weighed, newest = score["probability"], [], None
    for opinion in said:
        person = opinion.stands_for
        way = "raises" if person > machine else "lowers"
        chain = [c for c in _chain(opinion.reason_code, way, score["level"]) if c in policy]
        weighed.append((person, policy[chain[0]]["weight"] if chain else 0.0))
        newest = newest or next((policy[c] for c in chain if policy[c]["is_shown"]), None)
    version = next(iter(policy.values()))["version"]
    nearer, n = (newest["nearer"], newest["n"]) if newest else (None, None)
    return Both(combined(machine, weighed), nearer, n, version)


def _chain(reason: str, direction: str, level: str) -> tuple[tuple[str, str, str], ...]:
    """The narrowest cell of a word first, then those above it."""
    return (reason, direction, level), (reason, direction, ANY), (reason, ANY, ANY), (ANY, ANY, ANY)
