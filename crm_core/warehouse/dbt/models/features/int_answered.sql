-- The same answers side by side, a column for what each source's question tells.
select
    entity,
    entity_id,
    k,
    {% for feed in fallible_feeds() %}
    max(case when feed = '{{ feed }}' then 1 else 0 end) as has_{{ feed }},
    {% endfor %}
    {% for feed in ['calls', 'emails', 'meetings', 'orders'] %}
    max(case when feed = '{{ feed }}' then n_in_90d end) as n_{{ feed }},
    max(case when feed = '{{ feed }}' then last_on end) as {{ feed }}_on,
    {% endfor %}
    -- Against half a year ago; a person's less and more are no figures, so these are cautious ones.
    max(case direction when 'less' then 0.7 when 'same' then 1.0 when 'more' then 1.3 end) as usage_trend,
    max(n_open) as n_open,
    max(recommends) as recommends
from {{ ref('int_answer') }}
group by entity, entity_id, k
