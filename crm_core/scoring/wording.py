"""Say a feature's value as a sentence a sales manager reads at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from crm_core.scoring.matrix import Attribute, column_name
from crm_core.warehouse import FeatureMeaning

VALUE = "{v}"
_UNIT_OF_TYPE = {"number": "plain", "text": "text", "bool": "flag", "date": "days"}


def attribute_meaning(attribute: Attribute) -> FeatureMeaning:
    """Meaning of a custom attribute, as far as its name tells it."""
    label = pretty_name(attribute.name)
    return FeatureMeaning(
        name=column_name(attribute.name),
        label=label,
        unit=_UNIT_OF_TYPE.get(attribute.type, "text"),
        window="now",
        feed="crm",
        say=f"{label}: {{v}}" if attribute.type != "bool" else f"{label}: yes",
        say_zero=f"{label}: no" if attribute.type == "bool" else "",
        say_missing=f"{label}: not known",
        misleads="A field of the source system; its meaning is defined there.",
    )


def pretty_name(name: str) -> str:
    """A column's name as words: `MonthlyCharges` and `monthly_charges` become "Monthly charges"."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.replace("_", " ").replace(".", " "))
    words = [w if w.isupper() and len(w) > 1 else w.lower() for w in spaced.split()]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def sentences(meaning: FeatureMeaning, values: pd.Series, currency: str = "EUR") -> pd.Series:
    """One sentence per value; equal values are worded once.

    Parameters
    ----------
    values : Series, shape (n_rows,)
        Raw feature values; empty ones get the meaning's sentence for what is not known.
    """
    if meaning.unit == "text":
        shown = values.astype("object")
        said = {v: meaning.say.replace(VALUE, str(v)) for v in shown.dropna().unique()}
    else:
        shown = pd.to_numeric(values, errors="coerce").map(lambda x: _rounded(meaning.unit, x)).astype("object")
        said = {v: _said(meaning, float(v), currency) for v in shown.dropna().unique()}
    return pd.Series([said.get(v, meaning.say_missing) for v in shown], index=values.index, dtype="object")


def _rounded(unit: str, value: float) -> float:
    if not np.isfinite(value):
        return np.nan
    if unit in ("share", "ratio", "change"):
        return round(value, 2)
    if unit in ("mood", "csat", "plain"):
        return round(value, 1) if unit != "plain" else float(f"{value:.4g}")
    return float(round(value))


def _said(meaning: FeatureMeaning, value: float, currency: str) -> str:
    if value == 0 and meaning.say_zero:
        return meaning.say_zero
    text = meaning.say.replace(VALUE, value_text(meaning.unit, value, currency))
    return _SINGLE.sub(_one, text)


_SINGLE = re.compile(
    r"\b1 (open |urgent )?"
    r"(calls|meetings|e-mails|contacts|tickets|orders|deals|people|products|seats|times|touches|web visits|stages"
    r"|champions)\b"
)
_ONE = {"people": "person", "touches": "touch"}


def _one(match: re.Match[str]) -> str:
    if match.group(2) == "times":
        return "once"
    return f"1 {match.group(1) or ''}{_ONE.get(match.group(2)) or match.group(2).removesuffix('s')}"


def value_text(unit: str, value: float, currency: str = "EUR") -> str:
    """A value with its unit, short enough for a list."""
    if unit == "money":
        return f"{_symbol(currency)} {_grouped(value)}"
    if unit in _FORMS:
        return _FORMS[unit](value)
    return _grouped(value) if float(value).is_integer() else f"{value:g}"


def _days(value: float) -> str:
    days = round(value)
    if days >= 730:
        return f"{days / 365.25:.0f} years"
    return "1 day" if days == 1 else f"{_grouped(days)} days"


def _hours(value: float) -> str:
    if value >= 48:
        return _days(value / 24)
    return "1 hour" if round(value) == 1 else f"{value:.0f} hours"


def _minutes(value: float) -> str:
    return f"{value:.0f} minutes" if value < 120 else _hours(value / 60)


def _mood(value: float) -> str:
    word = "good" if value > 0.25 else "poor" if value < -0.25 else "mixed"
    return f"{word} ({value:+.1f})"


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _grouped(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\u202f")


_FORMS: dict[str, Callable[[float], str]] = {
    "days": _days,
    "hours": _hours,
    "minutes": _minutes,
    "share": _percent,
    "ratio": _percent,
    "change": lambda v: f"{100 * v:+.0f} %",
    "mood": _mood,
    "nps": lambda v: f"{v:.0f} of 10",
    "csat": lambda v: f"{v:.1f} of 5",
    "points": lambda v: f"{v:+.0f}",
    "flag": lambda v: "yes" if v else "no",
}


def _symbol(currency: str) -> str:
    return {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}.get(currency, currency)
