"""Bad rows in a company that is built already: imported through the ordinary door, told to the build as it is told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from crm_core.lake import import_files, load_mapping, snapshot, write_landings
from crm_core.settings import Settings
from crm_core.views import reading

MAPPING = """
source: {source}
snapshot_on: 2026-06-30
files:
  - file: "contracts*.csv"
    table: subscriptions
    key: id
    fields: {{customer_id: customer, started_on: start, mrr: monthly, product: product}}
"""
HEADER = "id,customer,start,monthly,product\n"


def hold(data_dir: Path, bad: Sequence[str], *, source: str = "crm", known: str = "1") -> None:
    """Import contract lines, among them these bad ones, and tell the build that serves.

    Parameters
    ----------
    bad : sequence of str
        Lines 'id,customer,start,monthly,product' that cannot land; they stand from line 2 on.
    known : str
        A customer's id, for the lines that land.
    """
    where = Settings(data_dir=data_dir)
    good = "".join(f"good{i},{known},2026-01-01,10,basic\n" for i in range(40 * max(1, len(bad))))
    file = data_dir / "contracts.csv"
    file.write_text(HEADER + "".join(f"{line}\n" for line in bad) + good, encoding="utf-8")
    mapping = data_dir / "mapping.yml"
    mapping.write_text(MAPPING.format(source=source), encoding="utf-8")
    import_files(load_mapping(str(mapping)), [file], where)
    frozen = data_dir / "frozen"
    snapshot(where, frozen)
    let_go(data_dir)
    with duckdb.connect(str(database(data_dir))) as con:
        write_landings(con, frozen)


def let_go(data_dir: Path) -> None:
    """Close what the views hold open of this folder, so that a test may write into its build."""
    for key in [key for key in reading._open if key.startswith(str(data_dir))]:
        reading._open.pop(key).close()


def database(data_dir: Path) -> Path:
    """The file of the newest build."""
    return max(data_dir.glob("warehouse/builds/*/warehouse.duckdb"))
