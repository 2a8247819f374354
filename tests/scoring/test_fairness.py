"""A model that treats groups too differently is stopped, a fair one passes, and small groups are not judged."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from scipy.stats import chi2_contingency

from crm_core.assigning import Assigned
from crm_core.scoring import registry
from crm_core.scoring.card import Card
from crm_core.scoring.fair_groups import OTHERS, grouped, groups_at, large_enough
from crm_core.scoring.fair_screen import checked, screen, share, two_shares
from crm_core.scoring.fairness import Fairness, Share
from crm_core.scoring.matrix import Attribute, read_matrix
from crm_core.scoring.publish import Verdict, confirm, decide, store
from crm_core.scoring.question import question
from crm_core.scoring.stop import has_owner
from crm_core.settings import Settings
from tests.scoring.test_training import DAY, tables

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/scoring/bands.yml").read_text(encoding="utf-8"))
CHURN = question("churn")


def company(kind: str = "unfair", *, admin: bool = True, n: int = 600) -> duckdb.DuckDBPyConnection:
    """Customers of whom a protected attribute is known; `unfair`: the model can read it from how silent they are."""
    con = tables(n, 14, 2.0)
    con.execute("create schema staging; create table staging.stg_employees (employee_id text, role text, "
                "superseded_at timestamp)")  # fmt: skip
    if admin:
        con.execute("insert into staging.stg_employees values ('x:E1', 'rep', null), ('x:E2', 'admin', null)")
    is_f = {
        "unfair": "avg(days_since_contact) over (partition by customer_id) > 50",
        "fair": "hash(customer_id) % 2 = 0",
        "rare": "hash(customer_id) % 40 = 0",
        "unknown": "null::boolean",
    }[kind]
    con.execute(f"insert into features.feat_attribute select 'customer', customer_id, as_of, 'gender', 'text', "
                f"case when {is_f} then 'f' when {is_f} is not null then 'm' end, 'protected' "
                "from features.feat_customer")  # fmt: skip
    return con


def release(folder: Path, version: int, asked: str = "churn") -> Path:
    """A snapshot of the ledger in which this version has been released."""
    pq.write_table(pa.table({"question": [asked], "entity_key": [str(version)]}), folder / "releases.parquet")
    return folder


@pytest.fixture
def where(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, threads=1)


def published(con: duckdb.DuckDBPyConnection, where: Settings, days: int = 0, **more: Any) -> Verdict:
    """One build's decision, stored and confirmed."""
    verdict = decide(con, where, CHURN, DAY + timedelta(days=days), **more)
    if verdict.model is not None:
        matrix = read_matrix(con, CHURN, [DAY])
        verdict = store(where, verdict, matrix, np.ones(len(verdict.model.contract.features)))
    confirm(where, [verdict])
    return verdict


def versions(where: Settings) -> list[str]:
    return sorted(p.name for p in (where.models_dir / "churn").glob("0*"))


def test_a_model_that_flags_one_group_far_more_often_is_stopped_and_nothing_serves(where: Settings) -> None:
    verdict = published(company(), where)
    assert verdict.model is None
    assert registry.champion_version(where, "churn") is None
    assert verdict.card.status == "none"
    assert verdict.card.reason.startswith("stopped by the fairness check: groups of Gender")
    assert registry.load(where, "churn", 1).card.status == "challenger"
    fairness = verdict.card.stopped
    assert fairness is not None
    assert fairness.is_stopped
    (gender,) = fairness.checked
    assert {s.measure: (s.lowest, s.highest, s.is_breach) for s in gender.screens}["flagged"] == ("m", "f", True)
    assert gender.proxies[0].low > 0.8
    assert gender.proxies[0].strongest
    assert {g.name for g in gender.groups} == {"f", "m"}


def test_a_model_that_treats_groups_alike_is_published_with_its_figures(where: Settings) -> None:
    verdict = published(company("fair"), where)
    assert verdict.model is not None
    fairness = verdict.card.fairness
    assert fairness is not None
    assert (fairness.is_stopped, fairness.breaches, fairness.n_comparisons) == (False, [], 2)
    for group in fairness.checked[0].groups:
        assert group.came.low is not None
        assert group.came.high is not None
        assert group.came.low < group.said < group.came.high
    assert fairness.checked[0].proxies[0].low < 0.55
    assert Card.from_json(verdict.card.to_json()) == verdict.card


def test_without_anybody_to_release_it_a_breach_is_said_and_stops_nothing(where: Settings) -> None:
    verdict = published(company(admin=False), where)
    assert verdict.model is not None
    assert verdict.card.fairness is not None
    assert verdict.card.fairness.breaches
    named = where.model_copy(update={"fairness_owner": "x:E9"})
    assert published(company(admin=False), named, retrain=True).card.stopped is not None


@pytest.mark.parametrize(
    ("admin", "owner", "deputy", "is_owned"),
    [
        (False, "x:E1", None, True),
        (False, "gone", None, False),
        (False, None, "x:E1", True),
        (False, "gone", "x:E1", True),
        (True, "gone", None, True),  # an admin can assign another
        (True, None, None, True),
        (False, None, None, False),
    ],
)
def test_an_assignment_decides_whether_somebody_owns_the_stop(
    where: Settings, tmp_path: Path, admin: bool, owner: str | None, deputy: str | None, is_owned: bool
) -> None:
    con = company(admin=admin, n=20)
    con.execute("insert into staging.stg_employees values ('x:E1', 'rep', null)")
    said = [Assigned("gone", "gone").to_words(), Assigned(owner, deputy).to_words(), Assigned("gone").to_words()]
    table = {"entry_id": ["1", "2", "3"], "recorded_at": [DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)],
             "entity_key": ["fairness", "fairness", "steward"], "words": said}  # fmt: skip
    pq.write_table(pa.table(table), tmp_path / "assignments.parquet")
    assert has_owner(con, where, tmp_path) is is_owned


@pytest.mark.parametrize("kind", ["rare", "unknown"])
def test_what_too_few_have_is_not_judged(where: Settings, kind: str) -> None:
    verdict = published(company(kind), where)
    assert verdict.model is not None
    assert verdict.card.fairness is not None
    (gender,) = verdict.card.fairness.checked
    assert "too few to compare" in gender.why_not
    assert not gender.groups + gender.screens + gender.proxies


def test_a_release_publishes_the_stopped_version_at_the_next_build_without_training(
    where: Settings, tmp_path: Path
) -> None:
    con = company()
    published(con, where)
    waits = published(con, where, days=1)
    assert waits.model is None
    assert versions(where) == ["0001"]
    verdict = published(con, where, days=2, ledger=release(tmp_path, 1))
    assert registry.champion_version(where, "churn") == 1
    assert versions(where) == ["0001"]
    assert verdict.card.fairness is not None
    assert (verdict.card.fairness.is_released, verdict.card.fairness.is_stopped) == (True, False)
    assert registry.load(where, "churn", 1).card.drives
    assert published(con, where, days=3).note == "version 1 is recent"


@pytest.mark.parametrize("days", [1, 40])
def test_a_release_holds_for_its_version_only(where: Settings, tmp_path: Path, days: int) -> None:
    con = company()
    published(con, where)
    other = published(con, where, days=days, ledger=release(tmp_path, 2 if days == 1 else 3))
    assert other.model is None
    assert versions(where) == (["0001"] if days == 1 else ["0001", "0002"])
    assert published(con, where, ledger=release(tmp_path, 1, "lead")).model is None


def test_while_a_newer_version_waits_the_champion_goes_on(where: Settings, tmp_path: Path) -> None:
    published(company("fair"), where)
    verdict = published(company(), where, days=31)
    assert registry.champion_version(where, "churn") == 1
    assert verdict.card.version == 1
    assert verdict.card.stopped is not None
    assert verdict.card.stopped.version == 2
    assert "version 2 was trained and not published: stopped by the fairness check" in verdict.note
    assert published(company(), where, days=32).card.stopped == verdict.card.stopped
    published(company(), where, days=33, ledger=release(tmp_path, 2))
    assert registry.champion_version(where, "churn") == 2
    assert published(company(), where, days=34).card.stopped is None


def test_a_stopped_version_whose_files_are_damaged_is_trained_anew(where: Settings, tmp_path: Path) -> None:
    con = company()
    published(con, where)
    (where.models_dir / "churn" / "0001" / "model.ubj").write_bytes(b"")
    assert published(con, where, ledger=release(tmp_path, 1)).model is None
    assert versions(where) == ["0001", "0002"]


def test_a_card_written_before_the_check_existed_is_still_read() -> None:
    old = {k: v for k, v in Card("churn", "champion", "", 1, "2026-01-01", "time").to_dict().items()
           if k not in ("fairness", "stopped", "overrides")}  # fmt: skip
    card = Card.from_json(json.dumps(old))
    assert (card.fairness, card.stopped, card.overrides) == (None, None, [])
    assert Card.from_json(replace(card, fairness=Fairness(1)).to_json()).fairness == Fairness(1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_values_become_groups(case: dict[str, Any]) -> None:
    values = pd.Series(case["values"], dtype="object")
    found = grouped(Attribute(case["name"], case["type"], "protected"), values, pd.Series([DAY] * len(values)))
    assert [None if pd.isna(g) else g for g in found] == case["groups"]


def test_an_attribute_nobody_has_at_those_dates_makes_no_group() -> None:
    con = company("unknown")
    found = groups_at(con, CHURN, Attribute("religion", "text", "protected"), [DAY])
    assert list(found.columns) == ["entity_id", "as_of", "group"]
    assert groups_at(con, CHURN, Attribute("gender", "text", "protected"), []).empty


def rows(**sizes: int) -> pd.DataFrame:
    """So many entities of each group in two months each, every third flagged, every fourth left."""
    names = [(g, i) for g, n in sizes.items() for i in range(n) for _ in range(2)]
    return pd.DataFrame({
        "entity_id": [f"{g}{i}" for g, i in names], "group": [g for g, _ in names],
        "is_positive": [int(i % 4 == 0) for _, i in names], "is_flagged": [i % 3 == 0 for _, i in names],
        "said": 0.25,
    })  # fmt: skip


def test_small_groups_are_merged_or_not_shown_at_all() -> None:
    merged, n_small = large_enough(rows(a=60, b=20, c=20))
    assert (set(merged.dropna()), n_small) == ({"a", OTHERS}, 2)
    merged, n_small = large_enough(rows(a=60, b=40, c=20))
    assert (set(merged.dropna()), n_small) == ({"a", "b"}, 1)
    few = rows(a=60, b=60)
    few.loc[few["group"] == "b", "is_positive"] = 0
    assert set(large_enough(few)[0].dropna()) == {"a"}
    assert checked("x", few).groups == []


def test_entities_are_counted_and_not_their_months() -> None:
    group = next(g for g in checked("x", rows(a=60, b=40)).groups if g.name == "a")
    assert (group.n, group.flagged.n, group.false_alarms.n, group.misses.n) == (60, 60, 45, 15)
    assert group.flagged.value == pytest.approx(20 / 60)
    assert group.false_alarms.value == pytest.approx(15 / 45)
    assert group.misses.value == pytest.approx(10 / 15)
    assert (group.flagged.low, group.flagged.high) == pytest.approx((0.2273, 0.4594), abs=1e-4)


@pytest.mark.parametrize(("a", "n", "b", "m"), [(10, 100, 30, 100), (1, 40, 9, 35), (50, 500, 52, 480), (0, 30, 8, 30)])
def test_the_test_of_two_shares_is_the_textbook_s(a: int, n: int, b: int, m: int) -> None:
    expected = chi2_contingency([[a, n - a], [b, m - b]], correction=True).pvalue
    assert two_shares(Share(a / n, None, None, n), Share(b / m, None, None, m)) == pytest.approx(expected, abs=1e-9)


def test_a_breach_needs_both_a_low_ratio_and_more_than_chance() -> None:
    def shares(low: float, high: float, n: int) -> dict[str, Share]:
        return {"a": Share(low, None, None, n), "b": Share(high, None, None, n)}

    wide = [screen("flagged", shares(*case), 1) for case in ((0.1, 0.2, 30), (0.1, 0.2, 900), (0.42, 0.5, 9_000))]
    assert [s.is_breach for s in wide if s] == [False, True, False]
    many = screen("flagged", shares(0.1, 0.2, 150), 1), screen("flagged", shares(0.1, 0.2, 150), 60)
    assert [s.is_breach for s in many if s] == [True, False]
    assert screen("flagged", {"a": share(pd.Series([], dtype=bool), pd.Series([], dtype=str))}, 1) is None


def test_chance_alone_hardly_ever_stops_a_model() -> None:
    rng = np.random.default_rng(5)
    stopped = 0
    for _ in range(400):
        shares = {name: Share(rng.binomial(80, 0.15) / 80, None, None, 80) for name in "abcd"}
        found = screen("flagged", shares, 6)
        stopped += bool(found and found.is_breach)
    assert stopped <= 20
