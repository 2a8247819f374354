"""Who may see what: one policy, at one door, for every exit."""

from crm_core.access.entries import Custody, CustodyOf, visible_entries
from crm_core.access.policy import (
    Capability,
    SqlFilter,
    may,
    person_column,
    row_filter,
    sees_free_text,
    sees_persons,
    text_column,
)
from crm_core.access.viewer import Role, Viewer, scope_key, system_viewer

__all__ = [
    "Capability",
    "Custody",
    "CustodyOf",
    "Role",
    "SqlFilter",
    "Viewer",
    "may",
    "person_column",
    "row_filter",
    "scope_key",
    "sees_free_text",
    "sees_persons",
    "system_viewer",
    "text_column",
    "visible_entries",
]
