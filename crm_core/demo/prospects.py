"""The rows of leads: the lead table, its custom attributes, its calls, mails and meetings."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crm_core.clock import BUCKET_DAYS
from crm_core.demo.activity import Touches, reported
from crm_core.demo.columns import DAY_SECONDS, flags, joined, pick, row_ids, times
from crm_core.demo.customers import INDUSTRIES
from crm_core.demo.names import companies, persons
from crm_core.demo.parameters import Chunk
from crm_core.demo.people import BLIND_REPS, OWNER_IDS, REGIONS
from crm_core.demo.readiness import CHANNELS, LeadLife, Leads, emissions

CAMPAIGNS = ("Spring webinar", "Trade fair", "Newsletter", "Partner day", "Free trial", "Autumn tour")
STATUSES = ("New", "Working", "Converted", "Disqualified")
LOST_REASONS = ("no budget", "no answer", "chose another product", "wrong contact", "timing")
SALUTATIONS = ("Ms.", "Mr.", "Mx.")
_NAME_OFFSET = 1_300_000


def lead_ids(chunk: Chunk) -> pa.Array:
    """Ids of the leads of a slice."""
    return row_ids(chunk, "L-", chunk.leads, 3)


def lead_touches(chunk: Chunk, leads: Leads, life: LeadLife) -> Touches:
    """Everything done with the leads between their creation and the decision."""
    rng, company = chunk.rng("lead_touches"), chunk.company
    created, last = leads.created // DAY_SECONDS, np.minimum(life.converted, life.given_up)
    parts = []
    period = np.arange(company.periods)
    alive = (period >= life.entry[:, None] - 1) & (company.first_day + BUCKET_DAYS * period < last[:, None])
    for name, (place, at) in emissions(rng, leads, life, alive).items():
        start = np.maximum(company.first_day + BUCKET_DAYS * at, created[place])
        room = company.first_day + BUCKET_DAYS * (at + 1) - start
        day = start + np.ceil(rng.random(len(place)) * room).astype(np.int64)
        mood = life.mood[place, at]
        parts.append(_kind_of(rng, name, place, day, leads.owner[place], mood))
    first = np.flatnonzero(~np.isnan(leads.hours_to_touch))
    day = (leads.created[first] + (leads.hours_to_touch[first] * 3600)).astype(np.int64) // DAY_SECONDS
    parts.append(_kind_of(rng, "attempts", first, day + 1, leads.owner[first], np.ones(len(first), dtype=np.int8)))
    merged = Touches(*(np.concatenate(columns) for columns in zip(*map(_columns, parts), strict=True)))
    keep = (merged.day <= np.minimum(last[merged.place], company.last_day)) & reported(chunk, merged)
    return merged.only(keep)


def _columns(touches: Touches) -> tuple[np.ndarray, ...]:
    return touches.place, touches.day, touches.kind, touches.owner, touches.inbound, touches.sentiment


def _kind_of(
    rng: np.random.Generator, what: str, place: np.ndarray, day: np.ndarray, owner: np.ndarray, mood: np.ndarray
) -> Touches:
    n = len(place)
    call = rng.random(n) < np.where(np.isin(owner, BLIND_REPS), 0.5, 0.3) * (what == "attempts")
    kind = np.full(n, 2) if what == "meetings" else np.where(call, 0, 1)
    felt = 0.3 * (mood.astype(np.float64) - 0.8) + 0.25 * rng.standard_normal(n)
    felt[rng.random(n) < 0.35] = np.nan
    inbound = np.full(n, what == "replies")
    return Touches(place, day, kind, owner, inbound, np.clip(felt, -1, 1))


def identities(chunk: Chunk, won: np.ndarray, customer: np.ndarray) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Person, company and mail address of the leads; lead `won[i]` belongs to company number `customer[i]`."""
    rng = chunk.rng("people")
    numbers = chunk.numbers(chunk.leads, 3) + _NAME_OFFSET
    numbers[won] = customer
    firms, hosts = companies(numbers)
    names, mails = persons(rng, chunk.leads)
    no_mail = pa.array(rng.random(chunk.leads) < 0.05)
    mail = pc.if_else(no_mail, pa.scalar(None, pa.string()), joined(mails, "@", hosts))
    return names, firms, mail


def lead_table(
    chunk: Chunk, leads: Leads, life: LeadLife, who: tuple[pa.Array, pa.Array, pa.Array], account: pa.Array
) -> pa.Table:
    """Lake columns of `leads`; `account` is the customer it became, as far as it did."""
    rng, last = chunk.rng("dirt"), chunk.company.last_day
    converted, given_up = life.converted <= last, life.given_up <= last
    hour = rng.integers(8 * 3600, 18 * 3600, len(leads))
    touched = ~np.isnan(leads.hours_to_touch)
    status = np.where(converted, 2, np.where(given_up, 3, touched.astype(int)))
    return pa.table(
        {
            "source_id": lead_ids(chunk),
            "happened_at": times(leads.created),
            "known_at": times(leads.created),
            "name": who[0],
            "email": who[2],
            "company": who[1],
            "source_channel": pick(leads.channel, CHANNELS),
            "campaign": pick(rng.integers(0, 6, len(leads)), CAMPAIGNS, rng.random(len(leads)) < 0.4),
            "region": pick(leads.region, REGIONS),
            "owner_id": pick(leads.owner, OWNER_IDS),
            "created_at": times(leads.created),
            "status": pick(status, STATUSES),
            "converted_at": times(life.converted * DAY_SECONDS + hour, ~converted),
            "disqualified_at": times(life.given_up * DAY_SECONDS + hour, ~given_up),
            "customer_id": account,
        }
    )


def lead_attributes(chunk: Chunk, leads: Leads, life: LeadLife) -> pa.Table:
    """Custom attributes of the leads, one column each, in the order of the lead table."""
    rng = chunk.rng("lead_values")
    n, lost = len(leads), life.given_up <= chunk.company.last_day
    return pa.table(
        {
            "lead_industry": pick(leads.industry, INDUSTRIES),
            "lead_employees": pa.array(leads.employees),
            "free_trial": flags(leads.trial),
            "Salutation": pick(rng.integers(0, 3, n), SALUTATIONS, rng.random(n) < 0.1),
            "Lost_Reason__c": pick(rng.integers(0, 5, n), LOST_REASONS, ~lost),
        }
    )
