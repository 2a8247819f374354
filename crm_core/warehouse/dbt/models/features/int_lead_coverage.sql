-- Which feeds could not see a lead as of a date, and why: empty where a feed could.
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
        max(case when feed = '{{ feed }}' then sight end) as {{ feed }}{{ "," if not loop.last }}
        {% endfor %}
    from {{ ref('int_feed_logging') }}
    group by owner_id, k
),

judged as (
    select
        a.lead_id, a.k, a.as_of,
        {% for feed in fallible_feeds() %}
        {% if feed in own %}
        case when f.{{ feed }} is not null then f.{{ feed }} when o.{{ feed }} < 0.5 then 'owner' end
        {%- else %}
        f.{{ feed }}
        {%- endif %} as blind_{{ feed }}{{ "," if not loop.last }}
        {% endfor %}
    from {{ ref('int_lead_as_of') }} as a
    inner join feeds as f on a.k = f.k
    left join owners as o on a.owner_id = o.owner_id and a.k = o.k
    where a.is_open
),

answered as (
    select j.lead_id, j.k, j.as_of, {{ or_answered('j', fallible_feeds()) }}
    from judged as j
    left join {{ ref('int_answered') }} as an on an.entity = 'lead' and j.lead_id = an.entity_id and j.k = an.k
)

select *, {{ blind_feeds('x', own) }} as blind_feeds
from answered as x
