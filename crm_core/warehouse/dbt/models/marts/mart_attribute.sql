select entity, entity_id, name, type, value, purpose
from {{ ref('feat_attribute') }}
where as_of = cast('{{ var("as_of") }}' as date)
order by entity, entity_id, name
