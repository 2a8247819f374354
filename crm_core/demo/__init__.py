"""The demo company: seeded, deterministic, with known truth. See docs/demo.md for the process behind it."""

from crm_core.demo.export import write_csv
from crm_core.demo.parameters import Company
from crm_core.demo.world import generate

__all__ = ["Company", "generate", "write_csv"]
