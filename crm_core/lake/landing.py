"""Import files into the lake: read, check, compare, write, commit. The list of steps is `_Import.run`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from crm_core.errors import UnreadableFileError
from crm_core.lake import quarantine, writing
from crm_core.lake.consistency import contradictions
from crm_core.lake.detecting import Detector
from crm_core.lake.entity_columns import plan_attributes
from crm_core.lake.longform import stage_attributes, stage_outcome
from crm_core.lake.mapping import FileMapping, Format, Mapping
from crm_core.lake.matching import Match, check_columns, match_files, missing_columns_error
from crm_core.lake.reading import RawFile, read_file
from crm_core.lake.references import create_references
from crm_core.lake.report import Fault, ImportReport, RejectedError
from crm_core.lake.run import Progress, Run
from crm_core.lake.staging import plan_rows, stage_rows
from crm_core.lake.store import batch_files, disk_errors, importing, new_batch_id, work_folder
from crm_core.lake.tables import TABLES
from crm_core.lake.validating import (
    Tally,
    broken_lines,
    count_bad_rows,
    create_faults,
    find_faults,
    settle_repeats,
    summarise,
)
from crm_core.lake.versions import Incoming, judge, order_history
from crm_core.settings import Settings


def import_files(
    mapping: Mapping,
    files: Sequence[str | Path],
    settings: Settings,
    *,
    dry_run: bool = False,
    on_progress: Progress | None = None,
) -> ImportReport:
    """Land files in the lake: all of them in one batch, or nothing.

    Parameters
    ----------
    files : sequence of paths
        Each must fit at least one entry of the mapping.
    dry_run : bool
        Do everything but write; a batch that would be refused is reported, not raised.
    on_progress : callable, optional
        Called with (what is being done, rows concerned).

    Raises
    ------
    MappingError, UnreadableFileError, BatchRejectedError
        Nothing was landed in any of these cases.
    """
    tell = on_progress or (lambda what, rows: None)
    matches = match_files(mapping, files)
    with (
        disk_errors(),
        importing(settings, lambda: tell("waiting for another import to end", 0)) as lake,
        work_folder(lake) as work,
        _connect(work, settings) as con,
    ):
        con.execute(f"SET VARIABLE source = '{mapping.source}'")
        return _Import(con, mapping, lake, settings, tell, is_dry=dry_run).run(matches)


def _connect(work: Path, settings: Settings) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(str(work / "work.duckdb"))
    con.execute(f"SET memory_limit = '{settings.memory_limit}'; SET threads = {settings.threads}; SET TimeZone = 'UTC'")
    return con


class _Import(Run):
    """The steps of one import."""

    def run(self, matches: list[Match]) -> ImportReport:
        entries = self._read(matches)
        self._plan(entries)
        self._stage()
        self._check()
        faults = summarise(self.con, self.raws)
        rejected = self._rejected(faults)
        if rejected and not self.is_dry:
            raise rejected
        self._compare()
        self.warnings += contradictions(self.con, self.plans, self.incoming, self.lake)
        report = writing.make_report(self, faults, is_rejected=rejected is not None)
        return report if self.is_dry else self._land(report)

    def _read(self, matches: list[Match]) -> list[tuple[RawFile, tuple[FileMapping, ...]]]:
        """Read all files; every missing column of every file is reported at once."""
        read, problems = [], []
        for no, match in enumerate(matches):
            self.notes += [f"{match.path.name}: {match.note}"] if match.note else []
            entries = tuple(e for e in match.entries if e.skip is None)
            self.notes += [f"{match.path.name}: not landed: {e.skip}" for e in match.entries if e.skip is not None]
            if not entries:
                continue
            expected = list(dict.fromkeys(c for e in entries for c in e.columns()))
            self.tell(f"reading {match.path.name}", 0)
            how = next((e.format for e in entries if e.format != Format()), Format())
            raw = read_file(self.con, no, match.path, how, expected)
            self.tell(f"read {match.path.name}", raw.n_rows)
            problems += check_columns(entries, raw)
            read.append((raw, entries))
        self.raws = [raw for raw, _ in read]
        if problems:
            raise missing_columns_error(problems, self.raws)
        self._refuse_all_empty()
        return read

    def _refuse_all_empty(self) -> None:
        empty = [raw.path.name for raw in self.raws if raw.n_rows + raw.n_broken == 0]
        if self.raws and len(empty) == len(self.raws):
            raise UnreadableFileError(
                "There is a header but no row", where=", ".join(empty), remedy="check the filter of the export"
            )
        self.notes += [f"{name}: there is a header but no row" for name in empty]

    def _plan(self, read: list[tuple[RawFile, tuple[FileMapping, ...]]]) -> None:
        for raw, entries in read:
            used = {c for e in entries for c in e.columns()}
            rest = [c for c in raw.header if c not in used]
            detectors: dict[Format, Detector] = {}
            for entry in entries:
                detector = detectors.setdefault(
                    entry.format, Detector(self.con, raw.table, entry.format, raw.delimiter)
                )
                plan = plan_rows(len(self.plans), self.mapping, entry, TABLES[entry.table or ""], raw, detector)
                plan_attributes(plan, rest)
                self.plans.append(plan)
                self.tallies[plan.no] = Tally()
                names = ", ".join(plan.protected_by_name)
                self.notes += [f"{raw.path.name}: landed as protected because of the name: {names}"] if names else []
            self.notes += [f"{raw.path.name}: {n}" for n in raw.notes]
            self.notes += [f"{raw.path.name}: {n}" for d in detectors.values() for n in dict.fromkeys(d.notes)]
            if rest and not any(e.takes_rest for e in entries):
                self.unmapped[raw.path.name] = tuple(rest)

    def _stage(self) -> None:
        """Rows that others refer to come first."""
        for plan in sorted(self.plans, key=lambda p: bool(p.lookups)):
            create_references(self.con, plan, self.plans, self.lake)
            stage_rows(self.con, plan)
            self.tell(f"checked {plan.raw.path.name} for {plan.table.name}", plan.raw.n_rows)

    def _check(self) -> None:
        create_faults(self.con)
        for raw in self.raws:
            broken_lines(self.con, raw)
        for plan in self.plans:
            self.tallies[plan.no].n_bad = find_faults(self.con, plan)
        for name in dict.fromkeys(plan.table.name for plan in self.plans):
            if settle_repeats(self.con, [p for p in self.plans if p.table.name == name], self.tallies):
                self.histories.add(name)

    def _rejected(self, faults: tuple[Fault, ...]) -> RejectedError | None:
        for raw in self.raws:
            mine = [p for p in self.plans if p.raw is raw]
            n_bad = count_bad_rows(self.con, raw, mine, self.tallies)
            share = n_bad / max(raw.n_rows + raw.n_broken, 1)
            if share > self.settings.max_bad_share:
                report = writing.make_report(self, faults, is_rejected=True)
                return RejectedError(report, where=raw.path.name, share=share, limit=self.settings.max_bad_share)
        return None

    def _compare(self) -> None:
        for plan in self.plans:
            by_data, has_known = plan.is_dated_by_data, bool(plan.entry.known_at)
            self._add(plan.table.name, Incoming(plan.no, plan.staged, by_data, has_known))
            self._add("attributes", stage_attributes(self.con, plan))
            self._add("outcomes", stage_outcome(self.con, plan))
            if plan.table.name in self.histories and plan.attributes:
                self.histories.add("attributes")
            if plan.table.name in self.histories and plan.entry.outcome:
                self.histories.add("outcomes")
        for name, parts in self.incoming.items():
            past = batch_files(self.lake, name, self.mapping.source)
            judge(self.con, TABLES[name], parts, past, self.now)
            if name in self.histories:
                order_history(self.con, TABLES[name])
            self.tell(f"compared {name} with the lake", 0)

    def _add(self, table: str, part: Incoming | None) -> None:
        if part is not None:
            self.incoming.setdefault(table, []).append(part)

    def _land(self, report: ImportReport) -> ImportReport:
        batch_id = new_batch_id(self.now)
        held = quarantine.prepare(self.con, self, batch_id)
        if report.n_landed == 0 and held.n_new == 0 and held.n_cleared == 0:
            return report
        landed = writing.write_batch(self, report, batch_id, held)
        self.tell("landed", landed.n_landed)
        return landed
