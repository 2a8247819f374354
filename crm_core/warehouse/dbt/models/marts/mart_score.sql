-- The newest score of each entity per question.
with ranked as (
    select
        *,
        row_number() over (partition by question, entity_id order by as_of desc, scored_at desc) as recency
    from {{ source('scoring', 'scores') }}
    where not is_backcast and build_id = '{{ var("build_id", "") }}'
)

select
    question, entity_id, as_of, build_id, model_version, raw, probability, low, high, base_rate, typical, tier,
    evidence, doubts
from ranked
where recency = 1
order by question, entity_id
