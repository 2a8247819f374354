"""Read what a model needs from a build: features as of the dates, custom attributes as columns, labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pandas as pd

from crm_core.protecting import is_protected_name
from crm_core.scoring.question import Question
from crm_core.warehouse import feature_meanings

MAX_ATTRIBUTES = 200
ASIDE = ("entity_id", "as_of", "is_positive", "owner_id", "blind_feeds")


@dataclass(frozen=True)
class Attribute:
    """A custom attribute of an entity. `purpose` is feature, protected, protected_by_name or after_outcome."""

    name: str
    type: str
    purpose: str


@dataclass(frozen=True)
class Matrix:
    """Rows for a model: one per entity × as_of.

    `frame` has the columns entity_id, as_of, is_positive (NaN where not known), owner_id, blind_feeds (parted by
    commas), the features, and beside these what people told us (`people_features`), which only a challenger uses.
    """

    frame: pd.DataFrame
    features: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    is_told: bool

    @property
    def labelled(self) -> pd.DataFrame:
        """Rows whose outcome is known."""
        return self.frame[self.frame["is_positive"].notna()]


def people_features() -> tuple[str, ...]:
    """Features made of what people told us; 0 where nobody said anything."""
    return tuple(feature_meanings("feat_people"))


def read_attributes(con: duckdb.DuckDBPyConnection, question: Question) -> tuple[Attribute, ...]:
    """Custom attributes of the question's entity; the commonest type of a name counts.

    A name that was ever declared protected or known later is so for all rows, also for those landed before that.
    """
    rows = con.execute(
        """
        select name, type, purpose, count(*) as n from features.feat_attribute
        where entity = ? group by name, type, purpose
        order by name, purpose = 'feature', purpose <> 'protected', n desc
        """,
        [question.entity],
    ).fetchall()
    found: dict[str, Attribute] = {}
    for name, kind, purpose, _ in rows:
        is_caught = purpose == "feature" and is_protected_name(name)
        found.setdefault(name, Attribute(name, kind, "protected_by_name" if is_caught else purpose))
    return tuple(found.values())


def feature_names(con: duckdb.DuckDBPyConnection, question: Question) -> set[str]:
    """Every column a model of this question could use in this build."""
    columns = con.execute(f"select * from features.{question.features} limit 0").description or []
    usable = {column_name(a.name) for a in read_attributes(con, question) if a.purpose == "feature"}
    return {column[0] for column in columns} | usable | set(people_features())


def label_dates(con: duckdb.DuckDBPyConnection, question: Question) -> list[tuple[date, int, int]]:
    """Dates with known outcomes, newest first: (as_of, rows, positives)."""
    return con.execute(
        f"select as_of, count(*), cast(sum(is_positive) as bigint) from labels.{question.labels} "
        "group by as_of order by as_of desc"
    ).fetchall()


def is_told(con: duckdb.DuckDBPyConnection, question: Question) -> bool:
    """True when outcomes were told from outside rather than derived from history."""
    return con.execute(f"select 1 from labels.{question.labels} where origin = 'told' limit 1").fetchone() is not None


def read_matrix(
    con: duckdb.DuckDBPyConnection, question: Question, dates: Sequence[date], max_rows: int | None = None
) -> Matrix:
    """Rows of all entities the question can be asked of, at the given dates.

    Parameters
    ----------
    dates : sequence of date
        As-of dates.
    max_rows : int, optional
        Above this many rows whole entities are left out, chosen by the hash of their key.
    """
    told = is_told(con, question)
    attributes = read_attributes(con, question)
    used = [a for a in attributes if a.purpose == "feature"][:MAX_ATTRIBUTES]
    days = {"days": list(dates)}
    where = "f.as_of in (select unnest($days::date[]))" + ("" if told else " and f.is_in_population")
    counted = con.execute(f"select count(*) from features.{question.features} as f where {where}", days).fetchone()
    total = int(counted[0]) if counted else 0
    share = 1.0 if not max_rows or total <= max_rows else max_rows / total
    chosen = f"""
        select f.* exclude (is_in_population, {question.key}), f.{question.key} as entity_id, l.is_positive
        from features.{question.features} as f
        left join labels.{question.labels} as l on f.{question.key} = l.entity_id and f.as_of = l.as_of
        where {where} and hash(f.{question.key}) % 1000000 < {int(share * 1_000_000)}
    """
    sql = _with_attributes(chosen, question, used) if used else f"select * from ({chosen})"
    sql = _with_people(con, sql, question)
    frame = _plain(con.execute(f"{sql} order by entity_id, as_of", days).df())
    features = tuple(c for c in frame.columns if c not in (*ASIDE, *people_features()))
    return Matrix(frame, features, attributes, told)


def _with_attributes(chosen: str, question: Question, used: Sequence[Attribute]) -> str:
    return f"""
        with chosen as ({chosen}),
        wide as (
            select entity_id, as_of, {", ".join(_pivoted(a) for a in used)} from features.feat_attribute
            where entity = '{question.entity}' and purpose = 'feature' and as_of in (select unnest($days::date[]))
            group by entity_id, as_of
        )
        select c.*, w.* exclude (entity_id, as_of)
        from chosen as c left join wide as w using (entity_id, as_of)
    """


def _with_people(con: duckdb.DuckDBPyConnection, sql: str, question: Question) -> str:
    """Beside each row what people told us; a build of an older version does not know it."""
    known = "select 1 from information_schema.tables where table_schema = 'features' and table_name = 'feat_people'"
    if con.execute(known).fetchone() is None:
        return f"select r.*, {', '.join(f'0.0 as {name}' for name in people_features())} from ({sql}) as r"
    columns = ", ".join(f"coalesce(p.{name}, 0) as {name}" for name in people_features())
    return f"""
        select r.*, {columns} from ({sql}) as r
        left join features.feat_people as p
            on p.entity = '{question.entity}' and r.entity_id = p.entity_id and r.as_of = p.as_of
    """


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Dates as dates, numbers as floats: counts with gaps arrive as nullable integers, whose NA is no number."""
    frame["as_of"] = pd.to_datetime(frame["as_of"]).dt.date
    numbers = [c for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])]
    frame[numbers] = frame[numbers].astype("float64")
    return frame


def _pivoted(attribute: Attribute) -> str:
    name = attribute.name.replace("'", "''")
    value = f"max(case when name = '{name}' then value end)"
    typed = {
        "number": f"try_cast({value} as double)",
        "bool": f"cast(try_cast({value} as boolean) as double)",
        "date": f"cast(as_of - try_cast({value} as date) as double)",
    }.get(attribute.type, value)
    return f'{typed} as "{column_name(attribute.name)}"'


def column_name(attribute: str) -> str:
    """Column of a custom attribute; prefixed so that it never collides with a feature of ours."""
    return "custom: " + attribute.replace('"', "'")
