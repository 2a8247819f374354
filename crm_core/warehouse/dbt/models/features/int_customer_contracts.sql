-- What the contracts looked like as of each date: a cancellation counts only from the day it happened.
with lines as (
    select
        l.customer_id,
        s.k,
        s.as_of,
        x.product,
        x.started_on,
        x.ends_on,
        {{ in_own_currency('x.mrr', 'x.currency') }} as mrr,
        case when {{ is_foreign('x.mrr', 'x.currency') }} then upper(trim(x.currency)) end as foreign_currency,
        x.seats,
        x.auto_renew,
        {{ came_to_pass('x.cancelled_on', 's') }} as cancelled_on,
        x.subscription_key
    from {{ ref('stg_subscriptions') }} as x
    inner join {{ source('identity', 'customer_links') }} as l on x.customer_key = l.customer_key
    inner join {{ ref('int_spine') }} as s on {{ known_by('x', 's') }}
),

flagged as (
    select
        *,
        concat(cast(started_on as varchar), subscription_key) as line_order,
        (started_on <= as_of and (ends_on is null or ends_on >= as_of) and cancelled_on is null) as is_active,
        (started_on > as_of and cancelled_on is null) as is_signed,
        (started_on <= as_of and (ends_on < as_of or cancelled_on is not null)) as is_past
    from lines
)

select
    customer_id,
    k,
    as_of,
    sum(case when is_active then 1 else 0 end) as n_active_lines,
    sum(case when is_signed then 1 else 0 end) as n_signed_lines,
    greatest(count(distinct case when is_past or is_active then subscription_key end) - 1, 0) as n_renewals,
    count(distinct case when is_active then product end) as n_products,
    {{ settled('sum(case when is_active then mrr end)') }} as mrr,
    count(case when is_active then foreign_currency end) as n_foreign_lines,
    min(case when is_active then foreign_currency end) as foreign_currency,
    max(case when is_active then foreign_currency end) as other_foreign_currency,
    sum(case when is_active then seats end) as seats,
    max(case when is_active and auto_renew then 1 when is_active then 0 end) as is_auto_renew,
    case when max(case when is_signed then 1 else 0 end) = 1 then 1 else 0 end as has_signed_renewal,
    min(case when is_active then {{ days_between('as_of', 'ends_on') }} end) as days_to_renewal,
    max(case when is_active then {{ days_between('started_on', 'ends_on') }} end) as term_days,
    max(case when is_active then {{ days_between('started_on', 'as_of') }} end) as days_since_start,
    max_by(case when is_past then mrr end, case when is_past then line_order end) as mrr_before,
    max_by(case when is_past then seats end, case when is_past then line_order end) as seats_before
from flagged
group by customer_id, k, as_of
