"""The step of a build that learns from people, and what it keeps: `data/models/<question>/trust/<version>.json`.

A version is a file of plain JSON, written whole or not at all; a new one only where something else was learned.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

import duckdb

from crm_core.scoring.question import questions
from crm_core.scoring.registry import replace_text
from crm_core.scoring.trust_policy import usable
from crm_core.scoring.trust_proof import learn
from crm_core.scoring.trust_showing import shown
from crm_core.settings import Settings

CELL = {
    "reason_code": "varchar",
    "direction": "varchar",
    "evidence_level": "varchar",
    "n": "integer",
    "n_people": "integer",
    "nearer": "double",
    "nearer_low": "double",
    "nearer_high": "double",
    "weight": "double",
    "is_shown": "boolean",
}
SKILL = ("mean", "low", "high")
PROOF = {
    "is_proven": "boolean",
    "n": "integer",
    "n_people": "integer",
    **{f"{name}_{end}": "double" for name in ("over_model", "over_best") for end in SKILL},
    "later": "double",
    "n_wanted": "integer",
    "why": "varchar",
}
Content = dict[str, Any]


def learn_from_people(
    database: AbstractContextManager[duckdb.DuckDBPyConnection], settings: Settings, *, keeps: bool
) -> str:
    """Learn every question's weights from judged words and write them as tables of `scoring`; returns what to report.

    Parameters
    ----------
    keeps : bool
        Whether a new version is stored; a look at an earlier day stores none.
    """
    said = []
    with database as con:
        con.execute("create schema if not exists scoring")
        for table, columns in (("trust_policy", CELL | {"is_proven": "boolean"}), ("trust_proof", PROOF)):
            typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            con.execute(f"create or replace table scoring.{table} (question varchar, version integer, {typed})")
        for question in questions():
            content = learned(con, question)
            version = _version(settings, question, content, keeps=keeps)
            _write(con, question, version, content)
            proof = content["proof"]
            verdict = "proven" if proof["is_proven"] else "not proven yet"
            said.append(f"{question}: {proof['n']:,} judged cases, {verdict}")
    return "; ".join(said)


_JUDGED = """
    select d.* from labels.label_disagreement as d
    inner join labels.int_disagreement_state as s on d.entry_id = s.entry_id
    where d.question = ? and s.state = 'judged'
"""


def learned(con: duckdb.DuckDBPyConnection, question: str) -> Content:
    """What judged words about one question have taught, as plain values: nothing of it names a person."""
    judged = con.execute(_JUDGED, [question]).df()
    policy, rows = learn(judged), usable(judged)
    visible = shown(policy.cells, rows)
    proof = asdict(policy.proof)
    for name in ("over_model", "over_best"):
        proof |= {f"{name}_{end}": value for end, value in proof.pop(name).items()}
    cells = [asdict(cell) | {"is_shown": cell.key in visible} for cell in policy.cells]
    return {"question": question, "proof": proof, "cells": cells}


def _version(settings: Settings, question: str, content: Content, *, keeps: bool) -> int:
    """Version with this content: the newest if it says the same, else a new one; 0 where none is kept."""
    folder = settings.models_dir / question / "trust"
    stored = sorted(path for path in folder.glob("[0-9]*.json") if path.stem.isdigit())
    newest = int(stored[-1].stem) if stored else 0
    if stored and _read(stored[-1].read_text(encoding="utf-8")) == content:
        return newest
    if not keeps or not content["proof"]["n"]:
        return 0
    text = json.dumps({"version": newest + 1, **content}, indent=1, ensure_ascii=False)
    replace_text(folder / f"{newest + 1:04d}.json", text)
    return newest + 1


def _read(text: str) -> Content | None:
    """What a stored version says, without its number; None where it cannot be read."""
    try:
        found: Content = json.loads(text)
        return {name: value for name, value in found.items() if name != "version"}
    except (ValueError, AttributeError):
        return None


def _write(con: duckdb.DuckDBPyConnection, question: str, version: int, content: Content) -> None:
    proof = content["proof"]
    _insert(con, "trust_proof", [[question, version, *(proof[name] for name in PROOF)]])
    rows = [[question, version, *(cell[name] for name in CELL), proof["is_proven"]] for cell in content["cells"]]
    _insert(con, "trust_policy", rows)


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[list[Any]]) -> None:
    if rows:
        con.executemany(f"insert into scoring.{table} values ({', '.join('?' * len(rows[0]))})", rows)
