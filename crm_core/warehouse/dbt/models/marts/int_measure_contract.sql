-- Who is a customer and what he pays a month, on the last day of each month the history reaches back to.
with periods as (
    select * from {{ ref('int_measure_period') }} where ends_on >= {{ history_start() }}
),

running as (
    select s.customer_id, p.k
    from {{ ref('int_contract_spells') }} as s
    inner join periods as p on s.started_on <= p.ends_on and s.last_day >= p.ends_on
),

lines as (
    select l.customer_id, x.started_on, x.ends_on, x.cancelled_on, {{ in_own_currency('x.mrr', 'x.currency') }} as mrr
    from {{ ref('stg_subscriptions') }} as x
    inner join {{ source('identity', 'customer_links') }} as l on x.customer_key = l.customer_key
    inner join {{ ref('int_spine') }} as s on s.k = 0 and {{ known_by('x', 's') }}
),

paid as (
    select
        x.customer_id,
        p.k,
        sum(x.mrr) as mrr,
        count(*) > count(x.mrr) as is_mrr_unknown
    from lines as x
    inner join periods as p
        on x.started_on <= p.ends_on
            and coalesce(x.ends_on, p.ends_on) >= p.ends_on
            and (x.cancelled_on is null or x.cancelled_on > p.ends_on)
    group by x.customer_id, p.k
)

select
    coalesce(r.customer_id, m.customer_id) as customer_id,
    coalesce(r.k, m.k) as k,
    r.customer_id is not null as is_customer,
    m.customer_id is not null as has_running_line,
    m.mrr,
    coalesce(m.is_mrr_unknown, false) as is_mrr_unknown
from running as r
full outer join paid as m on r.customer_id = m.customer_id and r.k = m.k
