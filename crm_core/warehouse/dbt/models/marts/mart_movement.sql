-- What moved a score since an earlier build; the five causes add up to the movement where it could be split.
select
    question,
    entity_id,
    from_build,
    from_as_of,
    is_default,
    p_before,
    p_after,
    tier_before,
    was_withheld,
    is_split,
    why_not,
    behaviour,
    late_data,
    sight,
    model,
    definition,
    feeds_lost,
    feeds_regained,
    version_before,
    version_after
from {{ source('scoring', 'movements') }}
order by question, entity_id, from_build
