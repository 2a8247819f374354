-- Unbroken stretches of contract, as known at the newest as_of. Lines that follow each other within the grace period
-- are one stretch.
with lines as (
    select
        l.customer_id,
        x.started_on,
        coalesce(least(x.ends_on, x.cancelled_on), x.cancelled_on, x.ends_on, cast('9999-12-31' as date)) as last_day
    from {{ ref('stg_subscriptions') }} as x
    inner join {{ source('identity', 'customer_links') }} as l on x.customer_key = l.customer_key
    inner join {{ ref('int_spine') }} as s on s.k = 0 and {{ known_by('x', 's') }}
),

reached as (
    select
        *,
        max(last_day) over (
            partition by customer_id order by started_on, last_day
            rows between unbounded preceding and 1 preceding
        ) as reached_before
    from lines
),

marked as (
    select
        *,
        case
            when reached_before is null then 1
            when {{ days_between('reached_before', 'started_on') }} > 1 + {{ var('renewal_grace_days') }} then 1
            else 0
        end as is_new
    from reached
),

numbered as (
    select *, sum(is_new) over (partition by customer_id order by started_on, last_day rows unbounded preceding) as spell
    from marked
)

select customer_id, spell, min(started_on) as started_on, max(last_day) as last_day
from numbered
group by customer_id, spell
