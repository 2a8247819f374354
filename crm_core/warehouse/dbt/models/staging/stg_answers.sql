select
    entry_id,
    recorded_at,
    entity_kind,
    entity_key,
    feed,
    n_in_90d,
    last_on,
    direction,
    n_open,
    recommends,
    expires_on
from {{ source('ledger', 'answers') }}
