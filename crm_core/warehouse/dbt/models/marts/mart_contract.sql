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
inner join {{ ref('int_spine') }} as d on d.k = 0 and {{ known_by('s', 'd') }}
order by l.customer_id, s.started_on desc
