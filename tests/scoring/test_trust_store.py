"""The step that learns from people: versions only where something new was learned, and never a person in them."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from crm_core.scoring.trust_policy import ANY, cells, prepared, usable
from crm_core.scoring.trust_showing import shown
from crm_core.scoring.trust_store import learn_from_people
from crm_core.settings import Settings
from tests.scoring.talk import judged


@pytest.fixture
def where(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def learned(where: Settings, rows: pd.DataFrame, *, keeps: bool = True) -> dict[str, tuple[int, bool, str]]:
    """Version, proven or not, and why, per question, after the step ran on these words about churn."""
    with duckdb.connect() as con:
        con.execute("create schema labels")
        con.register(
            "said", rows.assign(question="churn", entry_id=range(len(rows)), state=rows.get("state", "judged"))
        )
        con.execute("create table labels.label_disagreement as select * from said")
        con.execute("create table labels.int_disagreement_state as select entry_id, state from said")
        learn_from_people(nullcontext(con), where, keeps=keeps)
        told = con.execute("select question, version, is_proven, why from scoring.trust_proof").fetchall()
        columns = con.execute("select column_name from information_schema.columns where table_schema = 'scoring'")
        assert not {name for (name,) in columns.fetchall()} & {"who", "who_name", "entity_id", "entry_id", "owner_id"}
    return {question: (version, is_proven, why) for question, version, is_proven, why in told}


def stored(where: Settings) -> list[str]:
    return sorted(path.name for path in (where.models_dir / "churn" / "trust").glob("*"))


def test_a_version_is_kept_and_only_something_new_makes_another(where: Settings) -> None:
    rows = judged(300, skill=0.5)
    assert learned(where, rows)["churn"][0] == 1
    assert learned(where, rows.sample(frac=1, random_state=1))["churn"][0] == 1
    assert stored(where) == ["0001.json"]
    assert learned(where, judged(330, skill=0.5, seed=1))["churn"][0] == 2
    assert stored(where) == ["0001.json", "0002.json"]


def test_a_damaged_version_stops_no_build(where: Settings) -> None:
    rows = judged(200, skill=0.5)
    learned(where, rows)
    (where.models_dir / "churn" / "trust" / "0001.json").write_text("[")
    assert learned(where, rows)["churn"][0] == 2


def test_a_look_at_an_earlier_day_and_a_company_without_words_keep_nothing(where: Settings) -> None:
    assert learned(where, judged(200, skill=0.5), keeps=False)["churn"][:2] == (0, False)
    assert learned(where, judged(0, skill=1)) == {"churn": (0, False, "few"), "lead": (0, False, "few")}
    assert stored(where) == []


def test_a_version_is_plain_json_without_anybody_in_it(where: Settings) -> None:
    learned(where, judged(1200, skill=0.3))
    text = (where.models_dir / "churn" / "trust" / "0001.json").read_text(encoding="utf-8")
    found = json.loads(text)
    assert (found["version"], found["proof"]["why"]) == (1, "proven")
    assert not {"who", "entity_id", "entry_id"} & {name for cell in found["cells"] for name in cell}
    assert "person-" not in text


def test_a_cell_is_hidden_where_the_rest_would_show_one_persons_record() -> None:
    own = judged(25, skill=1, people=1, reason="other", seed=4).assign(who="only")
    rows = usable(pd.concat([judged(100, skill=0.5), own]))
    visible = shown(cells(prepared(rows)), rows)
    assert (ANY, ANY, ANY) in visible
    assert ("customer_told_us", ANY, ANY) not in visible
    alone = usable(judged(400, skill=0.5))
    assert ("customer_told_us", ANY, ANY) in shown(cells(prepared(alone)), alone)


def test_a_cell_of_which_one_person_said_more_than_half_is_hidden() -> None:
    loud = judged(60, skill=1, reason="other", seed=4)
    loud.loc[loud.index[:40], "who"] = "only"
    rows = usable(pd.concat([judged(400, skill=0.5), loud]))
    found = cells(prepared(rows))
    assert ("other", ANY, ANY) in {cell.key for cell in found}
    assert ("other", ANY, ANY) not in shown(found, rows)
    assert ("customer_told_us", ANY, ANY) not in shown(found, rows), "the rest would be the hidden one"


@pytest.mark.parametrize(
    "state", ["late", "withdrawn", "replaced", "agreed", "waiting", "not_followed", "nothing_shown"]
)
def test_what_who_was_right_does_not_compare_teaches_nothing(where: Settings, state: str) -> None:
    words = judged(300, skill=0.5)
    added = pd.concat([words.assign(state="judged"), judged(200, skill=0.9, seed=3).assign(state=state)])
    assert learned(where, words)["churn"][0] == 1
    assert learned(where, added)["churn"][0] == 1
