"""Persons at the customers, and who of them took part in a call, a mail or a meeting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crm_core.demo.activity import Book, Touches
from crm_core.demo.columns import DAY_SECONDS, days, flags, ids, joined, pick, row_ids, times
from crm_core.demo.customers import Customers
from crm_core.demo.names import companies, persons
from crm_core.demo.parameters import CHUNK, Chunk
from crm_core.demo.process import Life, States

ROLES = ("champion", "decision maker", "user", "billing")
_TITLES = ("Operations lead", "Managing director", "Team lead", "Accountant")
_NAMED_SHARE = 0.7


@dataclass(frozen=True)
class Contacts:
    """One place per person, in the order of the table: by record, champions first. `gone` is 0 for who stayed.

    `champion`, `others` and `n_others` say per company where its persons are.
    """

    place: np.ndarray
    role: np.ndarray
    since: np.ndarray
    gone: np.ndarray
    keys: pa.Array
    champion: np.ndarray
    others: np.ndarray
    n_others: np.ndarray


def draw_contacts(chunk: Chunk, customers: Customers, states: States, life: Life, book: Book) -> Contacts:
    """A champion (and often who follows him), a decision maker, some users, often somebody for the invoices."""
    rng, n = chunk.rng("contacts"), chunk.real
    everyone, last = np.arange(n), np.minimum(life.left_on, chunk.company.last_day)
    left = np.where(states.champion_left <= last, states.champion_left, 0)
    follows = np.flatnonzero((left > 0) & (rng.random(n) < 0.8))
    joins = left[follows] + rng.integers(20, 150, len(follows))
    follows, joins = follows[joins <= last[follows]], joins[joins <= last[follows]]
    users = np.repeat(everyone, rng.integers(0, 4, n))
    billing = np.flatnonzero(rng.random(n) < 0.6)
    place = np.concatenate([everyone, follows, everyone, users, billing])
    role = np.repeat([0, 0, 1, 2, 3], [n, len(follows), n, len(users), len(billing)])
    since = np.maximum(customers.created[place], customers.first_start[place] - 200)
    since[n : n + len(follows)] = joins
    gone = np.concatenate([left, np.zeros(len(place) - n, dtype=left.dtype)])
    order = np.lexsort((since, role, book.records[place]))
    place, role = place[order], role[order]
    champion, others = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    champion[place[::-1]] = np.arange(len(place))[::-1]
    others[place[role == 1]] = np.flatnonzero(role == 1)
    return Contacts(
        place=place,
        role=role,
        since=since[order],
        gone=gone[order],
        keys=row_ids(chunk, "P-", len(place), 8),
        champion=champion,
        others=others,
        n_others=np.bincount(place[role > 0], minlength=n),
    )


def who_took_part(chunk: Chunk, contacts: Contacts, touches: Touches) -> pa.Array:
    """The person of each touch: the first champion for as long as he is there, or one of the others; 30 % nobody."""
    rng, place = chunk.rng("people"), touches.place
    chosen = contacts.others[place] + (rng.random(len(place)) * contacts.n_others[place]).astype(np.int64)
    first = contacts.champion[place]
    is_there = (contacts.gone[first] == 0) | (touches.day < contacts.gone[first])
    chosen = np.where(is_there & (rng.random(len(place)) < 0.4), first, chosen)
    return pick(chosen, contacts.keys, rng.random(len(place)) > _NAMED_SHARE)


def contact_table(chunk: Chunk, contacts: Contacts, book: Book) -> pa.Table:
    """Lake columns of `contacts`; one in eight was last verified before the contract, one in seven never."""
    rng, place, n = chunk.rng("book"), contacts.place, len(contacts.place)
    names, mails = persons(rng, n)
    _, hosts = companies(1 + chunk.index * CHUNK + place)
    age = chunk.company.last_day - contacts.since
    verified = contacts.since + (rng.random(n) ** 2 * age).astype(np.int64)
    verified = np.where(rng.random(n) < 0.12, contacts.since - rng.integers(200, 900, n), verified)
    phone = joined("+49 555 ", ids("", rng.integers(0, 10_000_000, n), 7))
    return pa.table(
        {
            "source_id": contacts.keys,
            "happened_at": times(contacts.since * DAY_SECONDS + 9 * 3600),
            "known_at": times(contacts.since * DAY_SECONDS + 9 * 3600),
            "customer_id": pick(book.records[place], book.keys),
            "full_name": names,
            "email": joined(mails, "@", hosts),
            "phone": pc.if_else(pa.array(rng.random(n) < 0.2), pa.scalar(None, pa.string()), phone),
            "title": pick(contacts.role, _TITLES),
            "role": pick(contacts.role, ROLES),
            "consent_email": flags(rng.random(n) < 0.8, rng.random(n) < 0.1),
            "consent_profiling": flags(rng.random(n) < 0.9, rng.random(n) < 0.1),
            "verified_on": days(verified, rng.random(n) < 0.15),
            "left_on": days(contacts.gone, contacts.gone == 0),
        }
    )
