with tickets as (
    select
        l.customer_id,
        s.k,
        s.as_of,
        t.opened_at,
        t.priority,
        {{ came_to_pass('t.first_response_at', 's') }} as first_response_at,
        {{ came_to_pass('t.reopened_at', 's') }} as reopened_at,
        {{ came_to_pass('t.closed_at', 's') }} as closed_at,
        case when cast(t.closed_at as date) <= s.as_of then t.csat end as csat
    from {{ ref('stg_tickets') }} as t
    inner join {{ source('identity', 'customer_links') }} as l on t.customer_key = l.customer_key
    inner join {{ ref('int_spine') }} as s on {{ known_by('t', 's') }} and cast(t.opened_at as date) <= s.as_of
),

aged as (
    select
        *,
        {{ days_between('opened_at', 'as_of') }} as age_days,
        {{ days_between('closed_at', 'as_of') }} as days_since_closed,
        {{ days_between('reopened_at', 'as_of') }} as days_since_reopened,
        (closed_at is null or reopened_at > closed_at) as is_open,
        {{ dbt.datediff('opened_at', 'first_response_at', 'minute') }} / 60.0 as response_hours
    from tickets
)

select
    customer_id,
    k,
    sum(case when age_days < 90 then 1 else 0 end) as n_tickets_90d,
    sum(case when age_days < 180 then 1 else 0 end) as n_tickets_180d,
    sum(case when is_open then 1 else 0 end) as n_tickets_open,
    sum(case when days_since_reopened < 180 then 1 else 0 end) as n_tickets_reopened_180d,
    sum(case when age_days < 180 and priority in ('high', 'urgent') then 1 else 0 end) as n_urgent_tickets_180d,
    max(case when is_open then age_days end) as oldest_open_ticket_days,
    {{ settled('avg(case when age_days < 180 then response_hours end)') }} as first_response_hours_180d,
    {{ settled('avg(case when days_since_closed < 360 then csat end)') }} as csat_360d
from aged
group by customer_id, k
