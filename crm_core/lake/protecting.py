"""Recognise attributes that law protects, by their names in English and German."""

from __future__ import annotations

import re

_WORDS = {
    "age", "alter", "gender", "geschlecht", "sex", "birth", "birthday", "birthdate", "dob", "geburtsdatum",
    "geburtstag", "geburtsjahr", "nationality", "nationalitaet", "nationalität", "staatsangehoerigkeit",
    "staatsangehörigkeit", "citizenship", "religion", "konfession", "ethnicity", "ethnic", "race", "marital",
    "marriage", "familienstand", "disability", "disabled", "behinderung", "schwerbehinderung", "pregnant", "pregnancy",
    "schwangerschaft", "herkunft", "weltanschauung", "sexuality", "orientation", "senior", "gewerkschaft",
}  # fmt: skip
_INSIDE = ("seniorcitizen", "maritalstatus", "dateofbirth", "birthdate", "yearofbirth", "placeofbirth", "sexualorient")


def is_protected_name(*names: str) -> bool:
    """True when a name, or one of its words (`customerAge`, `birth_date`), speaks of a protected attribute."""
    return any(_WORDS & set(_split(name)) or any(w in _squeezed(name) for w in _INSIDE) for name in names)


def _split(name: str) -> list[str]:
    spaced = re.sub(r"([a-zäöüß0-9])([A-ZÄÖÜ])", r"\1 \2", name)
    return [word.lower() for word in re.split(r"[^A-Za-zÄÖÜäöüß]+", spaced) if word]


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())
