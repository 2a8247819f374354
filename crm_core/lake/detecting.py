"""Find out in which form the numbers and dates of a file are written.

A form is a property of a column, decided on all its rows: the one under which most values fit. Where two forms fit
equally well (03/04/2025; 1.234), other columns decide, then the delimiter; the choice is noted in the report.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from crm_core.lake import forms
from crm_core.lake.mapping import Format
from crm_core.lake.sql import among, lit

_SAMPLE = 1000
_DATE_SHAPE = (
    r"^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}([ T,].*)?$|^\d{8}$|^1\d{12}$|"
    r"^\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{4}|^[A-Za-z]{3,9} \d{1,2}, \d{4}"
)


@dataclass(frozen=True)
class Profile:
    """Counts of what the texts of one column look like."""

    n: int
    n_plain: int
    n_comma: int
    n_iso: int
    n_zoned: int
    n_bool: int
    n_padded: int
    n_dated: int


@dataclass
class Detector:
    """Forms of the columns of one file; remembers what it decided and why."""

    con: duckdb.DuckDBPyConnection
    table: str
    how: Format
    delimiter: str
    notes: list[str] = field(default_factory=list)
    _profiles: dict[str, Profile] = field(default_factory=dict)
    _has_comma: bool = False
    _is_day_first: bool | None = None

    def look(self, texts: list[str]) -> None:
        """Profile several columns (given as SQL of their clean text) in one pass."""
        new = [t for t in dict.fromkeys(texts) if t not in self._profiles]
        if not new:
            return
        picked = ", ".join(f"{text} AS x{i}" for i, text in enumerate(new))
        counted = ", ".join(_counts(f"x{i}") for i in range(len(new)))
        row = self.con.execute(f"SELECT {counted} FROM (SELECT {picked} FROM {self.table})").fetchone() or ()
        width = len(Profile.__dataclass_fields__)
        for i, text in enumerate(new):
            self._profiles[text] = Profile(*row[i * width : (i + 1) * width])

    def number_style(self, text: str, label: str) -> str:
        """Decimal sign of a column; empty when its numbers carry no decoration at all."""
        self.look([text])
        if self.how.decimal:
            return self.how.decimal
        seen = self._profiles[text]
        if seen.n_comma == 0 and seen.n_plain == seen.n:
            return self._plain_or_grouped(text, label)
        styles = [forms.number("x", style) for style in (forms.POINT, forms.COMMA)]
        if min(self._misfits(text, styles, _SAMPLE)) > min(seen.n, _SAMPLE) / 2:
            return forms.PLAIN
        point, comma = self._misfits(text, styles)
        if point != comma:
            self._has_comma = self._has_comma or comma < point
            return forms.COMMA if comma < point else forms.POINT
        style = forms.COMMA if self._has_comma or self.delimiter == ";" else forms.POINT
        if seen.n_comma or seen.n_plain < seen.n:
            self._note_style(label, style)
        return style

    def _plain_or_grouped(self, text: str, label: str) -> str:
        """1.234 is a number either way; it means 1234 where the file writes decimal commas."""
        if not (self._has_comma or self.delimiter == ";"):
            return forms.PLAIN
        dotted, grouped = self.con.execute(
            f"SELECT count(*) FILTER (contains(x, '.')), "
            f"count(*) FILTER (regexp_full_match(x, '[-+]?[1-9]\\d{{0,2}}(\\.\\d{{3}})+')) "
            f"FROM (SELECT {text} AS x FROM {self.table})"
        ).fetchone() or (0, 0)
        if dotted == 0 or dotted != grouped:
            return forms.PLAIN
        self._note_style(label, forms.COMMA)
        return forms.COMMA

    def _note_style(self, label: str, style: str) -> None:
        self.notes.append(f"'{label}': the decimal sign is not certain, read as '{style}' (say `decimal:` to be sure)")

    def date_forms(self, text: str, label: str) -> tuple[str, ...]:
        """Form or forms of the dates of a column."""
        self.look([text])
        if self.how.dates:
            return self.how.dates
        seen = self._profiles[text]
        if seen.n_iso == seen.n:
            return (forms.ISO_ZONED if seen.n_zoned else forms.ISO,)
        candidates = [forms.ISO_ZONED if seen.n_zoned else forms.ISO, *forms.DATE_FORMS]
        few = self._best(text, candidates, limit=_SAMPLE)
        best = self._best(text, few, limit=None) if len(few) > 1 else few
        return (self._choose(best, label),)

    def _best(self, text: str, candidates: list[str], limit: int | None) -> list[str]:
        counts = self._misfits(text, [forms.moment("x", form) for form in candidates], limit)
        return [form for form, n in zip(candidates, counts, strict=True) if n == min(counts)]

    def _choose(self, best: list[str], label: str) -> str:
        if best[0] in (forms.ISO, forms.ISO_ZONED) or len(best) > 5:
            return best[0]
        day = [f for f in best if f in forms.DAY_FIRST]
        month = [f for f in best if f in forms.MONTH_FIRST]
        if not (day and month):
            self._is_day_first = bool(day) if day or month else self._is_day_first
            return best[0]
        if self._is_day_first is None:
            is_day_first = self.delimiter == ";" or self._has_comma or "/" not in day[0]
        else:
            is_day_first = self._is_day_first
        word = "day before month" if is_day_first else "month before day"
        self.notes.append(f"'{label}': day and month are not certain, read as {word} (say `dates:` to be sure)")
        return day[0] if is_day_first else month[0]

    def attribute_type(self, text: str, label: str) -> str:
        """number, bool, date or text: the narrowest type that fits every value."""
        self.look([text])
        seen = self._profiles[text]
        if seen.n == 0:
            return "text"
        if seen.n_bool == seen.n:
            return "bool"
        if seen.n_padded == 0 and self._share(text, forms.number("x", self.number_style(text, label)), seen) == 1:
            return "number"
        if seen.n_iso == seen.n:
            return "date"
        if (
            seen.n_dated == seen.n
            and seen.n_plain < seen.n
            and self._share(text, forms.moments("x", self.date_forms(text, label)), seen) == 1
        ):
            return "date"
        if seen.n_padded == 0 and seen.n_plain >= 0.9 * seen.n:
            share = f"{seen.n - seen.n_plain} of {seen.n} values are no numbers"
            self.notes.append(f"'{label}': {share}, so it is text (say `type: number`, and their words under `null:`)")
        return "text"

    def _share(self, text: str, typed: str, seen: Profile) -> float:
        (misfits,) = self._misfits(text, [typed], _SAMPLE)
        if misfits:
            return 0.0
        (misfits,) = self._misfits(text, [typed])
        return 1 - misfits / seen.n

    def _misfits(self, text: str, typed: list[str], limit: int | None = None) -> list[int]:
        counted = ", ".join(f"count(*) FILTER (({t}) IS NULL)" for t in typed)
        some = f" LIMIT {limit}" if limit else ""
        row = self.con.execute(
            f"SELECT {counted} FROM (SELECT x FROM (SELECT {text} AS x FROM {self.table}) WHERE x IS NOT NULL{some})"
        ).fetchone()
        return [int(n) for n in row or ()]


def _counts(x: str) -> str:
    zoned = " OR ".join(f"substr({x}, {place}, 1) IN ('+', '-')" for place in (-6, -5, -3))
    return (
        f"count({x}), count({forms.number(x, forms.PLAIN)}), count(*) FILTER (contains({x}, ',')), "
        f"count({forms.moment(x, forms.ISO)}), count(*) FILTER (length({x}) > 18 AND ({zoned})), "
        f"count(*) FILTER ({among(f'lower({x})', forms.BOOL_WORDS)}), "
        f"count(*) FILTER (starts_with({x}, '0') AND length({x}) > 1 AND substr({x}, 2, 1) NOT IN ('.', ',')), "
        f"count(*) FILTER (regexp_matches({x}, {lit(_DATE_SHAPE)}))"
    )
