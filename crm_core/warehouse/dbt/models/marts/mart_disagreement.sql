-- Disagreements beside the score of this build. Words and names stay in the ledger, behind its policy.
select
    d.entry_id,
    d.recorded_at,
    d.question,
    d.entity_kind,
    coalesce(l.customer_id, d.entity_key) as entity_id,
    d.belief,
    d.probability,
    d.reason_code,
    d.expires_on,
    d.withdrawn_at,
    d.superseded_at,
    d.shown_probability,
    d.shown_model_version,
    d.shown_build_id,
    s.probability as now_probability
from {{ ref('stg_disagreements') }} as d
left join {{ source('identity', 'customer_links') }} as l
    on d.entity_kind = 'customer' and d.entity_key = l.customer_key
left join {{ ref('mart_score') }} as s
    on d.question = s.question and coalesce(l.customer_id, d.entity_key) = s.entity_id
order by d.recorded_at
