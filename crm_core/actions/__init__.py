"""The write door: one function per thing a person can do; each validates, records what was shown, and appends."""

from crm_core.actions.disagreements import Disagree, Receipt, ShownScoreOf, disagree, withdraw
from crm_core.ledger import BELIEFS, REASONS

__all__ = ["BELIEFS", "REASONS", "Disagree", "Receipt", "ShownScoreOf", "disagree", "withdraw"]
