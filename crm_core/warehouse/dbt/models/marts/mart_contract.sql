select
    l.customer_id,
    s.product,
    s.started_on,
    s.ends_on,
    s.cancelled_on,
    cast(s.mrr as double) as mrr,
    s.currency,
    s.seats,
    s.auto_renew as is_auto_renew
from {{ ref('stg_subscriptions') }} as s
inner join {{ source('identity', 'customer_links') }} as l on s.customer_key = l.customer_key
where s.superseded_at is null
    and cast(s.known_at as date) <= cast('{{ var("as_of") }}' as date)
order by l.customer_id, s.started_on desc
