"""Which entry of a mapping is meant for which file, and whether the file has the columns the entry names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from crm_core.errors import MappingError, UnreadableFileError
from crm_core.lake.mapping import FileMapping, Mapping
from crm_core.lake.mapping_load import did_you_mean
from crm_core.lake.reading import RawFile

_ENDINGS = (".gz", ".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xls", ".jsonl", ".ndjson", ".json")


@dataclass(frozen=True)
class Match:
    """One file and the entries that apply to it."""

    path: Path
    entries: tuple[FileMapping, ...]
    note: str = ""


def match_files(mapping: Mapping, files: Sequence[str | Path]) -> list[Match]:
    """The entries for each file; the ending of a name does not matter.

    Raises
    ------
    UnreadableFileError
        If a file is not there.
    MappingError
        If a file belongs to no entry, or row numbers would serve as keys of two files.
    """
    paths = list(dict.fromkeys(Path(f) for f in files))
    missing = [p for p in paths if not p.is_file()]
    if missing or not paths:
        what = f"There is no file {', '.join(str(p) for p in missing)}" if missing else "No file was given"
        raise UnreadableFileError(what, remedy="check the path")
    matches = [Match(p, tuple(e for e in mapping.files if _fits(p.name, e.file))) for p in paths]
    patterns = list(dict.fromkeys(e.file for e in mapping.files))
    if len(matches) == 1 and not matches[0].entries and len(patterns) == 1:
        note = f"the name does not fit '{patterns[0]}'; taken because the mapping knows only one kind of file"
        return [Match(paths[0], mapping.files, note)]
    strays = [m.path.name for m in matches if not m.entries]
    if strays:
        raise MappingError(
            f"The mapping {mapping.name or mapping.source} has no entry for {', '.join(strays)}",
            why=f"its patterns are {', '.join(patterns)}",
            remedy="rename the file, or add an entry to the mapping",
        )
    _refuse_shared_numbers(mapping, matches)
    return matches


def check_columns(entries: Sequence[FileMapping], raw: RawFile) -> list[str]:
    """What the entries name but the file does not have, as sentences."""
    wanted = list(dict.fromkeys(c for e in entries for c in e.columns()))
    absent = [c for c in wanted if c not in raw.header]
    return [f"{raw.path.name} has no column '{c}'{did_you_mean(c, raw.header)}" for c in absent]


def missing_columns_error(problems: list[str], raws: Sequence[RawFile]) -> MappingError:
    """All missing columns of all files in one error."""
    headers = "; ".join(f"{r.path.name}: {_short(r.header)}" for r in raws if any(r.path.name in p for p in problems))
    return MappingError(
        f"{len(problems)} column{'s' if len(problems) > 1 else ''} of the mapping cannot be found",
        why=f"{'; '.join(problems)}. The columns are {headers}",
        remedy="correct the mapping, or export the missing columns",
    )


def _short(header: tuple[str, ...]) -> str:
    return ", ".join(header[:40]) + (" …" if len(header) > 40 else "")


def _fits(name: str, pattern: str) -> bool:
    name, pattern = name.lower(), pattern.lower()
    return fnmatch(name, pattern) or fnmatch(_stem(name), _stem(pattern))


def _stem(name: str) -> str:
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name


def _refuse_shared_numbers(mapping: Mapping, matches: list[Match]) -> None:
    for entry in mapping.files:
        names = [m.path.name for m in matches if entry in m.entries]
        if entry.is_by_row_number and len(names) > 1:
            raise MappingError(
                "Row numbers cannot identify the rows of several files",
                where=", ".join(names),
                why=f"the entry for {entry.file} uses `key: row_number`",
                remedy="name a column as key, or import one file only",
            )
