"""The questions the product asks, in the words of its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pages._kit import words


@dataclass(frozen=True)
class Question:
    """How a page speaks of one question.

    Parameters
    ----------
    code : str
        'churn' or 'lead', as in the ledger.
    page : str
        Page that lists its scores: 'risk'.
    one : str
        What the question is asked of: 'customer'.
    they_do : str
        What they may do: 'leave'.
    chance_of : str
        The same as a thing: 'leaving'.
    beliefs : mapping
        Code of a belief -> what a person says with it.
    example : str
        Words that somebody might add.
    """

    code: str
    page: str
    one: str
    they_do: str
    chance_of: str
    beliefs: Mapping[str, str]
    example: str

    @property
    def event(self) -> str:
        """What is asked: 'customers like this leave within 90 days'."""
        return f"{self.one}s like this {self.they_do} within 90 days"

    def told(self, probability: float, low: float | None, high: float | None) -> str:
        """A chance as Markdown: '**31 of 100** (24–37) customers like this leave within 90 days.'"""
        return f"**{words.of_100(probability)} of 100** ({words.span(low, high)}) {self.event}."


CHURN = Question(
    "churn",
    "risk",
    "customer",
    "leave",
    "leaving",
    {"will_stay": "They will stay", "will_leave": "They will leave"},
    "For example: the new finance head is a friend of ours, the renewal is agreed by word.",
)
LEAD = Question(
    "lead",
    "leads",
    "lead",
    "buy",
    "buying",
    {"ready": "They are ready to buy", "not_ready": "They are not ready", "dead": "They will not buy"},
    "For example: the budget is signed, they only wait for our offer.",
)
QUESTIONS = {question.code: question for question in (CHURN, LEAD)}
