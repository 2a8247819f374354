"""What is wrong with something a person said: every fault at once, each with what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from crm_core.ledger import BELIEFS, REASONS, label
from crm_core.ledger import words as vocabulary

MAX_WORDS = 4_000
MAX_KEY = 120
MAX_DAYS = 366
KEPT_CONTROLS = frozenset("\n\t")
# Marks that reorder the text around them can make a note read as its opposite.
REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
EVENTS = {"churn": "that they leave", "lead": "that they buy"}


def cleaned(words: str) -> str:
    """Words in Unicode NFC without control characters, broken halves of characters and blank ends."""
    text = unicodedata.normalize("NFC", words.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(char for char in text if _is_kept(char)).strip()


def question_faults(question: str) -> Iterator[str]:
    """An unknown question."""
    if question not in BELIEFS:
        yield f"unknown question '{question}'; known are {_listed(BELIEFS)}"


def belief_faults(question: str, belief: str, reason_code: str, words: str) -> Iterator[str]:
    """An unknown belief or reason, too many words or too few; `words` are cleaned already."""
    known = BELIEFS.get(question, {})
    if known and belief not in known:
        yield f"unknown belief '{belief}'; for this question choose {_listed(known)}"
    if reason_code not in REASONS:
        yield f"unknown reason '{reason_code}'; choose {_listed(REASONS)}"
    if reason_code == "other" and not words:
        yield "the reason is 'other', so say in a few words which"
    if len(words) > MAX_WORDS:
        yield f"{len(words):,} characters are too many; say it in {MAX_WORDS:,}"


def probability_faults(question: str, belief: str, probability: float | None, usual: float | None) -> Iterator[str]:
    """A probability (0..1, of the question's event) that is none, or that says the opposite of the belief.

    A number is taken for a slip only if it lies on the wrong side of one half *and* of what was shown: "will leave,
    40 %" against the machine's 10 % is a fair statement.

    Parameters
    ----------
    usual : float, optional
        The machine's number, where none was shown the usual rate.
    """
    if probability is None:
        return
    if isinstance(probability, bool) or not 0 <= probability <= 1:
        yield f"the probability {probability} is not between 0 and 1; 30 % is 0.3"
        return
    if belief not in BELIEFS.get(question, {}):
        return
    machine = 0.5 if usual is None else usual
    expects = belief in vocabulary.EXPECTS_EVENT
    low, high = min(0.5, machine), max(0.5, machine)
    if (expects and probability < low) or (not expects and probability > high):
        yield (
            f"'{label(belief)}' and {probability:.0%} do not go together: the number is the chance "
            f"{EVENTS.get(question, 'that it happens')}; did you mean {1 - probability:.0%}?"
        )


def expiry_faults(expires_on: date | None, today: date) -> Iterator[str]:
    """An expiry in the past or more than a year ahead."""
    if expires_on is None:
        return
    if isinstance(expires_on, datetime) or not isinstance(expires_on, date):
        yield "the expiry is not a day"
    elif expires_on < today:
        yield f"the expiry {expires_on} is in the past; choose {today} or later"
    elif expires_on > today + timedelta(days=MAX_DAYS):
        yield f"the expiry {expires_on} is more than a year ahead; choose {today + timedelta(days=MAX_DAYS)} at most"


def key_faults(idempotency_key: str) -> Iterator[str]:
    """A missing or endless idempotency key."""
    if not 0 < len(idempotency_key.strip()) <= MAX_KEY:
        yield f"the form has no usable idempotency key (1 to {MAX_KEY} characters); reload the page"


def _is_kept(char: str) -> bool:
    return char in KEPT_CONTROLS or (unicodedata.category(char) not in {"Cc", "Cs"} and char not in REORDERING)


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(codes)
