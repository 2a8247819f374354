with deals as (
    select
        l.customer_id,
        s.k,
        {{ in_own_currency('o.amount', 'o.currency') }} as amount,
        {{ came_to_pass('o.closed_at', 's') }} as closed_at,
        case when cast(o.closed_at as date) <= s.as_of then o.is_won end as is_won,
        {{ days_between(came_to_pass('o.closed_at', 's'), 's.as_of') }} as days_since_closed
    from {{ ref('stg_opportunities') }} as o
    inner join {{ source('identity', 'customer_links') }} as l on o.customer_key = l.customer_key
    inner join {{ ref('int_spine') }} as s on {{ known_by('o', 's') }} and cast(o.created_at as date) <= s.as_of
)

select
    customer_id,
    k,
    sum(case when closed_at is null then 1 else 0 end) as n_open_deals,
    {{ settled('sum(case when closed_at is null then coalesce(amount, 0) else 0 end)') }} as open_deal_amount,
    sum(case when is_won and days_since_closed < 90 then 1 else 0 end) as n_won_deals_90d,
    sum(case when not is_won and days_since_closed < 90 then 1 else 0 end) as n_lost_deals_90d
from deals
group by customer_id, k
