"""What can be said about a score, and how it is called in front of people."""

from __future__ import annotations

from collections.abc import Mapping

ENTITY_KINDS: Mapping[str, str] = {"churn": "customer", "lead": "lead"}
"""Question -> kind of entity it is about."""

BELIEFS: Mapping[str, Mapping[str, str]] = {
    "churn": {"will_stay": "will stay", "will_leave": "will leave"},
    "lead": {"ready": "ready to buy", "not_ready": "not ready", "dead": "dead: will not buy"},
}
"""Question -> code of a belief -> label."""

EXPECTS_EVENT = frozenset({"will_leave", "ready"})
"""Beliefs that expect what the question asks for (leaving, converting); the others expect that it does not happen."""

REASONS: Mapping[str, str] = {
    "knows_personally": "I know the customer personally",
    "data_wrong": "The data are wrong",
    "data_missing": "The data are missing something",
    "contract_known": "I know the contract",
    "customer_told_us": "The customer told us",
    "timing": "It is a matter of timing",
    "other": "Something else",
}
"""Code of a reason -> label."""


def label(code: str) -> str:
    """Label of a belief or a reason for people; an unknown code stands for itself."""
    for known in (*BELIEFS.values(), REASONS):
        if code in known:
            return known[code]
    return code.replace("_", " ")
