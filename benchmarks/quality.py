"""How good the models are: on public data sets, and on the demo company against the best possible."""

from __future__ import annotations

from pathlib import Path

import duckdb
from sklearn.metrics import roc_auc_score

from benchmarks.running import DATASETS, card, crm

PUBLIC = {
    "telco": ("churn", "telco_ibm/*.csv"),
    "bank": ("lead", "bank_marketing/bank-full.csv"),
    "ravenstack": ("churn", "ravenstack/*.csv"),
}
FIGURES = ("auc", "auc_low", "auc_high", "ece", "brier", "brier_base", "n_test", "positives_test")


def public(folder: Path) -> list[dict[str, object]]:
    """Land, build and measure every public data set that is there."""
    rows: list[dict[str, object]] = []
    for mapping, (question, pattern) in PUBLIC.items():
        files = sorted(str(path) for path in DATASETS.glob(pattern))
        if not files:
            rows.append({"data": mapping, "note": "not there"})
            continue
        where = folder / mapping
        crm(where, "import", mapping, *files)
        spent = crm(where, "build")
        found = card(where, question)
        row: dict[str, object] = {"data": mapping, "status": found["status"]} | {n: found[n] for n in FIGURES}
        rows.append(row | {"s": spent.wall, "note": found["reason"] or found["split"]})
    return rows


def demo(folder: Path, seeds: tuple[int, ...]) -> list[dict[str, object]]:
    """Train on the demo company and compare with its truth on the same test rows."""
    rows: list[dict[str, object]] = []
    for seed in seeds:
        where = folder / f"demo-{seed}"
        crm(where, "demo", "--seed", str(seed))
        crm(where, "build")
        for question, entity in (("churn", "customer"), ("lead", "lead")):
            found = card(where, question)
            best = best_possible(where, question, entity, (found["test_from"], found["test_to"]))
            gap = best - found["auc"]
            rows.append({"data": f"demo {seed} {question}", **{n: found[n] for n in FIGURES}, "best": best, "gap": gap})
    return rows


def best_possible(data_dir: Path, question: str, entity: str, span: tuple[str, str]) -> float:
    """AUC of the true probabilities on the dates of the test part, over the rows whose outcome the product knows."""
    newest = sorted((data_dir / "warehouse" / "builds").glob("*/warehouse.duckdb"))[-1]
    con = duckdb.connect(str(newest), read_only=True)
    truth = con.execute(
        f"""
        select l.is_positive, t.probability from labels.label_{question} as l
        inner join read_parquet('{data_dir}/demo_truth/{question}/*.parquet') as t
            on l.entity_id = 'demo:' || t.{entity}_id and l.as_of = t.as_of
        where l.as_of between ? and ?
        """,
        list(span),
    ).df()
    con.close()
    return float(roc_auc_score(truth["is_positive"], truth["probability"]))
