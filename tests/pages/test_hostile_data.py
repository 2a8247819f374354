"""Data that lack something important: the build serves, every page opens, and nothing is red for want of data."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from crm_core.settings import Settings
from crm_core.warehouse import current_build
from tests.conftest import Cli
from tests.pages.conftest import OPEN, PAGES, tables_of, words_of
from tests.pages.hostile import CASES, Change, write

NOTHING = re.compile(r"\b(nan|NaN|NaT|inf|Infinity|None|null)\b(?! (of|found|is))")
WHO = {"one_employee": ("E0",)}
EVERYBODY = ("P-admin", "P-manager", "E1")


def counted(folder: Path) -> dict[str, int]:
    """Customers with a running contract by tier."""
    with duckdb.connect(str(current_build(Settings(data_dir=folder)).database), read_only=True) as con:
        found = con.execute(
            "select tier, count(*) from marts.mart_score where question = 'churn' group by 1"
        ).fetchall()
        bad = con.execute(
            "select count(*) from marts.mart_score where isnan(probability) or isnan(low) or isnan(high) "
            "or isnan(evidence) or (tier <> 'unknown' and evidence_level = 'thin')"
        ).fetchone()
    assert bad == (0,)
    return {tier: int(n) for tier, n in found}


def said_of_use(folder: Path) -> tuple[set[str], int]:
    """Why nobody's use of the product can be judged, and of how many customers something is said about it even so."""
    with duckdb.connect(str(current_build(Settings(data_dir=folder)).database), read_only=True) as con:
        why = con.execute("select distinct reason from marts.mart_coverage where feed = 'product_usage'").fetchall()
        said = con.execute(
            "select (select count(*) from marts.mart_customer where contains(lower(rule_reasons), 'use ')) "
            "+ (select count(*) from marts.mart_reason where (feature like 'usage%' or feature = 'days_since_login') "
            "and not contains(sentence, 'known'))"
        ).fetchone()
    assert said is not None
    return {reason for (reason,) in why}, int(said[0])


def check_pages(open_page: OPEN, people: tuple[str, ...]) -> None:
    """Every page opens for everybody, without a figure of nothing."""
    for who in people:
        for name in PAGES:
            at = open_page(name, **{"as": f"crm:{who}"}, **({"customer": "crm:C0"} if name == "account" else {}))
            said = words_of(at) + tables_of(at)
            assert len(at.exception) == 0, (name, who)
            assert "This page cannot be shown" not in said, (name, who)
            found = [said[max(0, m.start() - 60) : m.end() + 60] for m in NOTHING.finditer(said)]
            assert found == [], (name, who)


@pytest.mark.slow
@pytest.mark.parametrize("change", CASES, ids=lambda change: change.__name__)
def test_what_is_missing_never_stops_a_build_and_never_makes_anybody_red(
    change: Change, data_dir: Path, cli: Cli, open_page: OPEN
) -> None:
    write(data_dir, change)
    done = cli("build")
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stdout + done.stderr
    tiers = counted(data_dir)
    # About one in fifty leaves in any 90 days: who is red is red by what he did.
    assert tiers.get("high", 0) <= 8
    if change.__name__ == "all_feeds_dead":
        assert set(tiers) == {"unknown"}
    if change.__name__ == "entities_without_a_row":
        assert tiers["unknown"] == 4
    if change.__name__ == "use_in_bursts":
        assert said_of_use(data_dir) == ({"bursts"}, 0)
    if change.__name__ == "clock_in_the_future":
        assert "Telephone" in cli("status").stdout.split("silent_feeds")[1]
    check_pages(open_page, WHO.get(change.__name__, EVERYBODY))
