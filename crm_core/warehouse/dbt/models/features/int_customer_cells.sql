-- The only pass over all interactions: everything later works on these cells. A cell is regular when its rows
-- were known in the bucket they happened in and never replaced (what was planned counts once it happened); only late or corrected rows make other cells.
{% set contact = "kind in ('call', 'email', 'meeting', 'visit')" %}
with valid as (
    select
        l.customer_id,
        i.kind,
        i.direction,
        i.happened_at,
        i.duration_minutes,
        i.sentiment,
        i.quantity,
        i.amount,
        {{ bucket_of('i.happened_at') }} as bucket,
        least({{ bucket_of('i.known_at') }}, {{ bucket_of('i.happened_at') }}) as known_bucket,
        {{ bucket_of('i.superseded_at') }} as superseded_bucket
    from {{ ref('stg_interactions') }} as i
    inner join {{ source('identity', 'customer_links') }} as l
        on i.customer_key = l.customer_key
)

select
    customer_id,
    bucket,
    known_bucket,
    superseded_bucket,
    sum(case when kind = 'call' then 1 else 0 end) as n_calls,
    sum(case when kind = 'meeting' or kind = 'visit' then 1 else 0 end) as n_meetings,
    sum(case when kind = 'email' then 1 else 0 end) as n_emails,
    sum(case when kind = 'order' then 1 else 0 end) as n_orders,
    sum(case when {{ contact }} then 1 else 0 end) as n_contacts,
    sum(case when {{ contact }} and direction = 'inbound' then 1 else 0 end) as n_inbound,
    sum(case when {{ contact }} then coalesce(duration_minutes, 0) else 0 end) as minutes,
    sum(case when kind = 'login' then coalesce(quantity, 1) else 0 end) as usage,
    sum(coalesce(cast(amount as double), 0)) as order_amount,
    sum(coalesce(sentiment, 0)) as sentiment_sum,
    sum(case when sentiment is not null then 1 else 0 end) as sentiment_n,
    max(case when {{ contact }} then happened_at end) as last_contact_at,
    max(case when kind = 'email' then happened_at end) as last_email_at,
    max(case when kind = 'meeting' or kind = 'visit' then happened_at end) as last_meeting_at,
    max(case when {{ contact }} and direction = 'inbound' then happened_at end) as last_inbound_at,
    max(case when kind = 'login' then happened_at end) as last_login_at,
    max(case when kind = 'order' then happened_at end) as last_order_at
from valid
where known_bucket >= 0
group by customer_id, bucket, known_bucket, superseded_bucket
