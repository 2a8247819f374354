"""What people knew about a customer or lead and no source said: facts that stewards made of their words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from crm_core.access import Viewer, visible_entries
from crm_core.ledger import triage, words
from crm_core.views.opinions import custody_of, links
from crm_core.views.reading import told
from crm_core.views.verdicts import gathered, in_words


@dataclass(frozen=True)
class KnownFact:
    """One thing about a customer or lead that a person knew and no source said."""

    fact: str = told("What was known.")
    raises: bool | None = told("Whether it makes leaving or buying likelier; empty where that is not known.")
    words: str = told("The person's own words, where they are the fact and you may read them.")
    said_at: datetime = told("When the person said it (UTC).")
    counts_from: datetime | None = told(
        "Since when a model may count it (UTC): the later of said and sorted. Empty where none does: stewards name "
        "different facts, or which way it points is not known."
    )
    who_name: str = told("Who knew it.")


def known_facts(
    con: duckdb.DuckDBPyConnection, viewer: Viewer, question: str, about: Collection[str]
) -> Mapping[str, tuple[KnownFact, ...]]:
    """Facts about customers or leads, newest first: what stewards settled as one, where the viewer sees who said it.

    What was taken back is none; what has expired or was replaced stays one, because facts have a day and no expiry.

    Parameters
    ----------
    question : str
        churn for customers, lead for leads.
    about : collection of str
        Their keys. What nothing is known about is not in the answer.
    """
    link = links(con)
    became, entries = gathered(keys={*about, *(key for key, entity in link.items() if entity in about)})
    seen = {entry.id: entry for entry in visible_entries(viewer, entries, custody_of(con, entries, link))}
    found: dict[str, tuple[KnownFact, ...]] = {}
    for one in became:
        said = one.said
        is_fact = one.sort == triage.NEW_FACT and not one.fate.withdrawn_at
        if not is_fact or said.question != question or said.id not in seen:
            continue
        fact = words.FACTS.get(question, {}).get(one.detail or "")
        raises = fact.raises if fact else None
        known = KnownFact(
            fact=in_words(question, one.sort, one.detail, {}),
            raises=raises,
            words=seen[said.id].words if one.detail == words.OTHER_FACT else "",
            said_at=said.recorded_at,
            counts_from=None if raises is None else one.fact_from,
            who_name=seen[said.id].who_name,
        )
        entity = link.get(said.entity_key, said.entity_key)
        found[entity] = (known, *found.get(entity, ()))
    return found
