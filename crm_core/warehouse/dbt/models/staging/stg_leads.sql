with versions as (
    {{ versions(source('lake', 'leads'), 'lead_key') }}
)

select
    lead_key,
    source,
    happened_at,
    known_at,
    superseded_at,
    name,
    email,
    company,
    source_channel,
    campaign,
    region,
    owner_id,
    created_at,
    status,
    converted_at,
    disqualified_at,
    customer_id as customer_key
from versions
