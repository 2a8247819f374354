"""Link customer keys by exact agreement only.

Two rows of different sources are one customer when their name and their web domain agree to the letter (case and
spaces aside). Two rows of one source stay two customers: that source already holds them apart.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

_LINKS = """
create or replace table identity.customer_links as
with newest as (
    select
        source,
        source || ':' || source_id as customer_key,
        lower(trim(regexp_replace(name, '\\s+', ' ', 'g'))) as name,
        regexp_replace(regexp_replace(lower(trim(website)), '^https?://(www\\.)?', ''), '/.*$', '') as domain,
        row_number() over (partition by source, source_id order by known_at desc) as recency
    from read_parquet(?, union_by_name = true)
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


def resolve(con: duckdb.DuckDBPyConnection, lake_dir: Path) -> int:
    """Write `identity.customer_links` (customer_key, customer_id) into a build.

    Parameters
    ----------
    con : DuckDBPyConnection
        The build's own file, writable.
    lake_dir : Path
        Lake with the table `customers`.

    Returns
    -------
    int
        Number of customers after linking.
    """
    con.execute("create schema if not exists identity")
    con.execute(_LINKS, [f"{lake_dir}/customers/*.parquet"])
    row = con.execute("select count(distinct customer_id) from identity.customer_links").fetchone()
    return int(row[0]) if row else 0
