-- What people answered where a source could not see, as known by each date: the newest answer that has not expired.
with known as (
    select
        a.entity_kind as entity, coalesce(l.customer_id, a.entity_key) as entity_id, d.k, d.as_of,
        a.entry_id, a.recorded_at, a.feed, a.n_in_90d, a.last_on, a.direction, a.n_open, a.recommends
    from {{ ref('stg_answers') }} as a
    inner join {{ ref('int_people_dates') }} as d on a.recorded_at < d.cutoff_at and a.expires_on >= d.counted_on
    left join {{ source('identity', 'customer_links') }} as l
        on a.entity_kind = 'customer' and a.entity_key = l.customer_key
),

newest as (
    select
        *,
        row_number() over (partition by entity, entity_id, feed, k order by recorded_at desc, entry_id desc) as recency
    from known
)

select
    entity, entity_id, k, feed, n_in_90d, least(last_on, as_of) as last_on, direction, n_open, recommends,
    cast(recorded_at as date) as answered_on
from newest
where recency = 1
