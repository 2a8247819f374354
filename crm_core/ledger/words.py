"""What can be said about a score, and how it is called in front of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ENTITY_KINDS: Mapping[str, str] = {"churn": "customer", "lead": "lead"}
"""Question -> kind of entity it is about."""

ABOUT_DISAGREEMENT = "disagreement"
"""`entity_kind` of what answers a disagreement (triage, fixed): its `entity_key` is that entry's id."""

ROLE = "role"
"""`entity_kind` of an assignment: its `entity_key` names what is looked after, e.g. 'model:churn' or 'feed:calls'."""

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


MEANT: Mapping[str, float] = {
    "will_stay": 0.03,
    "will_leave": 0.75,
    "ready": 0.75,
    "not_ready": 0.05,
    "dead": 0.01,
}
"""Belief -> chance (0..1) of the question's event that counts where a person gave no number of his own.

A convention, stated wherever it is used: bold enough to be told from the model's number, short of certainty, because
nobody is certain who does not say so. Where the model is surer of the same, its number counts: see `meant`.
"""

SORTS: Mapping[str, str] = {
    "data_error": "The data are wrong",
    "new_fact": "A new fact",
    "missing_feature": "Something the model should look at",
    "opinion": "An opinion",
}
"""What a steward sorts a disagreement into -> label."""


@dataclass(frozen=True)
class Fact:
    """Something a person knew that no source says: its label, and whether it makes the question's event likelier.

    Where that is not known, no model counts it.
    """

    label: str
    raises: bool | None


OTHER_FACT = "other"
"""Code of the fact that stands in the person's own words."""

OTHER = Fact("Another fact, in the person's own words", raises=None)


FACTS: Mapping[str, Mapping[str, Fact]] = {
    "churn": {
        "leaving_announced": Fact("They told us that they leave", raises=True),
        "champion_left": Fact("Our champion has left", raises=True),
        "competitor": Fact("They talk with a competitor", raises=True),
        "budget_cut": Fact("Their budget was cut", raises=True),
        "merged": Fact("They merge or are taken over", raises=True),
        "renewal_agreed": Fact("The renewal is agreed by word", raises=False),
        "new_sponsor": Fact("A new sponsor speaks for us", raises=False),
        "problem_solved": Fact("Their problem is solved", raises=False),
        "wants_more": Fact("They want to extend", raises=False),
        OTHER_FACT: OTHER,
    },
    "lead": {
        "budget_signed": Fact("Their budget is signed", raises=True),
        "deadline": Fact("They need it by a fixed day", raises=True),
        "champion_found": Fact("Somebody there speaks for us", raises=True),
        "project_stopped": Fact("Their project was stopped", raises=False),
        "competitor": Fact("They have chosen somebody else", raises=False),
        "no_fit": Fact("We do not fit their need", raises=False),
        OTHER_FACT: OTHER,
    },
}
"""Question -> code of a fact -> what it says."""


def raising() -> dict[str, int]:
    """'question:code' -> 1 if the fact makes the question's event likelier, 0 if less likely; for the warehouse.

    A fact of which that is not known is not in it.
    """
    every = ((f"{question}:{code}", fact) for question, facts in FACTS.items() for code, fact in facts.items())
    return {name: int(fact.raises) for name, fact in every if fact.raises is not None}


def meant(belief: str, probability: float | None, machine: float | None) -> float:
    """Chance (0..1) of the question's event that a person stands for: his own number, else what his belief stands for.

    Whoever says the same as the model does not contradict it: a belief without a number is never less sure of itself
    than the number the person was shown. An unknown belief stands for one half.

    Parameters
    ----------
    machine : float, optional
        The model's chance that was shown beside it, if there was one.
    """
    if probability is not None:
        return probability
    stands_for = MEANT.get(belief, 0.5)
    if machine is None or belief not in MEANT:
        return stands_for
    return max(stands_for, machine) if belief in EXPECTS_EVENT else min(stands_for, machine)


def label(code: str) -> str:
    """Label of a belief, a reason or a sort for people; an unknown code stands for itself."""
    for known in (*BELIEFS.values(), REASONS, SORTS):
        if code in known:
            return known[code]
    return code.replace("_", " ")
