"""The demo company: seeded, deterministic, with known truth. See docs/demo.md for the process behind it."""

from crm_core.demo.export import write_csv
from crm_core.demo.lake_writer import write_lake
from crm_core.demo.parameters import Chunk, Company
from crm_core.demo.people import staff
from crm_core.demo.talk import Word, talk, waiting_at
from crm_core.demo.truth import write_truth
from crm_core.demo.world import Slice, generate

__all__ = [
    "Chunk",
    "Company",
    "Slice",
    "Word",
    "generate",
    "staff",
    "talk",
    "waiting_at",
    "write_csv",
    "write_lake",
    "write_truth",
]
