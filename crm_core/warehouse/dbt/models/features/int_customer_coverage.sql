-- Which feeds could not see a customer as of a date, and why: empty where a feed could. A customer with twice the
-- usual number of rows was seen, whoever its owner is.
{% set own = logged_feeds() %}
with feeds as (
    select
        k,
        {% for feed in fallible_feeds() %}
        max(case when feed = '{{ feed }}' then reason end) as {{ feed }}{{ "," if not loop.last }}
        {% endfor %}
    from {{ ref('int_feed_state') }}
    group by k
),

owners as (
    select
        owner_id, k,
        {% for feed in own %}
        max(case when feed = '{{ feed }}' then sight end) as {{ feed }},
        max(case when feed = '{{ feed }}' then n_expected / n_in_care end) as usual_{{ feed }}{{ "," if not loop.last }}
        {% endfor %}
    from {{ ref('int_feed_logging') }}
    group by owner_id, k
),

-- Profiling is refused when everybody who was asked at the customer refused it.
refused as (
    select l.customer_id, s.k
    from {{ ref('stg_contacts') }} as p
    inner join {{ source('identity', 'customer_links') }} as l on p.customer_key = l.customer_key
    inner join {{ ref('int_spine') }} as s on {{ known_by('p', 's') }}
    where p.consent_profiling is not null and (p.left_on is null or p.left_on > s.as_of)
    group by l.customer_id, s.k
    having max(case when p.consent_profiling then 1 else 0 end) = 0
),

-- Where nearly everybody leaves traces of use, somebody without any since ever is rather not connected.
using_it as (
    select a.k, avg(case when w.last_login_at is null then 0.0 else 1.0 end) as share
    from {{ ref('int_customer_as_of') }} as a
    inner join {{ ref('int_customer_windows') }} as w on a.customer_id = w.customer_id and a.k = w.k
    where a.days_seen >= 90
    group by a.k
),

judged as (
    select
        a.customer_id, a.k, a.as_of,
        {% for feed in own %}
        case
            when f.{{ feed }} is not null then f.{{ feed }}
            when r.customer_id is not null then 'consent'
            when o.{{ feed }} < 0.5 and w.n_{{ feed }}_90d < greatest(1, 2 * o.usual_{{ feed }}) then 'owner'
        end as blind_{{ feed }},
        {% endfor %}
        f.orders as blind_orders,
        case
            when f.product_usage is not null then f.product_usage
            when u.share >= 0.9 and a.days_seen >= 90 and w.last_login_at is null then 'never_seen'
        end as blind_product_usage,
        case when f.surveys is not null then f.surveys when r.customer_id is not null then 'consent' end as blind_surveys,
        f.tickets as blind_tickets
    from {{ ref('int_customer_as_of') }} as a
    inner join {{ ref('int_customer_windows') }} as w on a.customer_id = w.customer_id and a.k = w.k
    inner join feeds as f on a.k = f.k
    left join owners as o on a.owner_id = o.owner_id and a.k = o.k
    left join refused as r on a.customer_id = r.customer_id and a.k = r.k
    left join using_it as u on a.k = u.k
),

answered as (
    select j.customer_id, j.k, j.as_of, {{ or_answered('j', fallible_feeds()) }}
    from judged as j
    left join {{ ref('int_answered') }} as an on an.entity = 'customer' and j.customer_id = an.entity_id and j.k = an.k
)

select *, {{ blind_feeds('x', fallible_feeds()) }} as blind_feeds
from answered as x
