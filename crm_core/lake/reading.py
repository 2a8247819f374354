"""Read a file of any kind into one table of texts in the work database.

The table has the columns c0, c1, … (the header may hold anything, so names stay outside SQL); its rowid tells the line.
"""

from __future__ import annotations

import io
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from crm_core.errors import UnreadableFileError
from crm_core.lake.dialect import find_dialect, unique_names
from crm_core.lake.inspecting import MAX_LINE_BYTES, Inspected, chunks, inspect, open_bytes, wrong_encoding
from crm_core.lake.mapping import Format
from crm_core.lake.sheets import load_sheet
from crm_core.lake.sql import lit
from crm_core.lake.store import is_disk_full

_BROKEN = {
    "MISSING COLUMNS": "has fewer columns than the header",
    "TOO MANY COLUMNS": "has more columns than the header",
    "UNQUOTED VALUE": "has a quotation mark that does not close, or text after the closing one",
    "LINE SIZE OVER MAXIMUM": "is longer than 4 MiB, perhaps because a quotation mark does not close",
}


@dataclass(frozen=True)
class RawFile:
    """One file read: its table of texts and what was found out on the way."""

    no: int
    path: Path
    sha256: str
    header: tuple[str, ...]
    n_rows: int
    n_broken: int = 0
    first_line: int = 2
    delimiter: str = ""
    notes: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        return f"raw_{self.no}"

    @property
    def broken(self) -> str:
        """Table of lines that are no rows: line, text, reason, n_before (rows read before it)."""
        return f"broken_{self.no}"

    def sql(self, column: str) -> str:
        """Name of a source column inside the table of texts."""
        return f"c{self.header.index(column)}"


def read_file(con: duckdb.DuckDBPyConnection, no: int, path: Path, how: Format, expected: list[str]) -> RawFile:
    """Read one file into `raw_<no>`.

    Parameters
    ----------
    expected : list of str
        Columns the mapping names; they decide between delimiters.

    Raises
    ------
    UnreadableFileError
        If the file is empty, cut off, not a table, or has a single endless line.
    """
    seen = inspect(path, how.encoding)
    con.execute(f"CREATE TABLE broken_{no}(line BIGINT, text VARCHAR, reason VARCHAR, n_before BIGINT)")
    try:
        if seen.kind == "excel":
            return _read_excel(con, no, seen, how.sheet)
        if seen.kind == "parquet":
            return _read_parquet(con, no, seen)
        return _read_json(con, no, seen) if seen.kind == "jsonl" else _read_csv(con, no, seen, how, expected)
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.SerializationException) as error:
        raise _unreadable(path, error) from None
    except duckdb.IOException as error:
        if is_disk_full(error):
            raise
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> UnreadableFileError:
    why = str(error).splitlines()[0].replace(str(path), path.name)
    return UnreadableFileError(
        "The file cannot be read", where=path.name, why=why, remedy="it may be cut off or damaged: fetch it again"
    )


def _read_csv(con: duckdb.DuckDBPyConnection, no: int, seen: Inspected, how: Format, expected: list[str]) -> RawFile:
    dialect = find_dialect(seen.sample, how.delimiter, expected, seen.path.name)
    text = _as_utf8(con, no, seen)
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(dialect.header)))
    con.execute(
        f"CREATE TABLE raw_{no} AS SELECT * FROM read_csv({lit(str(text))}, auto_detect=false, header=true, "
        f"delim={lit(dialect.delimiter)}, quote='\"', escape='\"', columns={{{columns}}}, store_rejects=true, "
        f"rejects_table='rejects_{no}', rejects_scan='scans_{no}', rejects_limit=0, max_line_size={2 * MAX_LINE_BYTES})"
    )
    reasons = " ".join(f"WHEN {lit(k)} THEN {lit(v)}" for k, v in _BROKEN.items())
    con.execute(
        f"INSERT INTO broken_{no} SELECT line, text, reason, line - 2 - (row_number() OVER (ORDER BY line) - 1) "
        f"FROM (SELECT line, any_value(rtrim(left(csv_line, 2000), chr(10) || chr(13))) AS text, "
        f"any_value(CASE CAST(error_type AS VARCHAR) {reasons} "
        f"ELSE 'is no valid row: ' || error_message END) AS reason FROM rejects_{no} GROUP BY line)"
    )
    con.execute(f"DROP TABLE rejects_{no}; DROP TABLE scans_{no}")
    raw = _raw(con, no, seen, dialect.header, 2)
    return replace(raw, notes=(*seen.notes, *dialect.notes), delimiter=dialect.delimiter)


def _raw(con: duckdb.DuckDBPyConnection, no: int, seen: Inspected, header: tuple[str, ...], first_line: int) -> RawFile:
    n_rows, n_broken = _count(con, f"raw_{no}"), _count(con, f"broken_{no}")
    return RawFile(no, seen.path, seen.sha256, header, n_rows, n_broken, first_line)


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def _work_folder(con: duckdb.DuckDBPyConnection) -> Path:
    row = con.execute("SELECT path FROM duckdb_databases() WHERE NOT internal LIMIT 1").fetchone()
    return Path(row[0]).parent if row and row[0] else Path()


def _as_utf8(con: duckdb.DuckDBPyConnection, no: int, seen: Inspected) -> Path:
    """The file itself if it is UTF-8, else a rewritten copy in the work folder."""
    if seen.encoding in ("utf-8", "ascii") and (seen.is_gzip is False or seen.path.suffix == ".gz"):
        return seen.path
    copy = _work_folder(con) / f"text_{no}.txt"
    try:
        with (
            open_bytes(seen.path, seen.is_gzip) as raw,
            io.TextIOWrapper(raw, encoding=seen.encoding, newline="") as text,
            copy.open("w", encoding="utf-8", newline="") as out,
        ):
            shutil.copyfileobj(text, out, 1 << 20)
    except UnicodeDecodeError:
        raise wrong_encoding(seen.path.name, seen.encoding) from None
    return copy


def _plain(con: duckdb.DuckDBPyConnection, no: int, seen: Inspected) -> Path:
    """The file unpacked, for readers that cannot unpack."""
    if not seen.is_gzip:
        return seen.path
    copy = _work_folder(con) / f"plain_{no}"
    with copy.open("wb") as out:
        for chunk in chunks(seen.path, True):
            out.write(chunk)
    return copy


def _read_parquet(con: duckdb.DuckDBPyConnection, no: int, seen: Inspected) -> RawFile:
    text = lit(str(_plain(con, no, seen)))
    described = con.execute(f"DESCRIBE SELECT * FROM read_parquet({text})").fetchall()
    header, notes = unique_names([str(row[0]) for row in described])
    nested = ("STRUCT", "MAP", "LIST")
    exprs = []
    for i, (name, kind, *_) in enumerate(described):
        column = '"' + str(name).replace('"', '""') + '"'
        is_nested = str(kind).startswith(nested) or str(kind).endswith("]")
        exprs.append(f"CAST({f'to_json({column})' if is_nested else column} AS VARCHAR) AS c{i}")
    con.execute(f"CREATE TABLE raw_{no} AS SELECT {', '.join(exprs)} FROM read_parquet({text})")
    return replace(_raw(con, no, seen, header, 1), notes=(*seen.notes, *notes))


def _read_json(con: duckdb.DuckDBPyConnection, no: int, seen: Inspected) -> RawFile:
    text = lit(str(_as_utf8(con, no, seen)))
    if seen.sample.lstrip("\ufeff \r\n\t").startswith("["):
        lines = f"SELECT CAST(json AS VARCHAR) AS line FROM read_json_objects({text}, format='array')"
    else:
        lines = (
            f"SELECT line FROM read_csv({text}, auto_detect=false, header=false, delim=chr(31), quote='', escape='', "
            f"columns={{'line': 'VARCHAR'}}, max_line_size={2 * MAX_LINE_BYTES})"
        )
    con.execute(f"CREATE TABLE lines_{no} AS {lines}")
    good = f"SELECT rowid AS rid, line FROM lines_{no} WHERE json_valid(line) AND json_type(line) = 'OBJECT'"
    keys = con.execute(
        f"SELECT k, min(i) FROM (SELECT unnest(json_keys(line)) AS k, "
        f"generate_subscripts(json_keys(line), 1) AS i FROM ({good})) GROUP BY k ORDER BY 2, 1"
    ).fetchall()
    header, notes = unique_names([str(key) for key, _ in keys])
    paths = ['$."' + str(key).replace('"', '\\"') + '"' for key, _ in keys]
    exprs = ", ".join(f"json_extract_string(line, {lit(p)}) AS c{i}" for i, p in enumerate(paths)) or "line AS c0"
    con.execute(f"CREATE TABLE raw_{no} AS SELECT {exprs} FROM ({good}) ORDER BY rid")
    con.execute(
        f"INSERT INTO broken_{no} SELECT rid + 1, left(line, 2000), 'is no valid JSON object', "
        f"rid - (row_number() OVER (ORDER BY rid) - 1) FROM (SELECT rowid AS rid, line FROM lines_{no} "
        f"WHERE line IS NOT NULL AND NOT (json_valid(line) AND coalesce(json_type(line), '') = 'OBJECT'))"
    )
    con.execute(f"DROP TABLE lines_{no}")
    return replace(_raw(con, no, seen, header, 1), notes=(*seen.notes, *notes))


def _read_excel(con: duckdb.DuckDBPyConnection, no: int, seen: Inspected, sheet: str | None) -> RawFile:
    table, first_line, sheet_notes = load_sheet(_plain(con, no, seen), seen.path.name, sheet)
    header, notes = unique_names(table.column_names)
    renamed = table.rename_columns([f"c{i}" for i in range(len(header))])
    con.register(f"sheet_{no}", renamed)
    con.execute(f"CREATE TABLE raw_{no} AS SELECT * FROM sheet_{no}")
    con.unregister(f"sheet_{no}")
    return replace(_raw(con, no, seen, header, first_line), notes=(*seen.notes, *sheet_notes, *notes))
