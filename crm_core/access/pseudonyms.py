"""Pseudonyms of people, stable within an installation and not to be guessed without its salt."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from functools import lru_cache
from pathlib import Path

from crm_core.errors import CrmError
from crm_core.settings import settings

LENGTH = 8


def pseudonym(key: str) -> str:
    """Pseudonym of the person with this key; equal to what `pseudonym_sql` gives in the warehouse."""
    digest = hashlib.md5((_salt() + key).encode(), usedforsecurity=False).hexdigest()
    return f"Person {digest[:LENGTH].upper()}"


def pseudonym_sql(expr: str) -> str:
    """SQL expression for the pseudonym of the key in `expr` (NULL stays NULL).

    The text contains the salt: it must never be shown, logged for analysts or handed to them as a query.
    """
    return f"('Person ' || upper(substr(md5('{_salt()}' || CAST({expr} AS VARCHAR)), 1, {LENGTH})))"


def _salt() -> str:
    return _salt_in(settings().data_dir / "ledger" / "pseudonyms.salt")


@lru_cache(maxsize=8)
def _salt_in(path: Path) -> str:
    try:
        if not path.exists():
            _create(path)
        salt = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, str(error)) from error
    if not re.fullmatch(r"[0-9a-f]{32,}", salt):
        raise _unusable(path, "the file does not hold a salt")
    return salt


def _create(path: Path) -> None:
    """Write the salt whole or not at all; of two processes that try at once, the first one's salt stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _unusable(path: Path, why: str) -> CrmError:
    return CrmError(
        "People cannot be pseudonymised",
        where=str(path),
        why=why,
        remedy="make the data folder writable; a damaged salt file may be deleted, pseudonyms then change",
    )
