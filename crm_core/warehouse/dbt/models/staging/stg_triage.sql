-- `sort` is what a steward made of a disagreement, `detail` the code of the fact, the feed or the wish.
select
    entry_id,
    recorded_at,
    who as steward_id,
    question,
    entity_key as disagreement_id,
    belief as sort,
    reason_code as detail
from {{ source('ledger', 'triage') }}
where entity_kind = 'disagreement'
