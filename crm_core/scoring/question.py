"""A question the product answers: a population, a label, a horizon, features and the least data it needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from crm_core.errors import InputError


@dataclass(frozen=True)
class Question:
    """One question, e.g. `churn`. Minimum data count entities, not rows."""

    name: str
    title: str
    entity: str
    features: str
    labels: str
    horizon_days: int
    min_positives: int
    min_negatives: int
    positive: str
    event: str
    max_training_rows: int = 400_000

    @property
    def key(self) -> str:
        """Name of the entity's key in the feature model."""
        return f"{self.entity}_id"


@cache
def questions() -> dict[str, Question]:
    """All questions of questions.yml, by name."""
    blocks = yaml.safe_load((Path(__file__).parent / "questions.yml").read_text(encoding="utf-8"))
    return {name: Question(name=name, **block) for name, block in blocks.items()}


def question(name: str) -> Question:
    """The question of that name.

    Raises
    ------
    InputError
        There is none of that name.
    """
    if name not in questions():
        raise InputError(
            f"There is no question '{name}'", remedy=f"choose one of: {', '.join(questions())}", why="unknown name"
        )
    return questions()[name]
