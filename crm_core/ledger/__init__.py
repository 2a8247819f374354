"""What people said: append-only, durable, never judged here.

Ledger-internal: nothing in this room knows who is looking. Entries reach people through `access.visible_entries`.
"""

from crm_core.ledger import answers, triage, words
from crm_core.ledger.entries import Entry, Kind, Shown, StoredEntry
from crm_core.ledger.state import Fate, fates
from crm_core.ledger.store import Ledger, open_ledger
from crm_core.ledger.words import BELIEFS, ENTITY_KINDS, REASONS, label

__all__ = [
    "BELIEFS",
    "ENTITY_KINDS",
    "REASONS",
    "Entry",
    "Fate",
    "Kind",
    "Ledger",
    "Shown",
    "StoredEntry",
    "answers",
    "fates",
    "label",
    "open_ledger",
    "triage",
    "words",
]
