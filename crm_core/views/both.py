"""Model and people together: a third number beside the two, only where it has proven itself on held-out history.

It is worked out when it is read, from the weights of the build and the words that stand now, so that a word said a
minute ago counts at once. It never takes the place of the model's number and orders nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from crm_core.combining import combined
from crm_core.ledger import Kind, StoredEntry, words
from crm_core.views.evidence import SCORES
from crm_core.views.opinions import Opinion
from crm_core.views.reading import book, rows, told

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
    con: duckdb.DuckDBPyConnection, question: str, standing: Mapping[str, Sequence[Opinion]]
) -> dict[str, Both]:
    """The third number by customer or lead; nothing until it is proven, nothing where the score is withheld.

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
    entries = {entry.id: entry for entry in book().entries(question=question, kinds=(Kind.DISAGREEMENT,))}
    scores = rows(
        con,
        f"select entity_id, probability, coalesce(evidence_level, '{UNKNOWN_LEVEL}') as level from {SCORES} "
        "where question = $question and entity_id in (select unnest($keys)) and probability is not null",
        {"question": question, "keys": spoken_of},
    )
    return {
        row["entity_id"]: _both(row, [entries[o.entry_id] for o in standing[row["entity_id"]]], policy)
        for row in scores
    }


def has_policy(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the build knows of learning from people: one of an older version does not."""
    sql = "select 1 from information_schema.tables where table_schema = 'marts' and table_name = 'mart_trust_policy'"
    return con.execute(sql).fetchone() is not None


def _both(
    score: Mapping[str, Any], said: Sequence[StoredEntry], policy: Mapping[tuple[str, str, str], Mapping[str, Any]]
) -> Both:
    machine, weighed, newest = score["probability"], [], None
    for entry in said:
        person = words.meant(entry.belief or "", entry.probability)
        way = "raises" if person > machine else "lowers"
        chain = [c for c in _chain(entry.reason_code or "", way, score["level"]) if c in policy]
        weighed.append((person, policy[chain[0]]["weight"] if chain else 0.0))
        newest = newest or next((policy[c] for c in chain if policy[c]["is_shown"]), None)
    version = next(iter(policy.values()))["version"]
    nearer, n = (newest["nearer"], newest["n"]) if newest else (None, None)
    return Both(combined(machine, weighed), nearer, n, version)


def _chain(reason: str, direction: str, level: str) -> tuple[tuple[str, str, str], ...]:
    """The narrowest cell of a word first, then those above it."""
    return (reason, direction, level), (reason, direction, ANY), (reason, ANY, ANY), (ANY, ANY, ANY)
