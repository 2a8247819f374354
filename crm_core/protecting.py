"""Recognise attributes that law protects, by their names in English and German; imports nothing of ours."""

from __future__ import annotations

import re

_WORDS = {
    "gender", "geschlecht", "sex", "salutation", "anrede", "birth", "birthday", "birthdate", "dob", "geburt",
    "geburtsdatum", "geburtstag", "geburtsjahr", "geburtsort", "geburtsland", "nationality", "nationalities",
    "nationalitaet", "nationalität", "staatsangehoerigkeit", "staatsangehörigkeit", "staatsbuergerschaft",
    "staatsbürgerschaft", "citizenship", "religion", "religious", "religionszugehörigkeit", "religionszugehoerigkeit",
    "konfession", "ethnicity", "ethnic", "ethnie", "race", "racial", "hautfarbe", "marital", "marriage", "married",
    "familienstand", "zivilstand", "disability", "disabilities", "disabled", "behinderung", "schwerbehinderung",
    "schwerbehindert", "behindert", "pregnant", "pregnancy", "schwanger", "schwangerschaft",
    "weltanschauung", "sexuality", "sexualität", "sexualitaet", "senior", "gewerkschaft", "political", "politics",
    "politisch", "politische", "partei", "parteizugehörigkeit", "parteizugehoerigkeit", "transgender", "veteran",
}  # fmt: skip
_INSIDE = (
    "seniorcitizen", "maritalstatus", "dateofbirth", "birthdate", "yearofbirth", "placeofbirth", "sexualorient",
    "sexuelleorient", "tradeunion", "unionmember", "skincolo", "countryofbirth",
)  # fmt: skip
_AMBIGUOUS = {"age", "ages", "alter", "altersgruppe", "altersklasse", "agegroup", "ageband", "herkunft"}
# Beside these words the age or the origin of a thing is meant, and nobody is protected for it.
_THINGS = {
    "account", "contract", "vertrag", "subscription", "ticket", "case", "deal", "opportunity", "invoice", "rechnung",
    "order", "lead", "company", "firm", "firma", "data", "feed", "record", "device", "product", "stage", "pipeline",
    "domain", "website", "file", "kanal", "channel", "source", "quelle", "kampagne", "campaign",
    "house", "building", "vehicle", "car", "relationship", "debt", "quote", "task",
}  # fmt: skip


def is_protected_name(*names: str) -> bool:
    """True when a name, or one of its words (`customerAge`, `birth_date`), speaks of a protected attribute."""
    return any(_is_protected(_split(name)) or any(w in _squeezed(name) for w in _INSIDE) for name in names)


def speaks_of_age(name: str) -> bool:
    """True when a name speaks of how old somebody is."""
    return bool({"age", "ages", "alter"} & set(_split(name)))


def speaks_of_birth(name: str) -> bool:
    """True when a name speaks of when somebody was born."""
    return any(word in _squeezed(name) for word in ("birth", "geburt", "dob"))


def _is_protected(words: list[str]) -> bool:
    found = set(words)
    return bool(_WORDS & found) or (bool(_AMBIGUOUS & found) and not _THINGS & found)


def _split(name: str) -> list[str]:
    spaced = re.sub(r"([a-zäöüß0-9])([A-ZÄÖÜ])", r"\1 \2", name)
    spaced = re.sub(r"([A-ZÄÖÜ]+)([A-ZÄÖÜ][a-zäöüß])", r"\1 \2", spaced)
    return [word.lower() for word in re.split(r"[^A-Za-zÄÖÜäöüß]+", spaced) if word]


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())
