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
from crm_core.ledger import words
from crm_core.views.first_view import scores
from crm_core.views.opinions import Opinion
from crm_core.views.reading import rows, told

ANY = "any"
UNKNOWN_LEVEL = "unknown"
LEAST_PULL = 0.05
"""Below this share of the way to a person's number a word cannot be said to be weighed in."""


@dataclass(frozen=True)
class Both:
    """What model and people say together of one customer or lead."""

    probability: float = told("Chance when people's words are weighed in as such words have deserved so far.")
    reason: str = told("Reason of the newest word about whose kind something is known; empty where nothing is.")
    nearer: float | None = told("In such cases people were nearer to what came than the model: share of the words.")
    n: int | None = told("Judged words behind that share; empty where too few people said them.")
    is_weighed: bool = told("Whether such words pull at all.")
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
    both = {row["entity_id"]: _both(row, standing[row["entity_id"]], policy) for row in found}
    return {entity: one for entity, one in both.items() if one is not None}


def has_policy(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the build knows of learning from people: one of an older version does not."""
    sql = "select 1 from information_schema.tables where table_schema = 'marts' and table_name = 'mart_trust_policy'"
    return con.execute(sql).fetchone() is not None


def _both(
    score: Mapping[str, Any], said: Sequence[Opinion], policy: Mapping[tuple[str, str, str], Mapping[str, Any]]
) -> Both | None:
    """Nothing where everybody says what the model says: there is nothing to put together."""
    machine = score["probability"]
    weighed: list[tuple[float, float]] = []
    newest: tuple[str, float | None, int | None, bool] | None = None
    for opinion in said:
        person = words.meant(opinion.belief_code, opinion.probability, machine)
        if person == machine:
            weighed.append((person, 0.0))
            continue
        chain = [c for c in _chain(opinion.reason_code, person > machine, score["level"]) if c in policy]
        weighed.append((person, policy[chain[0]]["weight"] if chain else 0.0))
        known = next((policy[c] for c in chain if policy[c]["is_shown"]), None)
        if newest is None and known is not None:
            newest = opinion.reason, known["nearer"], known["n"], weighed[-1][1] >= LEAST_PULL
    if all(person == machine for person, _ in weighed):
        return None
    reason, nearer, n, is_weighed = newest or ("", None, None, False)
    version = next(iter(policy.values()))["version"]
    return Both(combined(machine, weighed), reason, nearer, n, is_weighed, version)


def _chain(reason: str, is_raising: bool, level: str) -> tuple[tuple[str, str, str], ...]:
    """The narrowest cell of a word first, then those above it."""
    direction = "raises" if is_raising else "lowers"
    return (reason, direction, level), (reason, direction, ANY), (reason, ANY, ANY), (ANY, ANY, ANY)
