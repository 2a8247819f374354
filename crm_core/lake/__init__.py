"""The lake: sources land here as typed Parquet, checked, versioned, all at once or not at all."""

from crm_core.lake.landing import import_files
from crm_core.lake.landings import write_landings
from crm_core.lake.mapping import Mapping
from crm_core.lake.mapping_load import load_mapping, shipped_mappings
from crm_core.lake.quarantine import QuarantinedRow, quarantined_rows
from crm_core.lake.report import Fault, ImportReport
from crm_core.lake.store import ensure_lake, importing, is_disk_full, snapshot
from crm_core.lake.tables import MONEY, TABLES

__all__ = [
    "MONEY",
    "TABLES",
    "Fault",
    "ImportReport",
    "Mapping",
    "QuarantinedRow",
    "ensure_lake",
    "import_files",
    "importing",
    "is_disk_full",
    "load_mapping",
    "quarantined_rows",
    "shipped_mappings",
    "snapshot",
    "write_landings",
]
