"""The plan of one staged table: which SQL makes which column, and what would be wrong with a row."""

from __future__ import annotations

from dataclasses import dataclass, field

from crm_core.lake import forms
from crm_core.lake.detecting import Detector
from crm_core.lake.mapping import FileMapping, Mapping
from crm_core.lake.reading import RawFile
from crm_core.lake.sql import among
from crm_core.lake.tables import Table

MEND = "correct it, or list its word under `null:` in the mapping's format"
MEND_DATE = "correct the date, or say `dates:` in the mapping's format"


@dataclass(frozen=True)
class Check:
    """One way in which a row can be wrong: `bad` and `reason` are SQL over the typed rows."""

    column: str
    text: str
    bad: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class AttributeColumn:
    """One custom attribute of a staged table: column a<n>, its name, type and purpose."""

    column: str
    name: str
    type: str
    purpose: str


@dataclass(frozen=True)
class Lookup:
    """A field taken from the row that another column names: work table, alias of the text, field."""

    table: str
    refs: str
    text: str
    field: str


@dataclass
class Plan:
    """The SQL of one staged table, growing column by column."""

    no: int
    mapping: Mapping
    entry: FileMapping
    table: Table
    raw: RawFile
    detector: Detector
    texts: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    attributes: list[AttributeColumn] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)
    protected_by_name: list[str] = field(default_factory=list)
    is_dated_by_data: bool = False

    @property
    def staged(self) -> str:
        return f"staged_{self.no}"

    def text(self, sql: str) -> str:
        """Alias of a clean text, defined once."""
        for alias, known in self.texts.items():
            if known == sql:
                return alias
        alias = f"t{len(self.texts)}"
        self.texts[alias] = sql
        return alias

    def clean(self, column: str, nulls: tuple[str, ...] = ()) -> str:
        """SQL of the clean text of a source column."""
        return forms.clean(self.raw.sql(column), (*self.entry.format.null, *nulls))

    def inner(self, only: str = "") -> str:
        """SELECT of typed rows; `only` names a table of row numbers to restrict it to."""
        texts = "".join(f", {sql} AS {alias}" for alias, sql in self.texts.items())
        values = "".join(f", {sql} AS {alias}" for alias, sql in self.values.items())
        conditions = [self._where()] + ([f"rowid IN (SELECT rid FROM {only})"] if only else [])
        where = " AND ".join(c for c in conditions if c) or "true"
        joins = "".join(
            f" LEFT JOIN {look.refs} AS r{i} ON r{i}.source_id = t.{look.text}" for i, look in enumerate(self.lookups)
        )
        texts_sql = f"SELECT rowid AS rid{texts} FROM {self.raw.table} WHERE {where}"
        return f"SELECT t.*{values} FROM ({texts_sql}) AS t{joins}"

    def _where(self) -> str:
        rule = self.entry.where
        if rule is None:
            return ""
        text = forms.clean(self.raw.sql(rule.column), ())
        return among(text, rule.among) if rule.among else f"NOT {among(text, rule.not_in)}"
