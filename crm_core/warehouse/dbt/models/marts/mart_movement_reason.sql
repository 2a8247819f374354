-- The features that moved most inside a cause, as sentences before and after.
select
    question,
    entity_id,
    from_build,
    cause,
    feature,
    label,
    said_before,
    said_after,
    contribution,
    rank
from {{ source('scoring', 'movement_reasons') }}
order by question, entity_id, from_build, cause, rank
