"""Your view first: which scores a viewer is shown, and which only after he has said what he thinks himself.

Who is asked, and about what
----------------------------
Of the customers and leads that somebody owns, a share (`CRM_FIRST_VIEW_SHARE`) is drawn each quarter of the build's
day, by a hash of question, entity and quarter: the same in every process, nothing to do with the score. Until the
owner has said his view of one of these, or skipped it, no exit shows him its number. Everybody else sees it. Scores
that are withheld, and what has no score, are never asked about.

Every view reads scores through `scores`, and nowhere else: the one place where numbers are masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from crm_core.access import Capability, Viewer, may
from crm_core.ledger import Kind, StoredEntry
from crm_core.settings import settings
from crm_core.views.reading import book, current, reading, rows

UNKNOWN = "unknown"
"""Tier of a score that is withheld: there is too little to go by."""

YOURS = "yours"
"""Tier of a score that its owner is not shown yet: his own view comes first."""

NUMBERLESS = frozenset({UNKNOWN, YOURS})
"""Tiers of scores without a number, reasons and doubts."""

Waiting = Mapping[str, frozenset[str]]
"""Question -> customers or leads whose number waits for the viewer's own view."""

_NUMBERS = ("probability", "low", "high", "raw", "fragile_low", "fragile_high")
_HINTS = ("typical", "evidence", "is_fragile", "is_worth_asking", "ask_feed", "doubts")
_DIGITS = 8

# The second part gives columns that a build of an older version lacks.
_STORED = """
    select * from marts.mart_score
    union all by name
    select null::varchar as evidence_level, null::integer as n_seen, null::integer as n_feeds,
        null::boolean as is_withheld, null::boolean as is_fragile, null::double as fragile_low,
        null::double as fragile_high, null::varchar as ask_feed, null::boolean as is_worth_asking
    where false
"""


def scores(viewer: Viewer, *, is_said: bool = False) -> str:
    """SQL relation of all scores as this viewer may see them: one row per question and entity.

    A score that is withheld keeps its number in the warehouse; nobody is shown it, at no exit. One that waits for the
    viewer's own view has the tier 'yours' and no number either.

    Parameters
    ----------
    is_said : bool
        As if the viewer had said his view: only to store what it is measured against.
    """
    held = " or ".join(_held(question, keys) for question, keys in ({} if is_said else waiting(viewer)).items() if keys)
    hidden = f"(tier is not distinct from '{UNKNOWN}' or ({held or 'false'}))"
    masked = [f"case when not {hidden} then {name} end as {name}" for name in _NUMBERS]
    if held:
        masked += [f"case when not ({held}) then {name} end as {name}" for name in _HINTS]
        masked.append(f"case when {held} then '{YOURS}' else tier end as tier")
    return f"(select * replace ({', '.join(masked)}) from ({_STORED}))"


def waiting(viewer: Viewer) -> Waiting:
    """Whose numbers wait for this viewer's own view."""
    share = settings().first_view_share
    if share <= 0 or not may(viewer, Capability.DISAGREE):
        return {}
    folder, info = current()
    quarter = quarter_of(info.as_of)
    drawn = _drawn(str(folder.path), info.built_at.isoformat(), viewer.who, quarter, share)
    if not any(drawn.values()):
        return {}
    said = _said(viewer, quarter)
    return {question: keys - said.get(question, frozenset()) for question, keys in drawn.items()}


def quarter_of(day: date) -> str:
    """The quarter a day lies in: '2026 Q2'."""
    return f"{day.year} Q{(day.month + 2) // 3}"


def shown_in(entry: StoredEntry) -> str:
    """The quarter whose number a view was given before, or beside."""
    return quarter_of(entry.shown.as_of or entry.recorded_at.date())


@lru_cache(maxsize=256)
def _drawn(_folder: str, _built_at: str, who: str, quarter: str, share: float) -> Waiting:
    """What is drawn of all that somebody owns in the current build; the arguments say which build that is."""
    limit = "g" if share >= 1 else f"{int(share * 16**_DIGITS):0{_DIGITS}x}"
    with reading(current()[0]) as con:
        found = rows(con, _DRAW, {"who": who, "quarter": quarter, "limit": limit})
    return {
        question: frozenset(row["entity_id"] for row in found if row["question"] == question)
        for question in ("churn", "lead")
    }


_DRAW = f"""
    with owned as (
        select 'churn' as question, customer_id as entity_id from marts.mart_customer
        where owner_id = $who and left_on is null
        union all
        select 'lead', lead_id from marts.mart_lead
        where owner_id = $who and converted_at is null and disqualified_at is null
    )
    select s.question, s.entity_id
    from marts.mart_score as s
    inner join owned as o on s.question = o.question and s.entity_id = o.entity_id
    where s.probability is not null and s.tier is distinct from '{UNKNOWN}'
        and substr(md5(s.question || '|' || s.entity_id || '|' || $quarter), 1, {_DIGITS}) < $limit
"""


def _said(viewer: Viewer, quarter: str) -> Waiting:
    """What the viewer himself said or skipped this quarter, by the customer a source key belongs to now."""
    own = [e for e in book().entries(who=viewer.who, kinds=(Kind.FIRST_VIEW,)) if shown_in(e) == quarter]
    if not own:
        return {}
    with reading(current()[0]) as con:
        found = rows(
            con,
            "select customer_key, customer_id from identity.customer_links "
            "where customer_key in (select unnest($keys))",
            {"keys": sorted({entry.entity_key for entry in own})},
        )
    link = {row["customer_key"]: row["customer_id"] for row in found}
    return {
        "churn": frozenset(link.get(e.entity_key, e.entity_key) for e in own if e.question == "churn"),
        "lead": frozenset(e.entity_key for e in own if e.question == "lead"),
    }


def _held(question: str, keys: frozenset[str]) -> str:
    return f"(question = '{question}' and entity_id in ({', '.join(_literal(key) for key in sorted(keys))}))"


def _literal(text: str) -> str:
    """A text inside SQL; a '$' in it must not look like a parameter to who asks which ones a statement names."""
    return "('" + text.replace("'", "''").replace("$", "' || chr(36) || '") + "')"
