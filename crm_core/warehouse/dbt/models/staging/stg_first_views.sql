select
    entry_id,
    recorded_at,
    who,
    question,
    entity_kind,
    entity_key,
    belief,
    probability,
    shown_probability,
    shown_base_rate,
    shown_evidence,
    shown_model_version,
    shown_build_id,
    shown_as_of
from {{ source('ledger', 'first_views') }}
