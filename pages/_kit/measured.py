"""Values of measures as people say them: each unit in one way, on every page."""

from __future__ import annotations

from crm_core.views import steer
from pages._kit import words

NOT_KNOWN = "not known yet"
TIMES = "×"
ALIKE = {"percent": 0.0005, "money": 0.5, "count": 0.5}


def figure(value: float | None, unit: str, currency: str, *, is_exact: bool = False, is_short: bool = False) -> str:
    """A value with its unit: '91.2 %', '€ 48k', '8.7 hours', '1.8 ×'; '–' where there is none.

    Short, a time goes without its unit, for a place that has just named it.
    """
    if value is None:
        return words.NOTHING
    match unit:
        case "money":
            return words.money(value, currency, is_exact=is_exact)
        case "percent":
            return f"{_decimal(value * 100)} %"
        case "count":
            return words.number(value)
        case "hours" | "days":
            return _decimal(value) if is_short else f"{_decimal(value)} {unit}"
        case "ratio":
            return f"{_decimal(value)} {TIMES}"
    return _decimal(value)


def rounded(value: float | None, unit: str) -> float | None:
    """A value as tables and files have it, in the unit of the screen and as exact: 91.2 (%), 48230 (money)."""
    if value is None:
        return None
    if unit in ("money", "count"):
        return round(value)
    return round(value * (100 if unit == "percent" else 1), 1)


def change(amount: float, before: float, unit: str) -> str:
    """How much has been added or taken, without sign and unit: '0.4' points of a percentage, '3.6 %' of money."""
    if unit in ("money", "count") and before:
        return f"{_decimal(abs(100 * amount / before))} %"
    return _decimal(abs(amount) * (100 if unit == "percent" else 1))


def is_alike(amount: float, unit: str) -> bool:
    """Whether a change is too small to be seen in the figures as they are written."""
    return abs(amount) < ALIKE.get(unit, 0.05)


def verdict(amount: float, direction: str) -> str:
    """What a change means: better or worse; more or less where neither is good in itself."""
    if direction not in ("up", "down"):
        return "more" if amount > 0 else "less"
    return "better" if (amount > 0) == (direction == "up") else "worse"


def meaning(about: steer.Measure) -> str:
    """What a measure means and how it is worked out, for a help text; Markdown."""
    return (
        f"{words.plain(about.meaning)}  \n**How it is worked out:** {words.plain(about.formula)}.  \n"
        f"**Mind:** {words.plain(about.misleads)}"
    )


def _decimal(value: float) -> str:
    """One decimal in the reader's own form; what rounds to nought has no sign."""
    return words.number(round(value, 1) + 0.0, 1).replace("-", "−")
