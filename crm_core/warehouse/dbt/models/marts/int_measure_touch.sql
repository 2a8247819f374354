-- Contacts and first touches by customer or lead and month: the one pass over the interactions. A touch counts for a
-- lead from the moment it was there.
select
    i.customer_key,
    i.lead_key,
    d.k,
    sum(case when i.kind in ('call', 'email', 'meeting', 'visit') then 1 else 0 end) as contacts,
    min(case when i.direction = 'outbound' and i.happened_at >= l.created_at then i.happened_at end) as first_touch_at
from {{ ref('stg_interactions') }} as i
inner join {{ ref('int_spine') }} as s on s.k = 0 and {{ known_by('i', 's') }}
inner join {{ ref('int_measure_day') }} as d on cast(i.happened_at as date) = d.day
left join {{ ref('mart_lead') }} as l on i.lead_key = l.lead_id
where i.kind in ('call', 'email', 'meeting', 'visit') or i.direction = 'outbound'
group by i.customer_key, i.lead_key, d.k
