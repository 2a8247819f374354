select owner_id, k, count(*) as n_open_leads
from {{ ref('int_lead_as_of') }}
where is_open and age_days < {{ var('lead_lifetime_days') }}
group by owner_id, k
