with versions as (
    {{ versions(source('lake', 'feeds'), 'feed_key') }}
)

select
    feed_key,
    source,
    happened_at,
    known_at,
    superseded_at,
    feed,
    kind,
    title,
    owner_id,
    expected_every_hours,
    last_synced_at
from versions
