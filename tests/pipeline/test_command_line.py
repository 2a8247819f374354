"""The commands a person types: help, one clear line on failure, exports that do no harm."""

from __future__ import annotations

import csv
import io
import json
import socket
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from crm_core import views
from crm_core.__main__ import Format, app, write_frame

Run = Callable[..., Result]
COMMANDS = ("demo", "import", "build", "serve", "status", "scores", "card", "features", "measures")
CARD = """
    question status reason version as_of split n_train n_test positives_test auc auc_low auc_high
    average_precision brier brier_base log_loss ece features_used features_excluded""".split()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """One command in this process: its exit code, output and error line."""
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)


def fails(result: Result, words: str) -> None:
    """It ended with an error, told in one line."""
    assert result.exit_code != 0
    assert words in result.stderr
    assert result.stderr.strip().count("\n") == 0
    assert "Traceback" not in result.output


def test_every_command_has_help_and_the_list_names_them_all(run: Run) -> None:
    listed = run("--help")
    assert listed.exit_code == 0
    for name in COMMANDS:
        assert name in listed.stdout
        told = run(name, "--help")
        assert told.exit_code == 0
        assert len(told.stdout) > 200
    assert set(COMMANDS) == {c.name or (c.callback.__name__ if c.callback else "") for c in app.registered_commands}


def test_a_card_says_everything_a_person_needs_to_trust_or_distrust_a_model(demo: Path, run: Run) -> None:
    for question in ("churn", "lead"):
        done = run("card", question, "--json")
        assert done.exit_code == 0
        card = json.loads(done.stdout)
        assert set(CARD) <= set(card)
        assert card["question"] == question
        assert card["status"] in ("champion", "none")
        assert all(set(e) == {"name", "reason"} and e["reason"] for e in card["features_excluded"])
        assert run("card", question).stdout.startswith(f"question: {question}")


def test_scores_come_highest_first_in_three_formats(demo: Path, run: Run, tmp_path: Path) -> None:
    printed = run("scores", "churn", "--top", 7)
    rows = list(csv.DictReader(io.StringIO(printed.stdout)))
    chances = [float(r["probability"]) for r in rows]
    assert len(rows) == 7
    assert chances == sorted(chances, reverse=True)
    assert all(float(r["low"]) <= float(r["probability"]) <= float(r["high"]) for r in rows)
    assert all(r["reasons"] and r["model_version"] and r["as_of"] == "2026-06-30" for r in rows)
    written = {}
    for kind, read in (("csv", pd.read_csv), ("json", pd.read_json), ("parquet", pd.read_parquet)):
        file = tmp_path / f"scores.{kind}"
        assert run("scores", "churn", "--format", kind, "--output", file).exit_code == 0
        written[kind] = read(file)
    everyone = len(written["csv"])
    assert everyone > 100
    assert all(list(f["entity_id"]) == list(written["csv"]["entity_id"]) for f in written.values())
    assert [r["entity_id"] for r in rows] == list(written["csv"]["entity_id"])[:7]


def test_status_reads_for_people_and_machines(demo: Path, run: Run) -> None:
    facts = json.loads(run("status", "--json").stdout)
    assert (facts["customers"], facts["sources"], facts["as_of"]) == (300, ["demo"], "2026-06-30")
    assert facts["models"]["churn"]["status"]
    assert facts["silent_feeds"]
    assert "customers: 300" in run("status").stdout


@pytest.mark.parametrize("command", [("scores", "chrun"), ("card", "chrun", "--json")])
def test_an_unknown_question_is_said_in_one_line(demo: Path, run: Run, command: tuple[str, ...]) -> None:
    fails(run(*command), "no question 'chrun'")
    assert "churn, lead" in run(*command).stderr


@pytest.mark.parametrize(
    "command", [("scores", "churn"), ("status",), ("status", "--json"), ("card", "churn"), ("build",)]
)
def test_before_anything_was_built_each_command_says_what_to_do(
    data_dir: Path, run: Run, command: tuple[str, ...]
) -> None:
    fails(run(*command), "python -m crm_core")


def test_where_there_is_no_model_the_scores_say_why(demo: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "score_table", lambda *_: pd.DataFrame({"entity_id": []}))
    fails(run("scores", "churn"), "There are no scores for 'churn'")


def test_a_file_that_cannot_be_written_is_said(demo: Path, run: Run, tmp_path: Path) -> None:
    fails(run("scores", "churn", "--output", tmp_path / "no" / "such" / "x.csv"), "could not be written")
    fails(run("scores", "churn", "--format", "parquet"), "add --output")


def test_a_damaged_card_is_said(copy_of_demo: Path, run: Run) -> None:
    (copy_of_demo / "models" / "churn" / "newest_card.json").write_text("{")
    fails(run("card", "churn", "--json"), "cannot be read")


@pytest.mark.parametrize(("name", "value"), [("CRM_PORT", "abc"), ("CRM_RETRAIN_DAYS", "soon")])
def test_a_setting_that_makes_no_sense_is_said(
    data_dir: Path, run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    fails(run("status"), name)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "example.com", "127.0.0.1.example.com"])
def test_a_foreign_address_is_refused(demo: Path, run: Run, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_core.serving.run", lambda *address: pytest.fail(f"served on {address}"))
    fails(run("serve", "--host", host), "only listens on this machine")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.9.9.9"])
def test_an_address_of_this_machine_is_taken(demo: Path, run: Run, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[str, int]] = []

    def serve(host: str, port: int) -> int:
        served.append((host, port))
        return 0

    monkeypatch.setattr("crm_core.serving.run", serve)
    assert run("serve", "--host", host, "--port", 45871).exit_code == 0
    assert served == [(host, 45871)]


def test_a_port_that_is_taken_is_said(demo: Path, run: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        fails(run("serve", "--port", port), f"Port {port} is taken")
    assert run("serve", "--port", 70000).exit_code == 2


FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"]


def test_a_name_that_begins_like_a_formula_does_nothing_in_a_spreadsheet() -> None:
    out = io.StringIO()
    write_frame(pd.DataFrame({"name": [*FORMULAS, "Nord-West", None], "raw": -1.5}), Format.CSV, out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
    assert [r["name"] for r in rows] == [*("'" + text.replace("\r", " ") for text in FORMULAS), "Nord-West", ""]
    assert {r["raw"] for r in rows} == {"-1.5"}


def test_an_export_for_machines_keeps_names_as_they_are(tmp_path: Path) -> None:
    for kind, read in ((Format.JSON, pd.read_json), (Format.PARQUET, pd.read_parquet)):
        write_frame(pd.DataFrame({"name": FORMULAS}), kind, tmp_path / kind)
        assert read(tmp_path / kind)["name"].tolist() == FORMULAS


@pytest.mark.parametrize("command", [("import", "nosuch", "x.csv"), ("import", "telco", "missing.csv")])
def test_an_import_that_cannot_start_is_said(data_dir: Path, run: Run, command: tuple[str, ...]) -> None:
    fails(run(*command), "What to do")


def test_the_demo_is_not_mixed_with_data_of_ones_own(data_dir: Path, run: Run) -> None:
    (data_dir / "lake" / "customers").mkdir(parents=True)
    (data_dir / "lake" / "customers" / "shop__b.parquet").write_bytes(b"x")
    fails(run("demo", "--customers", 20), "not mixed")
