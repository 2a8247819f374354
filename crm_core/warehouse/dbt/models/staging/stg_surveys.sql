with versions as (
    {{ versions(source('lake', 'surveys'), 'survey_key') }}
)

select
    survey_key,
    source,
    happened_at,
    known_at,
    superseded_at,
    customer_id as customer_key,
    contact_id,
    kind,
    score,
    comment
from versions
