-- What is known of a lead as of a date. Meanings, units and feeds: feat_lead.yml.
select
    a.lead_id,
    a.as_of,
    a.owner_id,
    v.blind_feeds,
    a.is_open and coalesce(a.age_days, 0) < {{ var('lead_lifetime_days') }} as is_in_population,
    a.source_channel,
    a.campaign,
    a.region,
    a.age_days,
    a.has_email,
    a.is_private_email,
    a.has_company,
    {{ told_of_all(sum_of_told('t', ''), 'coalesce(t.n_touches, 0)') }} as n_touches,
    {{ seen(['calls', 'emails', 'meetings'], 'coalesce(t.n_touches_30d, 0)') }} as n_touches_30d,
    {{ seen(['calls', 'emails', 'meetings'], 'coalesce(t.n_touches_7d, 0)') }} as n_touches_7d,
    {{ told('calls', 'an.n_calls', 'coalesce(t.n_calls, 0)') }} as n_calls,
    {{ told('emails', 'an.n_emails', 'coalesce(t.n_emails, 0)') }} as n_emails,
    {{ told('meetings', 'an.n_meetings', 'coalesce(t.n_meetings, 0)') }} as n_meetings,
    coalesce(t.n_web_visits, 0) as n_web_visits,
    {{ seen(['calls', 'emails'], 'coalesce(t.n_inbound, 0)') }} as n_inbound,
    {{ seen(['calls', 'emails'], 'coalesce(t.n_inbound_30d, 0)') }} as n_inbound_30d,
    {{ seen(['emails'], 'coalesce(t.n_replies, 0)') }} as n_replies,
    {{ seen(['emails'], 'coalesce(t.n_replies_30d, 0)') }} as n_replies_30d,
    {{ told('emails', days_between('an.emails_on', 'a.as_of'), 't.days_since_email') }} as days_since_email,
    {{ seen(['calls', 'emails'], ratio('t.n_inbound', 't.n_outbound')) }} as reply_rate,
    {{ seen(['calls', 'meetings'], 'coalesce(t.minutes, 0)') }} as minutes,
    {{ seen_by_one(['calls', 'emails', 'meetings'], 't.sentiment') }} as sentiment,
    {{ told_of_all('least(t.days_since_touch, ' ~ days_between('greatest(an.calls_on, an.emails_on, an.meetings_on)', 'a.as_of') ~ ')', 't.days_since_touch') }} as days_since_touch,
    {{ seen(['calls', 'emails'], 't.days_since_inbound') }} as days_since_inbound,
    {{ told('meetings', days_between('an.meetings_on', 'a.as_of'), 't.days_since_meeting') }} as days_since_meeting,
    {{ seen(['calls', 'emails'], 't.hours_to_first_touch') }} as hours_to_first_touch,
    coalesce(d.n_deals, 0) as n_deals,
    d.deal_amount,
    coalesce(d.n_stages, 0) as n_stages,
    d.days_in_stage,
    o.n_open_leads as owner_open_leads
from {{ ref('int_lead_as_of') }} as a
left join {{ ref('int_lead_coverage') }} as v on a.lead_id = v.lead_id and a.k = v.k
left join {{ ref('int_answered') }} as an on an.entity = 'lead' and a.lead_id = an.entity_id and a.k = an.k
left join {{ ref('int_lead_touches') }} as t on a.lead_id = t.lead_id and a.k = t.k
left join {{ ref('int_lead_deals') }} as d on a.lead_id = d.lead_id and a.k = d.k
left join {{ ref('int_owner_load') }} as o on a.owner_id = o.owner_id and a.k = o.k
where a.is_open
