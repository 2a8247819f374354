"""What a mapping may say: which file feeds which table, and which column becomes which field.

Every text of a mapping stays text (see `mapping_load`), so `yes: [1, Yes]` means exactly what is written in the file.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_spec(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
AttributeType = Literal["number", "text", "bool", "date"]
ROW_NUMBER, REST = "row_number", "rest"


class Part(BaseModel):
    """Common behaviour: nothing unknown is accepted, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Format(Part):
    """How a file is written; what is not said is detected."""

    delimiter: str | None = Field(None, min_length=1, max_length=1, description="Character between two columns.")
    encoding: str | None = Field(None, description="Character encoding, such as utf-8, latin-1 or utf-16.")
    dates: Texts = Field((), description="Form or forms of dates, such as %d.%m.%Y; `iso` for 2026-06-30.")
    decimal: Literal[",", "."] | None = Field(None, description="Decimal sign.")
    sheet: str | None = Field(None, description="Sheet of an Excel file.")
    null: Texts = Field((), description="Texts that mean missing.")


class Moment(Part):
    """A moment: a column, or one fixed date for all rows."""

    column: str | None = Field(None, description="Column that holds the moment.")
    day: date | None = Field(None, alias="date", description="One date for every row.")


class FieldSpec(Part):
    """Where the value of one field comes from."""

    column: Texts = Field((), description="Column, or several columns joined with a blank.")
    value: str | None = Field(None, description="The same value for every row.")
    of: str | None = Field(None, description="System whose ids these are; default: the mapping's own source.")
    via: str | None = Field(None, description="Table whose row the column names; that row's field is taken.")
    map: dict[str, str] = Field({}, description="Translation of values.")
    otherwise: str | None = Field(None, alias="else", description="Value for all that `map` does not translate.")
    null: Texts = Field((), description="Further texts that mean missing in this column.")


class AttributeSpec(Part):
    """One custom attribute."""

    column: str = Field(description="Column it comes from.")
    name: str | None = Field(None, alias="as", description="Name in the product; default: the column's.")
    type: AttributeType | None = Field(None, description="number, text, bool or date; detected otherwise.")
    null: Texts = Field((), description="Further texts that mean missing in this column.")


class OutcomeSpec(Part):
    """The column that answers a question in hindsight."""

    question: Literal["churn", "lead"] = Field(description="Question it answers: churn or lead.")
    column: str = Field(description="Column with the answer.")
    yes: Texts = Field(description="Values that mean yes.")
    no: Texts = Field((), description="Values that mean no; default: every other value.")
    known_at: Annotated[Moment, BeforeValidator(_as_spec)] | None = Field(
        None, description="When the answer was known; default: when the row was."
    )


class Where(Part):
    """Which rows are meant."""

    column: str = Field(description="Column that decides.")
    among: Texts = Field((), alias="in", description="Only rows with one of these values.")
    not_in: Texts = Field((), description="Only rows with none of these values.")


Attribute = Annotated[AttributeSpec, BeforeValidator(_as_spec)]
Attributes = Annotated[tuple[Attribute, ...], BeforeValidator(_as_list)]
FieldSource = Annotated[FieldSpec, BeforeValidator(_as_spec)]
When = Annotated[Moment, BeforeValidator(_as_spec)]


class FileMapping(Part):
    """What the rows of one kind of file become."""

    file: str = Field(description="Pattern for the file's name.")
    table: str | None = Field(None, description="Table of the lake that a row feeds.")
    key: Texts = Field((), description="Column, columns or `row_number` that identify a row.")
    format: Format = Field(Format(), description="How the file is written.")
    happened_at: When | None = Field(None, description="When the row was true in the world.")
    known_at: When | None = Field(None, description="When the source learned it.")
    fields: dict[str, FieldSource] = Field({}, description="Field of the table: where it comes from.")
    attributes: Attributes = Field((), description="Columns that become custom attributes, or `rest`.")
    protected: Attributes = Field((), description="Attributes that never reach a model.")
    after_outcome: Attributes = Field((), description="Attributes known only after the outcome; never features.")
    outcome: OutcomeSpec | None = Field(None, description="The answer known in hindsight.")
    ignore: Texts = Field((), description="Columns knowingly left out.")
    where: Where | None = Field(None, description="Which rows are meant.")
    skip: str | None = Field(None, description="Reason why nothing of this file is landed.")

    @property
    def is_by_row_number(self) -> bool:
        """Rows are identified by their place in the file."""
        return self.key == (ROW_NUMBER,)

    @property
    def takes_rest(self) -> bool:
        """Every column not used elsewhere becomes an attribute."""
        return any(a.column == REST for a in self.attributes)

    def columns(self) -> list[str]:
        """Every source column the entry names, in order, without repeats."""
        names = [] if self.is_by_row_number else list(self.key)
        names += [m.column for m in (self.happened_at, self.known_at) if m and m.column]
        names += [c for spec in self.fields.values() for c in spec.column]
        names += [a.column for a in (*self.attributes, *self.protected, *self.after_outcome) if a.column != REST]
        if self.outcome:
            names.append(self.outcome.column)
            if self.outcome.known_at and self.outcome.known_at.column:
                names.append(self.outcome.known_at.column)
        names += [self.where.column] if self.where else []
        return list(dict.fromkeys([*names, *self.ignore]))


class Mapping(Part):
    """How the files of one system become rows of the lake."""

    source: str = Field(pattern="^[a-z0-9_]+$", description="Short name of the system: a-z, 0-9, _.")
    title: str = Field("", description="Name for people.")
    about: str = Field("", description="Where the data come from, terms.")
    snapshot_on: date | None = Field(None, description="Day the export was taken; default: the file's own date.")
    files: tuple[FileMapping, ...] = Field(description="One entry for each kind of file and table.")
    name: str = Field("", exclude=True, description="Set when loading: name or file of the mapping.")
