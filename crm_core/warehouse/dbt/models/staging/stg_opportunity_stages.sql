with versions as (
    {{ versions(source('lake', 'opportunity_stages'), 'stage_key') }}
)

select
    stage_key,
    source,
    happened_at,
    known_at,
    superseded_at,
    opportunity_id as opportunity_key,
    stage,
    entered_at
from versions
