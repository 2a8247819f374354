"""What an import did, for people and for pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from crm_core.errors import BatchRejectedError


@dataclass(frozen=True)
class Fault:
    """One kind of fault in one column of one file, with the first place where it stands."""

    file: str
    line: int
    column: str
    value: str
    reason: str
    remedy: str
    count: int = 1
    lines: tuple[int, ...] = ()

    def sentence(self) -> str:
        """The fault on one line."""
        shown = f" '{self.value}'" if self.value else ""
        what = f"{self.column}{shown} {self.reason}" if self.column else f"the row{shown} {self.reason}"
        more = f" ({self.count:,} rows, lines {', '.join(map(str, self.lines))} …)" if self.count > 1 else ""
        return f"{self.file}, line {self.line}: {what}{more}. What to do: {self.remedy}."


@dataclass(frozen=True)
class TableReport:
    """What became of the rows of one file in one table."""

    file: str
    table: str
    n_read: int
    n_new: int = 0
    n_updated: int = 0
    n_there: int = 0
    n_quarantined: int = 0
    n_folded: int = 0
    n_outdated: int = 0
    n_filtered: int = 0

    def sentence(self) -> str:
        """The counts on one line."""
        parts = [f"{self.n_new:,} new", f"{self.n_updated:,} changed", f"{self.n_there:,} already there"]
        extra = {
            "quarantined": self.n_quarantined,
            "repeated and folded": self.n_folded,
            "older than what is there": self.n_outdated,
            "not selected": self.n_filtered,
        }
        parts += [f"{n:,} {word}" for word, n in extra.items() if n]
        return f"{self.file} → {self.table}: {self.n_read:,} rows read, {', '.join(parts)}"


@dataclass(frozen=True)
class ImportReport:
    """One import: what landed, what did not and why.

    Attributes
    ----------
    batch_id : str
        Empty when nothing was landed (dry run, nothing new).
    unmapped : dict
        File: columns that the mapping does not mention.
    warnings : tuple
        What contradicts something else but does not stop a row.
    notes : tuple
        What was decided on the way: encodings, date forms, protected attributes.
    """

    source: str
    batch_id: str
    landed_at: datetime
    tables: tuple[TableReport, ...]
    faults: tuple[Fault, ...] = ()
    unmapped: dict[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    n_cleared: int = 0
    is_dry_run: bool = False
    is_rejected: bool = False

    @property
    def n_landed(self) -> int:
        """Rows landed (or that would land), over all tables."""
        return sum(t.n_new + t.n_updated for t in self.tables)

    @property
    def n_quarantined(self) -> int:
        return sum(t.n_quarantined for t in self.tables)

    def lines(self) -> Iterator[str]:
        """Plain text for people, line by line."""
        yield self._headline()
        yield from (f"  {t.sentence()}" for t in self.tables)
        for file, columns in self.unmapped.items():
            yield f"  not mapped in {file}: {', '.join(columns)}"
        yield from (f"  note: {text}" for text in self.notes)
        yield from (f"  warning: {text}" for text in self.warnings)
        if self.n_cleared:
            yield f"  {self.n_cleared:,} rows left the quarantine"
        yield from (f"  fault: {fault.sentence()}" for fault in self.faults)

    def _headline(self) -> str:
        if self.is_rejected:
            return f"{self.source}: the batch would be refused, too many bad rows"
        if self.is_dry_run:
            return f"{self.source}: dry run, {self.n_landed:,} rows would land"
        if not self.batch_id:
            return f"{self.source}: nothing new"
        return f"{self.source}: {self.n_landed:,} rows landed (batch {self.batch_id})"


class RejectedError(BatchRejectedError):
    """Too many bad rows; carries the report."""

    def __init__(self, report: ImportReport, *, where: str, share: float, limit: float) -> None:
        self.report = report
        top = sorted((f for f in report.faults if f.file == where), key=lambda f: -f.count)[:3]
        reasons = "; ".join(f"{f.column or 'row'} {f.reason} ({f.count:,}×, first in line {f.line})" for f in top)
        super().__init__(
            f"{share:.1%} of the rows are bad, more than the {limit:.0%} allowed: nothing was landed",
            where=where,
            why=reasons,
            remedy=f"{top[0].remedy if top else 'correct the file'}; a dry run lists everything",
        )
