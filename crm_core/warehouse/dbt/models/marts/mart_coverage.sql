-- Which feeds can see each customer and each open lead now, and since when not. Only feeds that ever carried something.
with connected as (
    select p.feed, p.newest_on, s.reason from {{ ref('int_feed_pulse') }} as p
    inner join {{ ref('int_feed_state') }} as s on p.feed = s.feed and p.k = s.k
    where p.k = 0
),

titles as (
    select
        coalesce({{ feed_of('kind') }}, feed) as feed,
        min(title) as title,
        min(owner_id) as feed_owner_id,
        min(owner_name) as feed_owner_name
    from {{ ref('mart_feed') }}
    group by 1
),

seen as (
    {% for feed in fallible_feeds() %}
    select 'customer' as entity, customer_id as entity_id, '{{ feed }}' as feed, blind_{{ feed }} as reason
    from {{ ref('int_customer_coverage') }} where k = 0
    {% if feed in logged_feeds() %}
    union all
    select 'lead', lead_id, '{{ feed }}', blind_{{ feed }} from {{ ref('int_lead_coverage') }} where k = 0
    {% endif %}
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    x.entity,
    x.entity_id,
    x.feed,
    coalesce(t.title, x.feed) as title,
    coalesce(x.reason, 'answered') = 'answered' as is_seen,
    coalesce(x.reason, '') as reason,
    case when x.reason = 'dead_feed' then c.newest_on when x.reason = 'answered' then an.answered_on end as since,
    t.feed_owner_id,
    t.feed_owner_name
from seen as x
inner join connected as c on x.feed = c.feed
left join titles as t on x.feed = t.feed
left join {{ ref('int_answer') }} as an
    on x.reason = 'answered' and x.entity = an.entity and x.entity_id = an.entity_id and x.feed = an.feed and an.k = 0
order by x.entity, x.entity_id, x.feed
