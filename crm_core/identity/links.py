"""Link customer keys by exact agreement only.

Two rows of different sources are one customer when their name and their web domain agree to the letter (case and
spaces aside). Two rows of one source stay two customers: that source already holds them apart.

Links are those of the build's day and hold for all of its history, so that a customer is one entity throughout.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from crm_core.clock import cutoff

_LINKS = """
create or replace table identity.customer_links as
with newest as (
    select
        source,
        source || ':' || source_id as customer_key,
        lower(trim(regexp_replace(name, '\\s+', ' ', 'g'))) as name,
        regexp_replace(regexp_replace(lower(trim(website)), '^https?://(www\\.)?', ''), '/.*$', '') as domain,
        row_number() over (partition by source, source_id order by known_at desc) as recency
    from read_parquet($files, union_by_name = true)
    where known_at < $until
),

keys as (
    select source, customer_key, name, nullif(domain, '') as domain
    from newest
    where recency = 1
),

agreeing as (
    select name, domain, min(customer_key) as customer_id
    from keys
    where domain is not null and name <> ''
    group by name, domain
    having count(distinct source) = count(*) and count(*) > 1
)

select k.customer_key, coalesce(a.customer_id, k.customer_key) as customer_id
from keys as k
left join agreeing as a on k.name = a.name and k.domain = a.domain
order by k.customer_key
"""


def resolve(con: duckdb.DuckDBPyConnection, lake_dir: Path, as_of: date | None = None) -> int:
    """Write `identity.customer_links` (customer_key, customer_id) into a build.

    Parameters
    ----------
    con : DuckDBPyConnection
        The build's own file, writable.
    lake_dir : Path
        Lake with the table `customers`.
    as_of : date, optional
        Rows that became known later link nothing; default: all rows count.

    Returns
    -------
    int
        Number of customers after linking.
    """
    con.execute("create schema if not exists identity")
    until = cutoff(as_of or date(9999, 12, 30))
    con.execute(_LINKS, {"files": f"{lake_dir}/customers/*.parquet", "until": until})
    row = con.execute("select count(distinct customer_id) from identity.customer_links").fetchone()
    return int(row[0]) if row else 0
