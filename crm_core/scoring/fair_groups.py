"""Protected attributes as groups: read as known at each date, numbers and dates of birth as bands of age."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd

from crm_core.protecting import speaks_of_age, speaks_of_birth
from crm_core.scoring.matrix import Attribute, read_attributes
from crm_core.scoring.question import Question

PROTECTED = ("protected", "protected_by_name")
MIN_ENTITIES, MIN_OUTCOMES, MAX_GROUPS = 30, 5, 8
MAX_VALUES = 6
OTHERS = "other groups, together"
AGES = (30, 45, 60)
NOT_SAID = {"", "-", "?", "n/a", "na", "none", "null", "unknown", "unbekannt", "not specified", "keine angabe"}
YES_NO = {"0": "no", "1": "yes", "false": "no", "true": "yes"}


def protected_attributes(con: duckdb.DuckDBPyConnection, question: Question) -> tuple[Attribute, ...]:
    """Protected attributes that are known of the question's entity."""
    return tuple(a for a in read_attributes(con, question) if a.purpose in PROTECTED)


def groups_at(
    con: duckdb.DuckDBPyConnection, question: Question, attribute: Attribute, dates: Iterable[date]
) -> pd.DataFrame:
    """Group of each entity as known at each date: columns entity_id, as_of, group; one row per entity × as_of."""
    found = con.execute(
        """
        select entity_id, as_of, max(value) as value from features.feat_attribute
        where entity = $entity and name = $name and as_of in (select unnest($days::date[]))
        group by entity_id, as_of
        """,
        {"entity": question.entity, "name": attribute.name, "days": sorted(set(dates))},
    ).df()
    found["as_of"] = pd.to_datetime(found["as_of"]).dt.date
    found["group"] = grouped(attribute, found["value"], found["as_of"]) if len(found) else None
    return found.loc[found["group"].notna(), ["entity_id", "as_of", "group"]]


def grouped(attribute: Attribute, values: pd.Series, as_of: pd.Series) -> pd.Series:
    """Group of each value, None where it says nothing: text as it is, numbers and dates as bands.

    Parameters
    ----------
    values, as_of : Series, shape (n_rows,)
        Value as text, and the day it is looked at from.
    """
    text = values.astype("object").where(values.notna(), "").astype(str).str.strip()
    if attribute.type == "date":
        born = pd.to_datetime(text, errors="coerce")
        return _by_age((pd.to_datetime(as_of) - born).dt.days / 365.25)
    if attribute.type == "number":
        number = pd.to_numeric(text, errors="coerce")
        is_year = number.between(1900, 2100)
        if speaks_of_birth(attribute.name) and is_year.sum() > 0.5 * number.notna().sum():
            return _by_age(pd.to_datetime(as_of).dt.year - number.where(is_year))
        if number.nunique() > MAX_VALUES:
            return _by_age(number) if speaks_of_age(attribute.name) else _by_quarter(number)
        text = number.map("{:g}".format, na_action="ignore").fillna("")
    if attribute.type == "bool" or set(text.str.lower()) <= {*YES_NO, ""}:
        text = text.str.lower().map(YES_NO).fillna("")
    return text.where(~text.str.lower().isin(NOT_SAID), None)


def _by_age(years: pd.Series) -> pd.Series:
    years = years.where(years.between(0, 130))
    first, second, third = AGES
    names = [f"under {first}", f"{first} to {second - 1}", f"{second} to {third - 1}", f"{third} and over"]
    bands = pd.cut(years, [-np.inf, *AGES, np.inf], right=False, labels=names)
    return bands.astype("object").where(bands.notna(), None)


def _by_quarter(number: pd.Series) -> pd.Series:
    edges = np.unique(number.quantile([0, 0.25, 0.5, 0.75, 1]).to_numpy())
    names = [f"{low:g} to {high:g}" for low, high in pairwise(edges)]
    bands = pd.cut(number, edges, labels=names, include_lowest=True)
    return bands.astype("object").where(bands.notna(), None)


def large_enough(rows: pd.DataFrame, *, has_outcome: bool = True) -> tuple[pd.Series, int]:
    """Groups of which figures may be shown: small ones merged, and left out where they are small together, too.

    Parameters
    ----------
    rows : DataFrame
        Columns entity_id, group, and is_positive if `has_outcome`.

    Returns
    -------
    (Series, int)
        Group of each row, None where it may not be shown, and the number of groups that are not shown by themselves.
    """
    group = rows["group"]
    sizes = rows.groupby("group")["entity_id"].nunique().sort_values(ascending=False, kind="stable")
    shown = [name for name in sizes.index[:MAX_GROUPS] if _is_large(rows[group == name], has_outcome)]
    small = [name for name in sizes.index if name not in shown]
    merged = group.where(~group.isin(small), OTHERS)
    if small and not _is_large(rows[merged == OTHERS], has_outcome):
        merged = merged.where(merged != OTHERS, None)
    return merged, len(small)


def _is_large(rows: pd.DataFrame, has_outcome: bool) -> bool:
    if rows["entity_id"].nunique() < MIN_ENTITIES:
        return False
    if not has_outcome:
        return True
    return all(rows.loc[rows["is_positive"] == y, "entity_id"].nunique() >= MIN_OUTCOMES for y in (0, 1))
