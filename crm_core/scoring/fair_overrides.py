"""Do people overrule the model more often for one group than for another? Reported, never a stop."""

from __future__ import annotations

import math
from dataclasses import replace

import duckdb
import pandas as pd

from crm_core.scoring.fair_groups import MIN_ENTITIES, groups_at, large_enough, protected_attributes
from crm_core.scoring.fair_screen import screen, share
from crm_core.scoring.fairness import Overridden, OverrideGroup, Share
from crm_core.scoring.matrix import is_told
from crm_core.scoring.question import Question

UPWARDS = frozenset({"will_leave", "ready"})
"""Beliefs that expect what the question asks for; the others say that it is less likely than the model thinks."""

MIN_SAID, MIN_CELL = 10, 5
MEASURES = ("up", "down")


def overridden(con: duckdb.DuckDBPyConnection, question: Question) -> list[Overridden]:
    """Disagreements by the groups of every protected attribute, among those the question is asked of now.

    An entity counts once per direction, however many people said it; what was withdrawn does not count.
    """
    known = protected_attributes(con, question)
    if not known or not _is_there(con):
        return []
    rows = _asked(con, question)
    said = _said(con, question)
    found = []
    for attribute in known:
        grouped = rows.merge(groups_at(con, question, attribute, rows["as_of"]), on=["entity_id", "as_of"], how="left")
        for measure in MEASURES:
            grouped[measure] = grouped["entity_id"].isin(said.loc[said["measure"] == measure, "entity_id"])
        found.append(by_group(attribute.name, grouped))
    return _screened(found)


def by_group(name: str, rows: pd.DataFrame) -> Overridden:
    """Shares of one attribute; `rows` have one row per entity: entity_id, group, up and down."""
    n_said = int((rows["up"] | rows["down"]).sum())
    if n_said < MIN_SAID:
        return Overridden(name, n_said, 0, f"people have disagreed about fewer than {MIN_SAID} of them")
    merged, n_small = large_enough(rows, has_outcome=False)
    groups = [
        OverrideGroup(
            str(group), len(part), share(part["up"], part["entity_id"]), share(part["down"], part["entity_id"])
        )
        for group, part in rows.groupby(merged)
    ]
    if len(groups) < 2:
        return Overridden(name, n_said, n_small + len(groups), f"fewer than two groups of at least {MIN_ENTITIES}")
    return Overridden(name, n_said, n_small, groups=sorted(groups, key=lambda g: -g.n))


def _screened(found: list[Overridden]) -> list[Overridden]:
    """The same with the four-fifths screen; only then are shares that rest on few entities blanked."""
    n = sum(math.comb(len(o.groups), 2) * len(MEASURES) for o in found)
    return [
        replace(
            o,
            groups=[replace(g, up=_blanked(g.up), down=_blanked(g.down)) for g in o.groups],
            screens=[
                s for m in MEASURES if (s := screen(m, {g.name: getattr(g, m) for g in o.groups}, n)) and s.is_breach
            ],
        )
        for o in found
    ]


def _blanked(found: Share) -> Share:
    count = round((found.value or 0.0) * found.n)
    return Share(None, None, None, found.n) if 0 < count < MIN_CELL else found


def _is_there(con: duckdb.DuckDBPyConnection) -> bool:
    sql = "select 1 from information_schema.tables where table_schema = 'staging' and table_name = 'stg_disagreements'"
    return con.execute(sql).fetchone() is not None


def _asked(con: duckdb.DuckDBPyConnection, question: Question) -> pd.DataFrame:
    whom = "true" if is_told(con, question) else "is_in_population"
    rows = con.execute(
        f"select {question.key} as entity_id, as_of from features.{question.features} "
        f"where {whom} qualify as_of = max(as_of) over ()"
    ).df()
    rows["as_of"] = pd.to_datetime(rows["as_of"]).dt.date
    return rows


def _said(con: duckdb.DuckDBPyConnection, question: Question) -> pd.DataFrame:
    rows = con.execute(
        """
        select distinct coalesce(l.customer_id, d.entity_key) as entity_id, d.belief
        from staging.stg_disagreements as d
        left join identity.customer_links as l on d.entity_kind = 'customer' and d.entity_key = l.customer_key
        where d.question = ? and d.withdrawn_at is null
        """,
        [question.name],
    ).df()
    rows["measure"] = rows["belief"].isin(UPWARDS).map({True: "up", False: "down"})
    return rows
