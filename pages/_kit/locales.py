"""How the viewer's part of the world writes numbers and days: separators and order; the words stay English.

A page in English with German month names would be neither. So the language stays, and what people misread changes:
1.912 or 1,912, 12 Sep or Sep 12. Digits are always 0 to 9 and the sign of a currency stands before the number, as
Streamlit's own tables and pictures write them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from streamlit.runtime.scriptrunner import get_script_run_ctx

USUAL = "en-GB"


@dataclass(frozen=True)
class Manner:
    """One way to write numbers and days."""

    group: str = ","
    decimal: str = "."
    sizes: tuple[int, int] = (3, 3)
    order: str = "dmy"

    def number(self, value: float, digits: int = 0) -> str:
        """A number with separators: '1,912', '1.912,5'."""
        whole, _, fraction = f"{abs(value):.{digits}f}".partition(".")
        first, more = self.sizes
        parts = [whole[-first:]]
        rest = whole[:-first]
        while rest:
            parts.append(rest[-more:])
            rest = rest[:-more]
        text = self.group.join(reversed(parts)) + (f"{self.decimal}{fraction}" if fraction else "")
        is_nothing = not text.strip(f"0{self.decimal}{self.group}")
        return f"−{text}" if value < 0 and not is_nothing else text


def manner() -> Manner:
    """That of who is looking; British where nobody is or the browser does not say."""
    # Every number on a page asks; `st.context` would warn wherever a number is said outside of a page.
    ctx = get_script_run_ctx(suppress_warning=True)
    info = ctx.context_info if ctx is not None else None
    return manner_of((info.locale if info is not None else "") or USUAL)


def zone() -> ZoneInfo | None:
    """Time zone of who is looking, if the browser says it."""
    ctx = get_script_run_ctx(suppress_warning=True)
    info = ctx.context_info if ctx is not None else None
    try:
        return ZoneInfo(info.timezone) if info is not None and info.timezone else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


@lru_cache(maxsize=64)
def manner_of(locale: str) -> Manner:
    """That of a locale such as 'de-CH'; an unknown one is taken for British."""
    from babel import Locale, UnknownLocaleError

    try:
        known = Locale.parse(locale, sep="-")
    except (UnknownLocaleError, ValueError):
        return Manner()
    symbols = known.number_symbols
    latin = symbols.get("latn", symbols)
    sizes = known.decimal_formats[None].grouping
    # A year-first part of the world puts the month before the day.
    written = [letter for letter in known.date_formats["medium"].pattern.replace("'de'", "") if letter in "dMy"]
    order = "".join(dict.fromkeys(written)).lower()
    return Manner(latin["group"], latin["decimal"], (sizes[0], sizes[1]), order if len(order) == 3 else "dmy")
