"""The rows of customers: accounts with their duplicates and custom attributes, and what they answer in surveys."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from crm_core.clock import BUCKET_DAYS
from crm_core.demo.activity import Book
from crm_core.demo.columns import DAY_SECONDS, at_hour, days, flags, pick, reals, row_ids, times
from crm_core.demo.customers import INDUSTRIES, ONBOARDING, PRODUCTS, SEGMENTS, Customers
from crm_core.demo.names import companies, misspelt
from crm_core.demo.parameters import CHUNK, Chunk
from crm_core.demo.people import COUNTRIES, OWNER_IDS, REGIONS
from crm_core.demo.process import Life, States

CHURN_REASONS = ("price", "service", "went to a competitor", "no longer needed", "company closed")
_COUNTRY_NAMES = [name for region in REGIONS for name in COUNTRIES[region]]
_COUNTRY_START = np.array([0, 8, 12])


def draw_book(chunk: Chunk, customers: Customers, life: Life) -> tuple[Book, np.ndarray]:
    """Shuffle companies and duplicate records into ids; also the places of the companies that have a duplicate."""
    rng, n = chunk.rng("book"), chunk.real
    records = rng.permutation(chunk.records).astype(np.int32)
    born = np.maximum(customers.first_start, chunk.company.first_day) + 30
    able = np.flatnonzero(born < np.minimum(life.left_on, chunk.company.last_day) - 60)
    doubled = np.sort(rng.permutation(able)[: chunk.duplicates])
    split, since = np.full(n, -1), np.zeros(n, dtype=np.int64)
    split[doubled] = records[n : n + len(doubled)]
    since[doubled] = born[doubled] + rng.integers(0, 60, len(doubled))
    keys = row_ids(chunk, "C-", chunk.records, 1)
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
    return table, _attributes(rng, customers, company, gone)


def _attributes(rng: np.random.Generator, customers: Customers, company: np.ndarray, gone: np.ndarray) -> pa.Table:
    n = len(company)
    return pa.table(
        {
            "employees": pa.array(customers.employees[company]),
            "integrations": pa.array(customers.integrations[company]),
            "onboarding": pick(customers.onboarding[company], ONBOARDING),
            "partner_managed": flags(rng.random(n) < 0.15),
            "Churn_Reason__c": pick(rng.integers(0, 5, n), CHURN_REASONS, ~gone),
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
            "source_id": row_ids(chunk, "N-", len(place), 20),
            "happened_at": times(seconds),
            "known_at": times(seconds),
            "customer_id": pick(book.records[place], book.keys),
            "kind": pick(np.zeros(len(place)), ("nps",)),
            "score": reals(score, 0),
            "comment": pick(tone, words, rng.random(len(place)) < 0.6),
        }
    )
