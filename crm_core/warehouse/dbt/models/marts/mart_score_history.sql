-- Every score ever published, as it was then; backcasts are scores a later model gives to an earlier day.
select question, entity_id, as_of, scored_at, build_id, model_version, probability, low, high, base_rate, tier, is_backcast
from {{ source('scoring', 'scores') }}
order by question, entity_id, as_of
