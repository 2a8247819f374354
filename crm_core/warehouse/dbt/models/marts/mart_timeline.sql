-- What happened with a customer or lead, newest first within each.
with events as (
    select
        case when i.customer_key is not null then 'customer' else 'lead' end as entity,
        coalesce(l.customer_id, i.customer_key, i.lead_key) as entity_id,
        i.happened_at,
        i.kind,
        i.direction,
        i.owner_id,
        i.outcome,
        i.sentiment,
        i.quantity,
        cast(i.amount as double) as amount,
        i.duration_minutes,
        i.note as words,
        coalesce(i.visibility, 'team') as visibility
    from {{ ref('stg_interactions') }} as i
    left join {{ source('identity', 'customer_links') }} as l on i.customer_key = l.customer_key
    where i.superseded_at is null

    union all

    select
        'customer', l.customer_id, s.happened_at, s.kind, 'inbound', null, null, null, s.score, null, null,
        s.comment, 'team'
    from {{ ref('stg_surveys') }} as s
    inner join {{ source('identity', 'customer_links') }} as l on s.customer_key = l.customer_key
    where s.superseded_at is null

    union all

    select
        'customer', l.customer_id, cast(c.started_on as timestamp), 'contract', null, null, c.product, null,
        cast(c.seats as double), cast(c.mrr as double), null, null, 'team'
    from {{ ref('stg_subscriptions') }} as c
    inner join {{ source('identity', 'customer_links') }} as l on c.customer_key = l.customer_key
    where c.superseded_at is null
)

select
    e.*,
    m.name as owner_name
from events as e
left join {{ ref('mart_employee') }} as m on e.owner_id = m.employee_id
where e.happened_at < {{ dbt.dateadd('day', 1, "cast('" ~ var('as_of') ~ "' as date)") }}
order by e.entity_id, e.happened_at desc
