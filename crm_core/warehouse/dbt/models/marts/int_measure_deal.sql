-- Deals as known at as_of, and where each belongs: to whoever owns it, else to who owns its customer or lead.
with deals as (
    select
        o.opportunity_key,
        coalesce(o.owner_id, c.owner_id, l.owner_id) as owner_id,
        coalesce(c.region, l.region) as region,
        c.segment,
        c.product_line,
        l.source_channel,
        cast(o.amount as double) as amount,
        cast(o.created_at as date) as created_on,
        o.expected_close_on,
        case when cast(o.closed_at as date) <= s.as_of then cast(o.closed_at as date) end as closed_on,
        o.is_won
    from {{ ref('stg_opportunities') }} as o
    inner join {{ ref('int_spine') }} as s on s.k = 0 and {{ known_by('o', 's') }}
    left join {{ source('identity', 'customer_links') }} as i on o.customer_key = i.customer_key
    left join {{ ref('mart_customer') }} as c on i.customer_id = c.customer_id
    left join {{ ref('mart_lead') }} as l on o.lead_key = l.lead_id
)

select
    d.opportunity_key,
    d.owner_id,
    e.team,
    coalesce(d.region, e.region) as region,
    d.segment,
    d.product_line,
    d.source_channel,
    d.amount,
    d.created_on,
    d.expected_close_on,
    d.closed_on,
    d.is_won
from deals as d
left join {{ ref('mart_employee') }} as e on d.owner_id = e.employee_id
