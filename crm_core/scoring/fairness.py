"""What a fairness check found, as plain figures of the model card: per group, never per person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Share:
    """A share among `n` entities with its 95 % interval (Wilson); None where too few stand behind it."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class Group:
    """One group of an attribute on the test part; `n` counts entities, not rows.

    flagged: tier high. false_alarms: flagged among those to whom it did not happen; misses: not flagged among those
    to whom it did. said: mean probability; came: share to whom it happened.
    """

    name: str
    n: int
    flagged: Share
    false_alarms: Share
    misses: Share
    said: float
    came: Share


@dataclass(frozen=True)
class Screen:
    """Four-fifths screen of one measure: the pair of groups that differs most, `ratio` of the lower to the higher.

    p is corrected for the number of comparisons; a breach needs a ratio below 0.8 *and* p below 0.05.
    """

    measure: str
    lowest: str
    highest: str
    ratio: float
    p: float
    is_breach: bool


@dataclass(frozen=True)
class Proxy:
    """How well the features in use tell a group from the others: cross-fitted AUC, and the strongest features."""

    group: str
    auc: float
    low: float
    high: float
    strongest: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Checked:
    """One protected attribute. `n_small`: groups too small to be shown; `why_not`: why nothing was compared."""

    attribute: str
    n_known: int
    n_unknown: int
    n_small: int
    why_not: str = ""
    groups: list[Group] = field(default_factory=list)
    screens: list[Screen] = field(default_factory=list)
    proxies: list[Proxy] = field(default_factory=list)


@dataclass(frozen=True)
class Fairness:
    """The check of one version of a model."""

    version: int
    checked: list[Checked] = field(default_factory=list)
    n_comparisons: int = 0
    is_stopped: bool = False
    is_released: bool = False

    @property
    def breaches(self) -> list[tuple[Checked, Screen]]:
        """What differs too much and beyond chance."""
        return [(c, screen) for c in self.checked for screen in c.screens if screen.is_breach]


@dataclass(frozen=True)
class OverrideGroup:
    """How often people said of a group that it is likelier (up) or less likely (down) than the model says."""

    name: str
    n: int
    up: Share
    down: Share


@dataclass(frozen=True)
class Overridden:
    """People's disagreements by the groups of one protected attribute: reported, never a reason to stop."""

    attribute: str
    n_said: int
    n_small: int
    why_not: str = ""
    groups: list[OverrideGroup] = field(default_factory=list)
    screens: list[Screen] = field(default_factory=list)


def fairness_of(facts: Mapping[str, Any] | None) -> Fairness | None:
    """Read what `asdict` made of a check; None stays None."""
    if facts is None:
        return None
    checked = [
        Checked(
            **row
            | {
                "groups": [_group(g) for g in row["groups"]],
                "screens": [Screen(**s) for s in row["screens"]],
                "proxies": [Proxy(**p) for p in row["proxies"]],
            }
        )
        for row in facts["checked"]
    ]
    return Fairness(**{**facts, "checked": checked})


def overridden_of(facts: Iterable[Mapping[str, Any]]) -> list[Overridden]:
    """Read what `asdict` made of the overrides."""
    return [
        Overridden(
            **{
                **row,
                "groups": [
                    OverrideGroup(**g | {"up": Share(**g["up"]), "down": Share(**g["down"])}) for g in row["groups"]
                ],
                "screens": [Screen(**s) for s in row["screens"]],
            }
        )
        for row in facts
    ]


def _group(facts: dict[str, Any]) -> Group:
    return Group(**facts | {name: Share(**facts[name]) for name in ("flagged", "false_alarms", "misses", "came")})
