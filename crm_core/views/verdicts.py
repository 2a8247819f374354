"""What became of disagreements: sorted by whom into what, answered when, mended or not, as far as a viewer may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

import duckdb

from crm_core.access import Viewer, row_filter, visible_entries
from crm_core.assigning import FEED
from crm_core.clock import today
from crm_core.ledger import Kind, StoredEntry, label, triage, words
from crm_core.settings import settings
from crm_core.views.opinions import Opinion, custody_of, links, opinion_of
from crm_core.views.reading import book, rows, told
from crm_core.views.responsible import responsibles
from crm_core.views.shown import ENTITY, lead_name

SPOKEN = (Kind.DISAGREEMENT, Kind.WITHDRAWAL)
ANSWERING = (Kind.TRIAGE, Kind.FIXED)


@dataclass(frozen=True)
class Verdict:
    """What one steward made of a disagreement."""

    steward_name: str = told("Who sorted it.")
    is_own: bool = told("Sorted by you.")
    sort: str = told("data_error, new_fact, missing_feature or opinion.")
    detail: str = told("The fact, the source or the wish, in words; empty for an opinion.")
    words: str = told("Why, if you may read it.")
    at: datetime = told("When (UTC).")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What became of one disagreement, or the day by which it is to be answered."""

    stage: str = told("open: nobody has sorted it; pending: stewards see it differently; settled: answered.")
    verdict: Verdict | None = told("The sorting that counts, once they agree.")
    is_waiting: bool = told("Waits for an answer: neither answered nor taken back.")
    due_on: date = told("Day by which an answer is due.")
    mended_at: datetime | None = told("When the data were mended (UTC).")
    mended_by: str | None = told("Who mended them.")
    mended_words: str = told("What was done, if you may read it.")

    @property
    def days_left(self) -> int:
        """Days until the answer is due; negative when it is overdue."""
        return (self.due_on - today()).days

    @property
    def is_overdue(self) -> bool:
        """The set time has passed without an answer."""
        return self.is_waiting and self.days_left < 0


@dataclass(frozen=True, kw_only=True)
class Case(Answer):
    """One disagreement with its answer."""

    opinion: Opinion = told("What the person said, and what was shown then.")
    meant: float = told(
        "Chance the person stands for: the own number, else what the word stands for beside what was shown."
    )
    shown_then: float | None = told("Chance the model showed then; where it was withheld, the usual one.")
    money_then: float | None = told("Money at stake as it was shown then.")
    verdicts: tuple[Verdict, ...] = told("The newest sorting of each steward, oldest first.")
    feed: str | None = told("Source whose data are wrong.")
    n_asked: int = told("People who asked for the same, where it is on the wish list.")
    go: str = told("Id of the first disagreement that was said in the same go with the same words; its own if alone.")

    @property
    def news_at(self) -> datetime | None:
        """When the person was last told something about it (UTC)."""
        told_at = [at for at in (self.verdict and self.verdict.at, self.mended_at) if at]
        return max(told_at, default=None)


@dataclass(frozen=True)
class Feed:
    """A source, and whom to ask about it."""

    title: str = told("Name of the source.")
    looked_after_by: frozenset[str] = told("Keys of the employees who look after it today: owner and acting deputy.")
    owner_name: str | None = told("Whom to ask today: who acts, else the owner.")


def feeds(con: duckdb.DuckDBPyConnection, viewer: Viewer) -> dict[str, Feed]:
    """Sources by their code, with who looks after each."""
    return {
        role.removeprefix(FEED): Feed(held.title, frozenset({held.owner_id, held.acting_id} - {""}), held.ask)
        for role, held in responsibles(con, viewer).items()
        if role.startswith(FEED)
    }


def gathered(
    *, who: str | None = None, keys: Collection[str] | None = None
) -> tuple[tuple[triage.Triage, ...], tuple[StoredEntry, ...]]:
    """Triage of all disagreements, or of one person's, or of those about these source keys; and the entries behind it.

    Not yet filtered by the policy: for this package only.
    """
    if who is None and keys is None:
        entries = book().entries(kinds=(*SPOKEN, *ANSWERING))
    else:
        said = book().entries(kinds=(Kind.DISAGREEMENT,), who=who, entity_keys=keys)
        back = book().entries(kinds=(Kind.WITHDRAWAL,), entity_keys={entry.entity_key for entry in said})
        answers = book().entries(kinds=ANSWERING, entity_keys={entry.id for entry in said})
        entries = (*said, *back, *answers)
    return triage.triages(entries), entries


def cases(
    con: duckdb.DuckDBPyConnection,
    viewer: Viewer,
    *,
    own_only: bool = False,
    about: Collection[str] | None = None,
    until: date | None = None,
) -> tuple[Case, ...]:
    """Disagreements this viewer may see with what became of them, newest first.

    Parameters
    ----------
    own_only : bool
        Only what the viewer said himself.
    about : collection of str, optional
        Only what was said about these customers or leads.
    until : date, optional
        As it stood at the end of this day (UTC).
    """
    link = links(con)
    keys = None if about is None else {*about, *(key for key, entity in link.items() if entity in about)}
    became, entries = gathered(who=viewer.who if own_only else None, keys=keys)
    if until is not None:
        entries = tuple(entry for entry in entries if entry.recorded_at.date() <= until)
        became = triage.triages(entries)
    seen = {entry.id: entry for entry in visible_entries(viewer, entries, custody_of(con, entries, link))}
    titles = {feed: known.title for feed, known in feeds(con, viewer).items()}
    has_wish = any(one.sort == triage.MISSING_FEATURE for one in became)
    asked = n_asked(gathered()[0] if own_only or about is not None else became) if has_wish else {}
    goes = triage.in_one_go(entry for entry in entries if entry.kind == Kind.DISAGREEMENT)
    found = [
        _case(viewer, one, (seen, link, titles), (asked, goes[one.said.id])) for one in became if one.said.id in seen
    ]
    return tuple(sorted(found, key=lambda case: case.opinion.recorded_at, reverse=True))


def answers(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, about: Collection[str] | None = None
) -> Mapping[str, Answer]:
    """What became of each disagreement this viewer may see, by its id, without any number of the model."""
    parts = [part.name for part in fields(Answer)]
    return {
        case.opinion.entry_id: Answer(**{part: getattr(case, part) for part in parts})
        for case in cases(con, viewer, about=about)
    }


def wish_key(wish: str | None) -> str:
    """Two wishes with the same key are one."""
    return " ".join((wish or "").casefold().split())


def n_asked(became: Iterable[triage.Triage]) -> Mapping[str, int]:
    """Wish -> how many people asked for it; only what is settled."""
    pairs = {(wish_key(one.detail), one.said.who) for one in became if one.sort == triage.MISSING_FEATURE}
    return Counter(wish for wish, _ in pairs)


def in_words(question: str, sort: str | None, detail: str | None, titles: Mapping[str, str]) -> str:
    """The fact, the source or the wish as people say it; empty for an opinion."""
    if not detail or sort not in triage.DETAILED:
        return ""
    if sort == triage.NEW_FACT:
        fact = words.FACTS.get(question, {}).get(detail)
        return fact.label if fact else label(detail)
    return titles.get(detail, detail) if sort == triage.DATA_ERROR else detail


Sight = tuple[Mapping[str, StoredEntry], Mapping[str, str], Mapping[str, str]]
"""Entries as the viewer may read them, by id; source key -> customer; source -> its title."""


def _case(viewer: Viewer, one: triage.Triage, sight: Sight, others: tuple[Mapping[str, int], str]) -> Case:
    seen, link, titles = sight
    asked, go = others
    said = seen[one.said.id]
    fixed = seen.get(one.fixed.id) if one.fixed else None
    verdicts = tuple(_verdict(viewer, entry, seen.get(entry.id, entry), titles) for entry in one.sortings)
    is_settled = one.stage is triage.Stage.SETTLED
    return Case(
        opinion=opinion_of(viewer, said, one.fate, link.get(said.entity_key, said.entity_key)),
        meant=words.meant(said.belief or "", said.probability, said.shown.probability),
        shown_then=said.shown.base_rate if said.shown.probability is None else said.shown.probability,
        money_then=said.shown.money_at_stake,
        stage=one.stage.value,
        verdicts=verdicts,
        verdict=verdicts[-1] if is_settled else None,
        feed=one.detail if one.sort == triage.DATA_ERROR else None,
        is_waiting=one.is_waiting,
        due_on=said.recorded_at.date() + timedelta(days=settings().answer_days),
        mended_at=fixed.recorded_at if fixed else None,
        mended_by=fixed.who_name if fixed else None,
        mended_words=fixed.words if fixed else "",
        n_asked=asked.get(wish_key(one.detail), 0) if one.sort == triage.MISSING_FEATURE else 0,
        go=go,
    )


def _verdict(viewer: Viewer, entry: StoredEntry, seen: StoredEntry, titles: Mapping[str, str]) -> Verdict:
    return Verdict(
        steward_name=seen.who_name,
        is_own=entry.who == viewer.who,
        sort=entry.belief or "",
        detail=in_words(entry.question, entry.belief, entry.reason_code, titles),
        words=seen.words,
        at=entry.recorded_at,
    )


@dataclass(frozen=True)
class Subject:
    """Customer or lead as it is now."""

    name: str = told("Name people use.")
    money: float | None = told("Yearly value of the customer, or value of the deal.")


def subjects(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, about: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Subject]:
    """(question, customer or lead) -> what it is now; nothing of what is gone or out of scope."""
    wanted = set(about)
    found: dict[tuple[str, str], Subject] = {}
    seen = row_filter(viewer, "m")
    for question, entity in ENTITY.items():
        keys = sorted(key for q, key in wanted if q == question)
        if not keys:
            continue
        name, money = ("m.name", "m.yearly_value") if entity == "customer" else (lead_name(viewer), "m.deal_amount")
        sql = f"""
            select m.{entity}_id as id, {name} as name, {money} as money from marts.mart_{entity} as m
            where m.{entity}_id in (select unnest($keys)) and {seen.sql}
        """
        found |= {(question, r.pop("id")): Subject(**r) for r in rows(con, sql, {"keys": keys, **seen.params})}
    return found
