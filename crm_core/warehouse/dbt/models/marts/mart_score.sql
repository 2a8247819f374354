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
    evidence, evidence_level, n_seen, n_feeds, is_withheld, is_fragile, fragile_low, fragile_high, ask_feed,
    is_worth_asking, doubts
from ranked
where recency = 1
order by question, entity_id
