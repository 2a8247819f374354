"""Look at a file before reading it: what it really is, how its text is encoded, whether its lines are sane."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from charset_normalizer import from_bytes

from crm_core.errors import MappingError, UnreadableFileError

CHUNK = 1 << 20
MAX_LINE_BYTES = 2 << 20
SAMPLE_BYTES = 256 << 10
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSES = ["cp1252", "cp1250", "cp1251", "mac_roman", "shift_jis", "gb18030", "euc_kr", "koi8_r"]
_WESTERN = set("äöüßÄÖÜéèêëàâáçñóòôíìîúùûåøæœÅØÆÉÈÀÇÑÁÍÓÚãõ€£°§´–—’‘“”„«»…©®²³½×·\u00a0")
_KINDS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".xlsx": "excel", ".xls": "excel"}
_KINDS |= {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}


@dataclass(frozen=True)
class Inspected:
    """What a look at the file told: kind is csv, parquet, excel or jsonl."""

    path: Path
    kind: str
    sha256: str = ""
    is_gzip: bool = False
    encoding: str = "utf-8"
    sample: str = ""
    notes: tuple[str, ...] = ()


def inspect(path: Path, encoding: str | None) -> Inspected:
    """Recognise a file by its content and read it through once (checksum, encoding, longest line).

    Raises
    ------
    UnreadableFileError
        Missing, empty, cut off, no table at all, or with a line longer than 2 MiB. Memory stays bounded.
    """
    head = _head(path)
    if not head.strip():
        raise UnreadableFileError("The file is empty", where=path.name, remedy="export it again")
    kind, is_gzip = _kind(path, head)
    seen = Inspected(path, kind, is_gzip=is_gzip, notes=_ending_note(path, kind))
    if kind not in ("parquet", "excel"):
        seen = _inspect_text(seen, encoding)
    return replace(seen, sha256=_checksum(path))


def open_bytes(path: Path, is_gzip: bool) -> IO[bytes]:
    """The file's bytes, unpacked if need be."""
    return gzip.open(path, "rb") if is_gzip else path.open("rb")  # type: ignore[return-value]


def chunks(path: Path, is_gzip: bool) -> Generator[bytes, None, None]:
    """The file in pieces of 1 MiB.

    Raises
    ------
    UnreadableFileError
        If a packed file is cut off or damaged.
    """
    try:
        with open_bytes(path, is_gzip) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFileError(
            "The packed file is cut off or damaged", where=path.name, why=str(error), remedy="fetch the file again"
        ) from None


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(4096)
    except OSError as error:
        raise UnreadableFileError(
            "The file cannot be opened", where=path.name, why=error.strerror or "", remedy="check the path and rights"
        ) from None


def _kind(path: Path, head: bytes) -> tuple[str, bool]:
    is_gzip = head.startswith(b"\x1f\x8b")
    if is_gzip:
        head = _first(path, True)[:4096]
    if head.startswith(b"PAR1"):
        return "parquet", is_gzip
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "excel", is_gzip
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.startswith(b"%PDF") or text[:9].lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        why = "it is a PDF" if text.startswith(b"%PDF") else "it is a web page or XML, perhaps a sign-in page"
        raise UnreadableFileError("The file is not a table", where=path.name, why=why, remedy="export it as CSV")
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    if text.startswith(b"{") or (suffix in (".json", ".jsonl", ".ndjson") and text.startswith(b"[")):
        return "jsonl", is_gzip
    if _KINDS.get(suffix) in ("parquet", "excel"):
        why = f"its name says {suffix} but its content does not; it may be cut off or renamed"
        raise UnreadableFileError("The file cannot be read", where=path.name, why=why, remedy="fetch the file again")
    return "csv", is_gzip


def _ending_note(path: Path, kind: str) -> tuple[str, ...]:
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    said = _KINDS.get(suffix)
    return (f"the name ends in {suffix} but the content is {kind}: read as {kind}",) if said and said != kind else ()


def _checksum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _inspect_text(seen: Inspected, declared: str | None) -> Inspected:
    first = _first(seen.path, seen.is_gzip)[:SAMPLE_BYTES]
    if not first.strip():
        raise UnreadableFileError("The file is empty", where=seen.path.name, remedy="export it again")
    wide = _bom(first) or ("utf-16-le" if first[1:200:2].count(0) > 20 else None)
    odd = _scan(seen, is_wide=(declared or wide or "").lower().replace("_", "-").startswith(("utf-16", "utf-32")))
    notes = seen.notes
    if declared:
        encoding = _checked(declared, seen.path.name)
        if encoding == "utf-8" and odd is not None:
            raise wrong_encoding(seen.path.name, "utf-8")
    elif wide:
        encoding = wide
    elif odd is None or _is_mostly_utf8(odd):
        encoding = "utf-8"
    else:
        encoding = _guess(odd)
        notes = (
            *notes,
            f"not UTF-8: read as {encoding} (detected; say `encoding:` in the mapping if letters look wrong)",
        )
    sample = codecs.getincrementaldecoder(encoding)("replace").decode(first)
    return replace(seen, encoding=encoding, sample=sample, notes=notes)


def _first(path: Path, is_gzip: bool) -> bytes:
    with closing(chunks(path, is_gzip)) as stream:
        return next(stream, b"")


def _bom(head: bytes) -> str | None:
    return next((name for bom, name in _BOMS if head.startswith(bom)), None)


def _scan(seen: Inspected, is_wide: bool) -> bytes | None:
    """Read through once: refuse endless lines, return a sample around the first byte that is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    length, odd = 0, None
    limit = MAX_LINE_BYTES * (4 if is_wide else 1)
    for n, chunk in enumerate(chunks(seen.path, seen.is_gzip)):
        length = _longest(chunk, length, limit, seen.path.name)
        if odd is None and not is_wide:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                start = min(error.start, len(chunk))
                odd = chunk[max(0, start - SAMPLE_BYTES // 2) : start + SAMPLE_BYTES // 2]
        if n == 0 and not is_wide and b"\x00" in chunk:
            why = "it holds binary data (zero bytes)"
            raise UnreadableFileError("The file is not text", where=seen.path.name, why=why, remedy="export it as CSV")
    if odd is None and not is_wide:
        try:
            decoder.decode(b"", True)
        except UnicodeDecodeError as error:
            odd = error.object
    return odd


def _longest(chunk: bytes, before: int, limit: int, name: str) -> int:
    """Length of the unfinished line at the end of the chunk."""
    unix, mac = chunk.rfind(b"\n"), chunk.rfind(b"\r")
    last = max(unix, mac)
    length = before + len(chunk) if last < 0 else len(chunk) - last - 1
    if length > limit:
        raise UnreadableFileError(
            "A line is longer than 2 MiB",
            where=name,
            why="no line break was found for more than 2 MiB: the file has lost its line breaks, or is no table",
            remedy="export it again with one row a line",
        )
    return length


def _checked(encoding: str, name: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise MappingError(
            f"There is no encoding '{encoding}'", where=name, remedy="use utf-8, latin-1, cp1252 or utf-16"
        ) from None


def wrong_encoding(name: str, encoding: str) -> UnreadableFileError:
    """The error for text that is not in the encoding it should be in."""
    return UnreadableFileError(
        f"The file is not written in {encoding}",
        where=name,
        why="it holds bytes that cannot be read in that encoding",
        remedy="leave `encoding` out of the mapping (it is detected) or name the right one",
    )


def _is_mostly_utf8(sample: bytes) -> bool:
    """A damaged row in a UTF-8 file is a fault of that row, not another encoding."""
    text = sample.decode("utf-8", "replace")
    n_lost = text.count("\ufffd")
    return sum(ord(c) > 127 for c in text) - n_lost > n_lost


def _guess(sample: bytes) -> str:
    """Western European unless the letters say otherwise: short texts mislead statistics."""
    try:
        odd = {c for c in sample.decode("cp1252") if ord(c) > 127}
        if odd <= _WESTERN:
            return "cp1252"
    except UnicodeDecodeError:
        pass
    best = from_bytes(sample, cp_isolation=_GUESSES).best()
    return best.encoding if best else "latin-1"
