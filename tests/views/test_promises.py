"""Promises cut out of notes: which clauses, whose, and who may read them."""

from __future__ import annotations

import pytest

from crm_core.views.reading import current, reading, rows
from tests.views.talking import CASES

pytestmark = pytest.mark.usefixtures("talking")


def promised(where: str) -> list[dict[str, object]]:
    folder, _ = current()
    with reading(folder) as con:
        return rows(con, f"select * from marts.mart_promise where {where} order by promise_id")


@pytest.mark.parametrize("n", range(len(CASES)), ids=lambda n: CASES[n]["note"][:30].strip())
def test_the_clause_with_the_promise_is_cut_out(n: int) -> None:
    found = promised(f"promise_id like 'crm:N{n}#%'")
    assert [row["words"] for row in found] == CASES[n]["found"]
    assert all(row["entity_id"] == "crm:2" and row["owner_name"] == "Rep North" for row in found)


def test_what_is_old_or_was_not_known_yet_is_left_out() -> None:
    ids = {str(row["promise_id"]).split("#")[0] for row in promised("entity_id <> 'crm:2'")}
    assert ids == {"crm:open", "crm:own", "crm:other", "crm:lead"}


def test_a_promise_keeps_who_may_read_it_and_to_whom_it_was_given() -> None:
    kept = {
        str(r["promise_id"]).split("#")[0]: (r["entity"], r["entity_id"], r["visibility"]) for r in promised("true")
    }
    assert kept["crm:other"] == ("customer", "crm:1", "private")
    assert kept["crm:lead"] == ("lead", "crm:L1", "team")
