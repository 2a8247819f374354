"""Scoring: the questions, their models, calibrated scores with reasons, and which model may serve."""

from crm_core.scoring.comparing import explain_movements
from crm_core.scoring.history import append, collect, is_published
from crm_core.scoring.matrix import read_matrix
from crm_core.scoring.publish import Verdict, confirm, decide, store
from crm_core.scoring.question import question, questions
from crm_core.scoring.registry import newest_card
from crm_core.scoring.score import Stamp, write_scores
from crm_core.scoring.trust_store import learn_from_people

__all__ = [
    "Stamp",
    "Verdict",
    "append",
    "collect",
    "confirm",
    "decide",
    "explain_movements",
    "is_published",
    "learn_from_people",
    "newest_card",
    "question",
    "questions",
    "read_matrix",
    "store",
    "write_scores",
]
