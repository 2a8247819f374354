with versions as (
    {{ versions(source('lake', 'attributes'), 'attribute_key') }}
)

select
    attribute_key,
    source,
    happened_at,
    known_at,
    superseded_at,
    entity,
    entity_id as entity_key,
    name,
    type,
    value,
    purpose
from versions
