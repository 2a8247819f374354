-- Leads live for months, not years: their interactions are joined to the dates directly.
with touches as (
    select
        a.lead_id,
        a.k,
        a.as_of,
        a.created_at,
        i.kind,
        i.direction,
        i.happened_at,
        i.sentiment,
        i.duration_minutes,
        {{ days_between('i.happened_at', 'a.as_of') }} as age_days
    from {{ ref('int_lead_as_of') }} as a
    inner join {{ ref('stg_interactions') }} as i
        on a.lead_id = i.lead_key
            and {{ known_by('i', 'a') }}
            and i.happened_at < a.cutoff_at
    where a.is_open
)

select
    lead_id,
    k,
    count(*) as n_touches,
    sum(case when age_days < 30 then 1 else 0 end) as n_touches_30d,
    sum(case when age_days < 7 then 1 else 0 end) as n_touches_7d,
    sum(case when kind = 'call' then 1 else 0 end) as n_calls,
    sum(case when kind = 'email' then 1 else 0 end) as n_emails,
    sum(case when kind = 'meeting' then 1 else 0 end) as n_meetings,
    sum(case when kind in ('visit', 'login', 'download', 'web') then 1 else 0 end) as n_web_visits,
    sum(case when direction = 'inbound' then 1 else 0 end) as n_inbound,
    sum(case when direction = 'inbound' and age_days < 30 then 1 else 0 end) as n_inbound_30d,
    sum(case when direction = 'inbound' and kind = 'email' then 1 else 0 end) as n_replies,
    sum(case when direction = 'inbound' and kind = 'email' and age_days < 30 then 1 else 0 end) as n_replies_30d,
    sum(case when direction = 'outbound' then 1 else 0 end) as n_outbound,
    {{ settled('sum(coalesce(duration_minutes, 0))') }} as minutes,
    {{ settled('avg(sentiment)') }} as sentiment,
    min(age_days) as days_since_touch,
    min(case when direction = 'inbound' then age_days end) as days_since_inbound,
    min(case when kind = 'email' then age_days end) as days_since_email,
    min(case when kind = 'meeting' then age_days end) as days_since_meeting,
    min(case when direction = 'outbound' then {{ dbt.datediff('created_at', 'happened_at', 'hour') }} end)
        as hours_to_first_touch
from touches
group by lead_id, k
