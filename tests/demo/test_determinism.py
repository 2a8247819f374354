"""The same parameters give the same bytes, whatever the machine did before."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from crm_core.demo import Chunk, Company, generate, write_csv
from crm_core.demo.export import FILES
from crm_core.demo.parameters import COMMITTED

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 8_000_000


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.csv"))}


def test_the_committed_copy_is_what_the_code_writes(tmp_path: Path) -> None:
    write_csv(COMMITTED, tmp_path)
    assert hashes(tmp_path) == hashes(ROOT / "data" / "demo")


def test_the_committed_copy_stays_small() -> None:
    files = list((ROOT / "data" / "demo").iterdir())
    assert {path.name for path in files} == set(FILES)
    assert sum(path.stat().st_size for path in files) < MOST_BYTES


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    write_csv(Company(customers=50), tmp_path / "a")
    write_csv(Company(customers=50, seed=1), tmp_path / "b")
    differing = [name for name, digest in hashes(tmp_path / "a").items() if hashes(tmp_path / "b")[name] != digest]
    assert set(differing) == set(FILES) - {"User.csv", "Feed.csv"}


def test_a_slice_does_not_depend_on_the_slices_before_it() -> None:
    later = Chunk(Company(customers=20_100), 1, 100)
    once = generate(later)
    generate(Chunk(Company(customers=20_100), 0, 50))
    again = generate(later)
    assert once.tables.keys() == again.tables.keys()
    assert all(once.tables[name].equals(again.tables[name]) for name in once.tables)


def test_slices_share_no_ids() -> None:
    company = Company(customers=20_100)
    first, second = generate(Chunk(company, 0, 100)), generate(Chunk(company, 1, 100))
    for name, rows in first.tables.items():
        ours, theirs = rows["source_id"].to_pylist(), second.tables[name]["source_id"].to_pylist()
        assert len(set(ours)) == len(ours)
        assert not set(ours) & set(theirs)


def test_progress_is_told_file_by_file(tmp_path: Path) -> None:
    told: list[str] = []
    counts = write_csv(Company(customers=30), tmp_path, lambda step, rows, seconds: told.append(step))
    assert told == ["generate", *FILES]
    assert counts["Account.csv"] == 30


@pytest.mark.parametrize("customers", [20, 21, 99])
def test_tiny_companies_can_be_made(customers: int, tmp_path: Path) -> None:
    assert write_csv(Company(customers=customers, months=6), tmp_path)["Account.csv"] == customers
