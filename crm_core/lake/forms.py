"""Forms in which numbers, dates and truth values are written: as SQL that gives NULL for what does not fit."""

from __future__ import annotations

from crm_core.lake.sql import among, lit

TRUE_WORDS = ("true", "yes", "y", "t", "ja", "j", "wahr", "1", "x", "on")
FALSE_WORDS = ("false", "no", "n", "f", "nein", "falsch", "0", "off")
BOOL_WORDS = tuple(w for w in (*TRUE_WORDS, *FALSE_WORDS) if len(w) > 1)
ISO, ISO_ZONED, EPOCH_MS = "iso", "iso with offset", "epoch ms"
DAY_FIRST = ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y")
MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y")
OTHER_DATES = ("%Y%m%d", "%Y.%m.%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", EPOCH_MS)
DATE_FORMS = (*DAY_FIRST, *MONTH_FIRST, *OTHER_DATES)
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %H:%M:%S")
_SIGNS = "[\\s\u00a0\u202f'’€$£¥%]|EUR|USD|CHF|GBP"
BLANKS = " \t\r\n\u00a0\u200b\ufeff"
POINT, COMMA, PLAIN = ".", ",", ""


def clean(column: str, nulls: tuple[str, ...]) -> str:
    """Normalised, trimmed text; NULL where it is empty or a word for missing."""
    text = f"nfc_normalize({column})"
    # Trimming a set of signs is slow (1 s a million texts), so it is only done where there is something to trim.
    edges = [f"{text} < '!'", *(f"starts_with({text}, {lit(c)})" for c in BLANKS if ord(c) > 127)]
    edges += [f"suffix({text}, {lit(c)})" for c in BLANKS]
    words = " ".join(f"WHEN {lit(n)} THEN NULL" for n in dict.fromkeys(("", *nulls)))
    trimmed = f"CASE WHEN {' OR '.join(edges)} THEN trim({text}, {lit(BLANKS)}) ELSE {text} END"
    return f"CASE {trimmed} {words} ELSE {trimmed} END"


def number(text: str, style: str) -> str:
    """A finite number; `style` is the decimal sign, or empty for texts without any decoration."""
    if style == PLAIN:
        return _finite(f"TRY_CAST({text} AS DOUBLE)")
    digits = f"regexp_replace({text}, {lit(_SIGNS)}, '', 'g')"
    other = "," if style == POINT else "."
    dot, sep = (r"\.", ",") if style == POINT else (",", r"\.")
    grouped = rf"[-+]?\d{{1,3}}({sep}\d{{3}})+({dot}\d+)?[-]?"
    simple = rf"[-+]?\d*({dot}\d+)?([eE][-+]?\d+)?[-]?"
    joined = f"replace({digits}, {lit(other)}, '')"
    is_grouped, is_simple = (f"regexp_full_match({digits}, {lit(form)})" for form in (grouped, simple))
    ok = f"CASE WHEN {is_grouped} THEN {joined} WHEN {is_simple} THEN {digits} END"
    if style == COMMA:
        ok = f"replace({ok}, ',', '.')"
    signed = f"CASE WHEN suffix({ok}, '-') THEN '-' || rtrim({ok}, '-') ELSE {ok} END"
    return _finite(f"TRY_CAST({signed} AS DOUBLE)")


def money(text: str, style: str) -> str:
    """An amount with two decimals."""
    if style == PLAIN:
        return (
            f"CASE WHEN {_finite(f'TRY_CAST({text} AS DOUBLE)')} IS NOT NULL THEN TRY_CAST({text} AS DECIMAL(18,2)) END"
        )
    return f"TRY_CAST({number(text, style)} AS DECIMAL(18,2))"


def whole(text: str, style: str) -> str:
    """A whole number; 12.0 is one, 12.5 is not."""
    value = number(text, style)
    return f"CASE WHEN {value} = round({value}) THEN TRY_CAST({value} AS BIGINT) END"


def _finite(value: str) -> str:
    return f"CASE WHEN isfinite({value}) THEN {value} END"


def moment(text: str, form: str) -> str:
    """A moment in UTC; texts without a zone are taken as UTC. Days that do not exist give NULL."""
    if form == ISO:
        value = f"TRY_CAST({text} AS TIMESTAMP)"
    elif form == ISO_ZONED:
        value = f"CAST(TRY_CAST({text} AS TIMESTAMPTZ) AS TIMESTAMP)"
    elif form == EPOCH_MS:
        value = f"CASE WHEN regexp_full_match({text}, '1\\d{{12}}') THEN epoch_ms(TRY_CAST({text} AS BIGINT)) END"
    else:
        has_clock = any(sign in form for sign in ("%H", "%I"))
        forms = [form] if has_clock else [form + clock for clock in _CLOCKS]
        value = f"try_strptime({text}, [{', '.join(lit(f) for f in forms)}])"
    return f"CASE WHEN {value} BETWEEN TIMESTAMP '1900-01-01' AND TIMESTAMP '9999-12-31' THEN {value} END"


def moments(text: str, forms: tuple[str, ...]) -> str:
    """A moment in the first of several forms that fits."""
    tried = [moment(text, form) for form in forms]
    return tried[0] if len(tried) == 1 else f"coalesce({', '.join(tried)})"


def truth(text: str) -> str:
    """A truth value in English or German."""
    low = f"lower({text})"
    return f"CASE WHEN {among(low, TRUE_WORDS)} THEN true WHEN {among(low, FALSE_WORDS)} THEN false END"


def number_as_text(text: str, style: str) -> str:
    """A number as canonical text: 12, not 12.0."""
    value = number(text, style)
    return f"regexp_replace(CAST({value} AS VARCHAR), '\\.0$', '')"


def why_no_number(text: str) -> str:
    """SQL for the reason why a text is no number."""
    odd = among(f"lower(trim({text}, '+-'))", ("nan", "inf", "infinity", "∞"))
    return f"CASE WHEN {odd} THEN 'is not a finite number' ELSE 'is not a number' END"


def why_no_moment(text: str, forms: tuple[str, ...]) -> str:
    """SQL for the reason why a text is no date."""
    known = lit("no day of the calendar, or not in the form " + " or ".join(forms))
    shape = r"^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
    return f"CASE WHEN regexp_matches({text}, {lit(shape)}) THEN 'is ' || {known} ELSE 'is not a date' END"
