"""Search from every page: a customer, lead or deal by parts of its name, typing errors forgiven, within the scope.

First what begins with the words that were typed: a look into a sorted list. Only if that finds little, the words are
compared with every word that occurs in names: contained in it, or written nearly alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from crm_core.access import Viewer, person_column, row_filter, sees_persons
from crm_core.views.reading import current, reading, rows, told

LETTERS, WORDS, LIMIT = 60, 5, 8
ENOUGH = 3
CANDIDATES, RANKED = 40, 24
# Who types "Acme GmbH" may mean the ACME that another system calls Ltd.
LEGAL_FORMS = frozenset(
    "gmbh ag kg ug ohg ltd limited llc inc co corp sa sas sarl srl spa ab as oy bv nv plc group".split()
)
# How well a word fits, best first; a word written nearly alike costs more with every letter that differs.
CONTAINED, ALIKE = 2, 3
# As the macro `folded` does in the warehouse.
_SAME = (
    ("ß", "ss"), ("ø", "o"), ("æ", "ae"), ("œ", "oe"), ("đ", "d"), ("ł", "l"), ("ı", "i"),
    ("ae", "a"), ("oe", "o"), ("ue", "u"),
)  # fmt: skip


@dataclass(frozen=True)
class Hit:
    """One thing that was found."""

    kind: str = told("customer, lead or deal.")
    id: str = told("Key of the customer, lead or deal.")
    name: str = told("What it is called; a lead's person only if you see persons.")
    more: str = told("What stands beside the name.")
    is_past: bool = told("The customer has left, the lead or deal is closed.")


@dataclass(frozen=True)
class _Match:
    n: int
    n_words: int
    cost: float


@dataclass(frozen=True)
class _Query:
    """What is asked, by whom: the words to find, those that may be missing, and the condition on rows."""

    words: tuple[str, ...]
    optional: frozenset[str]
    where: str
    params: dict[str, Any]


def search(viewer: Viewer, text: str, limit: int = LIMIT) -> tuple[Hit, ...]:
    """Customers, leads and deals whose names fit the text, best first.

    Parameters
    ----------
    text : str
        Parts of names in any order; what is beyond 60 letters or 5 words is not looked at.
    """
    folder, _ = current()
    with reading(folder) as con:
        typed = text[:LETTERS].encode("utf-8", "ignore").decode().replace("\0", " ").strip()
        if not typed:
            return ()
        query = _query(con, viewer, typed)
        if not query.words:
            return _by_signs(con, viewer, typed, limit)
        found = _beginning(con, query)
        if len(found) < limit:
            found = _widened(con, query, found)
        return _hits(con, viewer, found, query.optional)[:limit]


def folded_sql(expr: str) -> str:
    """SQL expression for a name as it is searched; equal to what the macro `folded` makes in the warehouse."""
    out = f"strip_accents(lower({expr}))"
    for before, after in _SAME:
        out = f"replace({out}, '{before}', '{after}')"
    return rf"trim(regexp_replace(regexp_replace({out}, '[.''’`´]', '', 'g'), '[^\p{{L}}\p{{N}}]+', ' ', 'g'))"


def _query(con: duckdb.DuckDBPyConnection, viewer: Viewer, typed: str) -> _Query:
    folded = rows(con, f"select {folded_sql('$typed')} as text", {"typed": typed})[0]["text"]
    words = tuple(dict.fromkeys(folded.split()))[:WORDS]
    needed = tuple(word for word in words if word not in LEGAL_FORMS) or words
    seen = row_filter(viewer, "w")
    where = seen.sql if sees_persons(viewer) else f"{seen.sql} and not w.is_person"
    return _Query(needed, frozenset(words) - frozenset(needed), where, dict(seen.params))


def _begins(query: _Query, i: int) -> tuple[str, dict[str, Any]]:
    """Rows with a word that begins with word `i`: the first word of a name before others, the whole before a part.

    One or two letters begin too many words; unless they are the last that was typed, they stand for themselves.
    """
    word = query.words[i]
    is_whole = len(word) <= 2 and i < len(query.words) - 1
    sql = f"""
        select w.n, {i} as i, min(case when w.word = $word{i} then 0 else 1 end + 0.4 * (w.place > 1)::int) as cost
        from marts.mart_search_word as w
        where w.word >= $word{i} and w.word < $beyond{i} and {query.where}
        group by w.n
    """
    return sql, {f"word{i}": word, f"beyond{i}": word + ("\0" if is_whole else chr(0x10FFFF))}


def _beginning(con: duckdb.DuckDBPyConnection, query: _Query) -> list[_Match]:
    parts = [_begins(query, i) for i in range(len(query.words))]
    return _matches(con, query, parts, len(parts))


def _matches(
    con: duckdb.DuckDBPyConnection, query: _Query, parts: list[tuple[str, dict[str, Any]]], needed: int
) -> list[_Match]:
    """Rows in which at least so many of the words are found, best first."""
    params = dict(query.params)
    for _, more in parts:
        params |= more
    sql = f"""
        with found as ({" union all ".join(sql for sql, _ in parts)}),
        best as (select n, i, min(cost) as cost from found group by n, i)
        select n, count(*) as n_words, sum(cost) as cost
        from best group by n having count(*) >= {needed}
        order by n_words desc, cost, n limit {RANKED}
    """
    return [_Match(**row) for row in rows(con, sql, params)]


def _widened(con: duckdb.DuckDBPyConnection, query: _Query, found: list[_Match]) -> list[_Match]:
    """What also contains the words; and if that is little and nothing fits exactly, what is written nearly alike.

    One of several words may be missing then; words of one or two letters are not looked for.
    """
    if len(query.words) > 1:
        words = tuple(word for word in query.words if len(word) > 2)
        if found or not words:
            return found
        query = replace(query, words=words)
    n_words = len(query.words)
    strange = _strange(con, query) if n_words > 1 else {0}
    near = [_near(con, query, word) if i in strange else [] for i, word in enumerate(query.words)]
    if any(cost <= CONTAINED for words in near for _, cost in words):
        found = _listed(con, query, near, CONTAINED, n_words)
    if len(found) >= ENOUGH or any(match.cost < 1 for match in found):
        return found
    alike = _listed(con, query, near, float("inf"), max(1, n_words - 1))
    known = {match.n for match in found}
    best = max((match.n_words for match in alike), default=0)
    return [*found, *(match for match in alike if match.n not in known and match.n_words == best)]


def _strange(con: duckdb.DuckDBPyConnection, query: _Query) -> set[int]:
    """Which of the words begin no word of any name, so that they may be mistyped; all, if there is none such."""
    parts = [_begins(query, i) for i in range(len(query.words))]
    exists = ", ".join(
        f"exists(select 1 from marts.mart_search_vocabulary where word >= $word{i} and word < $beyond{i}) as w{i}"
        for i in range(len(parts))
    )
    known = rows(con, f"select {exists}", {k: v for _, params in parts for k, v in params.items()})[0]
    return {i for i in range(len(parts)) if not known[f"w{i}"]} or set(range(len(parts)))


def _near(con: duckdb.DuckDBPyConnection, query: _Query, word: str) -> list[tuple[str, float]]:
    """Words that occur in names and contain this one or look like it, with what they cost."""
    errors = 0 if len(word) < 4 else 1 if len(word) < 6 else 2
    names = "true" if "is_person" not in query.where else "not is_person_only"
    # The quick measure goes first: the exact one takes ten times as long. A word may not be typed to its end.
    sql = f"""
        select word, cost from (
            select word,
                case
                    when contains(word, $word) then {CONTAINED}
                    when {errors} > 0 and jaro_winkler_similarity(word, $word) >= 0.8
                        then {ALIKE} + least(
                            damerau_levenshtein(word, $word), 0.5 + damerau_levenshtein(word[:{len(word)}], $word)
                        )
                end as cost
            from marts.mart_search_vocabulary
            where {names}
        )
        where cost <= {ALIKE + errors} + 0.5
        order by cost, length(word), word limit {CANDIDATES}
    """
    return [(row["word"], row["cost"]) for row in rows(con, sql, {"word": word})]


def _listed(
    con: duckdb.DuckDBPyConnection, query: _Query, near: list[list[tuple[str, float]]], most: float, needed: int
) -> list[_Match]:
    """Rows with a word that begins like one of the query's, or is one of those near it."""
    parts = [_begins(query, i) for i in range(len(query.words))]
    for i, candidates in enumerate(near):
        chosen = [(word, cost) for word, cost in candidates if cost <= most]
        if not chosen:
            continue
        names = {f"near{i}_{j}": word for j, (word, _) in enumerate(chosen)}
        costs = " ".join(f"when $near{i}_{j} then {cost}" for j, (_, cost) in enumerate(chosen))
        sql = f"""
            select w.n, {i} as i, min(case w.word {costs} end) as cost
            from marts.mart_search_word as w
            where w.word in ({", ".join("$" + name for name in names)}) and {query.where}
            group by w.n
        """
        parts.append((sql, names))
    return _matches(con, query, parts, needed)


def _hits(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, found: list[_Match], optional: Iterable[str]
) -> tuple[Hit, ...]:
    """The rows themselves, in the order found; among equals those that also have the words that may be missing."""
    shown = _SHOWN.format(person=_person(viewer))
    sql = f"select n, folded, {shown} from marts.mart_search as s where n in (select unnest($n))"
    by_n = {row["n"]: row for row in rows(con, sql, {"n": [match.n for match in found]})} if found else {}

    def order(match: _Match) -> tuple[float, float, int, int]:
        missing = sum(word not in by_n[match.n]["folded"].split() for word in optional)
        return (-match.n_words, match.cost, missing, match.n)

    return tuple(_hit(by_n[match.n]) for match in sorted(found, key=order))


_SHOWN = "kind, id, name, {person} as person, more, is_past"


def _person(viewer: Viewer) -> str:
    return f"case when person is not null then {person_column(viewer, 's.person', key='s.id')} end"


def _hit(row: dict[str, Any]) -> Hit:
    beside = row["person"] if row["name"] else None
    more = " · ".join(part for part in (beside, row["more"]) if part)
    return Hit(row["kind"], row["id"], row["name"] or row["person"] or "without a name", more, row["is_past"])


def _by_signs(con: duckdb.DuckDBPyConnection, viewer: Viewer, typed: str, limit: int) -> tuple[Hit, ...]:
    """Names that hold signs which are neither letters nor digits, such as an emoji: rare, so they may be looked for."""
    seen = row_filter(viewer, "s")
    sql = f"""
        select {_SHOWN.format(person=_person(viewer))} from marts.mart_search as s
        where contains(name, $typed) and {seen.sql} order by n limit {int(limit)}
    """
    return tuple(_hit(row) for row in rows(con, sql, {"typed": typed, **seen.params}))
