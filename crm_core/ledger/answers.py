"""What somebody who knows a customer or lead answered, where a source could not see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

COUNTS_DAYS = 60
"""So long an answer counts: what was true two months ago need not be true now."""

ASKED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("calls", "emails", "meetings", "orders"), ("n_in_90d", "last_on")),
    "product_usage": ("direction",),
    "tickets": ("n_open",),
    "surveys": ("recommends",),
}
"""Feed that can be asked about -> what an answer to it says."""

DIRECTIONS = ("less", "same", "more")


@dataclass(frozen=True)
class Answered:
    """The answer itself; empty is what the feed's question does not ask for.

    Parameters
    ----------
    n_in_90d : int, optional
        How often in the 90 days before.
    last_on : date, optional
        Day of the last time.
    direction : str, optional
        Use against half a year ago: less, same, more.
    n_open : int, optional
        Problems that are open.
    recommends : int, optional
        Likelihood of recommending us, 0 to 10.
    """

    n_in_90d: int | None = None
    last_on: date | None = None
    direction: str | None = None
    n_open: int | None = None
    recommends: int | None = None

    def to_words(self) -> str:
        """As it stands in the ledger: JSON text."""
        told = {name: value for name, value in asdict(self).items() if value is not None}
        return json.dumps(told, sort_keys=True, default=date.isoformat)

    @classmethod
    def from_words(cls, words: str) -> Answered:
        """Read what `to_words` wrote, also by another version: what is unknown or cannot be read is passed over."""
        try:
            said = dict(json.loads(words))
            said["last_on"] = date.fromisoformat(said["last_on"]) if said.get("last_on") else None
        except (ValueError, TypeError):
            return cls()
        return cls(**{name: said[name] for name in cls.__dataclass_fields__ if name in said})
