"""Fingerprints of what features and outcomes mean: two builds with the same one computed the same thing.

A fingerprint covers the feature's own expression, the models it reads and all they read, the macros and settings these
mention, and the feature's unit, window and feed. Comments, blanks and the words for people do not count; neither does
how it is found out which feed could see whom: what that changes is sight.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from crm_core.warehouse.runner import PROJECT

OF_THE_RUN = {
    "answers_until",
    "as_of",
    "n_history",
    "history_start",
    "lake_dir",
    "ledger_dir",
    "build_id",
    "lake_open",
    "lake_close",
}
_REF = re.compile(r"\bref\(\s*'(\w+)'\s*\)")
_ALIAS = re.compile(r"(?:from|join)\s+\{\{\s*ref\('(\w+)'\)\s*\}\}\s+as\s+(\w+)")
_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)\s*\(.*?endmacro\s*-?%\}", re.DOTALL)
_VAR = re.compile(r"""\bvar\(\s*['"](\w+)['"]""")


def fingerprint(
    model: str, variables: Mapping[str, Any], column: str = "", more: Mapping[str, str] | None = None
) -> str:
    """Fingerprint of a model, or of one of its columns.

    Parameters
    ----------
    model : str
        A dbt model, e.g. feat_customer.
    variables : mapping
        dbt variables of the build; those that only say which build it is do not count.
    more : mapping, optional
        What else belongs to the definition.
    """
    return _hash(_definition(model, column) if column else _closure(model), variables, more or {})


def _hash(text: str, variables: Mapping[str, Any], more: Mapping[str, Any]) -> str:
    used = set(_VAR.findall(text)) - OF_THE_RUN
    settings = {name: variables[name] for name in sorted(used) if name in variables}
    written = json.dumps([text, settings, more], sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def _definition(model: str, column: str) -> str:
    """The text a feature rests on: of the models its expression names, else of the whole feature model."""
    text = _models()[model]
    own = _expressions(text).get(column)
    if own is None:
        return _closure(model)
    aliases = {alias: name for name, alias in _ALIAS.findall(text)}
    own = _with_macros(own)
    read = sorted({aliases[a] for a in re.findall(r"\b(\w+)\.\w", own) if a in aliases})
    read = [name for name in read if not name.endswith("_coverage")]
    return "\n".join([own, *map(_closure, read)]) if read else _closure(model)


def _expressions(text: str) -> dict[str, str]:
    """Columns of the outermost select: name and expression."""
    body = re.sub(
        r"\{%.*?%\}", " ", text[text.rfind("\nselect\n") + 1 :].split("\nfrom", maxsplit=1)[0], flags=re.DOTALL
    )
    found, depth, begun = {}, 0, len("select")
    for i, sign in enumerate(body + ","):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and not depth:
            own = " ".join(body[begun:i].split())
            named = re.search(r"(?:\bas\s+|^\w+\.)(\w+)$", own)
            if named:
                found[named.group(1)] = own
            begun = i + 1
    return found


@cache
def _closure(model: str) -> str:
    """A model's text with that of everything it reads, and of the macros these use."""
    known, waiting = {}, [model]
    while waiting:
        name = waiting.pop()
        if name not in known and name in _models():
            known[name] = _models()[name]
            # Whom a label asks about stands in the feature table; how the features are worked out is no outcome.
            waiting += [read for read in _REF.findall(known[name]) if not read.startswith("feat_")]
    return _with_macros("\n".join(known[name] for name in sorted(known)))


def _with_macros(text: str) -> str:
    macros, used, size = _macros(), set[str](), -1
    whole = text
    while size != len(used):
        size = len(used)
        used |= {name for name in macros if re.search(rf"\b{name}\(", whole)}
        whole = "\n".join([text, *(macros[name] for name in sorted(used))])
    return whole


@cache
def _models() -> dict[str, str]:
    found = (PROJECT / "models").rglob("*.sql")
    return {path.stem: _plain(path.read_text(encoding="utf-8")) for path in found}


@cache
def _macros() -> dict[str, str]:
    texts = [_plain(path.read_text(encoding="utf-8")) for path in (PROJECT / "macros").glob("*.sql")]
    return {found.group(1): found.group(0) for text in texts for found in _MACRO.finditer(text)}


def _plain(text: str) -> str:
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    lines = [re.sub(r"--.*$", "", line).rstrip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line.strip())
