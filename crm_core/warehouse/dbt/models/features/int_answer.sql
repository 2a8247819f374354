-- What people answered where a source could not see, as known by each date: the newest answer that has not expired.
-- A build that serves also counts what was answered after the last day of its data, until it began: the score is
-- looked at now. A look at an earlier day counts what was known by then.
{% set until = var('answers_until') %}
with dates as (
    select
        k, as_of,
        {% if until %}
        case when k = 0 then greatest(cutoff_at, cast('{{ until }}' as timestamp)) else cutoff_at end as known_until,
        case when k = 0 then greatest(as_of, cast('{{ until[:10] }}' as date)) else as_of end as counted_on
        {% else %}
        cutoff_at as known_until, as_of as counted_on
        {% endif %}
    from {{ ref('int_spine') }}
),

known as (
    select
        a.entity_kind as entity, coalesce(l.customer_id, a.entity_key) as entity_id, d.k, d.as_of,
        a.entry_id, a.recorded_at, a.feed, a.n_in_90d, a.last_on, a.direction, a.n_open, a.recommends
    from {{ ref('stg_answers') }} as a
    inner join dates as d on a.recorded_at < d.known_until and a.expires_on >= d.counted_on
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
