with versions as (
    {{ versions(source('lake', 'outcomes'), 'outcome_key') }}
)

select
    outcome_key,
    source,
    happened_at,
    known_at,
    superseded_at,
    customer_id as customer_key,
    lead_id as lead_key,
    question,
    outcome
from versions
