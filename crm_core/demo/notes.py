"""What people write down after a call, a mail or a meeting: short sentences put together from a small vocabulary."""

from __future__ import annotations

from itertools import product

import numpy as np
import pyarrow as pa

from crm_core.demo.columns import pick

LATER = "follow up later"
_WHO = (
    "Spoke with the project lead",
    "Short call with finance",
    "Long talk with the team lead",
    "Wrote to procurement",
)
_WHEN = ("by Friday", "by Monday", "before the end of the month", "next week", "within ten days", "after the holidays")
_PROMISE = (
    "promised a quote", "promised the usage report", "promised a training date", "promised a call with support",
    "promised the new price list", "will send the contract draft", "will check the invoice", "will arrange a visit",
)  # fmt: skip
_GOOD = (
    "they are happy with the roll-out", "they want to add a second site", "they praised the support team",
    "they would act as a reference", "usage is growing", "budget for next year is approved",
)  # fmt: skip
_PLAIN = (
    "they asked about the road map", "we went through the open points", "they need an update of the documentation",
    "they are busy with an audit", "we agreed on the next steps", "they will come back to us",
)  # fmt: skip
_BAD = (
    "they are unhappy with the response times", "they find the new price too high", "they are looking at a competitor",
    "the new director questions the contract", "the team hardly uses it any more", "they asked about the notice period",
)  # fmt: skip


def _sentences(topics: tuple[str, ...]) -> list[str]:
    parts = product(_WHO, topics, _PROMISE, _WHEN)
    return [f"{who}; {topic}; {promise} {when}." for who, topic, promise, when in parts]


_TOPICS = [_sentences(_BAD), _sentences(_PLAIN), _sentences(_GOOD)]
_SIZE = len(_TOPICS[0])
_COPIED = 3 * _SIZE
ALL_NOTES = pa.array(
    [*_TOPICS[0], *_TOPICS[1], *_TOPICS[2], "Quarterly check-in done, all fine, see last note.", LATER]
)


def notes(rng: np.random.Generator, sentiment: np.ndarray) -> pa.DictionaryArray:
    """A note for every interaction: 35 % none, 9 % "follow up later", 6 % one copied sentence, else to the mood."""
    mood = np.nan_to_num(sentiment)
    topic = 1 + (mood > 0.35).astype(np.int32) - (mood < -0.2)
    codes = topic * _SIZE + rng.integers(0, _SIZE, len(mood), dtype=np.int32)
    habit = rng.random(len(mood), dtype=np.float32)
    codes[habit < 0.15] = _COPIED
    codes[habit < 0.09] = _COPIED + 1
    return pick(codes, ALL_NOTES, missing=habit > 0.65)
