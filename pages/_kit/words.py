"""Numbers, days and codes as people say them, and people's own words kept from being read as markup.

Numbers and days are written in the viewer's manner (`locales`): separators and order, not language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Protocol

from crm_core.access import Role, Viewer
from crm_core.views import sell
from pages._kit.locales import manner, zone

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
TIERS = {
    "high": "high",
    "medium": "medium",
    "low": "low",
    "unknown": "not enough evidence",
    "none": "not scored yet",
    "yours": "your view first",
}
SHAPES = {"high": "◆", "medium": "■", "low": "●", "unknown": "○", "none": "◌", "yours": "◇"}
ROLES = {
    Role.REP: "sales rep",
    Role.MANAGER: "sales manager",
    Role.EXECUTIVE: "executive",
    Role.ANALYST: "analyst",
    Role.STEWARD: "data steward",
    Role.ADMIN: "administrator",
}
WHY = {
    "knows_personally": "knows them",
    "data_wrong": "data wrong",
    "data_missing": "data missing",
    "contract_known": "knows the contract",
    "customer_told_us": "was told by them",
    "timing": "timing",
    "other": "own reason",
}
DISAGREE = "people disagree"
NOTHING = "–"
doubts = sell.parts.doubts_in_words


class Paying(Protocol):
    """A customer on a list, with what he pays as far as it can be added up."""

    @property
    def yearly_value(self) -> float | None: ...
    @property
    def n_foreign_lines(self) -> int: ...
    @property
    def foreign_currency(self) -> str | None: ...


class Said(Protocol):
    """One person's view, as far as a list shows it."""

    @property
    def who_name(self) -> str: ...
    @property
    def belief(self) -> str: ...
    @property
    def probability(self) -> float | None: ...
    @property
    def reason(self) -> str: ...
    @property
    def reason_code(self) -> str: ...
    @property
    def is_contested(self) -> bool: ...


_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str | None) -> str:
    """Somebody's words for a place that reads Markdown: every sign stands for itself, on one line."""
    return _PUNCTUATION.sub(r"\\\1", apart(" ".join((text or "").split())))


def apart(text: str) -> str:
    """Words written from right to left, kept from turning round the numbers and signs beside them."""
    return f"\u2068{text}\u2069" if _RIGHT_TO_LEFT.search(text) else text


def hover(text: str | None) -> str:
    """Somebody's words for a picture, which reads a little HTML."""
    return apart(text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def of_100(probability: float) -> str:
    """A chance as a natural frequency: how many of 100, never a certainty."""
    if 0 < probability < 0.005:
        return "fewer than 1"
    return "more than 99" if 0.995 < probability < 1 else f"{probability * 100:.0f}"


def of_10(share: float) -> str:
    """A share as times of ten: '7'; never all or none of them."""
    return "fewer than 1" if share < 0.05 else "more than 9" if share >= 0.95 else f"{share * 10:.0f}"


def span(low: float | None, high: float | None) -> str:
    """An interval: '24–37'."""
    return NOTHING if low is None or high is None else f"{low * 100:.0f}–{high * 100:.0f}"


def chance(probability: float | None, low: float | None = None, high: float | None = None) -> str:
    """A chance with its interval: '31 of 100 (24–37)'."""
    if probability is None:
        return "no number"
    return f"{of_100(probability)} of 100" + ("" if low is None else f" ({span(low, high)})")


def points(change: float) -> str:
    """Probability points with their sign: '+14', '−3', '±0'."""
    n = round(change * 100)
    return f"+{n}" if n > 0 else f"−{-n}" if n < 0 else "±0"


def reason(sentence: str, change: float) -> str:
    """A reason with what it adds or takes: 'Contract ends in 85 days (+14)'."""
    return f"{sentence} ({points(change)})"


def number(value: float, digits: int = 0) -> str:
    """A number in the viewer's manner: '1,912', '1.912'."""
    return manner().number(value, digits)


def money(value: float | None, currency: str, *, is_exact: bool = False) -> str:
    """Money: '€ 48k' in lists, '€ 48,230' where it is exact."""
    sign = SIGNS.get(currency, currency)
    if value is None:
        return NOTHING
    if is_exact or abs(value) < 999.5:
        return f"{sign} {number(value)}"
    for step, letter in ((1e3, "k"), (1e6, "M"), (1e9, "B")):
        n = value / step
        if abs(n) < 999.5 or letter == "B":
            return f"{sign} {number(n, 1 if abs(n) < 9.95 else 0)}{letter}"
    return NOTHING


def foreign(n_lines: int, currency: str | None) -> str:
    """Contract lines that cannot be added up: '1 line in USD (no rate set)'."""
    return f"{counted(n_lines, 'line')} in {currency or 'other currencies'} (no rate set)"


def pays(row: Paying, currency: str) -> str:
    """What a customer pays in a year, and what is not in it: '€ 48k + 1 line in USD (no rate set)'."""
    if not row.n_foreign_lines:
        return money(row.yearly_value, currency)
    more = foreign(row.n_foreign_lines, row.foreign_currency)
    return more if row.yearly_value is None else f"{money(row.yearly_value, currency)} + {more}"


def worth(value: float | None, currency: str, *, is_usual: bool) -> str:
    """What a deal is worth; with '~' where it is only what such deals usually bring."""
    return ("~ " if is_usual and value is not None else "") + money(value, currency)


def first_touch(hours: int | None) -> str:
    """How long it took until one of us got in touch."""
    if hours is None:
        return "none logged"
    return "at once" if hours < 1 else f"after {hours} h" if hours < 48 else f"after {hours // 24} days"


def day(moment: date | None, this_year: int) -> str:
    """A day: '12 Sep', with the year where it is another one; 'Sep 12' where people write it so."""
    if moment is None:
        return NOTHING
    month, order = MONTHS[moment.month - 1], manner().order
    said = f"{moment.day} {month}" if order.index("d") < order.index("m") else f"{month} {moment.day}"
    if moment.year == this_year:
        return said
    if order[0] == "y":
        return f"{moment.year} {said}"
    return f"{said}, {moment.year}" if order == "mdy" else f"{said} {moment.year}"


def time(moment: datetime) -> str:
    """A time of the day where the viewer is: '14:05'; with UTC beside it where the browser does not say where."""
    there = zone()
    return f"{moment:%H:%M} UTC" if there is None else f"{moment.replace(tzinfo=UTC).astimezone(there):%H:%M}"


def picture_day(*, has_year: bool = True, split: str = " ") -> str:
    """How pictures write a day: a format of d3's."""
    order = manner().order
    said = "%-d %b" if order.index("d") < order.index("m") else "%b %-d"
    return f"{said}{split}%Y" if has_year else said


def ago(moment: date | datetime | None, today: date) -> str:
    """Whole days between: 'today', 'yesterday', '3 days ago'."""
    if moment is None:
        return "never"
    n = (today - (moment.date() if isinstance(moment, datetime) else moment)).days
    if n <= 0:
        return "today" if n == 0 else f"in {-n} days" if n < -1 else "tomorrow"
    return "yesterday" if n == 1 else f"{n} days ago"


def logged(moment: date | datetime | None, today: date, thing: str = "contact") -> str:
    """The last contact as far as one was logged, which nobody may take for none: 'last logged contact 3 days ago'."""
    return f"no {thing} logged" if moment is None else f"last logged {thing} {ago(moment, today)}"


def age(moment: datetime, now: datetime) -> str:
    """How long ago, as short as it can be said: 'just now', '5 min ago', '2 h ago', '3 days ago'."""
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    hours = minutes // 60
    return f"{hours} h ago" if hours < 48 else f"{hours // 24} days ago"


def counted(n: int, one: str, many: str = "") -> str:
    """A number with its noun: '1 customer', '1,912 customers'."""
    return f"{number(n)} {one if n == 1 else many or one + 's'}"


def role(viewer: Viewer) -> str:
    """What the viewer is to the product."""
    return ROLES.get(viewer.role, "nobody we know")


def scope(viewer: Viewer) -> str:
    """Which customers the viewer may see, and how."""
    match viewer.role:
        case Role.REP:
            return "sees the customers in own care"
        case Role.MANAGER:
            return f"sees the customers of {' and '.join(sorted(viewer.teams)) or 'no team'}"
        case Role.EXECUTIVE:
            return "sees all customers, without anybody's notes"
        case Role.ANALYST:
            return "sees all customers, people under pseudonyms, no notes"
        case Role.STEWARD | Role.ADMIN:
            return "sees everything"
    return "sees nothing"


def said(opinions: Sequence[Said]) -> str:
    """What people say of one customer or lead, each with the own reason, for one cell of a list."""
    told = []
    for o in opinions:
        who = o.who_name if len(opinions) == 1 else initials(o.who_name)
        told.append(f"{opinion(who, o.belief, o.probability)}, {WHY.get(o.reason_code, o.reason)}")
    return (f"{DISAGREE}: " if any(o.is_contested for o in opinions) else "") + " · ".join(told)


def initials(name: str) -> str:
    """A name where there is little room: 'Denise O.'"""
    first, *others = name.split() or [name]
    return f"{first} {others[-1][0]}." if others else name


MAY = {"will leave": "may leave", "will stay": "may stay", "ready to buy": "may buy", "not ready": "may not buy"}
"""How a belief reads beside a number that is on the other side of 50 of 100: 'will leave (19 of 100)' is no English."""


def opinion(who: str, belief: str, probability: float | None = None) -> str:
    """What a person believes, short: 'Jana: will stay (10 of 100)', 'Jana: may leave (19 of 100)'."""
    if probability is None:
        return f"{who}: {belief}"
    is_doubted = (probability < 0.5) == (belief in ("will leave", "ready to buy")) and probability != 0.5
    return f"{who}: {MAY.get(belief, belief) if is_doubted else belief} ({of_100(probability)} of 100)"
