"""What a build says about itself: cards of the models, meanings of features and measures, as tables of `meta`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import duckdb

from crm_core.warehouse.dictionary import feature_meanings, measures

TABLES = {
    "cards": "question varchar, card varchar, note varchar",
    "features": "model varchar, name varchar, label varchar, unit varchar, time_window varchar, feed varchar, "
    "misleads varchar",
    "measures": "key varchar, title varchar, meaning varchar, unit varchar, direction varchar, formula varchar, "
    "kind varchar, divided_by varchar, splits varchar, misleads varchar, rank integer",
}


def write_meta(con: duckdb.DuckDBPyConnection, cards: Iterable[tuple[str, str, str]]) -> None:
    """Write the tables of `meta` anew.

    Parameters
    ----------
    cards : iterable of (question, card, note)
        The model cards of this build, as JSON, and what was decided about training.
    """
    con.execute("create schema if not exists meta")
    _fill(con, "cards", list(cards))
    _fill(con, "features", _features())
    _fill(con, "measures", _measures())


def _fill(con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Sequence[Any]]) -> None:
    con.execute(f"create or replace table meta.{name} ({TABLES[name]})")
    if rows:
        con.executemany(f"insert into meta.{name} values ({', '.join('?' * len(rows[0]))})", rows)


def _features() -> list[list[Any]]:
    return [
        [model, m.name, m.label, m.unit, m.window, m.feed, m.misleads]
        for model in ("feat_customer", "feat_lead", "feat_people")
        for m in feature_meanings(model).values()
    ]


def _measures() -> list[list[Any]]:
    return [
        [m.key, m.title, m.meaning, m.unit, m.direction, m.formula, m.kind, m.divided_by, ",".join(m.splits),
         m.misleads, m.rank]
        for m in measures().values()
    ]  # fmt: skip
