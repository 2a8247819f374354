with versions as (
    {{ versions(source('lake', 'opportunities'), 'opportunity_key') }}
)

select
    opportunity_key,
    source,
    happened_at,
    known_at,
    superseded_at,
    customer_id as customer_key,
    lead_id as lead_key,
    owner_id,
    name,
    amount,
    currency,
    stage,
    created_at,
    expected_close_on,
    closed_at,
    is_won
from versions
