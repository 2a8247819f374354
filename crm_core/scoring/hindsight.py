"""What an earlier day looks like with all that is known now: the same feature models, run once more, aside."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import duckdb

from crm_core.scoring.question import questions
from crm_core.settings import Settings
from crm_core.warehouse import BuildFolder, run_dbt

MODELS = ["staging", "+feat_customer", "+feat_lead", "+feat_attribute", "+feat_people"]


@contextmanager
def in_hindsight(
    con: duckdb.DuckDBPyConnection, settings: Settings, folder: BuildFolder, day: date, variables: Mapping[str, Any]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The features of an earlier day, as a database of their own that is gone afterwards.

    What happened by that day and became known between then and now counts as known on that day. A later version of a
    row that is not an event (a customer's, a contract's) tells what has become of it since, so it does not.

    Parameters
    ----------
    con : connection
        The build's own file, for who is who.
    variables : mapping
        dbt variables of the build.
    """
    aside = BuildFolder(folder.path / "temp" / f"hindsight-{day:%Y%m%d}")
    shutil.rmtree(aside.path, ignore_errors=True)
    aside.path.mkdir(parents=True)
    links = aside.path / "links.parquet"
    con.execute(f"copy identity.customer_links to '{links}' (format parquet)")
    with duckdb.connect(str(aside.database)) as other:
        other.execute("create schema identity")
        other.execute(f"create table identity.customer_links as select * from read_parquet('{links}')")
    run_dbt(settings, aside, MODELS, {**variables, **_as_of(day, variables)}, is_checked=False)
    other = duckdb.connect(str(aside.database))
    try:
        _ask_about_everybody(other)
        yield other
    finally:
        other.close()
        shutil.rmtree(aside.path, ignore_errors=True)


def _as_of(day: date, variables: Mapping[str, Any]) -> dict[str, Any]:
    until = date.fromisoformat(str(variables["as_of"])) + timedelta(days=1)
    return {"as_of": day.isoformat(), "n_history": 1, "known_until": until.isoformat()}


def _ask_about_everybody(other: duckdb.DuckDBPyConnection) -> None:
    """Whoever was scored that day counts, also if the question would not be asked in hindsight."""
    other.execute("create schema labels")
    for question in questions().values():
        other.execute(
            f"create table labels.{question.labels} as select '' as entity_id, date '1900-01-01' as as_of, "
            "0 as is_positive, 'told' as origin"
        )
