"""On the demo company the product names, without being told, who never logs calls and which feed is dead."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from crm_core.demo import Company
from crm_core.demo.truth import write_truth
from crm_core.settings import Settings
from crm_core.warehouse import current_build


def open_build(folder: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(current_build(Settings(data_dir=folder)).database), read_only=True)


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("truth")
    write_truth(Company(customers=20), folder)
    return folder


def test_the_reps_who_never_log_calls_and_no_others_are_named(demo_data_dir: Path, truth: Path) -> None:
    with open_build(demo_data_dir) as con:
        known = con.execute(f"select 'demo:' || owner_id, feed from '{truth}/blind/*.parquet'").fetchall()
        found = con.execute("select owner_id, feed from marts.mart_blind_owner order by all").fetchall()
        named = con.execute("select count(owner_name), count(since) from marts.mart_blind_owner").fetchone()
    assert found == sorted(known)
    assert named == (len(known), len(known))


def test_the_dead_feed_and_no_other_is_named(demo_data_dir: Path, truth: Path) -> None:
    with open_build(demo_data_dir) as con:
        known = con.execute(f"select feed from '{truth}/dead_feed/*.parquet'").fetchall()
        found = con.execute("select distinct feed from marts.mart_coverage where reason = 'dead_feed'").fetchall()
        since = con.execute("select distinct since from marts.mart_coverage where reason = 'dead_feed'").fetchall()
    assert found == known
    assert len(since) == 1


def test_every_score_says_what_it_rests_on(demo_data_dir: Path) -> None:
    with open_build(demo_data_dir) as con:
        rows = con.execute(
            "select question, min(evidence), max(evidence), min(n_seen), max(n_feeds), count(*), count(evidence_level) "
            "from marts.mart_score group by question"
        ).fetchall()
        blind = con.execute(
            "select avg(s.evidence), avg(s.n_seen) from marts.mart_score as s inner join marts.mart_customer as c "
            "on s.entity_id = c.customer_id inner join marts.mart_blind_owner as b on b.owner_id = c.owner_id"
        ).fetchone()
        seen = con.execute(
            "select avg(s.evidence), avg(s.n_seen) from marts.mart_score as s inner join marts.mart_customer as c "
            "on s.entity_id = c.customer_id where c.owner_id not in (select owner_id from marts.mart_blind_owner)"
        ).fetchone()
    assert rows
    for question, least, most, n_seen, n_feeds, n, n_levels in rows:
        assert 0 <= least <= most <= 1, question
        assert 2 <= n_seen < n_feeds
        assert n == n_levels
    assert blind is not None
    assert seen is not None
    assert blind[1] == pytest.approx(seen[1] - 1, abs=0.2)
    assert blind[0] <= seen[0]
