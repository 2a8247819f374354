"""What backs the word of a model: parts, past months, what has moved, its versions and who chose among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from crm_core.access import Viewer
from crm_core.views.reading import current, reading, rows, told
from crm_core.views.trust.card import CardFacts
from crm_core.views.trust.tracking import Month, months
from crm_core.views.trust.versions import ModelChoice, Version, choices, versions
from crm_core.views.trust.watching import Moved, Part, levels_today, moved, parts
from crm_core.views.trust.whose_word import WhoseWord, whose_word


@dataclass(frozen=True)
class Proof:
    """What a person can check before trusting a model."""

    question: str = told("churn or lead.")
    parts: tuple[Part, ...] = told("Said against came, per segment, region and evidence level.")
    levels_today: tuple[tuple[str, int], ...] = told("Scores published today per evidence level, most first.")
    moved: tuple[Moved, ...] = told("How far signs and score have moved since training, furthest first.")
    months: tuple[Month, ...] = told("Every past month as it was known then, oldest first.")
    versions: tuple[Version, ...] = told("All stored versions, newest first.")
    choices: tuple[ModelChoice, ...] = told("What people decided about them, newest first.")
    note: str = told("What the build decided about training.")
    whose_word: WhoseWord = told("Whose word counts how much, by reason and situation.")

    @property
    def levels_tested(self) -> frozenset[str]:
        """Evidence levels with enough test cases to be judged."""
        return frozenset(part.value for part in self.parts if part.kind == "evidence_level" and not part.is_few)

    @property
    def is_empty(self) -> bool:
        """There is nothing to check yet."""
        return not (self.parts or self.moved or self.months or self.versions)

    @property
    def why_empty(self) -> str:
        """What a person can do about it."""
        return "No model was ever stored for this question, so there is nothing to check yet."

    @property
    def choice(self) -> ModelChoice | None:
        """The decision that counts, if the choice is not the gate's."""
        newest = self.choices[0] if self.choices else None
        return newest if newest and (newest.version is not None or not newest.is_in_build) else None


def proof(viewer: Viewer, question: str) -> Proof:
    """What backs the word of one question's model.

    Parameters
    ----------
    question : str
        churn or lead; of anything else nothing is known.
    """
    folder, info = current()
    with reading(folder) as con:
        found = rows(con, "select card, note from meta.cards where question = $question", {"question": question})
        card = CardFacts(str(found[0]["card"] or "") if found else "")
        in_use = None if card.text("status") in ("none", "") else card.count("version")
        began = info.built_at - timedelta(seconds=info.seconds)
        return Proof(
            question=question,
            parts=parts(card),
            levels_today=levels_today(con, question),
            moved=moved(card),
            months=months(con, question),
            versions=versions(con, question, in_use),
            choices=choices(viewer, question, began),
            note=str(found[0]["note"] or "") if found else "",
            whose_word=whose_word(con, question),
        )
