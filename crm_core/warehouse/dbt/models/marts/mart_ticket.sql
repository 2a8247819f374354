select
    l.customer_id,
    t.ticket_key,
    t.opened_at,
    t.first_response_at,
    t.reopened_at,
    t.closed_at,
    t.priority,
    t.subject as words,
    t.csat,
    coalesce(t.closed_at is null or t.reopened_at > t.closed_at, false) as is_open
from {{ ref('stg_tickets') }} as t
inner join {{ source('identity', 'customer_links') }} as l on t.customer_key = l.customer_key
where t.superseded_at is null
    and cast(t.opened_at as date) <= cast('{{ var("as_of") }}' as date)
order by l.customer_id, t.opened_at desc
