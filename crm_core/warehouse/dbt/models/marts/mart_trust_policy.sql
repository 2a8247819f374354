-- Whose word counts how much, by reason and situation. What too few people said is not told; nothing counts unproven.
select
    question,
    version,
    reason_code,
    direction,
    evidence_level,
    case when is_shown then n end as n,
    case when is_shown then n_people end as n_people,
    case when is_shown then nearer end as nearer,
    case when is_shown then nearer_low end as nearer_low,
    case when is_shown then nearer_high end as nearer_high,
    weight as learned_weight,
    case when is_proven then weight else 0 end as weight,
    is_shown,
    is_proven
from {{ source('scoring', 'trust_policy') }}
order by question, reason_code, direction, evidence_level
