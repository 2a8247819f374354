-- Deals as they were known on the as_of day: one that closed later is open, one that began later is not there.
select
    o.opportunity_key as deal_id,
    o.name,
    l.customer_id,
    o.lead_key as lead_id,
    o.owner_id,
    {{ in_own_currency('o.amount', 'o.currency') }} as amount,
    cast(o.amount as double) as amount_given,
    upper(trim(o.currency)) as currency,
    o.stage as stage_given,
    coalesce(o.created_at, o.happened_at) as created_at,
    o.expected_close_on,
    {{ came_to_pass('o.closed_at', 's') }} as closed_at,
    case when cast(o.closed_at as date) <= s.as_of then coalesce(o.is_won, false) end as is_won,
    (o.closed_at is null or cast(o.closed_at as date) <= s.as_of) as is_stage_of_the_day,
    s.as_of
from {{ ref('stg_opportunities') }} as o
inner join {{ ref('int_spine') }} as s
    on s.k = 0 and {{ known_by('o', 's') }} and cast(coalesce(o.created_at, o.happened_at) as date) <= s.as_of
left join {{ source('identity', 'customer_links') }} as l on o.customer_key = l.customer_key
