with versions as (
    {{ versions(source('lake', 'interactions'), 'interaction_key') }}
)

select
    interaction_key,
    source,
    happened_at,
    known_at,
    superseded_at,
    customer_id as customer_key,
    lead_id as lead_key,
    contact_id,
    kind,
    direction,
    feed,
    owner_id,
    duration_minutes,
    outcome,
    sentiment,
    quantity,
    amount,
    note,
    visibility
from versions
