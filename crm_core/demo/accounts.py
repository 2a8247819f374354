"""The rows of customers: accounts with duplicates and attributes, contract lines, contacts, surveys."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crm_core.clock import BUCKET_DAYS
from crm_core.demo.activity import Book
from crm_core.demo.columns import DAY_SECONDS, at_hour, days, flags, ids, joined, money, pick, reals, times
from crm_core.demo.customers import INDUSTRIES, ONBOARDING, PRODUCTS, SEGMENTS, Contracts, Customers
from crm_core.demo.names import companies, misspelt, persons
from crm_core.demo.parameters import CHUNK, Chunk
from crm_core.demo.people import COUNTRIES, OWNER_IDS, REGIONS
from crm_core.demo.process import Life, States

CHURN_REASONS = ("price", "service", "went to a competitor", "no longer needed", "company closed")
ROLES = ("champion", "decision maker", "user", "billing")
_TITLES = ("Operations lead", "Managing director", "Team lead", "Accountant")
_COUNTRY_NAMES = [name for region in REGIONS for name in COUNTRIES[region]]
_COUNTRY_START = np.array([0, 8, 12])


def draw_book(chunk: Chunk, customers: Customers, life: Life) -> tuple[Book, np.ndarray]:
    """Shuffle companies and duplicate records into ids; also the places of the companies that have a duplicate."""
    rng, n = chunk.rng("people"), chunk.real
    records = rng.permutation(chunk.records).astype(np.int32)
    born = np.maximum(customers.first_start, chunk.company.first_day) + 30
    able = np.flatnonzero((born < np.minimum(life.left_on, chunk.company.last_day) - 60))
    doubled = np.sort(rng.permutation(able)[: chunk.duplicates])
    split, since = np.full(n, -1), np.zeros(n, dtype=np.int64)
    split[doubled] = records[n : n + len(doubled)]
    since[doubled] = born[doubled] + rng.integers(0, 60, len(doubled))
    keys = ids("C-", chunk.numbers(chunk.records, 1), chunk.company.digits)
    return Book(records, keys, split, since), doubled


def account_tables(
    chunk: Chunk, customers: Customers, life: Life, book: Book, doubled: np.ndarray
) -> tuple[pa.Table, pa.Table]:
    """Lake columns of `customers` (duplicates included) and their custom attributes, both in the order of the ids."""
    rng, n, extra = chunk.rng("dirt"), chunk.real, len(doubled)
    company = np.concatenate([np.arange(n), doubled])
    names, hosts = companies(1 + chunk.index * CHUNK + company)
    wrong_names, wrong_hosts = misspelt(names[n:], hosts[n:], rng.integers(0, 5, extra))
    names, hosts = pa.concat_arrays([names[:n], wrong_names]), pa.concat_arrays([hosts[:n], wrong_hosts])
    created = np.concatenate([customers.created, book.since[doubled]])
    order = np.argsort(book.records[: n + extra])
    company, take = company[order], pa.array(order)
    created, is_copy = created[order], order >= n
    country = _COUNTRY_START[customers.region] + customers.country
    table = pa.table(
        {
            "source_id": book.keys.take(pa.array(book.records[: n + extra][order])),
            "happened_at": times(created * DAY_SECONDS),
            "known_at": times(created * DAY_SECONDS),
            "name": names.take(take),
            "segment": pick(customers.segment[company], SEGMENTS, is_copy & (rng.random(len(order)) < 0.5)),
            "industry": pick(customers.industry[company], INDUSTRIES, rng.random(len(order)) < 0.04),
            "country": pick(country[company], _COUNTRY_NAMES),
            "region": pick(customers.region[company], REGIONS),
            "product_line": pick(customers.product[company], PRODUCTS),
            "owner_id": pick(customers.owner[company], OWNER_IDS),
            "created_on": days(created),
            "website": hosts.take(take),
        }
    )
    gone = (life.left_on <= chunk.company.last_day)[company] & ~is_copy
    attributes = pa.table(
        {
            "employees": pa.array(customers.employees[company]),
            "integrations": pa.array(customers.integrations[company]),
            "onboarding": pick(customers.onboarding[company], ONBOARDING),
            "partner_managed": flags(rng.random(len(order)) < 0.15),
            "churn_reason": pick(rng.integers(0, 5, len(order)), CHURN_REASONS, ~gone),
        }
    )
    return table, attributes


def subscription_table(chunk: Chunk, customers: Customers, contracts: Contracts, life: Life, book: Book) -> pa.Table:
    """Contract lines signed up to the as-of day. One in twelve lines is replaced in mid-term: other seats, same end."""
    rng, company, (n, lines) = chunk.rng("contracts"), chunk.company, contracts.starts.shape
    starts, last = contracts.starts, np.minimum(life.left_on, company.last_day)
    place, line = np.nonzero(starts[:, :-1] <= last[:, None])
    begins, ends = starts[place, line], starts[place, line + 1] - 1
    until = np.minimum(ends, life.left_on[place])
    period_start = company.first_day + (begins - company.first_day - 1) // BUCKET_DAYS * BUCKET_DAYS
    signed = np.where(line > 0, period_start + 1 + rng.random(len(place)) * (begins - period_start - 1), begins)
    drift = np.cumprod(rng.choice([0.9, 1.0, 1.1, 1.25], (n, lines), p=(0.1, 0.6, 0.2, 0.1)), axis=1)
    seats = np.maximum(1, np.round(customers.seats[place] * drift[place, line] / drift[place, 0]))
    price = customers.seat_cents[place] * np.cumprod(1 + contracts.uplift, axis=1)[place, line]
    change = begins + 40 + rng.integers(0, 200, len(place))
    changed = (rng.random(len(place)) < 1 / 12) & (change < np.minimum(until - 20, company.last_day))
    second = np.maximum(1, np.round(seats * rng.choice([0.8, 1.2, 1.4], len(place), p=(0.3, 0.4, 0.3))))
    stop = np.where(changed, change, np.where(life.cancelled[place] & (life.left_on[place] < ends), until, 0))
    late = np.flatnonzero(changed)
    stop2 = np.where(life.cancelled[place] & (life.left_on[place] < ends), until, 0)[late]
    whole = np.concatenate([np.arange(len(place)), late])
    begin = np.concatenate([begins, change[late]])
    stop, seats = np.concatenate([stop, stop2]), np.concatenate([seats, second[late]])
    known = np.concatenate([signed, change[late] - 1])
    order = np.lexsort((begin, book.records[place[whole]]))
    whole, begin, stop, seats, known = whole[order], begin[order], stop[order], seats[order], known[order]
    return pa.table(
        {
            "source_id": ids("K-", chunk.numbers(len(order), 20), company.digits + 1),
            "happened_at": times(np.floor(known).astype(np.int64) * DAY_SECONDS + 12 * 3600),
            "known_at": times(np.floor(known).astype(np.int64) * DAY_SECONDS + 12 * 3600),
            "customer_id": pick(book.records[place[whole]], book.keys),
            "product": pick(customers.product[place[whole]], PRODUCTS),
            "started_on": days(begin),
            "ends_on": days(ends[whole]),
            "mrr": money(np.round(price[whole] * seats).astype(np.int64)),
            "currency": pick(np.zeros(len(order)), ("EUR",)),
            "seats": pa.array(seats.astype(np.int64)),
            "auto_renew": flags(customers.auto_renew[place[whole]]),
            "cancelled_on": days(stop, (stop == 0) | (stop > company.last_day)),
        }
    )


def contact_table(chunk: Chunk, customers: Customers, states: States, life: Life, book: Book) -> pa.Table:
    """Persons at the customers: a champion (and who follows him), a decision maker, some users, often billing."""
    rng, company, n = chunk.rng("contacts"), chunk.company, chunk.real
    everyone = np.arange(n)
    left = states.champion_left
    left = np.where(left <= np.minimum(life.left_on, company.last_day), left, 0)
    follows = np.flatnonzero((left > 0) & (rng.random(n) < 0.8))
    joins = left[follows] + rng.integers(20, 150, len(follows))
    in_time = joins <= np.minimum(life.left_on[follows], company.last_day)
    follows, joins = follows[in_time], joins[in_time]
    users = np.repeat(everyone, rng.integers(0, 4, n))
    billing = np.flatnonzero(rng.random(n) < 0.6)
    place = np.concatenate([everyone, follows, everyone, users, billing])
    role = np.repeat([0, 0, 1, 2, 3], [n, len(follows), n, len(users), len(billing)])
    since = np.maximum(customers.created[place], customers.first_start[place] - 200)
    since[n : n + len(follows)] = joins
    gone = np.where(np.arange(len(place)) < n, left[place], 0)
    order = np.lexsort((role, book.records[place]))
    place, role, since, gone = place[order], role[order], since[order], gone[order]
    names, mails = persons(rng, len(place))
    _, hosts = companies(1 + chunk.index * CHUNK + place)
    verified = since + (rng.random(len(place)) ** 2 * (company.last_day - since)).astype(np.int64)
    stale = rng.random(len(place)) < 0.12
    verified = np.where(stale, since - rng.integers(200, 900, len(place)), verified)
    phone = joined("+49 555 ", ids("", rng.integers(0, 10_000_000, len(place)), 7))
    return pa.table(
        {
            "source_id": ids("P-", chunk.numbers(len(place), 8), company.digits),
            "happened_at": times(since * DAY_SECONDS),
            "known_at": times(since * DAY_SECONDS + 9 * 3600),
            "customer_id": pick(book.records[place], book.keys),
            "full_name": names,
            "email": joined(mails, "@", hosts),
            "phone": pc.if_else(pa.array(rng.random(len(place)) < 0.2), pa.scalar(None, pa.string()), phone),
            "title": pick(role, _TITLES),
            "role": pick(role, ROLES),
            "consent_email": flags(rng.random(len(place)) < 0.8, rng.random(len(place)) < 0.1),
            "consent_profiling": flags(rng.random(len(place)) < 0.9, rng.random(len(place)) < 0.1),
            "verified_on": days(verified, rng.random(len(place)) < 0.15),
            "left_on": days(gone, gone == 0),
        }
    )


def survey_table(chunk: Chunk, customers: Customers, states: States, life: Life, book: Book) -> pa.Table:
    """NPS answers: everybody is asked twice a year, half answer."""
    rng, company = chunk.rng("surveys"), chunk.company
    asked = (np.arange(company.periods) + np.arange(chunk.real)[:, None]) % 6 == 0
    place, period = np.nonzero(asked & (rng.random(asked.shape) < 0.5))
    day = company.first_day + BUCKET_DAYS * period + 2 + rng.integers(0, 27, len(place))
    keep = (day >= customers.first_start[place] + 20) & (day <= life.left_on[place])
    place, period, day = place[keep], period[keep], day[keep]
    score = np.clip(np.round(7.2 + 1.9 * states.mood[place, period] + 0.8 * rng.standard_normal(len(place))), 0, 10)
    seconds = at_hour(day, rng)
    words = ("Too expensive for what we use", "Does what it should", "Great team, keep going")
    tone = (score >= 7).astype(int) + (score >= 9)
    return pa.table(
        {
            "source_id": ids("N-", chunk.numbers(len(place), 20), company.digits + 1),
            "happened_at": times(seconds),
            "known_at": times(seconds + 60),
            "customer_id": pick(book.records[place], book.keys),
            "kind": pick(np.zeros(len(place)), ("nps",)),
            "score": reals(score, 0),
            "comment": pick(tone, words, rng.random(len(place)) < 0.6),
        }
    )
